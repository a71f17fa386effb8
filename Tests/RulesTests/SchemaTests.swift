import Foundation
import Testing

@testable import Rules

struct Schema {
    let root: [String: Any]
    let definitions: [String: Any]

    init() throws {
        let json = try JSONSerialization.jsonObject(with: Data(RuleSchema.json().utf8))
        root = try #require(json as? [String: Any])
        definitions = try #require(root["$defs"] as? [String: Any])
    }

    private func keys(_ path: String...) throws -> Set<String> {
        var object = root
        for key in path { object = try #require(object[key] as? [String: Any], "\(key)") }
        return Set(object.keys)
    }

    @Test func itIsASchemaOfTheCurrentDraft() {
        #expect(root["$schema"] as? String == "https://json-schema.org/draft/2020-12/schema")
        #expect(root["additionalProperties"] as? Bool == false)
        #expect(root["required"] as? [String] == ["version"])
    }

    @Test func itKnowsTheKeysOfThisVersionAndNoOthers() throws {
        #expect(
            try keys("properties") == [
                "version", "as", "fields", "lists", "tables", "rules", "limits", "guardrails",
                "exceptions", "retired", "renamed", "tests",
            ])
        #expect(
            try keys("properties", "rules", "items", "properties")
                == [
                    "id", "description", "priority", "mode", "when", "set", "from", "until",
                    "approval",
                    "limits", "on_drift", "on_unmatch", "revert_to",
                    "allow_public", "reason",
                ])
    }

    @Test func itKnowsEveryFieldAndTheOperatorsThatEachTakes() throws {
        let condition = try #require(definitions["condition"] as? [String: Any])
        let choices = try #require(condition["anyOf"] as? [[String: Any]])
        #expect(choices.count == CombinatorName.allCases.count + 1)
        let tests = try #require(choices.last)
        let fields = try #require(tests["properties"] as? [String: [String: Any]])
        let patterns = try #require(tests["patternProperties"] as? [String: Any])
        // And `why` and `in_table`, which stand beside them.
        #expect(fields.count + patterns.count == Vocabulary.fields.count + 2)
        func operators(_ field: String) -> Set<String> {
            let choices = fields[field]?["anyOf"] as? [[String: Any]] ?? []
            return Set(choices.compactMap { ($0["required"] as? [String])?.first })
        }
        #expect(operators("emails") == ["has", "has_any", "has_all", "present", "absent"])
        #expect(operators("email.domain").isSuperset(of: ["is", "under", "in_list", "present"]))
        #expect(
            operators("name")
                == operators("email.domain").subtracting(["under"]).union(["is_ci"]))
    }

    @Test func itIsTheSameEachTime() { #expect(RuleSchema.json() == RuleSchema.json()) }

    @Test func theTablesAgreeWithTheContacts() {
        for row in Vocabulary.fields where row.prefix == nil {
            #expect(row.covers(row.name))
        }
        let names = Vocabulary.operators.map(\.name)
        #expect(names == OperatorName.allCases)
        #expect(Vocabulary.combinators.map(\.name) == CombinatorName.allCases)
    }
}
