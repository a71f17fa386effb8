import Testing

@testable import Rules

struct Suggestions {
    static let fieldNames = Vocabulary.fields.map { row in
        row.prefix.map { $0 + "tier" } ?? row.name
    }
    static let words: [(kind: String, names: [String])] = [
        ("field", fieldNames),
        ("operator", OperatorName.allCases.map(\.rawValue)),
        ("rule key", Vocabulary.ruleKeys.map(\.name)),
        ("mode", Rule.Mode.allCases.map(\.rawValue)),
        ("id", ["staff-are-admins", "gold-customers-are-members", "leavers", "free-mail", "r1"]),
    ]

    /// Every text that is one edit away and no name itself.
    static func typos(of name: String, known: [String]) -> [String] {
        let letters = Array(name)
        var typos: Set<String> = []
        for index in letters.indices {
            var removed = letters
            removed.remove(at: index)
            typos.insert(String(removed))
            var doubled = letters
            doubled.insert(letters[index], at: index)
            typos.insert(String(doubled))
            var replaced = letters
            replaced[index] = letters[index] == "x" ? "y" : "x"
            typos.insert(String(replaced))
            if index > 0 {
                var swapped = letters
                swapped.swapAt(index, index - 1)
                typos.insert(String(swapped))
            }
        }
        return typos.subtracting(known).subtracting([""]).sorted()
    }

    @Test(arguments: words)
    func aSingleSlipIsRecognised(_ kind: String, _ names: [String]) {
        var (right, all, wrong) = (0, 0, [String]())
        for name in names {
            for typo in Self.typos(of: name, known: names) {
                all += 1
                if Nearest.name(to: typo, among: names) == name {
                    right += 1
                } else {
                    wrong.append("\(typo) for \(name)")
                }
            }
        }
        #expect(Double(right) >= 0.95 * Double(all), "\(kind): \(right) of \(all); \(wrong)")
    }

    @Test func aMisspeltFieldIsRecognisedInAFile() {
        var (right, all, wrong) = (0, 0, [String]())
        for name in Self.fieldNames {
            for typo in Self.typos(of: name, known: Self.fieldNames) {
                guard !Vocabulary.fields.contains(where: { $0.covers(typo) }) else { continue }
                all += 1
                let problems = #expect(throws: RuleProblems.self) {
                    try ruleset(when: "{ \"\(typo)\": { present: true } }")
                }
                if problems?.diagnostics.first?.suggestion == name {
                    right += 1
                } else {
                    wrong.append("\(typo) for \(name)")
                }
            }
        }
        #expect(Double(right) >= 0.95 * Double(all), "\(right) of \(all); \(wrong)")
    }

    @Test(arguments: [
        ("Admin", "admin"), ("starts-with", "starts_with"), ("PORTAL_ROLE", "portal_role"),
        ("q", nil), ("completely different", nil), ("", nil),
    ])
    func caseAndHyphensAreForgivenAndNonsenseIsNot(_ text: String, _ expected: String?) {
        let names = ["admin", "starts_with", "portal_role", "x"]
        #expect(Nearest.name(to: text, among: names) == expected)
    }
}
