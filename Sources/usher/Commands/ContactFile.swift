import Contacts
import Files
import Foundation

/// A file with one contact as the API gives it: the object, or the whole answer with `data`.
struct ContactFile {
    /// Bytes of a file that are read; a contact has about a thousand.
    static let maxBytes = 1_000_000

    let contact: Contact

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws(ContactFileProblem) {
        let bytes = try Self.read(path)
        do throws(ContactProblem) {
            contact = try ContactDocument(Self.object(in: bytes)).contact
        } catch {
            throw ContactFileProblem("\(path) is not one contact as the API gives it: \(error)")
        }
    }

    /// The contact's own bytes, where the file holds an answer with it in `data`.
    private static func object(in bytes: [UInt8]) -> [UInt8] {
        guard let start = bytes.firstIndex(of: UInt8(ascii: "{")) else { return bytes }
        let cutter = JSONCutter(bytes: bytes)
        let data = cutter.members(of: start..<bytes.count).first { member in
            bytes[member.key].elementsEqual(#""data""#.utf8)
                && bytes[member.value.lowerBound] == UInt8(ascii: "{")
        }
        return data.map { Array(bytes[$0.value]) } ?? bytes
    }

    private static func read(_ path: String) throws(ContactFileProblem) -> [UInt8] {
        do {
            guard path == "-" else { return try NamedFile.read(path, atMost: maxBytes) }
            return try NamedFile.readStandardInput(atMost: maxBytes)
        } catch { throw ContactFileProblem("\(error)") }
    }
}

/// Why a file was not taken for a contact.
struct ContactFileProblem: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
