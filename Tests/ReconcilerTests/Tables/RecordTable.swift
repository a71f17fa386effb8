import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What is kept with a contact after its evaluation: grants, drift, approved and declined changes.
@Suite struct RecordTable {
    private static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: staff, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
              - { id: again, mode: enforce, on_drift: reassert, when: { id: c2 }, set: { portal_role: admin } }
              - { id: floor, mode: enforce, when: { id: c3 }, set: { portal_role: { at_least: member } } }
              - { id: cap, mode: enforce, when: { id: c4 }, set: { portal_role: { at_most: member } } }
            """)
    }

    private static func grant(
        _ value: String, rules: [String], from: String? = "no_access", times: [Date] = [],
        reasserted: [Date]? = nil
    ) -> Grant {
        Grant(
            field: .portalRole, value: value, from: from.map { .text($0) }, rules: rules,
            times: times, reasserted: reasserted)
    }

    /// The reconciliation of a subject and what is recorded then.
    private static func record(
        _ subject: Subject
    ) throws -> (result: Reconciliation, record: ContactRecord) {
        var gate = GateTests.gate(try rules.get())
        let result = gate.reconcile(subject, at: noon)
        return (result, gate.record(after: result, at: noon))
    }

    /// What a rule had set, what the contact holds now, and what follows.
    struct Drifted: Sendable, CustomTestStringConvertible {
        let contact: String
        let rule: String
        let set: String
        let found: String
        let drifts: Bool
        /// What is sent; empty is nothing.
        var sent = ""

        var testDescription: String { "\(rule) set \(set), found \(found)" }
    }

    @Test(arguments: [
        Drifted(contact: "c1", rule: "staff", set: "admin", found: "admin", drifts: false),
        Drifted(contact: "c1", rule: "staff", set: "admin", found: "member", drifts: true),
        Drifted(contact: "c1", rule: "staff", set: "admin", found: "lead", drifts: true),
        // What was set is not what the rule wants now.
        Drifted(
            contact: "c1", rule: "other", set: "admin", found: "member", drifts: false,
            sent: "portal_role: admin"),
        Drifted(
            contact: "c2", rule: "again", set: "admin", found: "member", drifts: false,
            sent: "portal_role: admin"),
        // Who has more than a floor wants, or less than a ceiling, has what the rule wants.
        Drifted(contact: "c3", rule: "floor", set: "member", found: "admin", drifts: false),
        Drifted(contact: "c3", rule: "floor", set: "member", found: "no_access", drifts: true),
        Drifted(contact: "c4", rule: "cap", set: "member", found: "no_access", drifts: false),
        Drifted(contact: "c4", rule: "cap", set: "member", found: "admin", drifts: true),
        // No rule wants anything here.
        Drifted(contact: "c9", rule: "staff", set: "admin", found: "member", drifts: false),
    ])
    func whatAnotherPartyChangedIsLeftAlone(_ test: Drifted) throws {
        let subject = Subject(
            .sample(test.found, id: test.contact),
            grants: ["portal_role": Self.grant(test.set, rules: [test.rule])])
        let (result, record) = try Self.record(subject)
        let drift = record.drifts["portal_role"]?[test.rule]
        #expect(result.words == test.sent)
        #expect((drift != nil) == test.drifts)
        if test.drifts {
            #expect(drift?.found == .text(test.found) && drift?.value == test.set)
            #expect(record.grants["portal_role"]?.rules == [])
        }
    }

    /// What the contact holds while a rule's value is drifted, what Usher set there last, and whether
    /// the drift stays.
    @Test(
        arguments: [
            ("member", nil, true), ("admin", nil, false), ("member", "member by floor", true),
            ("admin", "admin by floor", true), ("admin", "admin by nobody", false),
        ] as [(String, String?, Bool)])
    func aDriftEndsWhereAnotherPartyRestoresTheValue(
        role: String, grant: String?, stays: Bool
    ) throws {
        let words = grant?.split(separator: " ").map(String.init)
        let grants = words.map {
            ["portal_role": Self.grant($0[0], rules: $0[2] == "nobody" ? [] : [$0[2]])]
        }
        let drift = Drift(
            field: .portalRole, value: "admin", found: .text("member"), since: noon - 9)
        let (result, record) = try Self.record(
            Subject(
                .sample(role), grants: grants ?? [:], drifts: ["portal_role": ["staff": drift]]))
        #expect(result.patch.isEmpty)
        #expect((record.drifts["portal_role"]?["staff"] != nil) == stays)
        if grant == "admin by nobody" {
            #expect(record.grants["portal_role"]?.rules == ["staff"])
        }
    }

    @Test(arguments: [("admin", true), ("member", false)])
    func aDriftIsOfTheValueThatTheRuleWants(value: String, stays: Bool) throws {
        let drift = Drift(
            field: .portalRole, value: value, found: .text("lead"), since: noon - 9)
        let (_, record) = try Self.record(
            Subject(.sample("lead"), drifts: ["portal_role": ["staff": drift]]))
        #expect((record.drifts["portal_role"] != nil) == stays)
    }

    /// What a request under way replaces is no drift.
    @Test func aRequestUnderWayIsNoDrift() throws {
        let subject = Subject(
            .sample("member"),
            grants: ["portal_role": Self.grant("lead", rules: ["staff", "gone"])],
            action: .sample(.sending))
        let (result, record) = try Self.record(subject)
        #expect(result.patch.isEmpty)
        #expect(record.drifts.isEmpty)
        #expect(record.grants == subject.grants)
    }

    /// Rules that undo each other say nothing of what is theirs.
    @Test(arguments: [("odd", ["gone"]), ("neither", [])])
    func rulesThatUndoEachOtherLeaveTheRecordAsItIs(tier: String, rules: [String]) throws {
        let ruleset = try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: odd, mode: enforce, when: { custom_fields.tier: odd }, set: { custom_fields.tier: even } }
              - { id: even, mode: enforce, when: { custom_fields.tier: even }, set: { custom_fields.tier: odd } }
            """)
        var gate = GateTests.gate(ruleset)
        let grants = ["portal_role": Self.grant("admin", rules: ["gone"])]
        let result = gate.reconcile(
            Subject(.sample("member", tier: tier), grants: grants), at: noon)
        let record = gate.record(after: result, at: noon)
        #expect(record.grants["portal_role"]?.rules == rules)
    }

    /// A role and its id are one slot, yet a value of the one is no drift of the other.
    @Test func aDriftIsOfTheFieldThatTheRuleSets() throws {
        let grant = Grant(
            field: .portalRoleID, value: "lead-id", from: nil, rules: ["staff"], times: [])
        let (_, record) = try Self.record(
            Subject(.sample("member"), grants: ["portal_role": grant]))
        #expect(record.drifts.isEmpty && record.grants["portal_role"]?.rules == [])
    }

    @Test func eachFurtherChangeOfADriftIsNews() {
        func record(_ found: String) -> ContactRecord {
            var record = ContactRecord()
            for rule in ["a", "b"] {
                record.drifts["portal_role", default: [:]][rule] = Drift(
                    field: .portalRole, value: "admin", found: .text(found), since: noon)
            }
            return record
        }
        let first = record("member").newDrifts(since: ContactRecord())
        #expect(first.map(\.rules) == [["a", "b"]])
        #expect(record("member").newDrifts(since: record("member")).isEmpty)
        #expect(record("lead").newDrifts(since: record("member")).count == 1)
    }

    /// An approved or declined change, and whether it is kept.
    struct Kept: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// The role that the contact holds.
        var role = "member"
        /// The role that it held when a person decided.
        var from = "member"
        var value = "admin"
        var until = noon + .seconds(60)
        var means = true
        var begun: Bool?
        var action: Action?
        /// Whether an approval is kept, and whether a refusal is.
        let approved: Bool
        let declined: Bool
    }

    static let kept = [
        Kept(testDescription: "not made yet", approved: true, declined: true),
        Kept(testDescription: "made", role: "admin", approved: false, declined: false),
        Kept(
            testDescription: "changed by another party", role: "lead", approved: false,
            declined: false),
        Kept(testDescription: "its time is over", until: noon, approved: false, declined: true),
        Kept(
            testDescription: "its rule means something else, before it began", means: false,
            approved: true, declined: false),
        Kept(
            testDescription: "its rule means something else, after it began", means: false,
            begun: true, approved: false, declined: false),
        Kept(testDescription: "begun", begun: true, approved: true, declined: true),
        // A request that sets it may turn out not to be made.
        Kept(
            testDescription: "under way", action: .sample(.sending), approved: true,
            declined: false),
        Kept(
            testDescription: "its time is over while it is under way", until: noon,
            action: .sample(.sending), approved: false, declined: false),
    ]

    @Test(arguments: kept) func aPersonsDecisionLastsUntilTheChangeIsMade(_ test: Kept) throws {
        let meaning = try #require(try Self.rules.get().meaning(named: "staff"))
        var approved = ApprovedChange(
            FieldChange(field: .portalRole, from: .text(test.from), to: test.value),
            rules: ["staff": test.means ? meaning : "another"],
            ApprovalTerms(until: test.until, who: "boss", seq: 3, plan: nil))
        approved.begun = test.begun
        let contact = Contact.sample(test.role)
        let (_, granted) = try Self.record(
            Subject(contact, approved: [approved], action: test.action))
        #expect(granted.approved.isEmpty == !test.approved)
        let declined = approved.with(Decline(.rejected))
        let (_, refused) = try Self.record(
            Subject(contact, declined: [declined], action: test.action))
        #expect(refused.declined.isEmpty == !test.declined)
    }

    @Test func anApprovalRemembersThatItsActionBegan() throws {
        let meaning = try #require(try Self.rules.get().meaning(named: "staff"))
        let approved = ApprovedChange(
            FieldChange(field: .portalRole, from: .text("no_access"), to: "admin"),
            rules: ["staff": meaning],
            ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 3, plan: nil))
        let own = Self.grant("member", rules: [])
        let (_, record) = try Self.record(
            Subject(.sample("member"), grants: ["portal_role": own], approved: [approved]))
        #expect(record.approved.map(\.begun) == [true])
        // It counts from what Usher itself made of the field.
        #expect(record.approved.map(\.from) == [.text("member")])
    }
}

/// The bound on Usher's own changes of a field, and on setting again what another party changed.
@Suite struct OwnChangeTable {
    private static let rules = Result {
        try GateTests.ruleset(
            "rules: [ { id: staff, mode: enforce, on_drift: reassert, when: { id: c1 }, set: { portal_role: admin } } ]"
        )
    }

    /// How many seconds ago Usher changed the field, how many seconds ago it set it again, the role
    /// now, and the reason of the hold.
    struct Case: Sendable {
        var times: [Double] = []
        var reasserted: [Double] = []
        var value = "admin"
        var rules = ["staff"]
        var role = "member"
        let reason: ContactHold.Reason?
    }

    @Test(arguments: [
        Case(reason: nil),
        Case(times: [1, 2], reason: nil),
        Case(times: [1, 2, 3], reason: .ownChanges),
        Case(times: [1, 2, 3, 4], reason: .ownChanges),
        Case(times: [1, 2, 3599], reason: .ownChanges),
        Case(times: [1, 2, 3600], reason: nil),
        // Times of a clock that was ahead do not count.
        Case(times: [1, 2, -61], reason: nil),
        Case(times: [1, 2, -60], reason: .ownChanges),
        Case(reasserted: [1, 2], reason: nil),
        Case(reasserted: [1, 2, 3], reason: .reasserted),
        Case(reasserted: [1, 2, 86_399], reason: .reasserted),
        Case(reasserted: [1, 2, 86_400], reason: nil),
        Case(reasserted: [1, 2, -61], reason: nil),
        // Only what these rules had set is set again.
        Case(reasserted: [1, 2, 3], value: "member", role: "lead", reason: nil),
        Case(reasserted: [1, 2, 3], rules: [], reason: nil),
        Case(reasserted: [1, 2, 3], rules: ["other"], reason: nil),
        Case(reasserted: [1, 2, 3], rules: ["other", "staff"], reason: .reasserted),
        Case(times: [1, 2, 3], reasserted: [1, 2, 3], reason: .ownChanges),
    ])
    func aFieldIsChangedOnlySoOften(_ test: Case) throws {
        let grant = Grant(
            field: .portalRole, value: test.value, from: nil, rules: test.rules,
            times: test.times.map { noon - $0 },
            reasserted: test.reasserted.map { noon - $0 })
        var gate = GateTests.gate(try Self.rules.get())
        let result = gate.reconcile(
            Subject(.sample(test.role), grants: ["portal_role": grant]), at: noon)
        #expect(result.newHolds.map(\.reason) == [test.reason].compactMap(\.self))
        #expect(result.words == (test.reason == nil ? "portal_role: admin" : ""))
    }
}
