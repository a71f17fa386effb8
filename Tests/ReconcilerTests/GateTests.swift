import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What follows from the rules for one contact, without a database.
struct GateTests {
    static let now = Date(timeIntervalSince1970: 1_800_000_000)

    static func ruleset(_ rules: String) throws -> Ruleset {
        try Ruleset(sources: [RuleSource(path: "r.yaml", text: "version: 1\n" + rules)])
    }

    static func gate(
        _ ruleset: Ruleset, holds: [RuleHold] = [], approvals: [String: RuleApproval] = [:],
        contacts: Int = 1000, counts: [ChangeLedger.Key: ChangeLedger.Count] = [:]
    ) -> ChangeGate {
        ChangeGate(
            ruleset, before: nil, cap: nil,
            ledger: ChangeLedger(contacts: contacts, counts: counts),
            holds: RuleHolds(holds, approvals: approvals))
    }

    static func hold(
        _ rule: String, _ reason: RuleHold.Reason, in ruleset: Ruleset, isRejected: Bool = false
    ) -> RuleHold {
        let id = ruleset.rule(rule)
        return RuleHold(
            ruleID: rule, reason: reason,
            ruleHash: id.map { ruleset.hash(of: $0) } ?? "", detail: "for the test",
            placedSeq: 1, placedAt: now, rejectedAt: isRejected ? now : nil)
    }

    static func role(of result: Reconciliation) -> String? { result.patch[.portalRole] }

    static let grant = """
        rules:
          - id: grant
            approval: required
            mode: enforce
            when: { email.domain: acme.com, account.external_ids.crm: "0015e00001" }
            set: { portal_role: admin }
          - { id: cap, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: { at_most: member } } }
        """

    static func ana(_ role: String) -> Contact {
        Contact(
            id: "c1", email: "ana@acme.com",
            account: .init(id: "a1", externalIDs: ["crm": .single("0015e00001")]),
            portalRole: role)
    }

    /// A raise is on the account of the rule that raises, not of the ceiling that shapes it.
    @Test func aCeilingRaisesNobodyPastAnApproval() throws {
        let ruleset = try Self.ruleset(Self.grant)
        var gate = Self.gate(ruleset)
        let result = gate.reconcile(Subject(Self.ana("no_access")), at: Self.now)
        #expect(result.changes.isEmpty)
        #expect(result.held.map(\.to) == ["member"])
        #expect(result.held[0].rules.keys.sorted() == ["grant"])
        #expect(gate.holds.new.map(\.key) == ["approval:grant"])
        // Lowering is the ceiling's own account.
        let lowered = gate.reconcile(Subject(Self.ana("admin")), at: Self.now)
        #expect(Self.role(of: lowered) == "member" && lowered.rules == ["portal_role": ["cap"]])
    }

    /// A rule and a row of its table may wait for the same limit.
    @Test func aReasonThatHoldsShareIsSaidOnce() throws {
        let ruleset = try Self.ruleset(Self.grant)
        let holds = ["grant", "cap"].map { Self.hold($0, .limit, in: ruleset) }
        let change = HeldChange(
            FieldChange(field: .portalRole, from: nil, to: "member"), rules: [:],
            HoldKeys(by: holds.map(\.key)))
        #expect(Self.gate(ruleset, holds: holds).reason(for: change) == "for the test")
    }

    static let leavers = """
        fields: { status: { type: text }, tier: { type: text } }
        rules:
          - { id: leavers, priority: 900, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: no_access } }
          - { id: gold, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: { at_least: member } } }
          - { id: staff, priority: 200, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
        """

    /// What is held neither acts nor makes room.
    @Test(
        arguments: [
            // A held leavers' rule does not let the gold rule raise a leaver, nor anybody else's.
            ("leavers", "no_access", "left", nil), ("leavers", "member", "left", nil),
            ("leavers", "admin", "left", nil),
            // A held admin rule does not keep the gold rule from making a member.
            ("staff", "no_access", "active", "member"), ("staff", "member", "active", nil),
            ("gold", "no_access", "active", "admin"), ("gold", "member", "left", "no_access"),
        ] as [(String, String, String, String?)])
    func whatIsHeldNeitherActsNorMakesRoom(
        held: String, role: String, status: String, expected: String?
    ) throws {
        let ruleset = try Self.ruleset(Self.leavers)
        for reason in [RuleHold.Reason.limit, .rejected] {
            let holds = [
                Self.hold(held, reason, in: ruleset, isRejected: reason == .rejected),
                Self.hold(held, .lowering, in: ruleset),
            ]
            var gate = Self.gate(ruleset, holds: holds)
            let contact = Contact(
                id: "c1", customFields: ["status": .single(status), "tier": .single("gold")],
                portalRole: role)
            let result = gate.reconcile(Subject(contact), at: Self.now)
            #expect(Self.role(of: result) == expected, "\(reason)")
            #expect(result.rules.values.joined().allSatisfy { $0 != held })
        }
    }

    /// A rule that is held elsewhere and has here what it wants protects what is there.
    @Test func aHeldRuleKeepsNobodyFromWhatTheyHave() throws {
        let ruleset = try Self.ruleset(
            """
            rules:
              - { id: staff, priority: 200, mode: enforce, when: { id: [c1, c2] }, set: { portal_role: admin } }
              - { id: everybody, mode: enforce, when: { id: [c1, c2] }, set: { portal_role: member } }
            """)
        var gate = Self.gate(ruleset, holds: [Self.hold("staff", .limit, in: ruleset)])
        func role(_ now: String) -> String? {
            let contact = Contact(id: "c1", portalRole: now)
            return Self.role(of: gate.reconcile(Subject(contact), at: Self.now))
        }
        #expect(role("admin") == nil)
        #expect(role("member") == nil)
        #expect(role("no_access") == "member")
    }

    /// Strangers at a partner's domain, and grants, do not crowd out the one who left.
    @Test func whatLowersIsBoundedByItsOwnRuleAlone() throws {
        let ruleset = try Self.ruleset(
            """
            fields: { status: { type: text } }
            limits: { per_hour: 1, privileged: { per_hour: 1 }, lowering: { per_hour: 2 } }
            rules:
              - { id: leavers, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: no_access } }
              - { id: partner, mode: enforce, when: { email.domain: partner.com }, set: { portal_role: { at_most: no_access } } }
            """)
        var gate = Self.gate(ruleset)
        var lowered = 0
        for number in 0..<4 {
            let stranger = Contact(
                id: "s\(number)", email: "s\(number)@partner.com", portalRole: "member")
            let result = gate.reconcile(Subject(stranger), at: Self.now)
            gate.count(result.counted)
            if !result.changes.isEmpty { lowered += 1 }
        }
        #expect(lowered == 2)
        #expect(gate.holds.new.map(\.key) == ["lowering:partner"])
        let leaver = Contact(
            id: "l", customFields: ["status": .single("left")], portalRole: "admin")
        #expect(
            Self.role(of: gate.reconcile(Subject(leaver), at: Self.now)) == "no_access")
    }

    /// Limits of its own that say nothing of what lowers do not lift those of the workspace.
    @Test func aRuleWithOtherLimitsLowersWithinThoseOfTheWorkspace() throws {
        let ruleset = try Self.ruleset(
            """
            limits: { lowering: { per_hour: 1 } }
            rules:
              - { id: partner, mode: enforce, limits: { per_hour: 5 }, when: { email.domain: partner.com }, set: { portal_role: { at_most: no_access } } }
            """)
        var gate = Self.gate(ruleset)
        let lowered = (0..<3).filter { number in
            let contact = Contact(
                id: "s\(number)", email: "s\(number)@partner.com", portalRole: "member")
            let result = gate.reconcile(Subject(contact), at: Self.now)
            gate.count(result.counted)
            return !result.changes.isEmpty
        }
        #expect(lowered.count == 1)
    }

    /// An approval lasts, whatever else changes: a rule beside it that wants the same, and Usher's own
    /// changes of the field.
    @Test func anApprovalLastsUntilSomebodyElseChangesTheField() throws {
        let ruleset = try Self.ruleset(
            Self.leavers.replacing("id: staff, ", with: "id: staff, approval: required, "))
        let meaning = ruleset.hash(of: try #require(ruleset.rule("staff")))
        var gate = Self.gate(ruleset)
        func result(_ role: String, rules: [String: String], grants: [String: Grant] = [:])
            -> Reconciliation
        {
            let approved = ApprovedChange(
                FieldChange(field: .portalRole, from: .text("no_access"), to: "admin"),
                rules: rules,
                ApprovalTerms(
                    until: Self.now.addingTimeInterval(60), who: "boss", seq: 7, plan: nil))
            return gate.reconcile(
                Subject(
                    Contact(
                        id: "c1", customFields: ["tier": .single("gold")], portalRole: role),
                    grants: grants, approved: [approved]), at: Self.now)
        }
        let good = ["staff": meaning, "another": "that is gone"]
        #expect(Self.role(of: result("no_access", rules: good)) == "admin")
        #expect(
            result("no_access", rules: good).approvals["portal_role"]
                == ApprovalReference(who: "boss", seq: 7, plan: nil))
        let own = Grant(
            field: .portalRole, value: "member", from: .text("no_access"), rules: ["gold"],
            times: [])
        #expect(
            Self.role(of: result("member", rules: good, grants: ["portal_role": own])) == "admin")
        // Somebody else made them a member.
        #expect(result("member", rules: good).changes.isEmpty)
        // The rule means something else now.
        let old = result("no_access", rules: ["staff": "another meaning"])
        #expect(Self.role(of: old) == "member")
    }

    /// A person's decision is remembered by field and rule, whatever else is written there meanwhile.
    @Test func aPersonsDecisionOutlastsAnotherRulesWrite() throws {
        let ruleset = try Self.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: staff, priority: 200, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
              - { id: gold, priority: 300, mode: enforce, when: { custom_fields.tier: gold }, set: { portal_role: { at_least: member } } }
            """)
        var gate = Self.gate(ruleset)
        let granted = Grant(
            field: .portalRole, value: "admin", from: .text("no_access"), rules: ["staff"],
            times: [])
        // A person lowered them.
        let lowered = Contact(
            id: "c1", customFields: ["tier": .single("gold")], portalRole: "no_access")
        let first = gate.reconcile(
            Subject(lowered, grants: ["portal_role": granted]), at: Self.now)
        #expect(Self.role(of: first) == "member" && first.rules["portal_role"] == ["gold"])
        let record = gate.record(after: first, at: Self.now)
        #expect(record.drifts["portal_role"]?["staff"]?.value == "admin")
        // The other rule's write takes the place of the grant, and the memory stays.
        var member = lowered
        member.portalRole = "member"
        member.name = "Renamed"
        let floor = Grant(
            field: .portalRole, value: "member", from: .text("no_access"), rules: ["gold"],
            times: [])
        let second = gate.reconcile(
            Subject(member, grants: ["portal_role": floor], drifts: record.drifts), at: Self.now)
        #expect(second.changes.isEmpty)
        #expect(gate.record(after: second, at: Self.now).drifts == record.drifts)
        // It ends once the person changes their mind.
        member.portalRole = "admin"
        let third = gate.reconcile(
            Subject(member, grants: ["portal_role": floor], drifts: record.drifts), at: Self.now)
        #expect(gate.record(after: third, at: Self.now).drifts.isEmpty)
    }

    /// With any set of rules held, nobody ends with more than they have, or than all rules together give.
    @Test(arguments: 0..<8)
    func nobodyGetsMoreByWhatIsHeld(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<150 {
            let ruleset = try Self.ruleset(Self.randomRules(&random))
            for _ in 0..<6 {
                let contact = Self.randomContact(&random)
                let held = Set(ruleset.rules.map(\.id).filter { _ in random.next() % 3 == 0 })
                let holds = held.flatMap { id in
                    [
                        Self.hold(id, .limit, in: ruleset),
                        Self.hold(id, .lowering, in: ruleset, isRejected: random.next() % 2 == 0),
                    ]
                }
                var gate = Self.gate(ruleset, holds: holds)
                let result = gate.reconcile(Subject(contact), at: Self.now)
                var free = Self.gate(ruleset)
                let all = free.reconcile(Subject(contact), at: Self.now)
                let end = contact.applying(result.patch).roleStanding
                let most = contact.applying(all.patch).roleStanding
                #expect(
                    end.isWithin(contact.roleStanding) || end.isWithin(most),
                    "\(held) of \(ruleset.sources[0].text) on \(contact)")
                #expect(held.isDisjoint(with: result.rules.values.joined()))
            }
        }
    }

    private static func randomRules(_ random: inout SeededGenerator) -> String {
        let roles = ["no_access", "member", "admin", "support-lead"]
        let rules = (0..<Int.random(in: 2...6, using: &random)).map { number in
            let role = roles.randomElement(using: &random)!
            let bound =
                role == "support-lead"
                ? role
                : ["\(role)", "{ at_least: \(role) }", "{ at_most: \(role) }"]
                    .randomElement(using: &random)!
            let when = [
                "id: c1", "id: c1, custom_fields.tier: gold", "id: c1, portal_role: member",
                "id: c1, portal_role: no_access",
            ].randomElement(using: &random)!
            let set =
                random.next() % 4 == 0
                ? "custom_fields.tier: \(["gold", "silver"].randomElement(using: &random)!)"
                : "portal_role: \(bound)"
            return
                "  - { id: r\(number), priority: \([100, 200, 300].randomElement(using: &random)!), "
                + "mode: enforce, when: { \(when) }, set: { \(set) } }"
        }
        return "fields: { tier: { type: text } }\nrules:\n" + rules.joined(separator: "\n")
    }

    private static func randomContact(_ random: inout SeededGenerator) -> Contact {
        Contact(
            id: "c1",
            customFields: random.next() % 2 == 0 ? ["tier": .single("gold")] : [:],
            portalRole: ["no_access", "member", "admin", "billing", nil]
                .randomElement(using: &random)!)
    }
}

/// The same numbers for the same seed. Source: https://prng.di.unimi.it/splitmix64.c
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
