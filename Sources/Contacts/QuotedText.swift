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
        isPlain ? self : unicodeScalars.map { $0.isSeen ? String($0) : $0.shown }.joined()
    }

    /// As `visible`, but lines stay lines and tabs stay tabs: for whole texts that are about to be
    /// written. What they quote is escaped before, since a line can be forged too.
    package var printable: String {
        if isPlain { return self }
        return unicodeScalars.map { $0.isSeen || $0 == "\n" || $0 == "\t" ? String($0) : $0.shown }
            .joined()
    }

    /// JSON that means the same, with escapes for what nobody sees: encoders escape only what is ASCII.
    package var printableJSON: String {
        if isPlain { return self }
        return unicodeScalars.map { scalar in
            // White space between values is part of no text.
            guard !scalar.isSeen, scalar != "\n" else { return String(scalar) }
            return UTF16.encode(scalar)!.map { "\\u" + $0.hexadecimal }.joined()
        }
        .joined()
    }

    /// Nothing but letters, digits, signs and spaces of ASCII: most text is.
    private var isPlain: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}

extension Unicode.Scalar {
    fileprivate var shown: String {
        switch self {
        case "\"", "\\": "\\\(self)"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        case _ where isSeen: String(self)
        default: "\\u{\(String(value, radix: 16, uppercase: true))}"
        }
    }

    /// Whether it leaves a mark or a space, and nothing else.
    fileprivate var isSeen: Bool {
        if properties.isDefaultIgnorableCodePoint { return false }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }
}

extension UInt16 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
