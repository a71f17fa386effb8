/// Makes texts of the API, or of whoever answers in its place, fit for logs and records.
struct Quotes {
    /// Never quoted, even where an answer repeats it.
    let token: Token

    /// Characters; ids are UUIDs of 36, codes are words, sentences are short.
    private static let maxRequestIDLength = 128
    private static let maxCodeLength = 64
    private static let maxMessageLength = 300

    func requestID(_ text: String) -> String { quote(text, Self.maxRequestIDLength) }
    func code(_ text: String) -> String { quote(text, Self.maxCodeLength) }
    func message(_ text: String) -> String { quote(text, Self.maxMessageLength) }

    private func quote(_ text: String, _ length: Int) -> String {
        Self.plain(text.replacing(token.text, with: token.description), atMost: length)
    }

    /// At most `length` characters of `text`, with spaces for what is not visible.
    static func plain(_ text: String, atMost length: Int) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(length) {
            plain.append(isVisible(scalar) ? scalar : " ")
        }
        return String(plain)
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned: false
        default: true
        }
    }
}
