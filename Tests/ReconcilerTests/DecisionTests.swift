import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What an operator's decision makes of drift, a blocked action and a mass delete.
struct DecisionTests {
    static let act = OperatorAct(who: "ana@host", reason: "as agreed")
    static let now = GateTests.now

    static func known(
        _ contact: Contact, _ record: ContactRecord, late: [String: LateValue] = [:]
    ) -> KnownContact {
        KnownContact(
            contactID: contact.id, ref: 1, contact: contact, isDeleted: false, mergedInto: nil,
            isAside: false, changedSeq: 1, touchedSeq: 1, record: record, late: late,
            decisionDigest: nil, alerts: [], readAt: now)
    }

    static let contact = Contact(id: "c1", email: "ana@acme.com", portalRole: "member")

    static func drift(
        _ value: String = "admin", rejection: Drift.Rejection? = nil
    ) -> Drift {
        Drift(
            field: .portalRole, value: value, found: .text("member"), since: now, seq: 5,
            rejection: rejection)
    }

    static let rejected = Drift.Rejection(who: "bob@host", seq: 3, ruleHash: "h")

    static func body(_ event: NewEvent) -> String {
        String(decoding: event.body.bytes, as: UTF8.self)
    }

    // MARK: Drift

    @Test func rejectedDriftNamesTheOperatorAndWhatItsRuleMeant() throws {
        var record = ContactRecord()
        record.drifts["portal_role"] = [
            "a": Self.drift(), "b": Self.drift("no_access"),
            "c": Self.drift(rejection: Self.rejected),
        ]
        record.drifts["name"] = ["a": Self.drift()]
        let rejection = try #require(
            try DriftRejection(
                of: Self.known(Self.contact, record), slot: "portal_role",
                meaning: { $0 == "a" ? "ha" : nil }, by: Self.act))
        #expect(rejection.event.kind == .operatorActed && rejection.event.contactID == "c1")
        let body = Self.body(rejection.event)
        for text in [
            "rejected the drift of portal_role", #""value":"admin""#, #""value":"no_access""#,
            #""from":"member""#, #""who":"ana@host""#,
        ] { #expect(body.contains(text), "\(body)") }
        let drifts = rejection.drifts(recordedAt: 9)
        #expect(
            drifts["portal_role"]?["a"]?.rejection == .init(who: "ana@host", seq: 9, ruleHash: "ha")
        )
        #expect(
            drifts["portal_role"]?["b"]?.rejection == .init(who: "ana@host", seq: 9, ruleHash: ""))
        #expect(drifts["portal_role"]?["c"]?.rejection == Self.rejected)
        #expect(drifts["name"]?["a"]?.rejection == nil)
    }

    @Test(arguments: ["name", "portal_role"])
    func driftThatDoesNotWaitIsNotRejected(slot: String) throws {
        var record = ContactRecord()
        record.drifts["portal_role"] = ["a": Self.drift(rejection: Self.rejected)]
        let known = Self.known(Self.contact, record)
        #expect(
            try DriftRejection(of: known, slot: slot, meaning: { _ in "h" }, by: Self.act) == nil)
        #expect(!record.hasOpenDrift)
    }

    /// A look at a contact whose drift was rejected.
    struct Look: Sendable {
        let role: String
        /// Whether its rule means something else by then.
        var isRuleChanged = false
        let isRejected: Bool?
        var isNews = false
    }

    @Test(arguments: [
        Look(role: "member", isRejected: true),
        Look(role: "no_access", isRejected: false, isNews: true),
        Look(role: "member", isRuleChanged: true, isRejected: false, isNews: true),
        // Restored: there is no drift any more.
        Look(role: "admin", isRejected: nil),
    ])
    func aRejectionLastsUntilTheValueOrTheRuleChanges(look: Look) throws {
        let ruleset = try GateTests.ruleset(
            """
            rules:
              - { id: a, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
            """)
        var contact = Self.contact
        contact.portalRole = look.role
        let hash = look.isRuleChanged ? "other" : try #require(ruleset.meaning(named: "a"))
        var record = ContactRecord()
        record.grants["portal_role"] = Grant(
            field: .portalRole, value: "admin", from: .text("no_access"), rules: [], times: [])
        record.drifts["portal_role"] = [
            "a": Self.drift(rejection: .init(who: "bob@host", seq: 3, ruleHash: hash))
        ]
        let subject = Subject(contact, grants: record.grants, drifts: record.drifts)
        var gate = GateTests.gate(ruleset)
        let result = gate.reconcile(subject, at: Self.now)
        let next = gate.record(after: result, at: Self.now)
        // Whatever becomes of the rejection, the rule never overwrites the value.
        #expect(result.changes.isEmpty)
        let drift = next.drifts["portal_role"]?["a"]
        #expect(drift.map { $0.rejection != nil } == look.isRejected)
        #expect(next.newDrifts(since: record).isEmpty == !look.isNews)
    }

    @Test(arguments: [rejected, nil])
    func aRejectionOfDriftIsReadBack(rejection: Drift.Rejection?) throws {
        let drift = Self.drift(rejection: rejection)
        let bytes = try JSONCoding.encode(drift)
        #expect(try JSONCoding.decode(bytes, as: Drift.self) == drift)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains(#""rule_hash":"h""#) == (rejection != nil))
        #expect(text.contains("rejection") == (rejection != nil))
    }

    // MARK: Blocked actions

    static func action(_ state: Action.State, sent: ContactPatch? = nil) -> Action {
        Action(
            actionID: 7, contactID: "c1", state: state, rulesetHash: "r",
            desired: ContactPatch([
                .portalRole: "admin", .name: "Ana", .customField(slug: "tier"): "gold",
            ]),
            rules: ["portal_role": ["a", "b"], "name": ["a"], "custom_fields.tier": ["gone"]],
            sent: sent,
            refused: ["custom_fields.tier": Refusal(status: 400, message: "no such tier")],
            sendOrder: .granting, dueAt: now, causeSeq: 6)
    }

    @Test(arguments: [Action.State.ready, .sending, .unknown])
    func anActionThatIsNotBlockedIsNotRejected(state: Action.State) throws {
        let known = Self.known(Self.contact, ContactRecord())
        #expect(
            try BlockedActionRejection(
                of: Self.action(state), on: known, meaning: { $0 }, by: Self.act) == nil)
    }

    @Test func aRejectedActionEndsAndItsChangesAreDeclined() throws {
        var contact = Self.contact
        contact.name = "Ana"
        var record = ContactRecord()
        let approved = { (value: String) in
            ApprovableChange(
                FieldChange(field: .portalRole, from: nil, to: value), rules: [:],
                PlannedTarget(contactID: "c1")
            ).with(ApprovalTerms(until: Self.now, who: "x", seq: 1, plan: nil))
        }
        record.approved = [approved("admin"), approved("no_access")]
        let rejection = try #require(
            try BlockedActionRejection(
                of: Self.action(.blocked), on: Self.known(contact, record),
                meaning: { $0 == "gone" ? nil : "h" + $0 }, by: Self.act))
        #expect(rejection.events.map(\.kind) == [.actionSuperseded, .operatorActed])
        #expect(Self.body(rejection.events[0]).contains(#""outcome":"superseded""#))
        #expect(Self.body(rejection.events[1]).contains("rejected the blocked action 7"))
        // What the contact holds already is no change.
        #expect(
            rejection.record.declined.map(\.field) == [.portalRole, .customField(slug: "tier")])
        #expect(rejection.record.declined.map(\.rules) == [["a": "ha", "b": "hb"], ["gone": ""]])
        #expect(rejection.record.declined.map(\.from) == [.text("member"), nil])
        #expect(rejection.record.declined.allSatisfy { $0.why == .rejected })
        #expect(rejection.record.approved.map(\.to) == ["no_access"])
        #expect(rejection.late.isEmpty && rejection.rejection.superseded == 1)
    }

    /// A request without a known outcome may still change the contact: then that is our own change.
    @Test func whatAnUnsettledRequestSetIsAwaited() throws {
        var action = Self.action(.blocked, sent: ContactPatch([.portalRole: "admin"]))
        action.next = NextChange(
            actionID: 8, rulesetHash: "r", desired: ContactPatch([.name: "B"]), rules: [:],
            reverts: [], sendOrder: .neutral)
        let rejection = try #require(
            try BlockedActionRejection(
                of: action, on: Self.known(Self.contact, ContactRecord()), meaning: { $0 },
                by: Self.act))
        #expect(rejection.late["portal_role"]?.value == "admin" && rejection.late.count == 1)
        #expect(
            rejection.events.map(\.kind) == [.actionSuperseded, .actionSuperseded, .operatorActed])
        #expect(rejection.rejection.superseded == 2)
    }

    /// A declined change is not made until its field or its rules change.
    @Test(
        arguments: [
            ("member", "member", false, false), ("member", "no_access", false, true),
            ("member", "member", true, true),
        ])
    func whatWasRejectedIsNotWantedAgain(
        held: String, now role: String, isRuleChanged: Bool, isSent: Bool
    ) throws {
        let ruleset = try GateTests.ruleset(
            """
            rules:
              - { id: a, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: admin } }
            """)
        let action = Action(
            actionID: 7, contactID: "c1", state: .blocked, rulesetHash: "r",
            desired: ContactPatch([.portalRole: "admin"]), rules: ["portal_role": ["a"]],
            sendOrder: .granting, dueAt: Self.now)
        var contact = Self.contact
        contact.portalRole = held
        let rejection = try #require(
            try BlockedActionRejection(
                of: action, on: Self.known(contact, ContactRecord()),
                meaning: { isRuleChanged ? "other" : ruleset.meaning(named: $0) }, by: Self.act))
        contact.portalRole = role
        var gate = GateTests.gate(ruleset)
        let result = gate.reconcile(
            Subject(contact, declined: rejection.record.declined), at: Self.now)
        #expect(!result.changes.isEmpty == isSent)
        #expect(result.declined.isEmpty == isSent)
    }

    // MARK: Mass deletes

    static func hold(_ missing: Int, isRejected: Bool = false) -> MassDeleteHold {
        MassDeleteHold(
            missing: missing, placedSeq: 4, placedAt: now, refusedAt: isRejected ? now : nil)
    }

    @Test(
        arguments: [
            (0, nil, .kept, false), (25, nil, .kept, false), (26, nil, .placed(event: 1), true),
            (30, hold(26), .counted, true), (26, hold(30), .counted, true),
            (25, hold(30), .withdrawn, false), (0, hold(30, isRejected: true), .withdrawn, false),
            // A rejection covers as many missing contacts as there were.
            (30, hold(30, isRejected: true), .kept, false),
            (26, hold(30, isRejected: true), .kept, false),
            (31, hold(30, isRejected: true), .placed(event: 1), true),
        ] as [(Int, MassDeleteHold?, SweepCompletion.HoldChange, Bool)])
    func aSweepChangesTheHoldOfAMassDelete(
        missing: Int, hold: MassDeleteHold?, change: SweepCompletion.HoldChange, isAlert: Bool
    ) throws {
        let completion = try SweepCompletion(
            SweepBody(sweepID: 1, pages: 1, contacts: 100), unreleased: missing, of: 100,
            hold: hold, vanished: [])
        #expect(completion.hold == change)
        #expect(completion.alerts.isEmpty == !isAlert)
        // Contacts of a rejected mass delete stay held, too.
        #expect(completion.isMassDelete == (missing > 25))
        let kinds = completion.events.dropFirst().map(\.kind)
        switch change {
        case .placed: #expect(kinds == [.holdPlaced])
        case .withdrawn: #expect(kinds == [.holdWithdrawn])
        case .kept, .counted: #expect(kinds.isEmpty)
        }
    }

    @Test func aRejectedMassDeleteIsOnRecord() throws {
        let events = try MassDelete.rejected(Self.hold(40), by: Self.act)
        #expect(events.map(\.kind) == [.holdRefused, .operatorActed])
        #expect(events.map(\.causeSeq) == [4, nil])
        #expect(
            Self.body(events[1]).contains("rejected the deletion of 40 missing contacts"))
    }

    // MARK: Releases

    /// Part of a contact → what it releases.
    @Test(
        arguments: [
            (.everything(slot: nil), ["hold", "drift", "name", "declined", "action"]),
            (.everything(slot: "portal_role"), ["hold", "drift", "declined"]),
            (.everything(slot: "name"), ["name"]), (.hold(4), ["hold", "declined"]),
            (.hold(5), []), (.drift(slot: "portal_role"), ["drift", "declined"]),
            (.drift(slot: "name"), ["name"]), (.drift(slot: "account_id"), []),
            (.action, ["action"]),
        ] as [(ContactRelease.Part, [String])])
    func onlyWhatIsMeantIsReleased(part: ContactRelease.Part, released: [String]) throws {
        var record = ContactRecord()
        record.drifts = ["portal_role": ["a": Self.drift()], "name": ["a": Self.drift()]]
        record.declined = [
            ApprovableChange(
                FieldChange(field: .portalRole, from: nil, to: "admin"), rules: [:],
                PlannedTarget(contactID: "c1")
            ).with(Decline(.rejected))
        ]
        let hold = ContactHold(
            contactID: "c1", field: "portal_role", reason: .ownChanges,
            wish: HeldWish(field: .portalRole, value: "admin", rules: ["a"]), placedSeq: 4)
        let release = try ContactRelease(
            part, of: Self.known(Self.contact, record), holds: [hold],
            action: Self.action(.blocked), by: Self.act, at: Self.now)
        let words = [
            "hold": "the hold on portal_role", "drift": "the drift of portal_role",
            "name": "the drift of name", "declined": "1 declined change",
            "action": "the blocked action 7",
        ]
        #expect(release.released.sorted() == released.compactMap { words[$0] }.sorted())
        #expect((release.unblocked != nil) == released.contains("action"))
        #expect((release.record.drifts["name"] == nil) == released.contains("name"))
        #expect(release.record.declined.isEmpty == released.contains("declined"))
        let kinds = release.events.map(\.kind)
        #expect(kinds.contains(.holdReleased) == released.contains("hold"))
        #expect(kinds.contains(.operatorActed) == !released.isEmpty)
    }
}
