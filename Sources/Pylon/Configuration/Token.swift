/// A token of the API, which nothing prints.
package struct Token: Sendable, Equatable {
    /// For the `Authorization` header only.
    let text: String

    /// Bytes of a token, and of a file that holds one; real ones have fewer than 200.
    package static let maxLength = 4096

    /// - Parameter text: One line; white space around it is trimmed.
    package init(_ text: String) throws(InvalidSetting) {
        let trimmed = text.utf8.trimmingWhiteSpace()
        guard !trimmed.isEmpty else { throw InvalidSetting("the token is empty") }
        guard trimmed.count <= Self.maxLength else {
            throw InvalidSetting("the token is longer than \(Self.maxLength) bytes")
        }
        // Anything else would end the header, or be another token than the one meant.
        guard trimmed.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw InvalidSetting(
                "the token holds white space, control or non-ASCII characters; it must be one word")
        }
        self.text = String(decoding: trimmed, as: UTF8.self)
    }
}

extension Token: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "[token]" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A setting that cannot be used, and what it accepts. Never shows a token.
package struct InvalidSetting: Error, Equatable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

extension Collection where Element == UInt8, Self: BidirectionalCollection {
    fileprivate func trimmingWhiteSpace() -> SubSequence {
        let isSpace: (UInt8) -> Bool = { $0 == 0x20 || ($0 >= 0x09 && $0 <= 0x0D) }
        let start = drop(while: isSpace)
        guard let last = start.lastIndex(where: { !isSpace($0) }) else { return start.prefix(0) }
        return start[...last]
    }
}
