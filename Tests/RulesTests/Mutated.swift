@testable import Rules

/// Texts that somebody has typed into, cut, or put together from others.
struct Mutated {
    /// Bytes of a text that are kept, so that a round stays short.
    private static let maxBytes = 10_000
    private static let maxChanges = 6

    /// What YAML, CSV, Unicode and templates make much of.
    private static let oddities = [
        "&a ", "*a", "? ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "|", ">", "!!int ", "! ",
        "~", "null", "<<: ", "---\n", "...\n", "\n", "\t", "\r\n", "\u{85}", "\u{2028}", "\0", "#",
        "%YAML 1.2\n", "\u{FEFF}", "\\x", "\\u", "${x}", "${customers.note}", "$${", "1e99", "0x1F",
        "\u{E000}", "\u{1F469}\u{200D}\u{1F4BB}", "e\u{301}", "\u{212A}", ",", "\"\"", "true",
        "2027-01-31", "2027-01-31T10:00:00Z", "99999999999999999999", "-1", "0", "24h", "''",
        String(repeating: "[", count: 300), String(repeating: "- ", count: 200),
        String(repeating: "a: {", count: 100), "id: r\n    id: r\n",
        String(repeating: "9", count: 400),
    ]

    /// Every word of the language.
    private static let vocabulary: [String] = {
        let keys = [
            Vocabulary.fileKeys, Vocabulary.dataFileKeys, Vocabulary.listValueKeys,
            Vocabulary.exceptionKeys, Vocabulary.retirementKeys, Vocabulary.guardrailKeys,
            Vocabulary.bounds, Vocabulary.limitKeys, Vocabulary.declarationKeys,
            Vocabulary.ruleKeys, Vocabulary.testKeys, Vocabulary.expectKeys, Vocabulary.givenKeys,
            Vocabulary.accountKeys,
        ].flatMap { $0.map(\.name) }
        let fields = Vocabulary.fields.map { $0.prefix.map { $0 + "tier" } ?? $0.name }
        let values =
            Vocabulary.roles + Vocabulary.onDrift + Vocabulary.onUnmatch + [Vocabulary.required]
            + Rule.Mode.allCases.map(\.rawValue) + DeclaredField.ValueType.allCases.map(\.rawValue)
        return keys + fields + values + OperatorName.allCases.map(\.rawValue)
            + CombinatorName.allCases.map(\.rawValue)
            + [Vocabulary.why, Vocabulary.inTable, Vocabulary.clear]
    }()

    private var bytes: [UInt8]

    /// A text with a few changes; `others` are texts of which lines may be put in.
    static func text(_ text: String, others: [String], _ random: inout Seeded) -> String {
        var mutated = Mutated(bytes: Array(text.utf8.prefix(maxBytes)))
        let changes = random.happens(50) ? 1 : 1 + Int(random.next() % UInt64(maxChanges))
        for _ in 0..<changes {
            mutated.change(others: others, &random)
        }
        return String(decoding: mutated.bytes.prefix(2 * maxBytes), as: UTF8.self)
    }

    private mutating func change(others: [String], _ random: inout Seeded) {
        let index = Int(random.next() % UInt64(bytes.count + 1))
        let range = index..<min(bytes.count, index + Int(random.next() % 40))
        switch random.next() % 12 {
        case 0: if !range.isEmpty { bytes[index] ^= 1 << UInt8(random.next() % 8) }
        case 1: bytes.removeSubrange(range)
        case 2: bytes.insert(contentsOf: Array(bytes[range]), at: index)
        case 3: bytes.insert(contentsOf: random.pick(Self.oddities).utf8, at: index)
        case 4: bytes.insert(contentsOf: random.pick(Self.vocabulary).utf8, at: index)
        case 5: if random.happens(20) { bytes.removeSubrange(index...) }
        case 6: swapLines(&random)
        case 7: bytes.insert(contentsOf: Self.line(of: random.pick(others), &random), at: index)
        default: replaceWord(at: index, &random)
        }
    }

    /// A word of a file gives way to another one of it, or to a word of the language.
    private mutating func replaceWord(at index: Int, _ random: inout Seeded) {
        guard let place = word(from: index) else { return }
        let other = word(from: Int(random.next() % UInt64(bytes.count)))
        let known = Array(random.pick(Self.vocabulary).utf8)
        let word = random.happens(60) ? other.map { Array(bytes[$0]) } : nil
        bytes.replaceSubrange(place, with: word ?? known)
    }

    /// The place of the first word from `index` on.
    private func word(from index: Int) -> Range<Int>? {
        func isLetter(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || byte == UInt8(ascii: "_")
        }
        guard let start = bytes[index...].firstIndex(where: isLetter) else { return nil }
        return start..<(bytes[start...].firstIndex { !isLetter($0) } ?? bytes.count)
    }

    private mutating func swapLines(_ random: inout Seeded) {
        var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        lines.swapAt(
            Int(random.next() % UInt64(lines.count)), Int(random.next() % UInt64(lines.count)))
        bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }

    private static func line(of text: String, _ random: inout Seeded) -> [UInt8] {
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        return lines.isEmpty ? [] : Array(random.pick(lines)) + [UInt8(ascii: "\n")]
    }
}
