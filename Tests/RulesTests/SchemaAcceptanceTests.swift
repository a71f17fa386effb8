import Foundation
import RuleSources
import Testing

@testable import Rules

/// The JSON Schema accepts every file that Usher accepts.
struct SchemaAcceptance {
    let schema: SchemaEvaluation

    init() throws { schema = try SchemaEvaluation(RuleSchema.json()) }

    /// Rulesets that Usher accepts, by where they come from.
    private static func rulesets() throws -> [String: [RuleSource]] {
        var rulesets = [
            "everything.yaml": Fuzz.everything,
            "rules": try RuleFiles.read(repository.appending(path: "rules").path),
        ]
        let cases = caseFolder("")
        for name in try FileManager.default.contentsOfDirectory(atPath: cases.path) {
            rulesets[name] = try RuleFiles.read(cases.appending(path: name).path)
        }
        for (number, text) in try examples().enumerated() {
            rulesets["example \(number)"] = [RuleSource(path: "a.yaml", text: text)]
        }
        return rulesets.filter { (try? Ruleset(sources: $0.value)) != nil }
    }

    /// The examples in the documentation that are whole files.
    private static func examples() throws -> [String] {
        let page = repository.appending(path: "docs/rules.md")
        let blocks = try String(contentsOf: page, encoding: .utf8)
            .components(separatedBy: "```yaml\n").dropFirst()
        return blocks.compactMap { $0.components(separatedBy: "```").first }
            .filter { $0.hasPrefix("version:") }
    }

    /// Why one of the files is refused.
    private func refusal(of sources: [RuleSource]) -> String? {
        sources.lazy.filter { !RuleSource.isDataFile($0.path) }.compactMap { source in
            var reader = YAMLReader(
                file: source.path, diagnostics: DiagnosticCollector())
            return reader.read(source.content).flatMap { schema.refusal(of: JSONValue($0)) }
        }.first
    }

    @Test func whatUsherAcceptsIsAccepted() throws {
        let rulesets = try Self.rulesets()
        #expect(rulesets["02-row-ids"] != nil && rulesets["example 0"] != nil)
        #expect(rulesets.count > 8)
        for (name, sources) in rulesets {
            let refusal = refusal(of: sources)
            #expect(refusal == nil, "\(name): \(refusal ?? "")")
        }
    }

    /// Files that hold what nobody writes, and that Usher accepts all the same.
    @Test func whatUsherAcceptsAfterAMutationIsAccepted() throws {
        let rulesets = try Self.rulesets().sorted { $0.key < $1.key }.map(\.value)
        let texts = rulesets.flatMap { $0.map(\.text) }
        var random = Seeded(9)
        var accepted = 0
        for _ in 0..<2_000 {
            var sources = random.pick(rulesets)
            let index = Int(random.next() % UInt64(sources.count))
            sources[index] = RuleSource(
                path: sources[index].path,
                text: Mutated.text(sources[index].text, others: texts, &random))
            guard (try? Ruleset(sources: sources)) != nil else { continue }
            accepted += 1
            let refusal = refusal(of: sources)
            #expect(refusal == nil, "\(refusal ?? "")\n\(sources[index].text)")
        }
        #expect(accepted > 100)
    }

    @Test(arguments: [
        "id: true", "id: 0x1f", "id: 12", "id: 1e3", "when: { \"name\": [no, 1.10, ~x] }",
        "description: 2026-11-23", "priority: 7", "mode: off", "from: 2026-11-23T10:00:00.5+01:00",
        "limits: { per_hour: 0 }", "set: { custom_fields.a.b-c_D: { clear: true } }",
        "when: { external_ids.my label: 5 }", "when: { first_seen: { older_than: 007d } }",
    ])
    func aRuleWithAnyOfTheseIsAccepted(line: String) throws {
        let lines = ["id: r", "when: { id: c1 }", "set: { name: x }"]
            .filter { !line.hasPrefix($0.prefix { $0 != ":" }) }
        let text = "version: 1\nrules:\n  - " + (lines + [line]).joined(separator: "\n    ")
        _ = try ruleset(text)
        #expect(refusal(of: [RuleSource(path: "a.yaml", text: text)]) == nil)
    }

    /// Not everything is accepted, either.
    @Test(arguments: [
        "an unknown key of a rule", "another version", "an empty when", "an empty any", "no set",
        "a mode that there is not", "present that is false", "an operator of another language",
        "a status that there is not", "a field that cannot be set", "a priority out of range",
        "a list's name with capitals", "an id that is too long", "two bounds at once",
        "limits without a limit", "a combinator beside a field", "a null among values",
    ])
    func aBrokenFileIsRefused(name: String) throws {
        let broken = try #require(BrokenFiles.all.first { $0.name == name })
        #expect(refusal(of: broken.sources) != nil)
    }
}
