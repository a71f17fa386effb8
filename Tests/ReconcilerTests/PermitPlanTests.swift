import Contacts
import Foundation
import Reconciler
import Testing

/// The limiter's arithmetic, in a time of its own.
@Suite struct PermitPlanTests {
    @Test(arguments: UInt64(1)...40)
    func noWindowHoldsMoreThanTheLimitWhateverHappens(seed: UInt64) {
        var budget = SimulatedBudget(seed: seed)
        budget.run(for: 30)
        #expect(budget.arrivals.count > 2 * budget.limit.permits)
        #expect(budget.mostInAWindow <= budget.limit.permits)
    }

    @Test(arguments: UInt64(1)...10)
    func aLoweredLimitHoldsFromThenOn(seed: UInt64) {
        var budget = SimulatedBudget(seed: seed)
        budget.run(for: 10)
        let lowered = max(1, budget.limit.permits / 2)
        let before = budget.arrivals.count
        budget.limit = RequestLimit(permits: lowered, window: budget.limit.window)
        budget.run(for: 10)
        #expect(budget.arrivals.count > before)
        // What had arrived before counts as well: nothing more is sent until there is room.
        #expect(budget.mostInAWindow(endingAfter: before) <= lowered)
    }

    @Test func aBacklogIsSpreadAndAnIdleEndpointMayBurst() {
        let limit = RequestLimit(permits: 10, window: .seconds(10))
        let now = Date(timeIntervalSince1970: 1_000_000)
        func plan(wanted: Int) -> PermitPlan {
            PermitPlan(
                rows: [], limit: limit, nextSendAt: now, now: now, wanted: wanted,
                horizon: .seconds(5))
        }
        #expect(plan(wanted: 10).permits.map(\.sendAt) == Array(repeating: now, count: 10))
        let spread = plan(wanted: 11).permits.map { $0.sendAt.timeIntervalSince(now) }
        #expect(spread.count == 6)
        for (send, expected) in zip(spread, [0, 0.95, 1.9, 2.85, 3.8, 4.75]) {
            #expect(abs(send - expected) < 1e-6)
        }
    }

    @Test func nothingIsPlannedBeyondTheHorizonAndTheNextTimeIsTold() throws {
        let now = Date(timeIntervalSince1970: 1_000_000)
        let held = (1...3).map {
            PermitPlan.PermitState(number: $0, freeAt: now + .milliseconds(600 * $0), taken: 4)
        }
        let plan = PermitPlan(
            rows: held, limit: RequestLimit(permits: 3, window: .seconds(3)), nextSendAt: now,
            now: now, wanted: 5, horizon: .seconds(1))
        #expect(plan.permits == [Permit(number: 1, taken: 5, sendAt: now + .milliseconds(600))])
        #expect(plan.held == 3)
        #expect(plan.nextAt == now + .milliseconds(1200))
    }

    @Test func thePermitsOfTheDeadStayHeldUntilTheyCannotHaveBeenUsed() {
        let now = Date(timeIntervalSince1970: 1_000_000)
        let limit = RequestLimit(permits: 2, window: .seconds(2))
        let dead = (1...2).map {
            PermitPlan.PermitState(
                number: $0, freeAt: now + WorkTiming.lease + limit.window, taken: 1)
        }
        func plan(at moment: Date) -> PermitPlan {
            PermitPlan(
                rows: dead, limit: limit, nextSendAt: now, now: moment, wanted: 1,
                horizon: .seconds(1))
        }
        #expect(plan(at: now + .seconds(15)).permits.isEmpty)
        #expect(plan(at: now + .seconds(17)).permits.count == 1)
    }
}

/// Workers that take permits, send, die and give back at random; and the server's view of it.
private struct SimulatedBudget {
    var limit: RequestLimit
    private(set) var arrivals: [Double] = []
    private var random: Dice
    private var rows: [Int: PermitPlan.PermitState] = [:]
    private var nextSendAt: Date
    private var now = Date(timeIntervalSince1970: 1_000_000)
    private let start = Date(timeIntervalSince1970: 1_000_000)

    init(seed: UInt64) {
        random = Dice(state: seed)
        limit = RequestLimit(
            permits: Int.random(in: 1...12, using: &random),
            window: .milliseconds(Int.random(in: 200...3000, using: &random)))
        nextSendAt = now
    }

    mutating func run(for seconds: Double) {
        let end = now.addingTimeInterval(seconds)
        while now < end {
            now.addTimeInterval(Double.random(in: 0.001...0.3, using: &random))
            take(wanted: Int.random(in: 1...20, using: &random))
        }
    }

    /// A worker takes permits; each request arrives somewhen between its sending and its answer.
    private mutating func take(wanted: Int) {
        let plan = PermitPlan(
            rows: rows.values.sorted { $0.number < $1.number }, limit: limit,
            nextSendAt: nextSendAt, now: now, wanted: wanted, horizon: .seconds(1))
        nextSendAt = plan.nextSendAt
        for permit in plan.permits {
            let isDead = Int.random(in: 0..<10, using: &random) == 0
            // The dead send within their lease; the living see an answer.
            let trip = isDead ? Double.random(in: 0...2, using: &random) : 0
            let answer = Double.random(in: 0...0.4, using: &random)
            let arrival = isDead ? trip : Double.random(in: 0...answer, using: &random)
            arrivals.append(permit.sendAt.timeIntervalSince(start) + arrival)
            let freeAt =
                isDead
                ? permit.sendAt + .seconds(2) + limit.window
                : permit.sendAt.addingTimeInterval(answer) + limit.window
            rows[permit.number] = PermitPlan.PermitState(
                number: permit.number, freeAt: freeAt, taken: permit.taken)
        }
    }

    var mostInAWindow: Int { mostInAWindow(endingAfter: 0) }

    /// The fullest window of the limit's length, among those that end with one of the arrivals that
    /// were planned after the first `count`.
    func mostInAWindow(endingAfter count: Int) -> Int {
        let window = limit.window.seconds - 1e-6
        return arrivals[count...].map { last in
            arrivals.count { $0 <= last && $0 > last - window }
        }.max() ?? 0
    }
}

private struct Dice: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        let mixed = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        return mixed ^ (mixed >> 29)
    }
}
