import Contacts
import Foundation
import Testing

@testable import Reconciler

/// What may be claimed: pauses, failing endpoints, permits, and what stops a claim.
@Suite struct ClaimTable {
    /// An endpoint that fails so often, and may be tried in so many seconds.
    private static func breaker(
        _ failures: Int, tryIn seconds: Double? = nil, endpoint: String = "update"
    ) -> Breaker {
        Breaker(
            endpoint: endpoint, failures: failures, since: noon - .seconds(60),
            nextTryAt: seconds.map { noon.addingTimeInterval($0) })
    }

    private static func pause(
        _ endpoint: String?, for seconds: Double = 30, _ reason: Pause.Reason = .rateLimited,
        set: Double = 0
    ) -> Pause {
        Pause(
            endpoint: endpoint, reason: reason, until: noon.addingTimeInterval(seconds),
            setAt: noon.addingTimeInterval(set))
    }

    private static func state(_ pauses: [Pause] = [], _ breakers: [Breaker] = []) -> SendingState {
        SendingState(pauses: pauses, breakers: breakers, now: noon)
    }

    /// Pauses, failing endpoints, and for how many seconds nothing is sent; nil is not at all.
    @Test(
        arguments: [
            ([], [], nil), ([pause("update")], [], 30), ([pause("list")], [], nil),
            ([pause("update", for: 0)], [], nil), ([pause(nil)], [], 30),
            // The workspace's pause lasts until it is ended.
            ([pause(nil, for: -5)], [], -5), ([pause(nil, for: 9), pause("update")], [], 9),
            ([], [breaker(5, tryIn: 4)], 4), ([], [breaker(5, tryIn: 0)], nil),
            ([], [breaker(4)], nil), ([], [breaker(5, tryIn: 4, endpoint: "get")], nil),
            ([pause("update")], [breaker(5, tryIn: 4)], 30),
        ] as [([Pause], [Breaker], Double?)])
    func nothingIsSentWhileAnEndpointIsKeptFromBeingUsed(
        pauses: [Pause], breakers: [Breaker], seconds: Double?
    ) {
        let wait = Self.state(pauses, breakers).wait(for: "update")
        #expect(wait?.timeIntervalSince(noon) == seconds)
    }

    private static func work(_ due: Int, next: Double? = nil, open: Bool = true) -> DueWork {
        DueWork(
            due: due, nextDueAt: next.map { noon.addingTimeInterval($0) }, isAnyOpen: open)
    }

    /// The endpoint, the work, the purpose, and the next step of a claim of at most ten.
    @Test(
        arguments: [
            ([], work(0), .work, .wait(until: nil)),
            ([], work(0, next: 5), .work, .wait(until: noon.addingTimeInterval(5))),
            ([], work(0, open: false), .work, .wait(until: nil)),
            ([], work(3), .work, .claim(atMost: 10, wanted: 3, isTry: false)),
            ([], work(99), .work, .claim(atMost: 10, wanted: 99, isTry: false)),
            ([], work(3), .oneTry, .claim(atMost: 10, wanted: 3, isTry: false)),
            // Four more failures open it: a few failures make requests fewer.
            ([breaker(1)], work(99), .work, .claim(atMost: 4, wanted: 4, isTry: false)),
            ([breaker(1)], work(2), .work, .claim(atMost: 4, wanted: 2, isTry: false)),
            ([breaker(4)], work(99), .work, .claim(atMost: 1, wanted: 1, isTry: false)),
            ([breaker(0)], work(99), .work, .claim(atMost: 10, wanted: 99, isTry: false)),
            ([breaker(5, tryIn: 0)], work(99), .work, .checkToken),
            (
                [breaker(5, tryIn: 0)], work(99), .oneTry,
                .claim(atMost: 1, wanted: 1, isTry: true)
            ),
            ([breaker(5, tryIn: 0)], work(0, next: 5), .work, .wait(until: noon + 5)),
            ([breaker(5, tryIn: 0)], work(0, open: false), .oneTry, .forgetBreaker),
            ([breaker(5, tryIn: 0)], work(0, open: false), .work, .forgetBreaker),
            ([breaker(4)], work(0, open: false), .work, .wait(until: nil)),
        ] as [([Breaker], DueWork, ClaimPurpose, ClaimStep)])
    func everyStepOfAClaimFollowsFromTheEndpointAndItsWork(
        breakers: [Breaker], work: DueWork, purpose: ClaimPurpose, step: ClaimStep
    ) {
        let found = Self.state([], breakers)
            .step(for: "update", work, atMost: 10, for: purpose)
        #expect(found == step)
    }

    @Test(
        arguments: [
            (.everything, 10), (.atMost(3), 3), (.atMost(30), 10), (.oneTry, 1),
            (.nothing(until: noon), 0),
        ] as [(Allowance, Int)])
    func anAllowanceLimitsABatch(allowance: Allowance, limit: Int) {
        #expect(allowance.limit(10) == limit)
    }

    /// An action that is claimed, and what becomes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var action = Action.sample()
        var known = KnownContact.sample(.sample("member"))
        var evaluated = 10
        /// The values that are sent; nil is not claimed.
        let sent: String?
        var events: [String] = []
        var isFinished = false
    }

    @Test(arguments: [
        Case(
            testDescription: "due", sent: "portal_role: admin", events: ["patch.intended"]),
        Case(testDescription: "changed since its evaluation", evaluated: 9, sent: nil),
        Case(
            testDescription: "deleted", known: .sample(.sample("member"), isDeleted: true),
            sent: nil, events: ["action.moot"], isFinished: true),
        Case(
            testDescription: "so already", known: .sample(.sample("admin")), sent: nil,
            events: ["action.moot"], isFinished: true),
        Case(
            testDescription: "deleted, and not evaluated since",
            known: .sample(.sample("member"), isDeleted: true), evaluated: 9, sent: nil),
        Case(
            testDescription: "one field at a time",
            action: .sample(.ready, [.portalRole: "admin", .name: "Ana"]) { $0.oneByOne = true },
            sent: "portal_role: admin", events: ["patch.intended"]),
        Case(
            testDescription: "partly so already",
            action: .sample(.ready, [.portalRole: "admin", .name: "Ana"]),
            known: .sample(.sample("admin")), sent: "name: Ana", events: ["patch.intended"]),
    ])
    func aClaimSendsWhatIsMissing(_ test: Case) throws {
        let permit = Permit(number: 3, taken: 1, sendAt: noon + .seconds(1))
        var batch = ClaimBatch(at: noon, permits: [permit], held: 2, breaker: nil)
        try batch.add(test.action, of: test.known, evaluatedSeq: test.evaluated)
        let changes = batch.changes(from: 100)
        #expect(batch.claimed.first?.values.words == test.sent)
        #expect(batch.events.kinds == test.events)
        #expect(changes.finished == (test.isFinished ? [1] : []))
        #expect(batch.nextAt == (test.sent == nil ? noon + WorkTiming.evaluationWait : nil))
        guard let claim = batch.claimed.first, let action = changes.saved.first else { return }
        #expect(claim.permit == permit && claim.sendAt == permit.sendAt && claim.held == 2)
        #expect(action.state == .sending && action.attempt == 1 && action.fence == 1)
        #expect(action.causeSeq == 100 && action.sent == claim.values)
        #expect(changes.leases == [1: permit.sendAt + WorkTiming.lease])
        #expect(action.isClaimed(by: claim))
    }

    @Test func intentsHaveTheirNumbersAmongOtherEvents() throws {
        var batch = ClaimBatch(at: noon, permits: nil, held: 0, breaker: nil)
        for (id, role) in [(1, "member"), (2, "admin"), (3, "member")] {
            let action = Action.sample(id: id, contact: "c\(id)")
            try batch.add(action, of: .sample(.sample(role, id: "c\(id)")), evaluatedSeq: 10)
        }
        let changes = batch.changes(from: 100)
        #expect(batch.events.kinds == ["patch.intended", "action.moot", "patch.intended"])
        #expect(changes.saved.map(\.causeSeq) == [100, 102] && changes.finished == [2])
        #expect(batch.claimed.allSatisfy { $0.permit == nil && $0.sendAt == noon })
    }

    /// An endpoint that fails, the attempts of three actions, and those that are claimed.
    @Test(
        arguments: [
            (nil, [2, 0, 1], [1, 2, 3]), (breaker(4), [2, 0, 1], [1, 2, 3]),
            (breaker(5, tryIn: 0), [2, 0, 1], [2]), (breaker(5, tryIn: 0), [1, 1, 1], [1]),
            (breaker(5, tryIn: 0), [], []),
        ] as [(Breaker?, [Int], [Int])])
    func aFailingEndpointIsTriedWithTheActionThatWasTriedLeast(
        breaker: Breaker?, attempts: [Int], chosen: [Int]
    ) {
        let actions = attempts.enumerated().map { place, attempt in
            Action.sample(id: place + 1) { $0.attempt = attempt }
        }
        let batch = ClaimBatch(at: noon, permits: nil, held: 0, breaker: breaker)
        #expect(batch.chosen(among: actions).map(\.actionID) == chosen)
        #expect(ClaimBatch.candidates(for: 10, breaker) == (breaker?.isOpen == true ? 50 : 10))
    }

    @Test(arguments: [(nil, false, false), (4, false, true), (5, true, true)])
    func aClaimKnowsWhetherItsEndpointFailed(failures: Int?, isTry: Bool, isAfter: Bool) throws {
        let breaker = failures.map { Self.breaker($0, tryIn: $0 == 5 ? 0 : nil) }
        var batch = ClaimBatch(at: noon, permits: nil, held: 0, breaker: breaker)
        try batch.add(.sample(), of: .sample(.sample("member")), evaluatedSeq: 10)
        let claim = try #require(batch.claimed.first)
        #expect(claim.isTry == isTry && claim.isAfterFailure == isAfter)
    }

    /// How long ago a claim was to be sent, what stands in its way, and why it is not sent.
    @Test(
        arguments: [
            (0, [], [], false, true, nil), (4, [], [], false, true, nil),
            (4.1, [], [], false, true, "its time had passed before it was sent"),
            (0, [pause("update")], [], false, true, "paused meanwhile"),
            (0, [pause(nil)], [], true, true, "paused meanwhile"),
            (0, [pause("list")], [], false, true, nil),
            (0, [], [breaker(4)], false, true, nil),
            (
                0, [], [breaker(5, tryIn: 0)], false, true, "the endpoint began to fail meanwhile"
            ),
            (0, [], [breaker(5, tryIn: 0)], true, true, nil),
            (0, [], [breaker(5, tryIn: 9, endpoint: "get")], false, true, nil),
            (0, [], [], false, false, "rejected, decided anew or set aside meanwhile"),
            (
                4.1, [pause("update")], [], false, false, "its time had passed before it was sent"
            ),
        ] as [(Double, [Pause], [Breaker], Bool, Bool, String?)])
    func aClaimIsSentUnlessSomethingCameBetween(
        ago: Double, pauses: [Pause], breakers: [Breaker], isTry: Bool, isWanted: Bool,
        obstacle: String?
    ) {
        let claim = ClaimedAction(
            actionID: 1, contactID: "c1", attempt: 1, values: ContactPatch(), permit: nil,
            sendAt: noon.addingTimeInterval(-ago), held: 0, fence: 1, isTry: isTry,
            isAfterFailure: false)
        #expect(claim.obstacle(Self.state(pauses, breakers), isWanted: isWanted) == obstacle)
    }

    @Test(arguments: [
        (Action.State.sending, 1, true, false), (.sending, 2, false, false),
        (.unknown, 1, false, true), (.unknown, 2, false, false), (.ready, 1, false, false),
        (.blocked, 1, false, false),
    ])
    func aClaimIsInForceForItsFenceAndState(
        state: Action.State, fence: Int, isSending: Bool, isSettling: Bool
    ) {
        let action = Action.sample(state) { $0.fence = fence }
        var claimed = Action.sample(.sending)
        claimed.fence = 1
        #expect(action.isClaimed(by: OutcomeTable.claim(of: claimed)) == isSending)
        let settling = SettlingAction(
            actionID: 1, contactID: "c1", permit: nil, sendAt: noon, fence: 1)
        #expect(action.isClaimed(by: settling) == isSettling)
    }

    /// How long ago a permit was to be used, and whether it still may be.
    @Test(arguments: [(-1.0, true), (0, true), (4, true), (4.001, false)])
    func aPermitMayBeUsedALittleLate(ago: Double, isInTime: Bool) {
        let permit = Permit(number: 1, taken: 1, sendAt: noon.addingTimeInterval(-ago))
        #expect(permit.isInTime(at: noon) == isInTime)
    }

    /// The permits, those of ours that are not free, what the API says is left, and what others used.
    @Test(arguments: [
        (60, 0, 60, 0, false), (60, 10, 50, 0, false), (60, 10, 55, 0, false),
        (60, 10, 49, 1, false), (60, 10, 36, 14, false), (60, 10, 35, 15, true),
        (60, 0, 0, 60, true), (4, 1, 2, 1, true), (5, 1, 3, 1, false), (60, 60, 0, 0, false),
    ])
    func whatTheAPIHasLessLeftWasUsedByOthers(
        permits: Int, held: Int, remaining: Int, foreign: Int, isShared: Bool
    ) {
        let limit = RequestLimit(permits: permits, window: .seconds(60))
        #expect(limit.foreignRequests(remaining: remaining, held: held) == foreign)
        #expect(limit.isShared(by: foreign) == isShared)
    }

    /// A pause, the one before it, the pause that follows, and whether it is news.
    struct Merge: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let new: Pause
        let earlier: Pause
        let merged: Pause
        let isNews: Bool
    }

    @Test(arguments: [
        Merge(
            testDescription: "longer", new: pause("update", for: 60, set: 5),
            earlier: pause("update"), merged: pause("update", for: 60, set: 5), isNews: false),
        Merge(
            testDescription: "shorter", new: pause("update", for: 20, set: 5),
            earlier: pause("update"), merged: pause("update", for: 30), isNews: false),
        Merge(
            testDescription: "of the same length", new: pause("update", set: 5),
            earlier: pause("update"), merged: pause("update"), isNews: false),
        Merge(
            testDescription: "after the earlier one was over",
            new: pause("update", for: 60, set: 30), earlier: pause("update"),
            merged: pause("update", for: 60, set: 30), isNews: true),
        Merge(
            testDescription: "the token is refused again",
            new: pause(nil, .unauthorized, set: 5), earlier: pause(nil, .unauthorized),
            merged: pause(nil, .unauthorized), isNews: false),
        Merge(
            testDescription: "another organisation after a refused token",
            new: pause(nil, .organisation, set: 5), earlier: pause(nil, .unauthorized),
            merged: pause(nil, .organisation), isNews: true),
        Merge(
            testDescription: "a refused token after another organisation",
            new: pause(nil, .unauthorized, set: 5), earlier: pause(nil, .organisation),
            merged: pause(nil, .organisation), isNews: false),
        Merge(
            testDescription: "another organisation once more",
            new: pause(nil, .organisation, set: 5), earlier: pause(nil, .organisation),
            merged: pause(nil, .organisation), isNews: false),
        Merge(
            testDescription: "a new token that is refused",
            new: pause(nil, .unauthorized, set: 5), earlier: pause(nil, .tokenChanged),
            merged: pause(nil, .unauthorized), isNews: true),
    ])
    func aPauseIsOnlyProlonged(_ test: Merge) {
        #expect(test.new.merged(into: test.earlier) == test.merged)
        #expect(test.new.isNews(after: test.earlier) == test.isNews)
    }

    /// What answers make of a failing endpoint.
    struct Answers: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var breaker = ClaimTable.breaker(0)
        let signs: [EndpointSign]
        /// The failures afterwards; nil where the endpoint is well.
        let failures: Int?
        var isOpen = false
        var isNews = false
    }

    private static let failed = EndpointSign.failing(cause: "500")

    @Test(arguments: [
        Answers(testDescription: "one failure", signs: [failed], failures: 1),
        Answers(testDescription: "nothing is said", signs: [.nothing], failures: 0),
        Answers(testDescription: "well", breaker: breaker(4), signs: [.well], failures: nil),
        Answers(
            testDescription: "well, then a failure", breaker: breaker(4), signs: [.well, failed],
            failures: 1),
        Answers(
            testDescription: "a failure, then well", breaker: breaker(4), signs: [failed, .well],
            failures: nil),
        Answers(
            testDescription: "the fifth in a row, after a minute", breaker: breaker(4),
            signs: [failed], failures: 5, isOpen: true, isNews: true),
        Answers(
            testDescription: "the try failed", breaker: breaker(5, tryIn: 0), signs: [failed],
            failures: 6, isOpen: true, isNews: true),
        Answers(
            testDescription: "a failure after long waits that the API asked for",
            breaker: breaker(0, tryIn: 0), signs: [failed], failures: 1, isOpen: true,
            isNews: true),
        Answers(
            testDescription: "well again after the outage", breaker: breaker(9, tryIn: 0),
            signs: [.well], failures: nil),
        Answers(
            testDescription: "well, then five failures at once", breaker: breaker(9, tryIn: 0),
            signs: [.well] + Array(repeating: failed, count: 5), failures: 5, isOpen: true),
    ])
    func answersInTheirOrderOpenAndCloseABreaker(_ test: Answers) {
        let reports = test.signs.map { EndpointReport($0, contactID: "c1") }
        let (breaker, alerts) = test.breaker.after(
            reports, at: noon, pacing: BreakerPacing(), random: 1)
        #expect(breaker?.failures == test.failures)
        #expect((breaker?.isOpen ?? false) == test.isOpen)
        #expect(alerts.map(\.code) == (test.isNews ? [.apiFailing] : []))
        #expect((breaker?.toldAt == noon) == test.isNews)
    }
}
