extension String {
    /// This text in quotes, for people: nothing in it reaches a terminal that would obey it, and
    /// nothing is there that nobody sees.
    ///
    /// What contacts hold is hostile text, and Swift's `debugDescription` escapes only what is ASCII:
    /// not the control characters beyond it, nor what turns the direction of writing.
    package var quoted: String { "\"\(escaped)\"" }

    /// The same without the quotes.
    package var escaped: String { unicodeScalars.map(\.shown).joined() }

    /// Without the quotes, and with only that escaped which nobody sees: for text that is quoted in
    /// another way.
    package var visible: String {
        unicodeScalars.map { $0.properties.generalCategory.isSeen ? String($0) : $0.shown }.joined()
    }
}

extension Unicode.Scalar {
    fileprivate var shown: String {
        switch self {
        case "\"", "\\": "\\\(self)"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where properties.generalCategory.isSeen: String(self)
        default: "\\u{\(String(value, radix: 16, uppercase: true))}"
        }
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isSeen: Bool {
        switch self {
        case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}
