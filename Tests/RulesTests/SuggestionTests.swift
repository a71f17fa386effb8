import Foundation
import RuleSources
import Testing

@testable import Rules

/// A name with a slip of the finger is recognised, wherever in a file it stands.
struct Suggestions {
    /// Letters that are put in at each place of a name, and in place of each of its letters.
    private static let lettersTried = 3
    private static let letters = Array("abcdefghijklmnopqrstuvwxyz_")

    /// Every name with one letter left out, swapped with the next, doubled, or some others put in
    /// or in its place; those that are names themselves are no slips.
    static func slips(of name: String, isName: (String) -> Bool) -> [String] {
        let text = Array(name)
        var random = Seeded(name.utf8.reduce(0) { ($0 &<< 5) ^ UInt64($1) })
        var slips: Set<String> = []
        func add(_ change: (inout [Character]) -> Void) {
            var slip = text
            change(&slip)
            slips.insert(String(slip))
        }
        for index in text.indices {
            add { $0.remove(at: index) }
            add { $0.insert(text[index], at: index) }
            if index > 0 { add { $0.swapAt(index, index - 1) } }
            for _ in 0..<lettersTried {
                let (put, instead) = (random.pick(letters), random.pick(letters))
                add { $0.insert(put, at: index) }
                add { $0[index] = instead }
            }
        }
        for _ in 0..<lettersTried {
            let put = random.pick(letters)
            add { $0.append(put) }
        }
        return slips.filter { $0 != name && !$0.isEmpty && !isName($0) }.sorted()
    }

    /// How many slips of all names get the right suggestion, and those that do not.
    private static func measure(_ names: NamesInFiles) -> (right: Int, wrong: [String]) {
        var (right, wrong) = (0, [String]())
        for name in names.names {
            let slips = slips(of: name) { names.names.contains($0) || names.isName($0) }
            for (slip, suggestion) in zip(slips, names.suggestions(for: slips, of: name)) {
                if suggestion == names.prefix + name {
                    right += 1
                } else {
                    wrong.append("\(slip) for \(name): \(suggestion ?? "nothing")")
                }
            }
        }
        return (right, wrong)
    }

    /// Of the rest, most are as near to another name: `ia` may be `is` or `in`.
    @Test(arguments: NamesInFiles.Kind.allCases)
    func of100Slips98AreRecognised(_ kind: NamesInFiles.Kind) {
        var (right, wrong) = (0, [String]())
        for names in NamesInFiles.all where names.kind == kind {
            let measured = Self.measure(names)
            right += measured.right
            wrong += measured.wrong
        }
        let all = right + wrong.count
        print("\(kind): \(right) of \(all) slips recognised")
        #expect(all > 1_000 && right * 100 >= all * 98, "\(wrong)")
    }

    @Test(arguments: [
        ("Admin", "admin"), ("starts-with", "starts_with"), ("PORTAL_ROLE", "portal_role"),
        ("q", nil), ("completely different", nil), ("", nil),
    ])
    func caseAndHyphensAreForgivenAndNonsenseIsNot(_ text: String, _ expected: String?) {
        let names = ["admin", "starts_with", "portal_role", "x"]
        #expect(Suggestion.name(to: text, among: names) == expected)
    }
}

/// Words of other tools are known, and no suggestion says the opposite of what was written.
struct WordsOfOtherTools {
    private static func suggestions(in name: String) -> [String] {
        let problems = #expect(throws: RuleProblems.self) {
            try Ruleset(sources: try RuleFiles.read(caseFolder(name).path))
        }
        return (problems?.diagnostics ?? []).map {
            "\($0.line) \($0.offending): \($0.suggestion ?? "–")"
        }
    }

    @Test func theyAreSuggestedWhereverTheyStand() {
        let suggestions = Self.suggestions(in: "12-words")
        for expected in [
            "3 name: id", "4 enabled: mode", "5 if: when", "6 then: set", "8 enforced: enforce",
            "9 condition: when", "10 actions: set", "12 live: enforce", "13 match: when",
            "14 role: portal_role", "16 dry_run: shadow", "17 and: all",
            "18 portalRole: portal_role", "21 or: any", "22 custom_field.tier: custom_fields.tier",
            "25 is_in: in", "25 not: is_not",
        ] {
            #expect(suggestions.contains(expected), "\(expected)")
        }
    }

    @Test func theOppositeAndNonsenseAreNotSuggested() {
        #expect(
            Self.suggestions(in: "35-suggest") == [
                "4 tier: custom_fields.tier", "5 nin: not_in", "6 and: all", "7 all_of: all",
                "8 isnt: is_not", "9 isNot: is_not", "10 any_of: has_any", "11 not_present: absent",
                "12 empty: absent",
            ])
        #expect(
            Self.suggestions(in: "22-ops") == [
                "4 equals: is", "5 eq: is", "6 ==: is", "7 ne: is_not", "8 not_equals: is_not",
                "9 matches: –", "10 regex: –", "11 exists: present", "12 endsWith: ends_with",
                "13 ends-with: ends_with", "14 not: is_not", "15 nin: not_in", "16 one_of: in",
                "17 >=: gte", "18 min: gte", "19 like: –", "20 or: any", "21 and: all",
                "22 nor: none", "23 anyOf: any", "24 domain: email.domain",
                "25 email_domain: email.domain", "26 account.name: –", "27 account.id: account_id",
                "28 account: account_id", "29 tier: custom_fields.tier", "30 role: portal_role",
                "31 role: portal_role", "32 tier: custom_fields.tier",
                "33 phone: primary_phone_number", "33 email: –", "34 email.tld: –",
                "35 created_at: first_seen",
            ])
    }

    /// Each denial of each operator, as the languages of other tools write it.
    @Test(arguments: OperatorName.allCases)
    func aDenialIsNeverTakenForWhatItDenies(name: OperatorName) {
        let names = OperatorName.allCases.map(\.rawValue)
        for denial in ["not_", "isNot_", "does-not-", "isnt_", "!", "not"] {
            let text = denial + name.rawValue
            guard let suggestion = Suggestion.name(to: text, among: names) else { continue }
            #expect(!ForeignWords.affirmations.contains(suggestion) || name == .absent, "\(text)")
        }
    }

    /// What a foreign word means is a word of the language.
    @Test func everyMeaningIsAWord() {
        let tables = [
            Vocabulary.fileKeys, Vocabulary.ruleKeys, Vocabulary.testKeys, Vocabulary.bounds,
            Vocabulary.exceptionKeys, Vocabulary.guardrailKeys,
        ]
        let words = Set(
            tables.joined().map(\.name) + OperatorName.allCases.map(\.rawValue)
                + CombinatorName.allCases.map(\.rawValue) + Rule.Mode.allCases.map(\.rawValue)
                + DeclaredField.ValueType.allCases.map(\.rawValue) + Vocabulary.fields.map(\.name)
                + Vocabulary.roles + [Vocabulary.inTable, Vocabulary.clear])
        #expect(ForeignWords.table.count > 100)
        for (word, meanings) in ForeignWords.table {
            #expect(ForeignWords.letters(of: word) == word)
            for meaning in meanings {
                #expect(words.contains(meaning), "\(word): \(meaning)")
                #expect(ForeignWords.letters(of: meaning) != word, "\(word): \(meaning)")
            }
        }
    }
}
