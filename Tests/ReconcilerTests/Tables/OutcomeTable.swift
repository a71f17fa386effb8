import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What every result of a request makes of its action.
@Suite struct OutcomeTable {
    static func batch(breakers: [Breaker] = [], ruleset: String? = "r1") -> OutcomeBatch {
        OutcomeBatch(
            now: noon, rulesetHash: ruleset, timing: SettlementTiming(), random: 1,
            breakers: breakers)
    }

    /// The claim under which an action was sent.
    static func claim(of action: Action) -> ClaimedAction {
        ClaimedAction(
            actionID: action.actionID, contactID: action.contactID, attempt: action.attempt,
            values: action.sent ?? ContactPatch(), permit: nil, sendAt: noon - .seconds(1), held: 0,
            fence: action.fence, isTry: false, isAfterFailure: false)
    }

    /// A result, and what follows from it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var action = Action.sample(.sending)
        /// The contact as it is stored.
        var contact = Contact.sample("member")
        let result: PatchResult
        var status: Int?
        var breakers: [Breaker] = []
        /// The action after it.
        let state: String
        /// In how many seconds it is tried again; nil is not asked.
        var wait: Double?
        var unsettled = 0
        /// The kinds of events.
        let events: [String]
        var alerts: [Alert.Code] = []
    }

    private static let two = Action.sample(.sending, [.portalRole: "admin", .name: "Ana"])

    private static func answer(_ contact: Contact) -> PatchResult {
        (try? contact.document).map { .contact($0) } ?? .notSent(reason: "no document")
    }

    private static func sent(
        _ action: Action = .sample(.sending), _ change: (inout Action) -> Void
    ) -> Action {
        var action = action
        change(&action)
        return action
    }

    private static let failing = ["a", "b", "a", "b", "a"].reduce(
        into: Breaker(endpoint: "update", since: noon)
    ) {
        _ = $0.take(
            .failing(cause: "500"), about: $1, at: noon, pacing: BreakerPacing(), random: 1)
    }

    static let cases = [
        Case(
            testDescription: "applied", result: answer(.sample("admin")), state: "finished",
            events: ["patch.applied"]),
        Case(
            testDescription: "applied, with a change of another party",
            result: answer(.sample("admin", name: "Bea")), state: "finished",
            events: ["patch.applied", "contact.updated"]),
        Case(
            testDescription: "not taken", result: answer(.sample("member")), status: 200,
            state: "blocked", events: ["patch.not_taken", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "partly taken", action: two, result: answer(.sample("admin")),
            state: "blocked", events: ["patch.not_taken", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "one of two fields at a time",
            action: sent(two) {
                ($0.sent, $0.unsettled) = (ContactPatch([.portalRole: "admin"]), 5)
            },
            result: answer(.sample("admin")), state: "ready", events: ["patch.applied"]),
        Case(
            testDescription: "the last field, after another one was refused",
            action: sent(two) {
                $0.sent = ContactPatch([.name: "Ana"])
                $0.refused["portal_role"] = Refusal(status: 400, message: "no")
            }, result: answer(.sample("member", name: "Ana")), state: "blocked",
            events: ["patch.applied", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "refused", result: .refused(message: "no such role"), status: 422,
            state: "blocked", events: ["patch.refused", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "two fields refused together: they go one by one", action: two,
            result: .refused(message: "no such role"), status: 422, state: "ready one by one",
            events: ["patch.refused"]),
        Case(
            testDescription: "one of two refused alone",
            action: sent(two) {
                ($0.oneByOne, $0.sent) = (true, ContactPatch([.portalRole: "admin"]))
            }, result: .refused(message: "no such role"), status: 422, state: "ready one by one",
            events: ["patch.refused"]),
        Case(
            testDescription: "throttled", action: sent { $0.unsettled = 3 },
            result: .throttled(retryAfter: .seconds(42)), status: 429, state: "ready", wait: 42,
            unsettled: 3, events: ["patch.throttled"]),
        Case(
            testDescription: "throttled, and the contact holds the value by now",
            contact: .sample("admin"), result: .throttled(retryAfter: .seconds(1)), status: 429,
            state: "ready", wait: 1, events: ["patch.throttled"]),
        Case(
            testDescription: "unauthorized", action: sent { $0.unsettled = 3 },
            result: .unauthorized, status: 401, state: "ready", wait: 0, unsettled: 3,
            events: ["patch.refused"]),
        Case(
            testDescription: "forbidden", result: .forbidden(message: "no"), status: 403,
            state: "ready", wait: 1, unsettled: 1, events: ["patch.refused"]),
        Case(
            testDescription: "forbidden for the twelfth time", action: sent { $0.unsettled = 11 },
            result: .forbidden(message: "no"), status: 403, state: "blocked", wait: 30,
            unsettled: 12, events: ["patch.refused", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "never sent", action: sent { ($0.attempt, $0.unsettled) = (3, 2) },
            result: .notSent(reason: "no connection"), state: "ready", wait: 4, unsettled: 2,
            events: ["patch.not_applied"]),
        Case(
            testDescription: "unknown", result: .unknown(reason: "timed out"), state: "unknown",
            wait: 11, unsettled: 1, events: ["patch.unknown"]),
        Case(
            testDescription: "unknown, by the fault of the endpoint",
            result: .unknown(reason: "500"), status: 500, breakers: [failing], state: "unknown",
            wait: 11, unsettled: 0, events: ["patch.unknown"]),
        Case(
            testDescription: "applied, and the queued change begins",
            action: Action.sample(.sending).followed(by: [.portalRole: "no_access"]),
            result: answer(.sample("admin")), state: "finished, then ready portal_role: no_access",
            events: ["patch.applied"]),
        Case(
            testDescription: "applied, and the queued change is done already",
            action: Action.sample(.sending).followed(by: [.portalRole: "admin"]),
            result: answer(.sample("admin")), state: "finished",
            events: ["patch.applied", "action.superseded"]),
        Case(
            testDescription: "applied, and the queued change is of an earlier ruleset",
            action: Action.sample(.sending).followed(
                by: [.portalRole: "no_access"], ruleset: "r0"),
            result: answer(.sample("admin")), state: "finished",
            events: ["patch.applied", "action.superseded"]),
        Case(
            testDescription: "throttled, and a change is queued",
            action: Action.sample(.sending).followed(by: [.portalRole: "no_access"]),
            result: .throttled(retryAfter: .seconds(1)), state: "finished",
            events: ["patch.throttled", "action.superseded", "action.superseded"]),
        Case(
            testDescription: "throttled, and the contact was evaluated meanwhile",
            action: sent { $0.rulesetHash = "" }, result: .throttled(retryAfter: .seconds(1)),
            state: "finished", events: ["patch.throttled", "action.superseded"]),
        Case(
            testDescription: "refused under an earlier ruleset",
            action: sent { $0.rulesetHash = "r0" }, result: .refused(message: "no"), status: 422,
            state: "finished", events: ["patch.refused", "action.superseded"]),
    ]

    @Test(arguments: cases) func everyResultMovesTheActionOn(_ test: Case) throws {
        var batch = Self.batch(breakers: test.breakers)
        let attempt = Attempt(
            Self.claim(of: test.action), test.result, status: test.status, seenAt: .now)
        try batch.add(attempt, of: test.action, on: .sample(test.contact))
        #expect(Self.words(batch.actions) == test.state)
        #expect(batch.snapshot.events.kinds == test.events)
        #expect(batch.alerts.map(\.code) == test.alerts)
        #expect(test.result.kinds.contains { $0.rawValue == test.events[0] })
        guard let saved = batch.actions.saved.first, saved.actionID == 1 else { return }
        #expect(saved.unsettled == test.unsettled)
        if let wait = test.wait { #expect(saved.dueAt.timeIntervalSince(noon) == wait) }
        // What was sent stays with an action whose request may still land, and with no other.
        #expect((saved.sent != nil) == (saved.state == .unknown))
        #expect(saved.landsUntil == (saved.state == .unknown ? saved.dueAt : nil))
    }

    /// What became of the actions, in one line.
    static func words(_ changes: ActionChanges) -> String {
        let finished = changes.finished.isEmpty ? [] : ["finished"]
        let saved = changes.saved.map { action in
            if action.actionID > 1 { return "\(action.state) \(action.desired.words)" }
            return action.oneByOne ? "\(action.state) one by one" : "\(action.state)"
        }
        return (finished + saved).joined(separator: ", then ")
    }

    /// What a value that is not shown counts as.
    @Test(arguments: ["admin", "member"]) func whatTheAnswerShowsIsTaken(_ role: String) throws {
        var batch = Self.batch()
        let action = Self.two
        let document = try Contact.sample(role, name: "Ana").document
        try batch.add(
            Attempt(Self.claim(of: action), .contact(document), status: 200, seenAt: .now),
            of: action,
            on: .sample(.sample("member")))
        let event = try #require(batch.snapshot.events.first)
        let isTaken = role == "admin"
        #expect(try event.text("outcome") == (isTaken ? "applied" : nil))
        let changed = try event.object["changed"] as? [String]
        #expect(changed == (isTaken ? ["portal_role", "name"] : ["name"]))
        let grants = try #require(batch.snapshot.rows.first).grants
        #expect(grants["name"]?.rules == ["staff"])
        // A value that does not show is an own change and belongs to no rule.
        #expect(grants["portal_role"]?.rules == (isTaken ? ["staff"] : []))
        #expect(grants["portal_role"]?.times == [noon])
        #expect(batch.snapshot.invalidatesReads(of: "c1"))
    }

    @Test func anAnswerAfterItsClaimLapsedChangesNothing() throws {
        var batch = Self.batch()
        let action = Action.sample(.sending)
        try batch.addLate(
            Attempt(
                Self.claim(of: action), Self.answer(.sample("admin")), status: 200, seenAt: .now))
        #expect(batch.snapshot.events.kinds == ["patch.late"])
        #expect(batch.snapshot.rows.isEmpty && batch.actions.count == 0)
        #expect(batch.snapshot.events.map(\.action) == [1])
    }

    /// The wait after so many answers that settled nothing, at most and at random.
    @Test(arguments: [
        (0, 1.0, 0.5), (1, 1, 1), (2, 1, 2), (5, 1, 16), (6, 1, 30), (99, 1, 30), (5, 0.5, 8),
        (5, 0, 0),
    ])
    func waitsDoubleUpToABound(count: Int, random: Double, seconds: Double) {
        let wait = SettlementTiming().backoff(afterUnsettled: count, random: random)
        #expect(wait == .milliseconds(Int(seconds * 1000)))
    }
}

/// What every answer to reading a contact back makes of an action of unknown outcome.
@Suite struct SettlementTable {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var action = Action.sample(.unknown)
        let found: ReadBack.Found
        var breakers: [Breaker] = []
        let state: String
        var unsettled = 0
        let events: [String]
        var alerts: [Alert.Code] = []
        var isDeleted = false
    }

    private static func found(_ contact: Contact) -> ReadBack.Found {
        (try? contact.document).map { .contact($0) } ?? .nothing(reason: "no document")
    }

    private static func unknown(
        _ desired: [SettableField: String] = [.portalRole: "admin"],
        _ change: (inout Action) -> Void
    ) -> Action { .sample(.unknown, desired, change) }

    private static let open = Breaker(
        endpoint: "get", failures: 5, since: noon, nextTryAt: noon + .seconds(1))

    static let cases = [
        Case(
            testDescription: "as wanted", found: found(.sample("admin")), state: "finished",
            events: ["patch.confirmed"]),
        Case(
            testDescription: "as before", found: found(.sample("member")), state: "ready",
            events: ["patch.not_applied"]),
        Case(
            testDescription: "as before, after eleven answers that settled nothing",
            action: unknown { $0.unsettled = 12 }, found: found(.sample("member")),
            state: "blocked", unsettled: 12, events: ["patch.not_applied", "action.blocked"],
            alerts: [.blocked]),
        Case(
            testDescription: "as before, with a change of another party",
            found: found(.sample("member", name: "Bea")), state: "ready",
            events: ["patch.not_applied", "contact.updated"]),
        Case(
            testDescription: "something else", found: found(.sample("lead")), state: "finished",
            events: ["action.superseded", "contact.updated"]),
        Case(
            testDescription: "one of two values",
            action: .sample(.unknown, [.portalRole: "admin", .name: "Ana"]),
            found: found(.sample("admin")), state: "finished",
            events: ["action.superseded", "contact.updated"]),
        Case(
            testDescription: "something else, and a change is queued",
            action: Action.sample(.unknown).followed(by: [.portalRole: "no_access"]),
            found: found(.sample("lead")), state: "finished",
            events: ["action.superseded", "action.superseded", "contact.updated"]),
        Case(
            testDescription: "deleted", found: .absent(Absence(status: 404, requestID: "q")),
            state: "finished", events: ["contact.deleted", "action.moot"], isDeleted: true),
        Case(
            testDescription: "deleted, and a change is queued",
            action: Action.sample(.unknown).followed(by: [.portalRole: "no_access"]),
            found: .absent(Absence(status: 404, requestID: "q")), state: "finished",
            events: ["contact.deleted", "action.moot", "action.superseded"], isDeleted: true),
        Case(
            testDescription: "merged",
            found: .absent(Absence(status: 200, requestID: "q", mergedInto: "c2")),
            state: "finished", events: ["contact.deleted", "action.moot"], isDeleted: true),
        Case(
            testDescription: "no answer", found: .nothing(reason: "timed out"), state: "unknown",
            unsettled: 1, events: ["patch.unknown"]),
        Case(
            testDescription: "no answer, by the fault of the endpoint",
            found: .nothing(reason: "timed out"), breakers: [open], state: "unknown", unsettled: 0,
            events: ["patch.unknown"]),
        Case(
            testDescription: "no answer for the same reason again",
            action: unknown { $0.failing = RepeatedFailure(cause: "timed out", since: noon) },
            found: .nothing(reason: "timed out"), state: "unknown", unsettled: 1, events: []),
        Case(
            testDescription: "no answer for another reason",
            action: unknown { $0.failing = RepeatedFailure(cause: "500", since: noon) },
            found: .nothing(reason: "timed out"), state: "unknown", unsettled: 1,
            events: ["patch.unknown"]),
        Case(
            testDescription: "no answer for the twelfth time",
            action: unknown { $0.unsettled = 11 },
            found: .nothing(reason: "timed out"), state: "blocked", unsettled: 12,
            events: ["patch.unknown", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "no answer for the third time, of what lowers",
            action: unknown([.portalRole: "no_access"]) { $0.unsettled = 2 },
            found: .nothing(reason: "timed out"), state: "unknown", unsettled: 3,
            events: ["patch.unknown"]),
        Case(
            testDescription: "unreadable for the third time", action: unknown { $0.unsettled = 2 },
            found: .unreadable(reason: "too large"), state: "unknown", unsettled: 3,
            events: ["patch.unknown"]),
        Case(
            testDescription: "unreadable for the third time, of what lowers",
            action: unknown([.portalRole: "no_access"]) { $0.unsettled = 2 },
            found: .unreadable(reason: "too large"), state: "ready", unsettled: 3,
            events: ["patch.unknown"]),
        Case(
            testDescription: "unreadable for the third time, of what changes no access",
            action: unknown([.name: "Ana"]) { $0.unsettled = 2 },
            found: .unreadable(reason: "too large"), state: "unknown", unsettled: 3,
            events: ["patch.unknown"]),
        Case(
            testDescription: "unreadable, and no fault of the endpoint",
            found: .unreadable(reason: "too large"), breakers: [open], state: "unknown",
            unsettled: 1, events: ["patch.unknown"]),
        Case(
            testDescription: "refused for the third time", action: unknown { $0.unsettled = 2 },
            found: .refused(reason: "403"), state: "blocked", unsettled: 3,
            events: ["patch.unknown", "action.blocked"], alerts: [.blocked]),
        Case(
            testDescription: "refused for the third time, of what moves to another account",
            action: unknown([.portalRole: "no_access", .accountID: "a2"]) { $0.unsettled = 2 },
            found: .refused(reason: "403"), state: "blocked", unsettled: 3,
            events: ["patch.unknown", "action.blocked"], alerts: [.blocked]),
    ]

    @Test(arguments: cases) func everyAnswerSettlesOrWaits(_ test: Case) throws {
        var batch = OutcomeTable.batch(breakers: test.breakers)
        try batch.settle(
            Self.read(test.found, of: test.action), of: test.action,
            on: .sample(.sample("member")))
        #expect(OutcomeTable.words(batch.actions) == test.state)
        #expect(batch.snapshot.events.kinds == test.events)
        #expect(batch.alerts.map(\.code) == test.alerts)
        #expect(batch.deletions.map(\.contactID) == (test.isDeleted ? ["c1"] : []))
        guard let saved = batch.actions.saved.first else { return }
        #expect(saved.unsettled == test.unsettled)
        // What could not be settled may still have been applied.
        let isSettled = saved.state == .ready || test.events.first == "patch.not_applied"
        #expect((saved.sent == nil) == isSettled)
    }

    private static func read(_ found: ReadBack.Found, of action: Action) -> ReadBack {
        ReadBack(
            action: SettlingAction(
                actionID: action.actionID, contactID: action.contactID, permit: nil, sendAt: noon,
                fence: action.fence),
            found: found, status: 200, requestID: "q")
    }

    @Test func aConfirmationSaysHowOftenReadingFailedBefore() throws {
        var batch = OutcomeTable.batch()
        let action = Self.unknown {
            $0.failing = RepeatedFailure(cause: "500", since: noon, count: 4)
        }
        try batch.settle(
            Self.read(Self.found(.sample("admin")), of: action), of: action,
            on: .sample(.sample("member")))
        let event = try #require(batch.snapshot.events.first)
        #expect(try event.number("failures") == 4 && event.text("outcome") == "confirmed")
    }

    /// A value that left no trace may still land, and is ours then.
    @Test func whatWasNotAppliedMayStillLand() throws {
        var batch = OutcomeTable.batch()
        let action = Action.sample(.unknown)
        try batch.settle(
            Self.read(Self.found(.sample("member")), of: action), of: action,
            on: .sample(.sample("member")))
        let late = try #require(batch.snapshot.rows.first?.late["portal_role"])
        #expect(late.value == "admin" && late.rules == ["staff"])
        #expect(late.until == noon + LateValue.timeToLive)
        #expect(batch.snapshot.invalidatesReads(of: "c1"))
    }

    /// Of several values, those that show are ours.
    @Test func whatShowsOfSeveralValuesIsOurs() throws {
        var batch = OutcomeTable.batch()
        let action = Action.sample(.unknown, [.portalRole: "admin", .name: "Ana"])
        try batch.settle(
            Self.read(Self.found(.sample("admin", name: "Bea")), of: action), of: action,
            on: .sample(.sample("member")))
        #expect(try batch.snapshot.events.map { try $0.text("by") } == [nil, "usher", "other"])
        let row = try #require(batch.snapshot.rows.first)
        #expect(row.grants["portal_role"]?.rules == ["staff"] && row.grants["name"] == nil)
    }

    /// A page that shows the contact, and whether it settles the action.
    struct OnPage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var page = SamplePage([.sample("admin")])
        var isKnown = true
        var isStale = false
        var isRefused = false
        let isSettled: Bool
    }

    @Test(arguments: [
        OnPage(testDescription: "shown", isSettled: true),
        OnPage(
            testDescription: "not shown", page: SamplePage([.sample("admin", id: "c2")]),
            isSettled: false),
        OnPage(
            testDescription: "unreadable", page: SamplePage([.sample("admin")], broken: ["c1"]),
            isSettled: false),
        OnPage(testDescription: "not stored", isKnown: false, isSettled: false),
        OnPage(testDescription: "stale", isStale: true, isSettled: false),
        OnPage(testDescription: "refused by the database", isRefused: true, isSettled: false),
    ])
    func aPageSettlesWhatItShows(_ test: OnPage) throws {
        var batch = OutcomeTable.batch()
        let settled = try batch.settle(
            [.sample(.unknown)], by: test.page,
            known: test.isKnown ? ["c1": .sample(.sample("member"))] : [:],
            stale: test.isStale ? ["c1"] : [],
            without: RefusedContacts(test.isRefused ? ["c1": "too large"] : [:]), requestID: "q")
        #expect(settled == (test.isSettled ? ["c1"] : []))
        #expect(batch.snapshot.events.kinds == (test.isSettled ? ["patch.confirmed"] : []))
        #expect(batch.actions.finished == (test.isSettled ? [1] : []))
    }

    @Test(arguments: [(Action.State.sending, 1), (.unknown, 0)])
    func aLostRequestIsOnRecordBeforeItIsReadBack(state: Action.State, lost: Int) throws {
        let permit = Permit(number: 1, taken: 1, sendAt: noon + .seconds(2))
        for permits in [nil, [permit]] {
            let batch = try SettlementBatch(of: [.sample(state)], permits: permits, at: noon)
            let action = try #require(batch.changes.saved.first)
            let sendAt = permits?[0].sendAt ?? noon
            #expect(batch.events.kinds == Array(repeating: "patch.unknown", count: lost))
            #expect(action.state == .unknown && action.dueAt == sendAt + WorkTiming.lease)
            #expect(action.landsUntil == (lost == 1 ? noon : nil))
            #expect(batch.claimed.map(\.fence) == [1] && batch.claimed[0].sendAt == sendAt)
            #expect(action.isClaimed(by: batch.claimed[0]))
        }
    }
}

/// A page of contacts, some of which cannot be decoded.
struct SamplePage: SweptPage {
    let contacts: [Contact]
    /// The ids of those that cannot be decoded.
    let broken: Set<String>
    let unreadable: [UnreadableContact]

    init(
        _ contacts: [Contact], broken: Set<String> = [], unreadable: [UnreadableContact] = []
    ) {
        (self.contacts, self.broken, self.unreadable) = (contacts, broken, unreadable)
    }

    var count: Int { contacts.count }
    func id(at index: Int) -> String { contacts[index].id }
    func rawDigest(at index: Int) -> [UInt8] { Array(contacts[index].id.utf8) }

    func document(at index: Int) throws(UnreadableContact) -> ContactDocument {
        let contact = contacts[index]
        guard !broken.contains(contact.id), let document = try? contact.document else {
            throw UnreadableContact(
                contactID: contact.id, rawDigest: rawDigest(at: index), reason: "not JSON")
        }
        return document
    }
}
