internal import Contacts

/// One rule file, or a file of values that rule files name, as it was read.
package struct RuleSource: Sendable, Codable, Equatable {
    /// Relative to the rules folder.
    package let path: String
    package let text: String

    /// Byte for byte, as the ruleset's hash takes them.
    package static func == (one: Self, other: Self) -> Bool {
        one.path.hasSameBytes(as: other.path) && one.text.hasSameBytes(as: other.text)
    }

    package init(path: String, text: String) {
        self.path = path
        self.text = text
    }
}

extension RuleSource {
    /// Whether a file of this name in a rules folder is read as one of its rule files.
    package static func isRuleFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".yaml") || name.hasSuffix(".yml"))
    }

    /// Whether a file of this name holds values, not rules.
    package static func isDataFile(_ name: String) -> Bool {
        !name.hasPrefix(".") && (name.hasSuffix(".csv") || name.hasSuffix(".txt"))
    }

    /// The text without the byte order mark that spreadsheets and some editors put before it.
    package var content: String {
        text.unicodeScalars.first == Self.byteOrderMark
            ? String(text.unicodeScalars.dropFirst()) : text
    }

    private static let byteOrderMark: Unicode.Scalar = "\u{FEFF}"
}
