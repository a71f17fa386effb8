@testable import Rules

/// Names of one kind, and a file whose every line has one of them misspelt.
struct NamesInFiles {
    enum Kind: CaseIterable { case field, `operator`, key, value, id }

    let kind: Kind
    let names: [String]
    /// What stands above the lines.
    let head: String
    /// The line for a name; `SLIP` stands for it as it is misspelt, `NUMBER` for the line's own.
    let line: @Sendable (String) -> String
    /// Other texts that are names as well.
    var isName: @Sendable (String) -> Bool = { _ in false }
    /// What stands before the name where it is suggested.
    var prefix = ""

    init(_ kind: Kind, _ names: [String], below head: String = "", _ line: String) {
        self.init(kind, names, below: head) { _ in line }
    }

    init(
        _ kind: Kind, _ names: [String], below head: String,
        line: @escaping @Sendable (String) -> String
    ) {
        self.kind = kind
        self.names = names
        self.head = "version: 1\n" + head
        self.line = line
    }

    /// For each way to misspell a name, what is suggested.
    func suggestions(for slips: [String], of name: String) -> [String?] {
        let lines = slips.enumerated().map { number, slip in
            line(name).replacing("SLIP", with: slip).replacing("NUMBER", with: "\(number)")
        }
        let problems = problems(head + lines.joined(separator: "\n"))
        let first = head.count { $0 == "\n" } + 1
        return slips.enumerated().map { number, slip in
            problems.first {
                $0.line == first + number && $0.offending.hasSuffix(slip) && $0.suggestion != nil
            }?.suggestion
        }
    }

    private func problems(_ text: String) -> [RuleDiagnostic] {
        do throws(RuleProblems) {
            let ruleset = try Ruleset(sources: [
                RuleSource(path: "a.yaml", text: text),
                RuleSource(path: "customers.csv", text: "domain,note\nacme.com,x"),
                RuleSource(path: "leavers.txt", text: "ana@acme.com"),
            ])
            return ruleset.warnings
        } catch {
            return error.diagnostics
        }
    }
}

extension NamesInFiles {
    static let all = fields + operators + keys + values + ids

    private static let labelled = Vocabulary.fields.map { row in
        row.prefix.map { $0 + "tier" } ?? row.name
    }
    private static let slugs = ["tier", "seats", "department", "renewal_date", "csm-owner"]
    private static let declarations =
        "fields:\n" + slugs.map { "  \($0): { type: text }\n" }.joined()

    private static var fields: [NamesInFiles] {
        var read = NamesInFiles(
            .field, labelled, below: "rules:\n", "- { when: { \"SLIP\": { present: true } } }")
        var set = NamesInFiles(
            .field,
            labelled.filter { name in
                Vocabulary.fields.contains { $0.access == .set && $0.covers(name) }
            }, below: "rules:\n", "- { set: { \"SLIP\": x } }")
        read.isName = { name in Vocabulary.fields.contains { $0.covers(name) } }
        set.isName = read.isName
        var declared = NamesInFiles(
            .field, slugs, below: declarations + "rules:\n",
            "- { when: { \"custom_fields.SLIP\": x }, set: { name: x } }")
        declared.prefix = "custom_fields."
        return [read, set, declared]
    }

    private static var operators: [NamesInFiles] {
        // A field for each operator that it applies to.
        let fields: [(FieldKind, String)] = [
            (.text, "name"), (.domain, "email.domain"), (.list, "emails"),
            (.integer, "custom_fields.seats"), (.age, "first_seen"),
        ]
        let operators = NamesInFiles(
            .operator, Vocabulary.operators.map(\.name.rawValue),
            below: "fields: { seats: { type: integer } }\nrules:\n"
        ) { name in
            let row = Vocabulary.operators.first { $0.name.rawValue == name }
            let field = fields.first { row?.kinds.contains($0.0) == true }?.1 ?? ""
            return "- { when: { \(field): { \"SLIP\": x } } }"
        }
        let others =
            Vocabulary.combinators.map(\.name.rawValue) + [Vocabulary.inTable, Vocabulary.why]
        return [
            operators,
            NamesInFiles(.operator, others, below: "rules:\n", "- { when: { \"SLIP\": x } }"),
        ]
    }

    private static func keys(_ keys: [KeyRow], below head: String, _ line: String) -> NamesInFiles {
        NamesInFiles(.key, keys.map(\.name), below: head, line)
    }

    private static let rule = "- { id: rNUMBER, when: { name: x }, set: { name: x }, "

    private static var keys: [NamesInFiles] {
        [
            keys(Vocabulary.fileKeys, below: "", "\"SLIP\": x"),
            keys(Vocabulary.dataFileKeys, below: "lists:\n", "  lNUMBER: { \"SLIP\": x }"),
            keys(Vocabulary.listValueKeys, below: "lists:\n  l:\n", "  - { \"SLIP\": x }"),
            keys(Vocabulary.exceptionKeys, below: "exceptions:\n", "- { \"SLIP\": x }"),
            keys(Vocabulary.retirementKeys, below: "retired:\n", "- { \"SLIP\": x }"),
            keys(Vocabulary.guardrailKeys, below: "guardrails:\n", "- { \"SLIP\": x }"),
            keys(
                Vocabulary.bounds, below: "rules:\n", "- { set: { portal_role: { \"SLIP\": x } } }"),
            NamesInFiles(
                .key, [Vocabulary.clear], below: "rules:\n",
                "- { set: { custom_fields.tier: { \"SLIP\": true } } }"),
            keys(Vocabulary.limitKeys, below: "rules:\n", rule + "limits: { \"SLIP\": 1 } }"),
            keys(
                Vocabulary.limitClassKeys, below: "rules:\n",
                rule + "limits: { lowering: { \"SLIP\": 1 } } }"),
            keys(Vocabulary.declarationKeys, below: "fields:\n", "  fNUMBER: { \"SLIP\": x }"),
            keys(Vocabulary.ruleKeys, below: "rules:\n", "- { \"SLIP\": x }"),
            keys(Vocabulary.testKeys, below: "tests:\n", "- { \"SLIP\": x }"),
            keys(Vocabulary.expectKeys, below: "tests:\n", "- { expect: { \"SLIP\": x } }"),
            keys(Vocabulary.givenKeys, below: "tests:\n", "- { given: { \"SLIP\": x } }"),
            keys(
                Vocabulary.accountKeys, below: "tests:\n",
                "- { given: { account: { \"SLIP\": x } } }"),
        ]
    }

    private static var values: [NamesInFiles] {
        [
            NamesInFiles(
                .value, Rule.Mode.allCases.map(\.rawValue), below: "rules:\n",
                "- { mode: \"SLIP\" }"),
            NamesInFiles(
                .value, Vocabulary.onDrift, below: "rules:\n", rule + "on_drift: \"SLIP\" }"),
            NamesInFiles(
                .value, Vocabulary.onUnmatch, below: "rules:\n", rule + "on_unmatch: \"SLIP\" }"),
            NamesInFiles(
                .value, DeclaredField.ValueType.allCases.map(\.rawValue), below: "fields:\n",
                "  fNUMBER: { type: \"SLIP\" }"),
            NamesInFiles(
                .value, Operand.choices(.status) ?? [], below: "rules:\n",
                "- { when: { email.status: \"SLIP\" } }"),
            NamesInFiles(
                .value, Operand.choices(.domainClass) ?? [], below: "rules:\n",
                "- { when: { email.class: \"SLIP\" } }"),
            NamesInFiles(
                .value, Vocabulary.roles, below: "rules:\n",
                "- { set: { portal_role: { at_least: \"SLIP\" } } }"),
            NamesInFiles(
                .value, ["gold", "silver", "bronze"],
                below: "fields: { tier: { type: text, values: [gold, silver, bronze] } }\nrules:\n",
                "- { when: { custom_fields.tier: \"SLIP\" } }"),
        ]
    }

    private static var ids: [NamesInFiles] {
        let rules = [
            "staff-are-admins", "gold-customers-are-members", "leavers", "acme-admins", "ext_2",
        ]
        let sample =
            "rules:\n"
            + rules.map { "- { id: \($0), when: { name: x }, set: { name: x } }\n" }.joined()
        let lists = ["acme_domains", "leavers", "free-mail", "partners2"]
        let samples =
            "lists:\n" + lists.map { "  \($0): [a.example] \n" }.joined()
            + "tables:\n  customers: { file: customers.csv }\n  resellers: { file: customers.csv }\n"
        return [
            NamesInFiles(
                .id, rules, below: sample + "tests:\n", "- { expect: { matched: [\"SLIP\"] } }"),
            NamesInFiles(
                .id, rules, below: sample + "exceptions:\n",
                "- { id: eNUMBER, rules: [\"SLIP\"], contact: c, until: 2027-01-01, reason: x }"),
            NamesInFiles(
                .id, lists, below: samples + "rules:\n",
                "- { when: { email.domain: { in_list: \"SLIP\" } } }"),
            NamesInFiles(
                .id, ["customers", "resellers"], below: samples + "rules:\n",
                "- { when: { in_table: \"SLIP\" } }"),
            NamesInFiles(
                .id, ["customers.csv", "leavers.txt"], below: "lists:\n",
                "  lNUMBER: { file: \"SLIP\" }"),
        ]
    }
}
