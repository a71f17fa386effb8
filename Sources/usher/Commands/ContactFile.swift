import Contacts
import Files
import Foundation

/// A file with one contact as the API gives it: the object alone, or the whole answer with it in `data`.
struct ContactFile {
    /// Bytes of a file that are read; a contact has about a thousand.
    static let maxBytes = 1_000_000

    let contact: Contact

    /// - Parameter path: `-` is standard input.
    init(_ path: String) throws(ContactFileProblem) {
        let bytes = try Self.read(path)
        do {
            let answer = try JSONDecoder().decode(Envelope.self, from: Data(bytes))
            contact = try answer.data ?? ContactDocument(bytes).contact
        } catch {
            throw ContactFileProblem(
                "\(path) is not one contact as the API gives it: \(error.inWords)")
        }
    }

    private struct Envelope: Decodable {
        /// nil where it is the object alone.
        let data: Contact?
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

extension Error {
    /// Where the JSON is not as expected, without what stands there.
    fileprivate var inWords: String {
        let context: DecodingError.Context? =
            switch self as? DecodingError {
            case .dataCorrupted(let context), .keyNotFound(_, let context),
                .typeMismatch(_, let context), .valueNotFound(_, let context):
                context
            default: nil
            }
        guard let context else { return "\(self)" }
        let place = context.codingPath.map(\.stringValue).joined(separator: ".")
        return (place.isEmpty ? "" : "\(place): ") + context.debugDescription
    }
}
