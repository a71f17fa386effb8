internal import Foundation

/// The opaque text that names the last contact of a page.
///
/// It says where that contact stands, not how many came before it, so neither deletes nor creates
/// shift the pages that follow; the contact need not exist any more.
enum Cursor {
    private static let prefix = "c1"

    static func text(for position: ContactBook.Position) -> String {
        Data("\(prefix)|\(position.createdAt)|\(position.id)".utf8).base64EncodedString()
            .replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }

    static func position(from text: String) throws(APIError) -> ContactBook.Position {
        let base64 = text.replacing("-", with: "+").replacing("_", with: "/")
        let padding = String(repeating: "=", count: (4 - base64.utf8.count % 4) % 4)
        guard let data = Data(base64Encoded: base64 + padding) else { throw .invalidCursor }
        let parts = String(decoding: data, as: UTF8.self)
            .split(separator: "|", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == prefix, let createdAt = Int64(parts[1]) else {
            throw .invalidCursor
        }
        return .init(createdAt: createdAt, id: String(parts[2]))
    }
}
