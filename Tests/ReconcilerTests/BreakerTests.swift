import Foundation
import Reconciler
import Testing

/// When an endpoint that fails is left alone, and for how long.
@Suite struct BreakerTests {
    private static let start = Date(timeIntervalSince1970: 1_000_000)

    /// A breaker that failed once a second, and how often it had people told.
    private func failing(
        _ times: Int, contact: (Int) -> String? = { "c\($0)" }, random: Double = 1
    ) -> (breaker: Breaker, told: Int) {
        var breaker = Breaker(endpoint: "update", since: Self.start)
        let told = (0..<times).count { number in
            breaker.take(
                .failing(cause: "500"), about: contact(number),
                at: Self.start + TimeInterval(number), pacing: BreakerPacing(), random: random)
        }
        return (breaker, told)
    }

    @Test(arguments: [
        (0, Allowance.everything), (1, .atMost(4)), (3, .atMost(2)), (4, .atMost(1)),
    ])
    func aFewFailuresMakeRequestsFewer(failures: Int, allowed: Allowance) {
        let breaker: Breaker? = failing(failures).breaker
        #expect(breaker.allowance(at: Self.start + 100) == allowed)
    }

    @Test func noFailureIsNoBreaker() {
        #expect(Breaker?.none.allowance(at: Self.start) == .everything)
    }

    @Test(arguments: [
        // The shortest pause, half of the time since the first failure, and the longest pause.
        (5, 1.0, 2.0), (5, 0, 1.0), (11, 1, 5), (31, 1, 15), (61, 1, 30), (3600, 1, 30),
        (3600, 0, 15),
    ])
    func fiveInARowOpenItForHalfOfTheOutage(failures: Int, random: Double, pause: Double) {
        let breaker: Breaker? = failing(failures, random: random).breaker
        let last = Self.start + TimeInterval(failures - 1)
        #expect(breaker.allowance(at: last) == .nothing(until: last + pause))
        #expect(breaker.allowance(at: last + pause) == .oneTry)
    }

    @Test(arguments: [(5, 0), (10, 0), (11, 1), (100, 1)])
    func peopleAreToldOnceAndNotAtOnce(failures: Int, told: Int) {
        #expect(failing(failures).told == told)
    }

    @Test func waitsThatTheAPIAsksForCountWhenTheyDoNotEnd() {
        var breaker = Breaker(endpoint: "list", since: Self.start)
        func throttle(after seconds: TimeInterval) -> Bool {
            breaker.take(
                .throttled(.seconds(60)), about: nil, at: Self.start + seconds,
                pacing: BreakerPacing(), random: 0)
        }
        for number in 0..<50 {
            #expect(!throttle(after: TimeInterval(number)))
            // After ten seconds of them, single requests are tried.
            #expect(breaker.isOpen == (number >= 10))
        }
        #expect(throttle(after: 120))
        #expect(!throttle(after: 121))
        let now: Breaker? = breaker
        #expect(now.allowance(at: Self.start + 121) == .nothing(until: Self.start + 181))
    }

    @Test(arguments: [(60, false), (119, false), (120, true), (3600, true)])
    func peopleAreToldAtOnceOfALongWait(seconds: Int, isTold: Bool) {
        var breaker = Breaker(endpoint: "update", since: Self.start)
        let isNews = breaker.take(
            .throttled(.seconds(seconds)), about: nil, at: Self.start, pacing: BreakerPacing(),
            random: 0)
        #expect(isNews == isTold)
        #expect(breaker.isOpen == isTold)
        #expect(breaker.cause == "the API asks to wait for \(seconds) s")
    }

    /// An API that says “at once” whenever it is asked gets ever fewer requests.
    @Test func askedToWaitForAMomentAgainAndAgainUsherAsksMoreSeldom() {
        var breaker: Breaker? = Breaker(endpoint: "update", since: Self.start)
        var (now, requests) = (Self.start, 0)
        while now < Self.start + 300 {
            requests += 1
            _ = breaker?.take(
                .throttled(.seconds(1)), about: nil, at: now, pacing: BreakerPacing(), random: 1)
            if case .nothing(let until) = breaker.allowance(at: now) {
                now = until
            } else {
                now += 1
            }
        }
        #expect(requests < 30)
    }

    struct Fault: Sendable {
        let failed: [String]
        /// Other endpoints that fail.
        var others: [Int] = []
        let contact: String
        let isExcused: Bool
    }

    @Test(arguments: [
        Fault(failed: ["a", "b", "a", "b", "a"], contact: "a", isExcused: true),
        Fault(failed: ["a", "a", "a", "a", "a"], contact: "a", isExcused: false),
        Fault(failed: ["a", "a", "a", "a", "a"], contact: "b", isExcused: true),
        Fault(failed: ["a", "a", "a", "a", "a"], others: [5], contact: "a", isExcused: true),
        Fault(failed: ["a", "a", "a", "a", "a"], others: [4], contact: "a", isExcused: false),
        Fault(failed: ["a", "b", "a", "b"], contact: "a", isExcused: false),
    ])
    func anEndpointThatFailsExcusesItsContacts(_ fault: Fault) {
        let breaker = failing(fault.failed.count) { fault.failed[$0] }.breaker
        let others = fault.others.map { failures in
            var other = Breaker(endpoint: "list", since: Self.start)
            for _ in 0..<failures {
                _ = other.take(
                    .failing(cause: "500"), about: nil, at: Self.start, pacing: BreakerPacing(),
                    random: 0)
            }
            return other
        }
        #expect(
            ([breaker] + others).excuse("update", contactID: fault.contact) == fault.isExcused)
    }

    @Test func whatRepeatsIsCounted() {
        var failure: RepeatedFailure?
        for (number, (cause, count)) in [
            ("500", 1), ("500", 2), ("500", 3), ("no answer", 1), ("500", 1),
        ].enumerated() {
            let now = Self.start + TimeInterval(number)
            failure = RepeatedFailure.after(failure, cause: cause, at: now)
            #expect(failure?.count == count)
            #expect(failure?.since == now - TimeInterval(count - 1))
        }
    }
}
