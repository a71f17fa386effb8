/// The words and signs of a Swift file, without its comments and without what its literals say.
struct SwiftCode {
    struct Token: Equatable {
        /// A whole word, `->`, or one sign.
        let text: String
        /// From 1.
        let line: Int
        /// Braces that are open around it; a brace counts as outside of itself.
        let depth: Int

        var isWord: Bool { text.utf8.first.map(SwiftCode.isWord) ?? false }
    }

    let tokens: [Token]

    init(_ text: String) {
        var scanner = LiteralScanner(text)
        tokens = Self.tokens(in: scanner.withoutLiterals())
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    private static func tokens(in code: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var (at, line, depth) = (0, 1, 0)
        while at < code.count {
            let start = at
            at += 1
            if isWord(code[start]) {
                while at < code.count, isWord(code[at]) { at += 1 }
            } else if code[start...].starts(with: "->".utf8) {
                at += 1
            }
            if code[start] == UInt8(ascii: "\n") { line += 1 }
            if code[start] == UInt8(ascii: "}") { depth -= 1 }
            if code[start] > UInt8(ascii: " ") {
                let text = String(decoding: code[start..<at], as: UTF8.self)
                tokens.append(Token(text: text, line: line, depth: depth))
            }
            if code[start] == UInt8(ascii: "{") { depth += 1 }
        }
        return tokens
    }
}

/// Replaces comments, and strings and regular expressions but for the code in them, by spaces.
private struct LiteralScanner {
    private var bytes: [UInt8]
    private var at = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    mutating func withoutLiterals() -> [UInt8] {
        scanCode(isInterpolation: false)
        return bytes
    }

    /// Up to the end of the file, or to the parenthesis that ends an interpolation.
    private mutating func scanCode(isInterpolation: Bool) {
        var open = 0
        while at < bytes.count {
            if "/\"#".utf8.contains(bytes[at]), blankLiteralOrComment() { continue }
            if bytes[at] == UInt8(ascii: "(") { open += 1 }
            if bytes[at] == UInt8(ascii: ")") { open -= 1 }
            if isInterpolation, open < 0 { return }
            at += 1
        }
    }

    /// - Returns: Whether there is one here.
    private mutating func blankLiteralOrComment() -> Bool {
        if starts(with: "//") {
            while at < bytes.count, bytes[at] != UInt8(ascii: "\n") { blank(1) }
        } else if starts(with: "/*") {
            blankComment()
        } else if let delimiter = literal() {
            blankLiteral(delimiter)
        } else {
            return false
        }
        return true
    }

    private mutating func blankComment() {
        var open = 0
        repeat {
            if starts(with: "/*") { open += 1 }
            if starts(with: "*/") { open -= 1 }
            blank(starts(with: "/*") || starts(with: "*/") ? 2 : 1)
        } while open > 0 && at < bytes.count
    }

    private struct Delimiter {
        let sign: String
        let hashes: String

        var start: String { hashes + sign }
        var end: String { sign + hashes }
        var escape: String { sign == "/" ? "\\" : "\\" + hashes }
    }

    /// The literal that begins here; nil is none.
    private func literal() -> Delimiter? {
        let hashes = String(
            repeating: "#", count: bytes[at...].prefix { $0 == UInt8(ascii: "#") }.count)
        for sign in ["\"\"\"", "\"", "/"] where starts(with: hashes + sign) {
            return sign != "/" || !hashes.isEmpty || isRegex
                ? Delimiter(sign: sign, hashes: hashes) : nil
        }
        return nil
    }

    /// Whether the slash here begins a regular expression: it is no operator between two values.
    private var isRegex: Bool {
        let before = bytes[..<at].last { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\n") }
        guard before.map({ "(,:=[{".utf8.contains($0) }) ?? true else { return false }
        let line = bytes[(at + 1)...].prefix { $0 != UInt8(ascii: "\n") }
        return line.first != UInt8(ascii: " ") && line.contains(UInt8(ascii: "/"))
    }

    private mutating func blankLiteral(_ delimiter: Delimiter) {
        blank(delimiter.start.utf8.count)
        while at < bytes.count, !starts(with: delimiter.end) {
            guard starts(with: delimiter.escape) else {
                blank(1)
                continue
            }
            blank(delimiter.escape.utf8.count)
            if delimiter.sign != "/", starts(with: "(") {
                at += 1
                scanCode(isInterpolation: true)
                at += 1
            } else {
                blank(1)
            }
        }
        blank(delimiter.end.utf8.count)
    }

    private func starts(with text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

    private mutating func blank(_ count: Int) {
        let end = min(at + count, bytes.count)
        for place in at..<end where bytes[place] != UInt8(ascii: "\n") {
            bytes[place] = UInt8(ascii: " ")
        }
        at = end
    }
}
