/// A contact that cannot be read or stored, as far as it can be told.
package struct UnreadableContact: Error, Sendable, Equatable {
    /// nil where it has no id that Usher can use.
    package let contactID: String?
    /// SHA-256 of its bytes as they came.
    package let rawDigest: [UInt8]
    /// What is wrong with it; names fields, never a value.
    package let reason: String
    /// Its place on the page that held it, from 1; nil where it was read singly.
    package let place: Int?

    package init(contactID: String?, rawDigest: [UInt8], reason: String, place: Int? = nil) {
        self.contactID = contactID
        self.rawDigest = rawDigest
        self.reason = reason
        self.place = place
    }

    /// What makes a contact unreadable, told from the error of decoding it.
    package static func reason(of error: any Error) -> String {
        switch error {
        case DecodingError.typeMismatch(_, let context),
            DecodingError.valueNotFound(_, let context):
            "\(field(at: context.codingPath)) has another type than the API's reference says"
        case DecodingError.dataCorrupted(let context), DecodingError.keyNotFound(_, let context):
            context.codingPath.isEmpty
                ? "not JSON" : "\(field(at: context.codingPath)) cannot be read"
        case is ContactDocument.TooLarge, is ContactDocument.LookAlikeKeys: "\(error)"
        default: "not as the API's reference describes contacts"
        }
    }

    /// The field at a path; a slug is cut, since anybody may have made it up.
    private static func field(at path: [any CodingKey]) -> String {
        let name = path.filter { $0.intValue == nil }.map { "\($0.stringValue.prefix(64))" }
            .joined(separator: ".")
        return name.isEmpty ? "the contact" : name
    }
}

extension UnreadableContact: CustomStringConvertible {
    package var description: String {
        "contact \(contactID ?? "without a usable id") cannot be read: \(reason)"
    }
}
