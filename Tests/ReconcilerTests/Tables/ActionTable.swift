import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What an open action still wants, and what an evaluation makes of it.
@Suite struct ActionTable {
    static let two: [SettableField: String] = [.portalRole: "admin", .name: "Ana"]

    /// What a contact holds, what the API refused, and what the next request sets.
    @Test(
        arguments: [
            (.sample("member"), [], false, "portal_role: admin, name: Ana"),
            (.sample("admin"), [], false, "name: Ana"),
            (.sample("admin", name: "Ana"), [], false, ""),
            (.sample("member"), ["name"], false, "portal_role: admin"),
            (.sample("member"), ["portal_role", "name"], false, ""),
            (.sample("member"), [], true, "portal_role: admin"),
            (.sample("member"), ["portal_role"], true, "name: Ana"),
            (.sample("admin"), ["portal_role"], true, "name: Ana"),
        ] as [(Contact, [String], Bool, String)])
    func aRequestSetsWhatIsMissing(
        contact: Contact, refused: [String], oneByOne: Bool, sent: String
    ) {
        let action = Action.sample(.ready, Self.two) {
            for field in refused { $0.refused[field] = Refusal(status: 400, message: "no") }
            $0.oneByOne = oneByOne
        }
        #expect(action.sendable(to: contact).words == sent)
    }

    @Test(
        arguments: [
            ([.portalRole: "admin"], ["portal_role"], false),
            ([.name: "Ana"], ["name"], false), (two, [], true),
        ] as [([SettableField: String], [String], Bool)])
    func aRefusalOfOneFieldIsFinal(
        sent: [SettableField: String], refused: [String], oneByOne: Bool
    ) {
        var action = Action.sample(.sending, sent)
        action.refuse(status: 422, code: "invalid", message: "no such role")
        let refusal = Refusal(status: 422, code: "invalid", message: "no such role")
        #expect(action.refused == Dictionary(uniqueKeysWithValues: refused.map { ($0, refusal) }))
        #expect(action.oneByOne == oneByOne)
    }

    @Test(arguments: [Action.State.blocked, .unknown])
    func whatIsTriedAgainIsReadBackFirstWhereItWasSent(state: Action.State) {
        var action = Action.sample(state) {
            ($0.unsettled, $0.oneByOne, $0.causeSeq) = (12, true, 40)
            $0.refused["portal_role"] = Refusal(status: 400, message: "no")
            $0.dueAt = noon + .seconds(900)
        }
        let isSent = action.isInFlight
        action.unblock(at: noon)
        #expect(action.state == (isSent ? .unknown : .ready))
        #expect(action.unsettled == 0 && action.dueAt == noon)
        #expect(action.refused.isEmpty == !isSent && action.oneByOne == isSent)
        #expect(action.causeSeq == (isSent ? 40 : nil))
    }

    /// Whether a value waits to be sent, and under which ruleset.
    @Test(
        arguments: [
            (.sample(), "admin", "r1"), (.sample(), "member", nil), (.sample(), "ADMIN", nil),
            (.sample(.blocked), "admin", "r1"), (.sample(.sending), "admin", nil),
            (.sample(.unknown), "admin", nil),
            (
                .sample(.sending).followed(by: [.portalRole: "no_access"], ruleset: "r2"),
                "no_access", "r2"
            ),
            (.sample(.sending).followed(by: [.portalRole: "no_access"]), "admin", nil),
        ] as [(Action, String, String?)])
    func aValueThatWaitsIsUnderWay(action: Action, value: String, ruleset: String?) {
        #expect(action.wants(.portalRole, value) == ruleset)
        #expect(action.wants(.name, value) == nil)
    }

    @Test(
        arguments: [
            (.sample(), "staff", "portal_role", "r1", true),
            (.sample(), "other", "portal_role", "r1", false),
            (.sample(), "staff", "name", "r1", false),
            (.sample(), "staff", "portal_role", "r2", false),
            (.sample(.sending), "staff", "portal_role", "r1", false),
        ] as [(Action, String, String, String, Bool)])
    func aRulesPartIsUnderWay(
        action: Action, rule: String, slot: String, ruleset: String, isUnderWay: Bool
    ) {
        #expect(action.isUnderWay(for: rule, slot, under: ruleset) == isUnderWay)
    }

    @Test(
        arguments: [
            (["portal_role": ["a"]], ["portal_role"]), (["portal_role": ["a", "b"]], []),
            (["portal_role": ["b"]], []), (["portal_role": []], []),
            (["portal_role": ["a"], "name": ["a", "b"]], ["portal_role"]),
        ] as [([String: [String]], Set<String>)])
    func aSlotBelongsToItsRulesAlone(rules: [String: [String]], slots: Set<String>) {
        let action = Action.sample { $0.rules = rules }
        #expect(action.slots { $0 == "a" } == slots)
    }

    /// An open action, the contact, and what an evaluation makes of them.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var contact = Contact.sample("member", tier: "admin")
        var action: Action?
        /// The event that asks for the evaluation.
        var cause = 50
        /// The actions after it, each in a line.
        let actions: [String]
        /// The kinds of events.
        let events: [String]
    }

    private static let made = "decision.made"
    private static let superseded = "action.superseded"

    static let cases = [
        Case(
            testDescription: "nothing is open and a change is wanted",
            actions: ["100 ready portal_role: admin"], events: [made]),
        Case(
            testDescription: "nothing is open and nothing is wanted",
            contact: .sample("member", tier: "other"), actions: [], events: []),
        Case(
            testDescription: "a rule is true and the contact is so already",
            contact: .sample("admin", tier: "admin"), actions: [], events: [made]),
        Case(
            testDescription: "the open action wants the same", action: .sample(),
            actions: ["1 ready portal_role: admin"], events: [made]),
        Case(
            testDescription: "the open action wants another value",
            action: .sample(.ready, [.portalRole: "no_access"]),
            actions: ["1 finished", "101 ready portal_role: admin"], events: [superseded, made]),
        Case(
            testDescription: "the open action wants more",
            action: .sample(.ready, [.portalRole: "admin", .name: "Ana"]),
            actions: ["1 finished", "101 ready portal_role: admin"], events: [superseded, made]),
        Case(
            testDescription: "nothing is wanted any more",
            contact: .sample("member", tier: "other"), action: .sample(),
            actions: ["1 finished"], events: [superseded]),
        Case(
            testDescription: "the request under way sets what is wanted",
            action: .sample(.sending), actions: ["1 sending portal_role: admin"], events: [made]),
        Case(
            testDescription: "the request under way sets another value",
            action: .sample(.sending, [.portalRole: "no_access"]),
            actions: ["1 sending portal_role: no_access, then 100 portal_role: admin"],
            events: [made]),
        Case(
            testDescription: "the request of unknown outcome sets another value",
            action: .sample(.unknown, [.portalRole: "no_access"]),
            actions: ["1 unknown portal_role: no_access, then 100 portal_role: admin"],
            events: [made]),
        Case(
            testDescription: "a queued change is wanted no longer",
            action: .sample(.sending).followed(by: [.portalRole: "no_access"]),
            actions: ["1 sending portal_role: admin"], events: [superseded, made]),
        Case(
            testDescription: "another change is to be queued",
            action: .sample(.sending, [.portalRole: "no_access"])
                .followed(by: [.portalRole: "member"]),
            actions: ["1 sending portal_role: no_access, then 101 portal_role: admin"],
            events: [superseded, made]),
        Case(
            testDescription: "the same change of an earlier ruleset is queued",
            action: .sample(.sending, [.portalRole: "no_access"])
                .followed(by: [.portalRole: "admin"]),
            actions: ["1 sending portal_role: no_access, then 101 portal_role: admin"],
            events: [superseded, made]),
        Case(
            testDescription: "a blocked action and a change since", action: blocked,
            actions: ["1 ready portal_role: admin"], events: [made]),
        Case(
            testDescription: "a blocked action and the event that blocked it", action: blocked,
            cause: 40, actions: ["1 blocked portal_role: admin"], events: [made]),
        Case(
            testDescription: "a blocked action whose request may still land",
            action: .sample(.unknown) { ($0.state, $0.unsettled) = (.blocked, 12) },
            actions: ["1 unknown portal_role: admin"], events: [made]),
    ]

    private static let blocked = Action.sample(.blocked) {
        $0.causeSeq = 40
        $0.refused["portal_role"] = Refusal(status: 400, message: "no")
    }

    static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: staff, mode: enforce, when: { custom_fields.tier: admin }, set: { portal_role: admin } }
              - { id: asked, mode: enforce, approval: required, when: { custom_fields.tier: asked }, set: { portal_role: admin } }
              - { id: one, mode: enforce, when: { custom_fields.tier: tie }, set: { name: One } }
              - { id: two, mode: enforce, when: { custom_fields.tier: tie }, set: { name: Two } }
              - { id: few, mode: enforce, limits: { per_hour: 2 }, when: { custom_fields.tier: few }, set: { name: Few } }
            """)
    }

    static func batch(
        _ known: KnownContact, action: Action? = nil, holds: [ContactHold] = [], cause: Int = 50
    ) throws -> EvaluationBatch {
        let holds = Dictionary(uniqueKeysWithValues: holds.map { ($0.field, $0) })
        let subject = EvaluationSubject(known, action: action, holds: holds, causeSeq: cause)
        return try EvaluationBatch(
            of: [subject], through: GateTests.gate(try rules.get()), at: noon)
    }

    /// Each action in a line, with the events numbered from 100 on.
    static func lines(_ changes: ActionChanges) -> [String] {
        changes.finished.map { "\($0) finished" }
            + changes.saved.map { action in
                let next = action.next.map { ", then \($0.actionID) \($0.desired.words)" } ?? ""
                return "\(action.actionID) \(action.state.rawValue) \(action.desired.words)\(next)"
            }
    }

    @Test(arguments: cases) func anEvaluationRevisesTheOpenAction(_ test: Case) throws {
        let batch = try Self.batch(
            .sample(test.contact), action: test.action, cause: test.cause)
        // Of an action that is written twice, the last counts.
        let lines = Self.lines(batch.actionChanges(from: 100))
        #expect(lines == test.actions)
        #expect(batch.events.kinds == test.events)
    }

    @Test func whatTheLastDecisionSaidIsNotSaidAgain() throws {
        let ruleset = try Self.rules.get()
        let contact = Contact.sample("admin", tier: "admin")
        let first = try Self.batch(.sample(contact))
        let digest = try #require(first.contacts.first?.digest)
        let again = try Self.batch(.sample(contact, decision: digest))
        #expect(first.decisions == 1 && again.decisions == 0 && again.isEmpty)
        // A change that is to be sent again is decided again.
        let member = Contact.sample("member", tier: "admin")
        let change = try #require(try Self.batch(.sample(member)).contacts.first?.digest)
        let repeated = try Self.batch(.sample(member, decision: change))
        #expect(repeated.decisions == 1 && repeated.begunActions == 1)
        // So is one that waits now and did not before.
        let asked = Contact.sample("member", tier: "asked")
        let wish = try #require(try Self.batch(.sample(asked)).contacts.first)
        #expect(try Self.batch(.sample(asked, decision: wish.digest)).decisions == 1)
        let waiting = KnownContact.sample(
            asked, record: wish.record(from: 100), decision: wish.digest)
        #expect(try Self.batch(waiting).decisions == 0)
        // The open action, revised, is under this ruleset.
        let open = try Self.batch(
            .sample(.sample("member", tier: "admin")), action: .sample())
        let action = try #require(open.actionChanges(from: 100).saved.first)
        #expect(action.rulesetHash == ruleset.hash && action.sendOrder == .granting)
    }

    @Test(
        arguments: [
            (nil, false, [], []), (.sample(), false, ["1 finished"], ["action.moot"]),
            (.sample(.blocked), true, ["1 finished"], ["action.moot", "hold.withdrawn"]),
            (.sample(.sending), false, [], []), (.sample(.unknown), true, [], ["hold.withdrawn"]),
            (
                .sample(.unknown) { $0.state = .blocked }.followed(by: [.portalRole: "member"]),
                false, ["1 finished"], ["action.moot", "action.superseded"]
            ),
        ] as [(Action?, Bool, [String], [String])])
    func aDeletedContactWantsNothing(
        action: Action?, isHeld: Bool, actions: [String], events: [String]
    ) throws {
        let known = KnownContact.sample(.sample("member", tier: "admin"), isDeleted: true)
        let batch = try Self.batch(known, action: action, holds: isHeld ? [Self.hold] : [])
        #expect(Self.lines(batch.actionChanges(from: 100)) == actions)
        #expect(batch.events.kinds == events)
        #expect(batch.decisions == 0 && batch.withdrawn.count == (isHeld ? 1 : 0))
    }

    private static let hold = ContactHold(
        contactID: "c1", field: "portal_role", reason: .ownChanges,
        wish: HeldWish(field: .portalRole, value: "admin", rules: ["staff"]), placedSeq: 30)

    /// The contact's tier, the value that the hold keeps back, and what becomes of the hold.
    @Test(
        arguments: [
            ("admin", "admin", nil), ("admin", "member", "another wish"),
            ("other", "admin", "no rule wants it any more"),
        ] as [(String, String, String?)])
    func aHoldOnAContactStaysWithItsWish(tier: String, value: String, reason: String?) throws {
        let hold = ContactHold(
            contactID: "c1", field: "portal_role", reason: .ownChanges,
            wish: HeldWish(field: .portalRole, value: value, rules: ["staff"]), placedSeq: 30)
        let batch = try Self.batch(
            .sample(.sample("lead", tier: tier)), holds: [hold])
        let withdrawn = batch.events.filter { $0.kind == .holdWithdrawn }
        #expect(try withdrawn.map { try $0.text("reason") } == (reason == nil ? [] : [reason]))
        #expect(withdrawn.allSatisfy { $0.causeSeq == 30 })
        #expect(batch.begunActions == (reason == "another wish" ? 1 : 0))
    }

    @Test func aFieldThatUsherChangedTooOftenIsHeldWithAnAlert() throws {
        var record = ContactRecord()
        record.grants["portal_role"] = Grant(
            field: .portalRole, value: "member", from: nil, rules: [],
            times: [1, 2, 3].map { noon - .seconds($0) })
        let batch = try Self.batch(.sample(.sample("member", tier: "admin"), record: record))
        #expect(batch.events.kinds == ["hold.placed", "decision.made"])
        #expect(batch.contactHolds.map(\.hold.reason) == [.ownChanges])
        #expect(batch.contactHolds.map(\.event) == [0])
        #expect(batch.alerts.map(\.code) == [.ownChanges] && batch.begunActions == 0)
    }

    @Test func aMissingApprovalIsHeldOnceForAllContacts() throws {
        let subjects = ["c1", "c2"].map {
            EvaluationSubject(
                .sample(.sample("member", id: $0, tier: "asked")), action: nil, holds: [:],
                causeSeq: 50)
        }
        let batch = try EvaluationBatch(
            of: subjects, through: GateTests.gate(try Self.rules.get()), at: noon)
        #expect(batch.events.kinds == ["decision.made", "decision.made", "hold.placed"])
        #expect(batch.ruleHolds.map(\.hold.key) == ["approval:asked"])
        #expect(batch.ruleHolds.map(\.event) == [2])
        #expect(batch.alerts.map(\.code) == [.held])
        // The same of one of them alone places the hold again.
        let again = try batch.again(on: [subjects[1]])
        #expect(again.events.kinds == ["decision.made", "hold.placed"])
    }

    @Test func aDriftIsRecordedAndReportedOnce() throws {
        var record = ContactRecord()
        record.grants["portal_role"] = Grant(
            field: .portalRole, value: "admin", from: .text("member"), rules: ["staff"], times: [])
        let batch = try Self.batch(.sample(.sample("member", tier: "admin"), record: record))
        #expect(batch.events.kinds == ["drift.found", "decision.made"])
        // Nobody got access back.
        #expect(batch.alerts.isEmpty)
        let kept = try #require(batch.contacts.first).record(from: 100)
        #expect(kept.drifts["portal_role"]?["staff"]?.seq == 100)
        let again = try Self.batch(
            .sample(
                .sample("member", tier: "admin"), record: kept,
                decision: batch.contacts.first?.digest))
        #expect(again.isEmpty)
    }

    /// Whether the alert of a drift lasts, which is as long as any drift of the contact does.
    @Test(arguments: [true, false]) func theAlertOfADriftLastsAsLongAsTheDrift(lasts: Bool) throws {
        var record = ContactRecord()
        record.drifts["portal_role"] = [
            "staff": Drift(
                field: .portalRole, value: lasts ? "admin" : "member", found: .text("lead"),
                since: noon)
        ]
        let alert = Alert.Key(.drift).text
        let batch = try Self.batch(
            .sample(.sample("lead", tier: "admin"), record: record, alerts: [alert]))
        #expect(batch.contacts.map(\.alerts) == [lasts ? [alert] : []])
        #expect(batch.alerts.isEmpty)
    }

    @Test func aConflictIsReportedWhileItIsNews() throws {
        let contact = Contact.sample("member", tier: "tie")
        let first = try Self.batch(.sample(contact))
        #expect(first.alerts.map(\.code) == [.conflict] && first.begunActions == 0)
        let alerts = try #require(first.contacts.first).alerts
        #expect(alerts == Set(first.alerts.map(\.key.text)))
        let again = try Self.batch(.sample(contact, alerts: alerts))
        #expect(again.alerts.isEmpty && again.contacts.first?.alerts == alerts)
        // It is over for the contact once the rules agree.
        let over = try Self.batch(.sample(.sample("member"), alerts: alerts))
        #expect(over.contacts.map(\.alerts) == [[]])
    }

    /// Each action counts before the next contact is decided.
    @Test func aBatchStaysWithinTheLimit() throws {
        let subjects = (1...4).map { number in
            EvaluationSubject(
                .sample(.sample("member", id: "c\(number)", tier: "few")), action: nil,
                holds: [:], causeSeq: 50)
        }
        let batch = try EvaluationBatch(
            of: subjects, through: GateTests.gate(try Self.rules.get()), at: noon)
        #expect(
            Self.lines(batch.actionChanges(from: 100))
                == ["100 ready name: Few", "101 ready name: Few"])
        #expect(batch.ruleHolds.map(\.hold.key) == ["limit:few"])
        #expect(batch.contacts.map(\.record.held.count) == [0, 0, 1, 1])
    }

    @Test func aContactThatCanBeEvaluatedAgainIsTakenBack() throws {
        let batch = try Self.batch(.sample(.sample("admin", tier: "other"), isAside: true))
        #expect(batch.events.kinds == ["contact.readable"])
        #expect(batch.asides.readable == ["c1"])
    }
}
