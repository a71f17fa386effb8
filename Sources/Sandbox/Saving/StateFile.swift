internal import Crypto
internal import Files
internal import Foundation

/// Why a state file was not used. It is never repaired or overwritten.
package enum StateFileError: Error, Equatable, CustomStringConvertible {
    /// There is a file, but it cannot be read or written.
    case inaccessible(path: String, reason: String)
    /// The file is not what a sandbox wrote.
    case damaged(path: String, reason: String)

    package var description: String {
        switch self {
        case .inaccessible(let path, let reason):
            "sandbox state file \(path): \(reason)"
        case .damaged(let path, let reason):
            "sandbox state file \(path) is damaged (\(reason)); "
                + "move it away to start with newly generated contacts"
        }
    }
}

/// The contacts of a sandbox in a file: one line about it, then one line per contact.
struct StateFile {
    let path: String

    /// The first line.
    private struct Header: Codable {
        let format: String
        let organisation: SavedOrganisation
        let contacts: Int
        /// Of all bytes after the first line, as lower-case hex.
        let sha256: String
    }

    private static let format = "usher-sandbox-contacts-1"
    /// The largest file that is read: a million contacts of 4 KiB.
    private static let maxSize = 4 << 30

    /// - Returns: Nil when there is no such file.
    func read() throws(StateFileError) -> ContactBook? {
        let data: [UInt8]
        do {
            guard try FileKind.of(path) != nil else { return nil }
            data = try NamedFile.read(path, atMost: Self.maxSize)
        } catch {
            throw .inaccessible(path: path, reason: error.reason)
        }
        guard let newline = data.firstIndex(of: UInt8(ascii: "\n")),
            let header = try? JSONDecoder().decode(Header.self, from: Data(data[..<newline])),
            header.format == Self.format
        else {
            throw .damaged(path: path, reason: "it does not begin with \(Self.format)")
        }
        let lines = data[(newline + 1)...]
        guard Self.digest(lines) == header.sha256 else {
            throw .damaged(path: path, reason: "its checksum is wrong")
        }
        return try book(header, lines)
    }

    /// Writes the whole file anew: whenever the process dies, the old or the new one is there.
    func write(_ book: ContactBook) throws {
        var lines: [UInt8] = []
        for entry in book.newestFirst {
            lines.append(contentsOf: #"{"created_at":\#(entry.createdAt),"contact":"#.utf8)
            lines.append(contentsOf: entry.json)
            lines.append(contentsOf: "}\n".utf8)
        }
        let header = Header(
            format: Self.format, organisation: SavedOrganisation(book.organisation),
            contacts: book.count, sha256: Self.digest(lines))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let bytes = try encoder.encode(header) + [UInt8(ascii: "\n")] + lines
        do throws(FileProblem) {
            let file = try OutputFile(path)
            try file.write(bytes)
            try file.finish()
        } catch {
            throw StateFileError.inaccessible(path: path, reason: error.reason)
        }
    }

    private func book(_ header: Header, _ lines: ArraySlice<UInt8>) throws(StateFileError)
        -> ContactBook
    {
        var book = ContactBook(organisation: header.organisation.organisation)
        book.reserveCapacity(header.contacts)
        let decoder = JSONDecoder()
        for line in lines.split(separator: UInt8(ascii: "\n")).reversed() {
            guard let saved = try? decoder.decode(SavedContact.self, from: Data(line)) else {
                throw .damaged(path: path, reason: "it holds a line that is no contact")
            }
            book.insert(saved.contact, createdAt: saved.createdAt)
        }
        guard book.count == header.contacts else {
            throw .damaged(path: path, reason: "it does not hold \(header.contacts) contacts")
        }
        return book
    }

    private static func digest(_ bytes: some DataProtocol) -> String {
        SHA256.hash(data: bytes).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }
}
