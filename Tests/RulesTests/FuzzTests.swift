import Contacts
import Foundation
import Rules
import Testing

/// Nothing that anybody writes into a rule file may crash the loader or the evaluation.
struct Fuzz {
    /// How long each kind of fuzzing goes on; `USHER_FUZZ_SECONDS` for longer.
    static let seconds =
        ProcessInfo.processInfo.environment["USHER_FUZZ_SECONDS"].flatMap(Double.init) ?? 2

    static let snippets = [
        "&a ", "*a", "? ", ": ", "- ", "[", "]", "{", "}", "\"", "'", "|", ">", "!!int ", "! ",
        "~", "null", "<<: ", "---\n", "...\n", "\n", "\t", "\r\n", "\u{85}", "\u{2028}", "\0", "#",
        "%YAML 1.2\n", "\u{FEFF}", "\\x", "\\u", "${x}", "all: ", "not: ", "in_list: ", "set: ",
        "when: ", "id: ", "1e99", "0x1F", "\u{E000}", "\u{1F469}\u{200D}\u{1F4BB}", "e\u{301}",
        "\u{212A}", String(repeating: "[", count: 300), String(repeating: "- ", count: 200),
        String(repeating: "a: {", count: 100), "id: r\n    id: r\n",
    ]

    static func sources() throws -> [String] {
        let shipped = try RuleFiles.read(repository.appending(path: "rules").path).map(\.text)
        return try shipped + fixture("broken-files.txt").components(separatedBy: "### ")
    }

    static func mutated(_ text: String, _ random: inout Seeded) -> String {
        var scalars = Array(text.unicodeScalars.prefix(3_000))
        for _ in 0...Int(random.next() % 6) {
            let index = scalars.isEmpty ? 0 : Int(random.next() % UInt64(scalars.count))
            let end = min(scalars.count, index + Int(random.next() % 40))
            switch random.next() % 5 {
            case 0: scalars.removeSubrange(index..<end)
            case 1: scalars.insert(contentsOf: Array(scalars[index..<end]), at: index)
            case 2: scalars.insert(contentsOf: random.pick(snippets).unicodeScalars, at: index)
            case 3: scalars.removeSubrange(index...)
            default:
                if !scalars.isEmpty {
                    scalars[index] = Unicode.Scalar(UInt8(random.next() % 128))
                }
            }
        }
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return String(view)
    }

    @Test func aMutatedFileIsRefusedOrEvaluatedButNeverCrashes() throws {
        let sources = try Self.sources()
        var random = Seeded(2)
        var (accepted, refused) = (0, 0)
        let end = Date.now.addingTimeInterval(Self.seconds)
        while Date.now < end {
            let text = Self.mutated(random.pick(sources), &random)
            do throws(RuleProblems) {
                let ruleset = try ruleset(text)
                accepted += 1
                _ = ruleset.explain(Conditions.contact).description
                _ = ruleset.tests.map(ruleset.run)
            } catch {
                refused += 1
                #expect(error.diagnostics.contains { $0.severity == .error })
                #expect(error.diagnostics.allSatisfy { $0.line > 0 && $0.column > 0 })
            }
        }
        #expect(accepted > 0 && refused > 100, "\(accepted) accepted, \(refused) refused")
    }

    @Test(arguments: [
        String(repeating: "[", count: 100_000),
        String(repeating: "{a: ", count: 100_000),
        String(repeating: "- ", count: 100_000),
        "version: 1\nrules:\n  - when: " + String(repeating: "{ not: ", count: 900),
        "version: 1\nrules:\n  - id: r\n    set: { portal_role: x }\n    when: "
            + String(repeating: "{ not: ", count: 60) + "{ name: a }"
            + String(repeating: " }", count: 60),
        String(repeating: "a", count: 1_000_000),
        "\u{FEFF}", "\0", "\u{1}", "%TAG ! x\n", "? ? ? ?", ": : :", "\"\\ud800\"",
    ])
    func aMonsterIsRefused(_ text: String) {
        #expect(throws: RuleProblems.self) { try ruleset(text) }
    }

    @Test func aliasesCannotBeMultipliedIntoMillions() {
        var bomb = "version: 1\na0: &a0 [x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        bomb += "? *a9\n: x\n? *a9\n: y\n"
        let problems = #expect(throws: RuleProblems.self) { try ruleset(bomb) }
        #expect(problems?.description.contains("anchors and aliases") == true)
    }

    @Test func emphasisInADescriptionIsNoAlias() throws {
        let words = Array(repeating: "*never* & *ever*", count: 30).joined(separator: " ")
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - id: r
                description: |
                  \(words)
                when: { id: c1 }
                set: { portal_role: member }
            """)
        #expect(ruleset.rules.count == 1)
    }

    @Test func theFileThatIsTooLargeIsRefused() {
        let text = "version: 1\n" + String(repeating: "# more\n", count: 700_000)
        let problems = #expect(throws: RuleProblems.self) { try ruleset(text) }
        #expect(problems?.description == "a.yaml:1:1: error: the file is larger than 4194304 bytes")
    }
}
