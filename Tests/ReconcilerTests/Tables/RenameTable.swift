import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What is kept under the old id of a rule that has a new one.
@Suite struct RenameTable {
    /// `gold` is `golden` now and means the same; `tin` is `silver` now and means something else.
    private static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: golden, mode: enforce, when: { custom_fields.tier: gold }, set: { name: Gold } }
              - { id: silver, mode: enforce, when: { custom_fields.tier: silver }, set: { name: Silver } }
            renamed: [ { from: gold, to: golden }, { from: tin, to: silver } ]
            """)
    }

    private static let before = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { name: Gold } }
              - { id: tin, mode: enforce, when: { custom_fields.tier: tin }, set: { name: Tin } }
            """)
    }

    /// The hash of what a rule means, or meant under its old id.
    private static func meaning(_ rule: String) throws -> String {
        try rules.get().meaning(named: rule) ?? before.get().meaning(named: rule) ?? "gone"
    }

    @Test(arguments: [
        ("gold", "golden", true), ("gold[acme.com]", "golden[acme.com]", true),
        ("tin", "silver", true), ("golden", "golden", false), ("other", "other", false),
        ("goldfish", "goldfish", false),
    ])
    func anIDIsCarriedOver(old: String, new: String, isRenamed: Bool) throws {
        let renames = RuleRenames(of: try Self.rules.get())
        #expect(renames.newID(of: old) == new)
        #expect(renames.isRenamed(old) == isRenamed)
    }

    @Test(arguments: [
        (["gold", "other"], ["golden", "other"]), (["gold", "golden"], ["golden"]),
        (["tin", "gold"], ["silver", "golden"]), ([], []),
    ])
    func eachNewIDIsNamedOnce(old: [String], new: [String]) throws {
        let renames = RuleRenames(of: try Self.rules.get())
        #expect(renames.newIDs(of: old) == new)
        #expect(renames.renamed(["name": old]) == ["name": new])
        let wish = HeldWish(field: .name, value: "Gold", rules: old).renamed(by: renames)
        #expect(wish.rules == new)
    }

    /// The rule of a decision and the rule of it afterwards: a decision is bound to the meaning.
    @Test(arguments: [("gold", "golden"), ("tin", "tin"), ("golden", "golden"), ("gone", "gone")])
    func aDecisionIsCarriedOverWithItsMeaning(old: String, new: String) throws {
        let renames = RuleRenames(of: try Self.rules.get())
        var record = ContactRecord()
        let held = HeldChange(
            FieldChange(field: .name, from: nil, to: "Gold"), rules: [old: try Self.meaning(old)],
            HoldKeys(by: ["limit:\(old)"]))
        record.held = [held]
        record.approved = [
            held.with(ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 1, plan: nil))
        ]
        record.declined = [held.with(Decline(.rejected))]
        let renamed = renames.renamed(record)
        let rules = [new: try Self.meaning(new)]
        #expect(renamed.held.map(\.rules) == [rules])
        #expect(renamed.approved.map(\.rules) == [rules])
        #expect(renamed.declined.map(\.rules) == [rules])
        // The hold is the rule's under whatever id.
        #expect(renamed.held.map(\.by) == [["limit:\(renames.newID(of: old))"]])
    }

    @Test(
        arguments: [
            ("gold", "limit:golden"), ("tin", nil), ("golden", nil), ("other", nil),
        ] as [(String, String?)])
    func aHoldIsCarriedOverWithItsMeaning(rule: String, key: String?) throws {
        let hold = RuleHold(
            ruleID: rule, reason: .limit, ruleHash: try Self.meaning(rule), detail: "for the table",
            placedSeq: 30, placedAt: noon, rejectedAt: noon)
        let renamed = RuleRenames(of: try Self.rules.get()).renamed(hold)
        #expect(renamed?.key == key)
        guard let renamed else { return }
        #expect(renamed.ruleHash == (try Self.meaning("golden")))
        #expect(renamed.placedSeq == 30 && renamed.rejectedAt == noon)
    }

    @Test func whatTheNewIDRemembersItselfComesFirst() throws {
        let renames = RuleRenames(of: try Self.rules.get())
        func drift(_ found: String) -> Drift {
            Drift(field: .name, value: "Gold", found: .text(found), since: noon)
        }
        var record = ContactRecord()
        record.drifts["name"] = ["gold": drift("old"), "golden": drift("new"), "tin": drift("x")]
        record.grants["name"] = Grant(
            field: .name, value: "Gold", from: nil, rules: ["gold", "golden"], times: [])
        let renamed = renames.renamed(record)
        #expect(renamed.drifts["name"] == ["golden": drift("new"), "silver": drift("x")])
        #expect(renamed.grants["name"]?.rules == ["golden"])
    }

    @Test func anActionAndItsQueuedChangeAreCarriedOver() throws {
        var action = Action.sample(.sending) { $0.rules = ["portal_role": ["gold"]] }
            .followed(by: [.portalRole: "no_access"])
        action.next?.rules = ["portal_role": ["gold", "other"]]
        let renamed = action.renamed(by: RuleRenames(of: try Self.rules.get()))
        #expect(renamed.rules == ["portal_role": ["golden"]])
        #expect(renamed.next?.rules == ["portal_role": ["golden", "other"]])
    }
}
