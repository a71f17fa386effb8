/// What makes a text the id of a contact.
package enum ContactID {
    /// Bytes. An id is a UUID of 36; the scanner refuses longer ones too.
    package static let maxLength = 256

    /// Whether `id` can stand in a path and in the tables: `.` and `..` change the path, and `*`
    /// stands for the whole workspace in `usher.hold`.
    package static func isUsable(_ id: String) -> Bool {
        !id.isEmpty && ![".", "..", "*"].contains { id.hasSameBytes(as: $0) }
            && id.utf8.count <= maxLength
            && id.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }
}
