import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What people decide: approvals, rejections, plans, releases, and the end of undecided holds.
@Suite struct DecisionTable {
    private static let boss = OperatorAct(who: "boss", reason: "for the table")

    private static func held(
        _ value: String = "admin", from: String? = "member",
        rules: [String: String] = ["staff": "m1"],
        by: [String] = ["limit:staff"]
    ) -> HeldChange {
        HeldChange(
            FieldChange(field: .portalRole, from: from.map { .text($0) }, to: value), rules: rules,
            HoldKeys(by: by))
    }

    private static func approved(
        _ value: String = "admin", rules: [String: String] = ["staff": "m1"],
        field: SettableField = .portalRole
    ) -> ApprovedChange {
        ApprovedChange(
            FieldChange(field: field, from: .text("member"), to: value), rules: rules,
            ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 3, plan: nil))
    }

    private static func known(
        _ id: String = "c1", _ role: String = "member", isDeleted: Bool = false,
        _ change: (inout ContactRecord) -> Void = { _ in }
    ) -> KnownContact {
        var record = ContactRecord()
        change(&record)
        return .sample(.sample(role, id: id), isDeleted: isDeleted, record: record)
    }

    private static let limit = RuleHold(
        ruleID: "staff", reason: .limit, ruleHash: "m1", detail: "per_hour: 5", placedSeq: 30,
        placedAt: noon - .seconds(60))

    // MARK: Holds on rules

    /// What is held of a contact and what it holds now, how many changes are approved, and whether it
    /// has changed since.
    struct Approved: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let held: [HeldChange]
        var role = "member"
        let approved: [String]
        var hasChanged = false
    }

    @Test(arguments: [
        Approved(testDescription: "as it was", held: [held()], approved: ["admin"]),
        Approved(
            testDescription: "changed since", held: [held()], role: "lead", approved: [],
            hasChanged: true),
        Approved(
            testDescription: "held by another hold", held: [held(by: ["lowering:staff"])],
            approved: []),
        Approved(
            testDescription: "held by two", held: [held(by: ["limit:other", "limit:staff"])],
            approved: ["admin"]),
        Approved(
            testDescription: "one of two as it was", held: [held(), held("x", from: "lead")],
            approved: ["admin"], hasChanged: true),
    ])
    func anApprovalOfAHoldIsOfWhatItKeepsBack(_ test: Approved) throws {
        let known = Self.known("c1", test.role) {
            $0.held = test.held
            $0.approved = [Self.approved("earlier")]
        }
        let approval = try RuleHoldApproval(
            of: Self.limit, on: [known], by: Self.boss, at: noon)
        let changes = try #require(approval.approved(recordedAt: 77).first).changes
        #expect(changes.map(\.to) == ["earlier"] + test.approved)
        let new = changes.dropFirst()
        #expect(new.allSatisfy { $0.seq == 77 && $0.until == noon + RuleHold.timeToLive })
        #expect(approval.approval.changedSince == (test.hasChanged ? ["c1"] : []))
        #expect(approval.events.kinds == ["operator.acted", "hold.released", "hold.released"])
        #expect(approval.events.map(\.contactID) == [nil, nil, "c1"])
    }

    @Test(
        arguments: [
            ([], true), ([(.limit, false)], false), ([(.lowering, false)], false),
            ([(.approval, false)], true), ([(.limit, true)], true), ([(.rejected, true)], true),
            ([(.limit, false), (.approval, false)], true),
        ] as [([(RuleHold.Reason, Bool)], Bool)])
    func anApprovalOfAHoldOnALimitApprovesNoRule(
        holds: [(RuleHold.Reason, Bool)], follows: Bool
    ) {
        let holds = holds.map { reason, isRejected in
            RuleHold(
                ruleID: "staff", reason: reason, ruleHash: "", detail: "",
                rejectedAt: isRejected ? noon : nil)
        }
        #expect(RuleApprovals.follow(from: holds) == follows)
    }

    @Test(
        arguments: [
            (["a": "1"], [], "rule a"), (["a": "1"], ["1"], nil), (["a": "1"], ["2"], "rule a"),
            (["t[x]": "1", "t[y]": "2"], [], "2 rows of t"),
            (["t[x]": "1", "t[y]": "2"], ["1"], "rule t[y]"), ([:], [], nil),
        ] as [([String: String], [String], String?)])
    func onlyRulesThatAreNotApprovedAreApproved(
        meanings: [String: String], known: [String], name: String?
    ) throws {
        let known = known.map { ($0, RuleApproval(who: "boss", seq: 1)) }
        let approvals = try RuleApprovals(
            of: meanings, known: Dictionary(uniqueKeysWithValues: known), by: Self.boss)
        #expect(approvals?.name == name)
        #expect(approvals?.event.kind == (name == nil ? nil : .operatorActed))
    }

    /// The rule that is approved, and the rules whose declined changes stay so.
    @Test(
        arguments: [
            ("staff", ["other", "t[a]"]), ("t", ["other", "staff"]),
            ("t[a]", ["other", "staff"]), ("t[b]", nil), ("sta", nil),
        ] as [(String, [String]?)])
    func anApprovedRuleTriesAgainWhatWasDeclined(rule: String, left: [String]?) throws {
        let known = Self.known {
            $0.declined = ["staff", "t[a]", "other"].map {
                Self.held(rules: [$0: "m"]).with(Decline(.expired))
            }
        }
        let approval = try DeclinedChangesApproval(of: rule, on: [known], by: Self.boss)
        let rules = approval?.declined.first?.changes.flatMap(\.rules.keys).sorted()
        #expect(rules == left)
        #expect(
            approval?.events.kinds == (left == nil ? nil : ["operator.acted", "hold.released"]))
    }

    // MARK: Rejections

    /// A rejected rule, an open action, and what becomes of it.
    struct Stopped: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var rejected = "staff"
        let action: Action
        let events: Int
        var finished: [Int] = []
        var saved: [String] = []
        var superseded = 0
        var underWay: [String] = []
    }

    private static func shared(_ state: Action.State) -> Action {
        .sample(state) { $0.rules = ["portal_role": ["staff", "other"]] }
    }

    @Test(arguments: [
        Stopped(
            testDescription: "not sent", action: .sample(), events: 1, finished: [1],
            superseded: 1),
        Stopped(
            testDescription: "blocked", action: .sample(.blocked), events: 1, finished: [1],
            superseded: 1),
        Stopped(
            testDescription: "under way", action: .sample(.sending), events: 0,
            saved: ["1 sending portal_role: admin"], underWay: ["c1"]),
        Stopped(
            testDescription: "of unknown outcome", action: .sample(.unknown), events: 0,
            saved: ["1 unknown portal_role: admin"], underWay: ["c1"]),
        Stopped(testDescription: "another rule wants it too", action: shared(.ready), events: 0),
        Stopped(
            testDescription: "another rule", rejected: "other", action: .sample(), events: 0),
        Stopped(
            testDescription: "a queued change of the rule", rejected: "leavers",
            action: Action.sample(.sending).followed(by: [.portalRole: "no_access"]), events: 1,
            saved: ["1 sending portal_role: admin"], superseded: 1),
        Stopped(
            testDescription: "a request of the rule before a queued change of another",
            action: Action.sample(.sending).followed(by: [.portalRole: "no_access"]), events: 0,
            saved: ["1 sending portal_role: admin, then 2 portal_role: no_access"],
            underWay: ["c1"]),
        Stopped(
            testDescription: "the table of the row", rejected: "t",
            action: .sample { $0.rules = ["portal_role": ["t[a]"]] }, events: 1, finished: [1],
            superseded: 1),
        Stopped(
            testDescription: "another row", rejected: "t[b]",
            action: .sample { $0.rules = ["portal_role": ["t[a]"]] }, events: 0),
    ])
    func aRejectedRuleEndsWhatItAloneWants(_ test: Stopped) throws {
        let rejection = RuleRejection([.rejection(of: test.rejected, meaning: "m")])
        let stopped = try rejection.stopped(among: [test.action])
        #expect(stopped.events.kinds == Array(repeating: "action.superseded", count: test.events))
        #expect(stopped.changes.finished == test.finished)
        #expect(
            ActionTable.lines(stopped.changes)
                == test.finished.map { "\($0) finished" } + test.saved)
        #expect(stopped.rejection.superseded == test.superseded)
        #expect(stopped.rejection.underWay == test.underWay)
        // What is under way is decided afresh once it is settled.
        #expect(stopped.changes.saved.allSatisfy { $0.rulesetHash.isEmpty })
    }

    @Test(
        arguments: [
            (["staff"], []), (["staff", "other"], ["admin"]), (["other"], ["admin"]),
            (["t[a]"], ["admin"]),
        ] as [([String], [String])])
    func anApprovalOutlastsARejectionOfOneOfItsRules(rules: [String], kept: [String]) throws {
        let rejection = RuleRejection([Self.limit])
        let meanings = Dictionary(uniqueKeysWithValues: rules.map { ($0, "m") })
        let known = Self.known { $0.approved = [Self.approved(rules: meanings)] }
        let changes = try #require(rejection.kept(of: [known]).first).changes
        #expect(changes.map(\.to) == kept)
        #expect(try rejection.events(by: Self.boss).kinds == ["hold.refused", "operator.acted"])
        #expect(rejection.names == ["rule staff"])
    }

    // MARK: Plans

    private static func planned(
        _ value: String = "admin", from: String? = "member", id: String = "c1",
        field: SettableField = .portalRole
    ) -> ApprovableChange {
        ApprovableChange(
            FieldChange(field: field, from: from.map { .text($0) }, to: value),
            rules: ["staff": "m1"], PlannedTarget(contactID: id))
    }

    /// The changes of a plan, the contact now, and whether they are approved.
    @Test(
        arguments: [
            ([planned()], known(), true), ([planned()], known("c1", "lead"), false),
            ([planned()], known(isDeleted: true), false), ([planned()], nil, false),
            (
                [planned(), planned("Ana", from: "Bea", field: .name)], known(), false
            ),
            ([planned(), planned("Ana", from: nil, field: .name)], known(), true),
        ] as [([ApprovableChange], KnownContact?, Bool)])
    func aPlanIsApprovedOfContactsThatAreAsTheyWere(
        changes: [ApprovableChange], known: KnownContact?, isApproved: Bool
    ) throws {
        let approval = try PlanApproval(
            of: PlannedContactChanges.all(of: changes), id: "p1",
            known: known.map { ["c1": $0] } ?? [:], by: Self.boss, at: noon)
        #expect(approval.approval.contacts == (isApproved ? 1 : 0))
        #expect(approval.approval.changedSince == (isApproved ? [] : ["c1"]))
        #expect(approval.events.kinds == (isApproved ? ["operator.acted"] : []))
        let approved = approval.approvedChanges(from: 50).flatMap(\.changes)
        #expect(approved.count == (isApproved ? changes.count : 0))
        #expect(approved.allSatisfy { $0.seq == 50 && $0.plan == "p1" && $0.who == "boss" })
    }

    /// Texts that are equal by Unicode only are two contacts.
    @Test func theChangesOfAPlanAreGroupedByTheBytesOfTheContact() {
        let ids = ["caf\u{E9}", "cafe\u{301}"]
        let plan = [Self.planned(id: ids[0]), Self.planned("lead", id: ids[1])]
        let contacts = PlannedContactChanges.all(of: plan)
        #expect(contacts.map { ByteText($0.id) } == [ByteText(ids[1]), ByteText(ids[0])])
        #expect(contacts.map { $0.changes.map(\.to) } == [["lead"], ["admin"]])
    }

    @Test func anApprovedPlanReplacesApprovalsAndHeldChangesOfTheSame() throws {
        let known = Self.known {
            $0.held = [Self.held(), Self.held("lead", by: ["limit:other"])]
            $0.approved = [Self.approved("lead"), Self.approved("Ana", field: .name)]
        }
        let approval = try PlanApproval(
            of: PlannedContactChanges.all(of: [Self.planned()]), id: "p1", known: ["c1": known],
            by: Self.boss, at: noon)
        #expect(
            approval.approvedChanges(from: 50).flatMap(\.changes).map(\.to) == ["Ana", "admin"])
        #expect(approval.heldChanges.flatMap(\.changes).map(\.to) == ["lead"])
        #expect(approval.holds == ["limit:staff"])
    }

    @Test func aPlansContactsAreInOrderAndNumberedSo() throws {
        let plan = ["b", "a", "c"].map { Self.planned(id: $0) }
        let contacts = ["a", "b", "c"].map { (ByteText($0), Self.known($0)) }
        let approval = try PlanApproval(
            of: PlannedContactChanges.all(of: plan), id: "p1",
            known: Dictionary(uniqueKeysWithValues: contacts), by: Self.boss, at: noon)
        let approved = approval.approvedChanges(from: 50)
        #expect(approved.map(\.id) == ["a", "b", "c"])
        #expect(approved.flatMap(\.changes).map(\.seq) == [50, 51, 52])
    }

    @Test func aRejectedPlanDeclinesItsChangesAndEndsTheirApprovals() throws {
        let earlier = Self.planned().with(Decline(.rejected))
        let known = Self.known {
            $0.approved = [Self.approved(), Self.approved("Ana", field: .name)]
            $0.declined = [earlier, Self.held("x").with(Decline(.expired))]
        }
        let rejection = try PlanRejection(
            of: PlannedContactChanges.all(of: [Self.planned()]), id: "p1", known: ["c1": known],
            by: Self.boss)
        #expect(rejection.contacts == 1 && rejection.events.kinds == ["operator.acted"])
        #expect(rejection.approvedChanges.flatMap(\.changes).map(\.to) == ["Ana"])
        // Each is kept once.
        let declined = rejection.declinedChanges.flatMap(\.changes)
        #expect(declined.map(\.to) == ["x", "admin"])
        #expect(declined.map(\.why) == [.expired, .rejected])
    }

    @Test(
        arguments: [
            (.sample(), [planned()], 1), (.sample(), [planned("lead")], 0),
            (.sample(), [planned(id: "c2")], 0), (.sample(.sending), [planned()], 0),
            (.sample(), [planned("admin", field: .name)], 0),
        ] as [(Action, [ApprovableChange], Int)])
    func aRejectedPlanEndsTheActionsThatWouldMakeIt(
        action: Action, plan: [ApprovableChange], superseded: Int
    ) throws {
        let stopped = try PlanRejection.stopped(
            [action], by: PlannedContactChanges.all(of: plan))
        #expect(stopped.rejection.superseded == superseded)
        let isUnderWay = action.isInFlight
        #expect(stopped.rejection.underWay == (isUnderWay ? ["c1"] : []))
    }

    // MARK: Releases

    /// What waits of a contact, the slot that is released, and what is released of it.
    struct Released: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var field: String?
        var holds: [ContactHold] = []
        var drifts: [String] = []
        var declined: [DeclinedChange] = []
        var action: Action?
        let released: [String]
    }

    private static func hold(
        _ field: SettableField, _ reason: ContactHold.Reason = .ownChanges
    ) -> ContactHold {
        ContactHold(
            contactID: "c1", field: field.description, reason: reason,
            wish: HeldWish(field: field, value: "admin", rules: ["staff"]), placedSeq: 31)
    }

    private static let blocked = Action.sample(.blocked) {
        $0.refused["portal_role"] = Refusal(status: 400, message: "no")
    }

    @Test(arguments: [
        Released(testDescription: "nothing waits", action: .sample(), released: []),
        Released(
            testDescription: "a hold", holds: [hold(.portalRole)],
            released: ["the hold on portal_role"]),
        Released(
            testDescription: "a hold on another field", field: "name", holds: [hold(.portalRole)],
            released: []),
        Released(
            testDescription: "one of two holds", field: "name",
            holds: [hold(.portalRole), hold(.name)], released: ["the hold on name"]),
        Released(
            testDescription: "a drift", drifts: ["portal_role"],
            released: ["the drift of portal_role"]),
        Released(
            testDescription: "one of two drifts", field: "name", drifts: ["name", "portal_role"],
            released: ["the drift of name"]),
        Released(
            testDescription: "declined changes",
            declined: [held().with(Decline(.expired)), held("x").with(Decline(.rejected))],
            released: ["2 declined changes"]),
        Released(
            testDescription: "declined changes of another field", field: "name",
            declined: [held().with(Decline(.expired))], released: []),
        Released(
            testDescription: "a blocked action", action: blocked,
            released: ["the blocked action 1"]),
        Released(
            testDescription: "a blocked action, of one field", field: "portal_role",
            action: blocked, released: []),
        Released(testDescription: "an action under way", action: .sample(.sending), released: []),
        Released(
            testDescription: "all of it", holds: [hold(.name)], drifts: ["portal_role"],
            declined: [held().with(Decline(.expired))], action: blocked,
            released: [
                "the hold on name", "the drift of portal_role", "1 declined change",
                "the blocked action 1",
            ]),
    ])
    func aReleaseEndsWhatWaitsOfAContact(_ test: Released) throws {
        let known = Self.known { record in
            record.declined = test.declined
            for slot in test.drifts {
                record.drifts[slot] = [
                    "staff": Drift(
                        field: .portalRole, value: "admin", found: nil, since: noon)
                ]
            }
        }
        let release = try ContactRelease(
            .everything(slot: test.field), of: known, holds: test.holds, action: test.action,
            by: Self.boss,
            at: noon)
        #expect(release.released == test.released)
        let holds = release.holds.map { _ in "hold.released" }
        #expect(release.events.kinds == holds + (test.released.isEmpty ? [] : ["operator.acted"]))
        let isDrifted = Set(test.drifts).subtracting(test.field.map { [$0] } ?? test.drifts)
        #expect(Set(release.record.drifts.keys) == isDrifted)
        let isUnblocked = test.released.contains("the blocked action 1")
        #expect(release.unblocked?.state == (isUnblocked ? .ready : nil))
    }

    @Test(arguments: [
        (ContactHold.Reason.ownChanges, nil), (.reasserted, nil), (.revert, true),
    ])
    func aReleasedHoldBeginsToCountAnew(reason: ContactHold.Reason, mayRaise: Bool?) throws {
        let known = Self.known {
            $0.grants["portal_role"] = Grant(
                field: .portalRole, value: "admin", from: nil, rules: ["staff"], times: [noon],
                reasserted: [noon])
        }
        let release = try ContactRelease(
            .everything(slot: nil), of: known, holds: [Self.hold(.portalRole, reason)], action: nil,
            by: Self.boss, at: noon)
        let grant = try #require(release.record.grants["portal_role"])
        #expect(grant.times == nil && grant.reasserted == nil && grant.mayRaise == mayRaise)
    }

    // MARK: Expiry

    @Test func anExpiredHoldDeclinesWhatItKeptBack() {
        let contacts = ["c2", "c1"].map { id in
            Self.known(id) {
                $0.held = [Self.held(), Self.held("x", by: ["lowering:staff"])]
                $0.declined = [Self.held().with(Decline(.expired))]
            }
        }
        let declined = Self.limit.declined(of: contacts)
        #expect(declined.map(\.id) == ["c1", "c2"])
        #expect(declined.map { $0.changes.map(\.to) } == [["admin"], ["admin"]])
        let stillHeld = Self.limit.stillHeld(of: contacts)
        #expect(stillHeld.map(\.id) == ["c2", "c1"])
        #expect(stillHeld.map { $0.changes.map(\.to) } == [["x"], ["x"]])
    }

    @Test(
        arguments: [
            (0, 0, [], []), (1, 0, [], ["expired"]), (0, 1, [], ["expired"]),
            (0, 0, ["rule b"], ["expire within a day"]),
            (2, 1, ["rule b"], ["expired", "expire within a day"]),
        ] as [(Int, Int, [String], [String])])
    func anExpiryIsOnRecordAndReported(
        rules: Int, contacts: Int, soon: [String], alerts: [String]
    ) throws {
        let expired = ExpiredHolds(
            rules: (0..<rules).map { number in
                var hold = Self.limit
                hold.placedSeq = 90 - number
                return hold
            }, contacts: Array(repeating: Self.hold(.name), count: contacts))
        let events = try expired.events(declining: [Self.limit.key: ["a", "b"]])
        #expect(events.map(\.kind).allSatisfy { $0 == .holdExpired })
        // Of each hold on a rule, also with the contacts that it kept back.
        let causes = (0..<rules).map { 90 - $0 }.sorted().flatMap { [$0, $0, $0] }
        #expect(events.map(\.causeSeq) == causes + Array(repeating: 31, count: contacts))
        let ids = events.prefix(causes.count).map(\.contactID)
        #expect(ids == (0..<rules).flatMap { _ in [nil, "a", "b"] })
        let found = expired.alerts(soon: soon)
        #expect(found.count == alerts.count)
        for (alert, words) in zip(found, alerts) { #expect(alert.message.contains(words)) }
    }
}
