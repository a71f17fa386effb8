/// Addresses that somebody tampered with, and another way to tell what is one.
enum FuzzedAddress {
    private static let snippets = [
        "@", "@", ".", ".", "..", "\"", "(", ")", "<", ">", "\\", ",", ";", ":", "%", "!", "=?",
        "[", "]", " ", "\t", "\n", "\r\n", "\0", "\u{7F}", "\u{80}", "\u{AD}", "\u{200B}",
        "\u{212A}",
        "\u{3002}", "\u{FF20}", "e\u{301}", "\u{430}", "xn--", "-", "_", "+", "'", "&", "acme.com",
        "@acme.com", "com", "1", "a", "Z", String(repeating: "a", count: 63),
        String(repeating: "a.", count: 120),
    ]

    static func text(_ texts: [String], _ random: inout Seeded) -> String {
        var scalars = Array(random.pick(texts).unicodeScalars)
        for _ in 0..<Int(random.next() % 4) {
            let index = Int(random.next() % UInt64(scalars.count + 1))
            switch random.next() % 4 {
            case 0: scalars.removeSubrange(index..<min(scalars.count, index + 3))
            case 1:
                if index < scalars.count {
                    scalars[index] = Unicode.Scalar(UInt8(random.next() % 255))
                }
            case 2:
                scalars.insert(contentsOf: random.pick(texts).unicodeScalars.prefix(8), at: index)
            default: scalars.insert(contentsOf: random.pick(snippets).unicodeScalars, at: index)
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    /// The parts of a text that is plainly an address, as docs/rules.md says it.
    static func parts(of text: String) -> (local: String, domain: String)? {
        let pieces = text.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        guard pieces.count == 2, text.utf8.count <= 254,
            let local = lowered(pieces[0], "_+'&-"), let domain = lowered(pieces[1], "-")
        else { return nil }
        let labels = domain.split(separator: ".", omittingEmptySubsequences: false)
        guard local.utf8.count <= 64, !local.hasPrefix("."), !local.hasSuffix("."),
            !local.contains(".."), !local.isEmpty, labels.count >= 2, domain.utf8.count <= 253,
            labels.allSatisfy({ 1...63 ~= $0.count && $0.first != "-" && $0.last != "-" }),
            labels.last?.contains(where: { !("0"..."9").contains($0) }) == true
        else { return nil }
        return (local, domain)
    }

    private static let letters = "abcdefghijklmnopqrstuvwxyz".utf8
    private static let capitals = Dictionary(
        uniqueKeysWithValues: zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ".utf8, letters))

    /// A–Z as a–z, if there is nothing but letters, digits, dots and `others`.
    private static func lowered(_ bytes: Substring.UTF8View, _ others: String) -> String? {
        let plain = Set(Array(letters) + Array("0123456789.".utf8) + Array(others.utf8))
        let lowered = bytes.map { capitals[$0] ?? $0 }
        return lowered.allSatisfy(plain.contains) ? String(decoding: lowered, as: UTF8.self) : nil
    }
}
