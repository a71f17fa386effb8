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
}

extension UnreadableContact: CustomStringConvertible {
    package var description: String {
        "contact \(contactID ?? "without a usable id") cannot be read: \(reason)"
    }
}
