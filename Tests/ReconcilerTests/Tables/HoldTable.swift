import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// Holds on rules: which stay under a ruleset, which a decision is about, and which expire.
@Suite struct HoldTable {
    private static let rules = Result {
        try Ruleset(sources: [
            RuleSource(
                path: "r.yaml",
                text: """
                    version: 1
                    tables: { customers: { file: customers.csv } }
                    rules:
                      - { id: staff, mode: enforce, when: { id: c1 }, set: { portal_role: admin } }
                      - { id: customers, mode: enforce, when: { in_table: customers }, set: { name: "${customers.level}" } }
                    """),
            RuleSource(path: "customers.csv", text: "domain,level\nacme.com,gold\n"),
        ])
    }

    /// A hold on a rule as it is, placed by this event.
    private static func hold(
        _ rule: String, _ reason: RuleHold.Reason = .limit, seq: Int = 1, age: Duration = .zero,
        isRejected: Bool = false
    ) throws -> RuleHold {
        RuleHold(
            ruleID: rule, reason: reason,
            ruleHash: try rules.get().meaning(named: rule) ?? "gone", detail: "for the table",
            placedSeq: seq, placedAt: noon - age, rejectedAt: isRejected ? noon : nil)
    }

    @Test(arguments: [
        ("staff", true), ("customers", true), ("customers[acme.com]", true), ("gone", false),
        ("customers[globex.com]", false),
    ])
    func aHoldStaysWhileItsRuleMeansTheSame(rule: String, stays: Bool) throws {
        let ruleset = try Self.rules.get()
        let holds = RuleHolds([try Self.hold(rule)], approvals: [:])
        #expect(holds.kept(by: ruleset).placed.isEmpty == !stays)
        #expect(holds.stale(in: ruleset).map(\.ruleID) == (stays ? [] : [rule]))
        // The same id with another meaning.
        let other = RuleHold(
            ruleID: rule, reason: .limit, ruleHash: "another", detail: "for the table")
        let others = RuleHolds([other], approvals: [:])
        #expect(others.kept(by: ruleset).placed.isEmpty)
        #expect(others.stale(in: ruleset) == [other])
    }

    @Test func whatIsKeptKeepsTheApprovals() throws {
        let approvals = ["hash": RuleApproval(who: "boss", seq: 2)]
        let holds = RuleHolds([], approvals: approvals)
        #expect(holds.kept(by: try Self.rules.get()).approvals == approvals)
    }

    /// The holds that a decision is about, by the events that placed them.
    @Test(
        arguments: [
            (.hold(4), [4]), (.hold(9), []), (.rule("staff"), [2, 4]),
            (.rule("customers"), [1, 3, 5]), (.rule("customers[acme.com]"), [3]),
            (.rule("custom"), []), (.rule("staf"), []),
        ] as [(ApprovalID, [Int])])
    func aDecisionIsAboutTheHoldsOnARule(target: ApprovalID, holds: [Int]) throws {
        let placed = RuleHolds(
            [
                try Self.hold("customers[globex.com]", seq: 5),
                try Self.hold("staff", .lowering, seq: 4),
                try Self.hold("customers[acme.com]", seq: 3), try Self.hold("staff", seq: 2),
                try Self.hold("customers", seq: 1),
            ], approvals: [:])
        #expect(placed.meant(by: target).map(\.placedSeq) == holds)
    }

    @Test(arguments: [(1, "staff"), (2, "customers"), (3, nil)] as [(Int, String?)])
    func aHoldIsFoundByItsEvent(seq: Int, rule: String?) throws {
        let holds = RuleHolds(
            [try Self.hold("staff", seq: 1), try Self.hold("customers", seq: 2)], approvals: [:])
        #expect(holds.hold(placedAt: seq)?.ruleID == rule)
    }

    /// A rejection of a target, the holds placed, those that end as rejected, and the one that is
    /// placed.
    struct Rejected: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let target: ApprovalID
        let holds: [RuleHold]
        let open: [Int]
        var new: String?
        var meaning: String? = "a meaning"
    }

    private static let rejections: [Rejected] =
        (try? [
            Rejected(
                testDescription: "a rule without a hold", target: .rule("staff"), holds: [],
                open: [], new: "rejected:staff"),
            Rejected(
                testDescription: "a rule that is not in the ruleset", target: .rule("staff"),
                holds: [], open: [], meaning: nil),
            Rejected(
                testDescription: "a held rule", target: .rule("staff"),
                holds: [hold("staff", seq: 2)], open: [2]),
            Rejected(
                testDescription: "a rule that is rejected already", target: .rule("staff"),
                holds: [hold("staff", seq: 2, isRejected: true)], open: []),
            Rejected(
                testDescription: "a table of which a row is held", target: .rule("customers"),
                holds: [hold("customers[acme.com]", seq: 3)], open: [3],
                new: "rejected:customers"),
            Rejected(
                testDescription: "a row of a table that is held",
                target: .rule("customers[acme.com]"), holds: [hold("customers", seq: 3)], open: [],
                new: "rejected:customers[acme.com]"),
            Rejected(
                testDescription: "a hold", target: .hold(2), holds: [hold("staff", seq: 2)],
                open: [2]),
            Rejected(
                testDescription: "a hold that is gone", target: .hold(9),
                holds: [hold("staff", seq: 2)], open: []),
        ]) ?? []

    @Test(arguments: rejections) func aRejectionStopsTheWholeRule(_ test: Rejected) {
        let rejected = RuleHolds(test.holds, approvals: [:])
            .rejected(test.target, meaning: test.meaning)
        #expect(rejected.open.map(\.placedSeq) == test.open)
        #expect(rejected.new.map(\.key) == [test.new].compactMap(\.self))
        #expect(rejected.new.allSatisfy { $0.ruleHash == test.meaning })
    }

    /// The age of a hold in seconds, and whether it expires.
    @Test(arguments: [
        (0, false, false), (7 * 86_400 - 1, false, false), (7 * 86_400, false, true),
        (8 * 86_400, false, true), (8 * 86_400, true, false),
    ])
    func aHoldExpiresAfterAWeekWithoutADecision(age: Int, isRejected: Bool, expires: Bool) throws {
        let hold = try Self.hold("staff", age: .seconds(age), isRejected: isRejected)
        let holds = RuleHolds([hold], approvals: [:])
        let expired = holds.expired(before: ExpiredHolds.deadline(at: noon))
        #expect(expired == (expires ? [hold] : []))
    }

    /// The age of a hold, and whether its expiry is announced.
    @Test(arguments: [(6 * 86_400 - 1, false), (6 * 86_400, true)])
    func anExpiryIsAnnouncedADayAhead(age: Int, isAnnounced: Bool) throws {
        let holds = RuleHolds([try Self.hold("staff", age: .seconds(age))], approvals: [:])
        let soon = holds.expired(before: ExpiredHolds.noticeDeadline(at: noon))
        #expect(soon.isEmpty == !isAnnounced)
    }

    @Test func aHoldIsPlacedOnce() throws {
        var holds = RuleHolds([try Self.hold("staff", seq: 2)], approvals: [:])
        holds.place(try Self.hold("staff", seq: 3))
        holds.place(try Self.hold("staff", .lowering, seq: 4))
        holds.place(try Self.hold("staff", .lowering, seq: 5))
        #expect(holds.new.map(\.placedSeq) == [4])
        #expect(holds.placed.mapValues(\.placedSeq) == ["limit:staff": 2, "lowering:staff": 4])
    }

    /// Which of the holds on a row and on its table stands against the row.
    @Test(
        arguments: [
            ([], nil), (["limit:t[a]"], "limit:t[a]"), (["limit:t"], "limit:t"),
            (["limit:t", "limit:t[a]"], "limit:t[a]"), (["lowering:t[a]"], nil),
            (["limit:t[b]"], nil),
        ] as [([String], String?)])
    func aRowIsHeldByItsOwnHoldOrItsTables(placed: [String], hold: String?) {
        let holds = RuleHolds(
            placed.map { key in
                let parts = key.split(separator: ":").map(String.init)
                return RuleHold(
                    ruleID: parts[1], reason: RuleHold.Reason(rawValue: parts[0]) ?? .approval,
                    ruleHash: "", detail: "")
            }, approvals: [:])
        #expect(holds.hold(on: "t[a]", base: "t", .limit)?.key == hold)
        #expect(holds.isHeld("t[a]", base: "t") == placed.contains { $0 != "limit:t[b]" })
    }

    @Test(
        arguments: [
            ([(false, "t")], nil), ([(true, "t")], "t"), ([(true, "t[a]")], "t[a]"),
            ([(true, "t[b]")], nil),
        ] as [([(Bool, String)], String?)])
    func aRejectionOfATableStopsItsRows(placed: [(Bool, String)], by rule: String?) {
        for reason in RuleHold.Reason.allCases {
            let holds = placed.map { isRejected, id in
                RuleHold(
                    ruleID: id, reason: reason, ruleHash: "", detail: "",
                    rejectedAt: isRejected ? noon : nil)
            }
            let found = RuleHolds(holds, approvals: [:]).rejection(of: "t[a]", base: "t")
            #expect(found?.ruleID == rule)
        }
    }
}
