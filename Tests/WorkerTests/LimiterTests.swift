import Foundation
import Pylon
import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// Against a server that counts strictly: not one request too many, and hardly one too few.
///
/// `make test` runs it alone: whatever computes beside it makes requests late.
@Suite(.serialized, .timeLimit(.minutes(3))) struct LimiterTests {
    struct Budget: Sendable, CustomTestStringConvertible {
        let permits: Int
        let window: Duration
        var alignment = SandboxLimits.Alignment.sliding
        var workers = 1

        var testDescription: String {
            "\(permits) in \(window), \(alignment), \(workers) worker(s)"
        }
    }

    /// Windows that the backlog fills.
    private static let windows = 10
    /// Source: docs/measurements.md, “Request limits”.
    private static let leastShare = 0.97

    @Test(arguments: [
        Budget(permits: 20, window: .seconds(2)),
        Budget(permits: 6, window: .milliseconds(1500)),
        Budget(permits: 20, window: .seconds(2), workers: 2),
        Budget(permits: 20, window: .seconds(2), alignment: .fixed),
    ])
    func aBacklogUsesTheWholeLimitAndNeverMore(_ budget: Budget) async throws {
        let contacts = (0..<budget.permits * Self.windows).map { person("p\($0)@acme.com") }
        let limits = SandboxLimits(
            perWindow: [.update: budget.permits], window: budget.window,
            alignment: budget.alignment, countsThrottled: true)
        let jitter = SandboxFault(.latency, endpoints: [.update], milliseconds: 10...120)
        try await withWorld(
            rules: acmeAreAdmins, contacts: contacts, limits: limits,
            faults: FaultPlan(seed: 5, [jitter])
        ) { world in
            try await send(with: world, budget)
            let seen = world.sandbox.requests(to: .update).requests
            #expect(seen.filter { $0.status == 429 }.isEmpty)
            #expect(seen.count == contacts.count)
            #expect(world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" })
            let share = try Self.usedShare(of: budget, seen)
            #expect(share >= Self.leastShare)
            // Nobody else spends this budget, and nobody is suspected of it.
            #expect(world.alerts.codes.isEmpty)
            try await world.expectRest()
        }
    }

    private func send(with world: World, _ budget: Budget) async throws {
        let limits: [Endpoint: RequestLimit] = [
            .update: RequestLimit(permits: budget.permits, window: budget.window)
        ]
        let first = try world.worker("one", limits: limits)
        try await first.prepare()
        guard budget.workers == 2 else {
            #expect(await first.runOnce().failure == nil)
            return
        }
        try await world.inAnotherProcess { other in
            let second = try other.worker("two", limits: limits)
            async let one = first.runOnce()
            async let two = second.runOnce()
            let failures = await [one.failure, two.failure].compactMap(\.self)
            #expect(failures.isEmpty)
            #expect(second.counts.all[.update, default: .init()].sent > 0)
            #expect(first.counts.all[.update, default: .init()].sent > 0)
        }
    }

    /// What was sent after the first window, of what N·W/(W + response time) allows.
    static func usedShare(of budget: Budget, _ seen: [SeenRequest]) throws -> Double {
        let arrivals = seen.map(\.arrived).sorted()
        let responses = try seen.map { try #require($0.answered) - $0.arrived }
        let response = responses.reduce(.zero, +) / seen.count
        let start = try #require(arrivals.first) + budget.window
        let end = try #require(arrivals.last)
        let sent = Double(arrivals.count { $0 > start })
        let ceiling =
            Double(budget.permits) * ((end - start) / (budget.window + response))
        return sent / ceiling
    }
}

/// One rule that changes every contact at acme.com who is no admin.
let acmeAreAdmins = """
    version: 1
    rules:
      - id: acme-are-admins
        mode: enforce
        when: { email.domain: acme.com }
        set: { portal_role: admin }
    """
