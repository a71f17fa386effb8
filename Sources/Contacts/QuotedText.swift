extension String {
    /// This text in quotes, for people: nothing in it reaches a terminal that would obey it, and
    /// nothing is there that nobody sees.
    ///
    /// What contacts hold is hostile text, and Swift's `debugDescription` escapes only what is
    /// ASCII: not the control characters beyond it, nor what turns the direction of writing.
    package var quoted: String { "\"\(escaped)\"" }

    /// The same without the quotes.
    package var escaped: String {
        var sight = Sight()
        return unicodeScalars.map { scalar in
            sight.sees(scalar) && scalar != "\"" && scalar != "\\" ? String(scalar) : scalar.code
        }
        .joined()
    }

    /// An id, a label or a name: as it is where it is one word, else in quotes, so that it cannot
    /// be taken for words of Usher's own.
    package var word: String {
        let isWord = !isEmpty && utf8.allSatisfy { Self.wordBytes.contains($0) }
        return isWord ? self : quoted
    }

    private static let wordBytes = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.:@+/#[]".utf8)

    /// One line, without the quotes, and with only that escaped which nobody sees: for text that is
    /// quoted in another way.
    package var visible: String {
        if isPlain { return self }
        var sight = Sight()
        return unicodeScalars.map { sight.sees($0) ? String($0) : $0.code }.joined()
    }

    /// JSON that means the same, with escapes for the invisible: encoders escape only ASCII.
    package var printableJSON: String {
        if isPlain { return self }
        var sight = Sight()
        return unicodeScalars.map { scalar in
            // White space between values is part of no text.
            guard !sight.sees(scalar), scalar != "\n" else { return String(scalar) }
            return UTF16.encode(scalar)!.map { "\\u" + $0.hexadecimal }.joined()
        }
        .joined()
    }

    /// Nothing but letters, digits, signs and spaces of ASCII: most text is.
    private var isPlain: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }
}

/// What people see of a text, scalar by scalar.
private struct Sight {
    /// Marks that one letter may carry; a higher stack covers the lines above and below. Chosen
    /// because Vietnamese has two and pointed Hebrew four.
    private static let maxMarks = 4

    /// Of the last letter; a text that begins with a mark has none to carry it.
    private var marks = maxMarks

    /// Whether the next scalar leaves a mark or a plain space, and nothing else.
    mutating func sees(_ scalar: Unicode.Scalar) -> Bool {
        guard scalar.isMark else {
            marks = 0
            return scalar.isSeen
        }
        marks += 1
        return marks <= Self.maxMarks && scalar.isSeen
    }
}

extension Unicode.Scalar {
    fileprivate var code: String {
        switch self {
        case "\"", "\\": "\\\(self)"
        case "\n": "\\n"
        case "\r": "\\r"
        case "\t": "\\t"
        default: "\\u{\(String(value, radix: 16, uppercase: true))}"
        }
    }

    fileprivate var isMark: Bool {
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark, .spacingMark: true
        default: false
        }
    }

    /// Whether it leaves a mark or a plain space.
    package var isSeen: Bool {
        if properties.isDefaultIgnorableCodePoint || Self.blanks.contains(self) { return false }
        if properties.isWhitespace { return self == " " }
        return switch properties.generalCategory {
        case .control, .format, .surrogate, .unassigned, .privateUse, .lineSeparator,
            .paragraphSeparator:
            false
        default: true
        }
    }

    /// Symbols and marks without ink: BRAILLE PATTERN BLANK, KHITAN SMALL SCRIPT FILLER, MUSICAL
    /// SYMBOL NULL NOTEHEAD. Source: https://www.unicode.org/Public/UCD/latest/ucd/UnicodeData.txt
    private static let blanks: Set<Unicode.Scalar> = ["\u{2800}", "\u{16FE4}", "\u{1D159}"]
}

extension UInt16 {
    fileprivate var hexadecimal: String {
        let digits = String(self, radix: 16, uppercase: true)
        return String(repeating: "0", count: 4 - digits.count) + digits
    }
}
