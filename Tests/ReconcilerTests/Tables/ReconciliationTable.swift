import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What is left of the rules' wishes for one contact once some of them are held.
@Suite struct ReconciliationTable {
    private static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text }, pass: { type: text } }
            rules:
              - { id: staff, priority: 300, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
              - { id: vip, priority: 300, mode: enforce, when: { custom_fields.tier: vip }, set: { portal_role: admin } }
              - { id: all, priority: 100, mode: enforce, when: { id: [c1, c2] }, set: { portal_role: member } }
              - { id: label, mode: enforce, when: { id: c1 }, set: { custom_fields.pass: blue } }
            """)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var id = "c1"
        var role = "member"
        var tier: String?
        /// The rules that are held.
        var held: [String] = []
        /// The rules by which `admin` is approved, and those by which it is declined.
        var approved: [String] = []
        var declined: [String] = []
        /// What is sent besides the label.
        let sent: String
        /// On whose account.
        var rules: [String] = []
        var passedOver: [String] = []
        /// The change that waits, and why it does.
        var waits: String?
    }

    @Test(arguments: [
        Case(testDescription: "nothing is held", sent: "admin", rules: ["staff"]),
        Case(
            testDescription: "a held rule neither acts nor makes room", held: ["staff"], sent: "",
            passedOver: ["staff"], waits: "for the test"),
        Case(
            testDescription: "a held rule lets a lesser one give as much as it may",
            role: "no_access", held: ["staff"], sent: "member", rules: ["all"],
            passedOver: ["staff"], waits: "for the test"),
        Case(
            testDescription: "a held rule protects what the contact has", role: "admin",
            held: ["staff"], sent: ""),
        Case(
            testDescription: "a rule that is held does not act for another contact", id: "c2",
            role: "admin", held: ["staff"], sent: "member", rules: ["all"]),
        Case(
            testDescription: "one of two rules is held", tier: "vip", held: ["vip"], sent: "admin",
            rules: ["staff"], passedOver: ["vip"]),
        Case(
            testDescription: "both rules are held", tier: "vip", held: ["staff", "vip"], sent: "",
            passedOver: ["staff", "vip"], waits: "for the test"),
        Case(
            testDescription: "a held rule whose change is approved", held: ["staff"],
            approved: ["staff"], sent: "admin", rules: ["staff"]),
        // The rest is decided once more, since nobody agreed to the label.
        Case(
            testDescription: "a held rule beside one whose change is approved", tier: "vip",
            held: ["vip"], approved: ["staff"], sent: "admin", rules: ["staff"],
            passedOver: ["vip"]),
        Case(
            testDescription: "a change that was declined", declined: ["staff"], sent: "",
            passedOver: ["staff"], waits: "declined"),
        Case(
            testDescription: "a change that was declined for one of two rules", tier: "vip",
            declined: ["vip"], sent: "admin", rules: ["staff"], passedOver: ["vip"]),
    ])
    func heldRulesNeitherActNorMakeRoom(_ test: Case) throws {
        let ruleset = try Self.rules.get()
        func change(by rules: [String]) -> ApprovedChange {
            let meanings = rules.map { ($0, ruleset.meaning(named: $0) ?? "") }
            return ApprovedChange(
                FieldChange(field: .portalRole, from: .text(test.role), to: "admin"),
                rules: Dictionary(uniqueKeysWithValues: meanings),
                ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 5, plan: nil))
        }
        var gate = GateTests.gate(
            ruleset, holds: test.held.map { GateTests.hold($0, .limit, in: ruleset) })
        let result = gate.reconcile(
            Subject(
                .sample(test.role, id: test.id, tier: test.tier),
                approved: test.approved.isEmpty ? [] : [change(by: test.approved)],
                declined: test.declined.isEmpty
                    ? [] : [change(by: test.declined).with(Decline(.rejected))]),
            at: noon)
        #expect(result.patch[.portalRole] == (test.sent.isEmpty ? nil : test.sent))
        #expect(result.rules["portal_role"] ?? [] == test.rules)
        #expect(result.passedOver.keys.sorted() == test.passedOver)
        // The label is nobody else's business.
        let label = SettableField.customField(slug: "pass")
        #expect(result.patch[label] == (test.id == "c1" ? "blue" : nil))
        let planned = result.planned(by: gate)
        let waiting = planned.filter { $0.held != nil }
        #expect(waiting.map(\.held) == (test.waits == nil ? [] : [test.waits]))
        #expect(waiting.allSatisfy { $0.change.value == "admin" })
        // What a lesser rule gives meanwhile is not what all rules want.
        let isInterim = test.waits != nil && !test.sent.isEmpty
        #expect(planned.contains(where: \.isInterim) == isInterim)
        #expect(result.declined.isEmpty == (test.waits != "declined"))
        #expect(result.held.isEmpty == (test.waits != "for the test"))
    }

    /// What people agreed to as a whole is not decided once more without its rules.
    @Test func anAgreedChangeKeepsItsOwners() throws {
        let ruleset = try Self.rules.get()
        let approved = ApprovedChange(
            FieldChange(field: .portalRole, from: .text("member"), to: "admin"),
            rules: ["staff": try #require(ruleset.meaning(named: "staff"))],
            ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 5, plan: nil))
        var contact = Contact.sample("member", tier: "vip")
        contact.customFields["pass"] = .single("blue")
        var gate = GateTests.gate(ruleset, holds: [GateTests.hold("vip", .limit, in: ruleset)])
        let result = gate.reconcile(Subject(contact, approved: [approved]), at: noon)
        #expect(result.rules == ["portal_role": ["staff", "vip"]])
        #expect(result.passedOver.isEmpty)
        #expect(result.approvals["portal_role"]?.who == "boss")
    }

    /// What a rule without an approval would do is decided without it, though a stronger one wins.
    @Test func aRuleWithoutAnApprovalMakesNoRoom() throws {
        let ruleset = try GateTests.ruleset(
            """
            rules:
              - { id: staff, priority: 300, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
              - { id: asked, mode: enforce, approval: required, when: { id: c1 }, set: { portal_role: lead } }
            """)
        var gate = GateTests.gate(ruleset)
        let result = gate.reconcile(Subject(.sample("member")), at: noon)
        #expect(result.words == "portal_role: admin" && result.held.isEmpty)
        #expect(result.passedOver == ["asked": ["portal_role"]])
    }

    @Test func aChangeThatWaitsForItsContactWaitsForNoRule() throws {
        let ruleset = try Self.rules.get()
        let hold = ContactHold(
            contactID: "c1", field: "portal_role", reason: .ownChanges,
            wish: HeldWish(field: .portalRole, value: "admin", rules: ["staff"]), placedSeq: 3)
        var gate = GateTests.gate(ruleset, holds: [GateTests.hold("staff", .limit, in: ruleset)])
        let result = gate.reconcile(
            Subject(.sample("member"), holds: ["portal_role": hold]), at: noon)
        #expect(result.keptHolds == ["portal_role"])
        #expect(result.held.isEmpty && result.newHolds.isEmpty)
    }

    /// A revert waits for a person only where no other rule wants something there.
    @Test(arguments: [("c1", "portal_role: member", 0), ("c2", "", 1)])
    func anotherRulesWishComesBeforeARevert(id: String, sent: String, holds: Int) throws {
        let ruleset = try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: out, mode: enforce, on_unmatch: revert, when: { custom_fields.tier: left }, set: { portal_role: no_access } }
              - { id: back, mode: enforce, when: { id: c1 }, set: { portal_role: member } }
            """)
        let grant = Grant(
            field: .portalRole, value: "no_access", from: .text("admin"), rules: ["out"], times: [])
        var gate = GateTests.gate(ruleset)
        let result = gate.reconcile(
            Subject(
                .sample("no_access", id: id, tier: "active"), grants: ["portal_role": grant]),
            at: noon)
        #expect(result.words == sent)
        #expect(result.newHolds.map(\.reason) == Array(repeating: .revert, count: holds))
    }
}
