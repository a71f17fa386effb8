import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// Limits: what is counted where, which bound is exceeded, and what a whole ruleset would exceed.
@Suite struct LimitTable {
    static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            limits: { per_hour: 9, per_day: 30, percent_of_contacts: 100, privileged: { per_hour: 6 }, lowering: { per_hour: 5 } }
            rules:
              - { id: name, mode: enforce, limits: { per_hour: 4 }, when: { custom_fields.tier: name }, set: { name: Ana } }
              - { id: member, mode: enforce, when: { custom_fields.tier: member }, set: { portal_role: { at_least: member } } }
              - { id: admin, mode: enforce, limits: { privileged: { per_hour: 2 } }, when: { custom_fields.tier: admin }, set: { portal_role: admin } }
              - { id: leaver, mode: enforce, limits: { lowering: { per_hour: 3 } }, when: { custom_fields.tier: leaver }, set: { portal_role: no_access } }
              - { id: cap, mode: enforce, when: { custom_fields.tier: cap }, set: { portal_role: { at_most: member } } }
            """)
    }

    /// How many contacts are counted so far, and what the next change of a rule meets.
    struct Case: Sendable, CustomTestStringConvertible {
        let rule: String
        let counts: [String: Int]
        /// The key of the hold; nil is none.
        var hold: String?
        var detail: String?

        var testDescription: String { "\(rule) after \(counts): \(hold ?? "admitted")" }
    }

    @Test(arguments: [
        Case(rule: "name", counts: [:]),
        Case(rule: "name", counts: ["all rule:name": 3, "all workspace": 8]),
        Case(
            rule: "name", counts: ["all rule:name": 4], hold: "limit:name",
            detail: "per_hour: 4, of the rule name"),
        Case(
            rule: "name", counts: ["all workspace": 9], hold: "limit:name",
            detail: "per_hour: 9, of the workspace"),
        Case(
            rule: "name", counts: ["all rule:name": 4, "all workspace": 9], hold: "limit:name",
            detail: "per_hour: 4, of the rule name"),
        Case(rule: "name", counts: ["privileged workspace": 99, "lowering workspace": 99]),
        Case(rule: "name", counts: ["all rule:member": 99]),
        Case(rule: "member", counts: ["all rule:member": 99]),
        Case(
            rule: "member", counts: ["all workspace": 9], hold: "limit:member",
            detail: "per_hour: 9, of the workspace"),
        Case(rule: "member", counts: ["privileged workspace": 6, "privileged rule:member": 6]),
        Case(rule: "admin", counts: ["privileged rule:admin": 1, "privileged workspace": 5]),
        Case(
            rule: "admin", counts: ["privileged rule:admin": 2], hold: "limit:admin",
            detail: "privileged per_hour: 2, of the rule admin"),
        Case(
            rule: "admin", counts: ["privileged workspace": 6], hold: "limit:admin",
            detail: "privileged per_hour: 6, of the workspace"),
        Case(
            rule: "admin", counts: ["all workspace": 9, "privileged workspace": 6],
            hold: "limit:admin", detail: "per_hour: 9, of the workspace"),
        Case(rule: "leaver", counts: ["all workspace": 99, "privileged workspace": 99]),
        Case(rule: "leaver", counts: ["lowering workspace": 99, "lowering rule:cap": 99]),
        Case(rule: "leaver", counts: ["lowering rule:leaver": 2]),
        Case(
            rule: "leaver", counts: ["lowering rule:leaver": 3], hold: "lowering:leaver",
            detail: "lowering per_hour: 3, of the rule leaver"),
        Case(rule: "cap", counts: ["lowering rule:cap": 4]),
        Case(
            rule: "cap", counts: ["lowering rule:cap": 5], hold: "lowering:cap",
            detail: "lowering per_hour: 5, of the rule cap"),
    ])
    func aChangeIsHeldByTheFirstBoundThatItExceeds(_ test: Case) throws {
        var gate = GateTests.gate(try Self.rules.get(), counts: Self.counts(test.counts))
        let role = ["leaver", "cap"].contains(test.rule) ? "admin" : "no_access"
        let result = gate.reconcile(Subject(.sample(role, tier: test.rule)), at: noon)
        #expect(result.changes.isEmpty == (test.hold != nil))
        #expect(gate.holds.new.map(\.key) == [test.hold].compactMap(\.self))
        #expect(gate.holds.new.map(\.detail) == [test.detail].compactMap(\.self))
    }

    private static func counts(
        _ counts: [String: Int]
    ) -> [ChangeLedger.Key: ChangeLedger.Count] {
        let keys = counts.map { key, count in
            let parts = key.split(separator: " ")
            let kind = ChangeClass(rawValue: String(parts[0])) ?? .all
            return (
                ChangeLedger.Key(scope: String(parts[1]), kind: kind),
                ChangeLedger.Count(hour: count, day: count)
            )
        }
        return Dictionary(uniqueKeysWithValues: keys)
    }

    /// The scopes in which one change of a rule counts.
    @Test(arguments: [
        ("name", "no_access", ["all rule:name", "all workspace"]),
        ("member", "no_access", ["all rule:member", "all workspace"]),
        (
            "admin", "member",
            [
                "all rule:admin", "all workspace", "privileged rule:admin",
                "privileged workspace",
            ]
        ),
        ("leaver", "admin", ["lowering rule:leaver", "lowering workspace"]),
        ("cap", "admin", ["lowering rule:cap", "lowering workspace"]),
    ])
    func anActionCountsOnceInEachScope(rule: String, role: String, added: [String]) throws {
        var gate = GateTests.gate(try Self.rules.get())
        let result = gate.reconcile(Subject(.sample(role, tier: rule)), at: noon)
        gate.count(result.counted)
        let found = gate.ledger.added.map { "\($0.key.kind.rawValue) \($0.key.scope)" }
        #expect(found.sorted() == added)
        #expect(gate.ledger.added.values.allSatisfy { $0 == 1 })
    }

    @Test func whatIsUnderWayDoesNotCountAgain() throws {
        let ruleset = try Self.rules.get()
        var gate = GateTests.gate(ruleset)
        for hash in [ruleset.hash, "earlier"] {
            let action = Action.sample(.ready, [.portalRole: "admin"]) { $0.rulesetHash = hash }
            let subject = Subject(.sample("member", tier: "admin"), action: action)
            let result = gate.reconcile(subject, at: noon)
            #expect(result.words == "portal_role: admin" && result.counted.isEmpty, "\(hash)")
        }
    }

    /// Rows of a table count against the table's limit one by one, and against others together.
    @Test func aRowHasTheLimitOfItsTable() throws {
        let ruleset = try Ruleset(sources: [
            RuleSource(
                path: "r.yaml",
                text: """
                    version: 1
                    limits: { per_hour: 3 }
                    tables: { customers: { file: customers.csv } }
                    fields: { tier: { type: text } }
                    rules:
                      - { id: customers, mode: enforce, limits: { per_hour: 1 }, when: { in_table: customers }, set: { custom_fields.tier: "${customers.level}" } }
                    """),
            RuleSource(
                path: "customers.csv",
                text: "domain,level\nacme.com,gold\nglobex.com,tin\n"),
        ])
        var gate = GateTests.gate(ruleset)
        var made: [String] = []
        for (id, domain) in [
            ("a1", "acme.com"), ("a2", "acme.com"), ("g1", "globex.com"), ("g2", "globex.com"),
        ] {
            let contact = Contact(id: id, email: "\(id)@\(domain)")
            let result = gate.reconcile(Subject(contact), at: noon)
            gate.count(result.counted)
            if !result.changes.isEmpty { made.append(id) }
        }
        #expect(made == ["a1", "g1"])
        let counted = gate.ledger.added.map { "\($0.key.scope) \($0.value)" }.sorted()
        #expect(
            counted == [
                "rule:customers 2", "rule:customers[acme.com] 1", "rule:customers[globex.com] 1",
                "workspace 2",
            ])
        let rows = ["customers[acme.com]", "customers[globex.com]"]
        #expect(gate.holds.new.map(\.key) == rows.map { "limit:\($0)" })
    }

    /// A limit, the counts of the hour and of the day, all contacts, and the bound that one more
    /// contact exceeds.
    @Test(
        arguments: [
            (ChangeLimit(), 999, 999, 10, nil),
            (ChangeLimit(perHour: 5), 4, 99, 10, nil),
            (ChangeLimit(perHour: 5), 5, 5, 10, "per_hour: 5"),
            (ChangeLimit(perHour: 0), 0, 0, 10, "per_hour: 0"),
            (ChangeLimit(perDay: 5), 0, 4, 10, nil),
            (ChangeLimit(perDay: 5), 0, 5, 10, "per_day: 5"),
            (ChangeLimit(perHour: 5, perDay: 5), 5, 5, 10, "per_hour: 5"),
            (ChangeLimit(percentOfContacts: 2), 0, 9, 100, nil),
            (
                ChangeLimit(percentOfContacts: 2), 0, 10, 100,
                "percent_of_contacts: 2, at most 10 of 100 within a day"
            ),
            (ChangeLimit(percentOfContacts: 2), 0, 19, 1000, nil),
            (
                ChangeLimit(percentOfContacts: 2), 0, 20, 1000,
                "percent_of_contacts: 2, at most 20 of 1000 within a day"
            ),
            (ChangeLimit(percentOfContacts: 0), 0, 9, 1000, nil),
        ] as [(ChangeLimit, Int, Int, Int, String?)])
    func oneMoreContactExceedsABound(
        limit: ChangeLimit, hour: Int, day: Int, contacts: Int, bound: String?
    ) {
        let key = ChangeLedger.Key(scope: "workspace", kind: .all)
        let ledger = ChangeLedger(
            contacts: contacts, counts: [key: .init(hour: hour, day: day)])
        let found = ledger.exceeded(ChangeLimits(all: limit), .all, in: .workspace)
        #expect(found == bound.map { "\($0), of the workspace" })
    }

    @Test(
        arguments: [
            ("r1", "r1", nil, nil), ("r1", "r2", nil, 9), ("r1", "r1", 5, 5), ("r1", "r2", 5, 5),
            ("r1", "r2", 12, 9), ("r1", "r1", 12, 12), (nil, "r1", nil, 9),
        ] as [(String?, String, Int?, Int?)])
    func aRulesetIsBoundByTheOneBeforeUntilAllAreEvaluated(
        active: String?, hash: String, before: Int?, bound: Int?
    ) {
        let stored = StoredLimits(
            rulesetHash: active, limits: EffectiveLimitsTests.granted(9),
            before: before.map { EffectiveLimitsTests.granted($0) })
        #expect(stored.before(hash)?.workspace.all.perHour == bound)
        #expect(stored.inForce?.workspace.all.perHour == min(9, before ?? 9))
    }

    @Test func beforeTheFirstRulesetNothingBinds() {
        let stored = StoredLimits(
            rulesetHash: nil, limits: nil, before: EffectiveLimitsTests.granted(3))
        #expect(stored.inForce == nil && stored.before("r1") == nil)
    }
}

/// The holds that a whole ruleset needs before it has changed anybody.
@Suite struct ImpactTable {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let limits: String
        /// The tier of each group of contacts, and how many there are.
        let contacts: [String: Int]
        /// The holds, each with the changes that it holds.
        let holds: [String: Int]
    }

    private static func ruleset(_ limits: String) throws -> Ruleset {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            limits: { percent_of_contacts: 100, \(limits) }
            rules:
              - { id: name, mode: enforce, limits: { per_hour: 3 }, when: { custom_fields.tier: name }, set: { name: Ana } }
              - { id: title, mode: enforce, when: { custom_fields.tier: title }, set: { name: Bea } }
              - { id: out, mode: enforce, when: { custom_fields.tier: out }, set: { portal_role: no_access } }
              - { id: cap, mode: enforce, when: { custom_fields.tier: cap }, set: { portal_role: { at_most: member } } }
              - { id: end, mode: enforce, when: { custom_fields.tier: end }, set: { portal_role: { at_most: no_access } } }
              - { id: asked, mode: enforce, approval: required, when: { custom_fields.tier: asked }, set: { name: Eva } }
            """)
    }

    static let cases = [
        Case(
            testDescription: "within all limits", limits: "per_hour: 10",
            contacts: ["name": 3, "title": 7], holds: [:]),
        Case(
            testDescription: "one rule beyond its own limit", limits: "per_hour: 10",
            contacts: ["name": 4], holds: ["limit:name": 4]),
        Case(
            testDescription: "two rules beyond the workspace's limit together",
            limits: "per_hour: 9", contacts: ["name": 3, "title": 7],
            holds: ["limit:name": 3, "limit:title": 7]),
        Case(
            testDescription: "what lowers uses up no other limit", limits: "per_hour: 3",
            contacts: ["name": 3, "out": 9], holds: [:]),
        Case(
            testDescription: "a rule that lowers too many",
            limits: "lowering: { per_hour: 5 }", contacts: ["out": 6], holds: ["lowering:out": 6]),
        Case(
            testDescription: "a rule that lowers too many holds no other",
            limits: "lowering: { per_hour: 5 }", contacts: ["out": 6, "cap": 5],
            holds: ["lowering:out": 6]),
        Case(
            testDescription: "rules that lower too many together: the largest is held",
            limits: "lowering: { per_hour: 5 }", contacts: ["out": 4, "cap": 2, "end": 3],
            holds: ["lowering:out": 4]),
        Case(
            testDescription: "rules that lower too many together: as many as it takes",
            limits: "lowering: { per_hour: 5 }", contacts: ["out": 4, "cap": 3, "end": 5],
            holds: ["lowering:end": 5, "lowering:out": 4]),
        Case(
            testDescription: "of equal ones, the first by its id",
            limits: "lowering: { per_hour: 5 }", contacts: ["out": 4, "cap": 4],
            holds: ["lowering:cap": 4]),
        Case(
            testDescription: "a missing approval", limits: "per_hour: 10",
            contacts: ["asked": 20, "title": 2], holds: ["approval:asked": 20]),
        Case(
            testDescription: "privileged changes within their limit",
            limits: "privileged: { per_hour: 1 }", contacts: ["title": 9], holds: [:]),
    ]

    @Test(arguments: cases) func aRuleThatWouldExceedALimitIsHeldAsAWhole(_ test: Case) throws {
        let ruleset = try Self.ruleset(test.limits)
        let gate = ChangeGate(
            ruleset, before: nil, cap: nil, ledger: ChangeLedger(contacts: 1000),
            holds: RuleHolds([], approvals: [:]), isCounting: false)
        var impact = ImpactAssessment(gate)
        for (tier, count) in test.contacts {
            for number in 0..<count {
                let contact = Contact.sample("admin", id: "\(tier)\(number)", tier: tier)
                var gate = impact.gate
                impact.add(gate.reconcile(Subject(contact), at: noon))
            }
        }
        let holds = impact.holds().map { ($0.hold.key, $0.changes) }
        #expect(Dictionary(uniqueKeysWithValues: holds) == test.holds)
        #expect(holds.map(\.0) == holds.map(\.0).sorted())
    }

    /// Approved changes hold nothing.
    @Test func whatPeopleAgreedToIsNotCounted() throws {
        let ruleset = try Self.ruleset("per_hour: 10")
        let meaning = try #require(ruleset.meaning(named: "name"))
        let gate = ChangeGate(
            ruleset, before: nil, cap: nil, ledger: ChangeLedger(contacts: 1000),
            holds: RuleHolds([], approvals: [:]), isCounting: false)
        var impact = ImpactAssessment(gate)
        for number in 0..<9 {
            var gate = gate
            let approved = ApprovedChange(
                FieldChange(field: .name, from: nil, to: "Ana"), rules: ["name": meaning],
                ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 1, plan: "p"))
            let contact = Contact.sample(id: "n\(number)", tier: "name")
            impact.add(gate.reconcile(Subject(contact, approved: [approved]), at: noon))
        }
        #expect(impact.holds().isEmpty)
    }
}
