import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
import Store
import TestSupport
import Testing
import Worker

/// What two workers live through while they work.
struct FaultScene: Sendable {
    let world: World
    /// Between the workers and the API.
    let api: TCPProxy
}

/// A fault that begins and ends while work is under way.
enum Fault: String, CaseIterable, Sendable {
    case apiAway, apiSlow, apiFails, apiForbids, apiThrottles

    typealias Turn = @Sendable (FaultScene) async throws -> Void

    var begin: Turn {
        switch self {
        case .apiAway:
            { scene in
                scene.api.set(.refusing)
                scene.api.cut()
            }
        // Longer than a request may take, and shorter than it may need to land.
        case .apiSlow: Self.misbehave(SandboxFault(.latency, milliseconds: 1100...1400))
        case .apiFails: Self.misbehave(SandboxFault(.error500Before))
        case .apiForbids: Self.misbehave(SandboxFault(.forbidden))
        case .apiThrottles: Self.misbehave(SandboxFault(.rateLimited, retryAfter: 1))
        }
    }

    var end: Turn {
        switch self {
        case .apiAway: { $0.api.set(.forwarding) }
        case .apiSlow, .apiFails, .apiForbids, .apiThrottles:
            { $0.world.sandbox.setFaults(FaultPlan()) }
        }
    }

    private static func misbehave(_ fault: SandboxFault) -> Turn {
        { $0.world.sandbox.setFaults(FaultPlan([fault])) }
    }
}

/// Each fault begins and ends while two workers are at work: everything settles soon after its end,
/// nothing is doubled, nothing goes unrecorded, and people were told.
@Suite(.timeLimit(.minutes(3))) struct FaultMatrixTests {
    private static let contacts = 150
    private static let limits: [Endpoint: RequestLimit] = [
        .update: RequestLimit(permits: 20, window: .seconds(1)),
        .get: RequestLimit(permits: 20, window: .seconds(1)),
    ]
    private static let outage: Duration = .seconds(4)
    private static let longestRecovery: Duration = .seconds(30)

    @Test(arguments: Fault.allCases)
    func everythingSettlesAfterAFault(_ fault: Fault) async throws {
        let people = (0..<Self.contacts).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: people) { world in
            let scene = FaultScene(
                world: world, api: try TCPProxy(to: Self.port(of: world.sandbox.baseURL)))
            defer { scene.api.close() }
            let first = try Self.worker("first", in: world, through: scene.api)
            try await first.prepare()
            try await world.inAnotherProcess { other in
                let second = try Self.worker("second", in: other, through: scene.api)
                try await beside({ try await Self.run(first, second) }) {
                    #expect(await eventually { Self.applied(in: world) > Self.contacts / 5 })
                    try await fault.begin(scene)
                    try await Task.sleep(for: Self.outage)
                    #expect(Self.applied(in: world) < Self.contacts, "it was over before")
                    try await fault.end(scene)
                    let isSettled = try await eventually(within: Self.longestRecovery) {
                        try await Self.isAtRest(world)
                    }
                    let left = try await Self.leftovers(in: world)
                    #expect(isSettled, "\(left)")
                }
            }
            try await expectEvidence(in: world)
        }
    }

    private func expectEvidence(in world: World) async throws {
        #expect(world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" })
        try await world.expectRest()
        let evidence = try await Evidence(world)
        evidence.expectComplete()
        let changes = Dictionary(grouping: evidence.seen.filter(\.applied), by: \.contactID)
        #expect(changes.values.allSatisfy { $0.count == 1 }, "a change was made twice")
        #expect(evidence.count("alert.raised") > 0)
        #expect(evidence.count("alert.raised") == evidence.count("alert.resolved"))
    }

    private static func worker(
        _ holder: String, in world: World, through api: TCPProxy
    ) throws -> WorkspaceWorker {
        var timing = SettlementTiming.quick
        timing.requestTimeout = .seconds(1)
        timing.grace = .seconds(1)
        timing.breaker.longestThrottle = .seconds(1)
        return try world.worker(
            holder, limits: limits, pollInterval: .milliseconds(500), timing: timing,
            baseURL: "http://127.0.0.1:\(api.port)", requestTimeout: timing.requestTimeout)
    }

    private static func run(_ first: WorkspaceWorker, _ second: WorkspaceWorker) async throws {
        try await withThrowingTaskGroup { group in
            for worker in [first, second] { group.addTask { try await worker.run() } }
            try await group.waitForAll()
        }
    }

    private static func applied(in world: World) -> Int {
        world.sandbox.contacts.count { $0.portalRole == "admin" }
    }

    /// Nothing is open, nothing is wrong, and nothing is left to do.
    private static func isAtRest(_ world: World) async throws -> Bool {
        guard applied(in: world) == contacts else { return false }
        return try await world.count(
            """
            SELECT (SELECT count(*) FROM usher.action) + (SELECT count(*) FROM usher.alert)
                 + (SELECT count(*) FROM usher.breaker WHERE next_try_at IS NOT NULL) AS count
            """) == 0
    }

    private static func leftovers(in world: World) async throws -> [String] {
        try await world.texts(
            """
            SELECT 'action ' || state || ' unsettled ' || unsettled AS text FROM usher.action
            UNION ALL SELECT 'alert ' || code || ' ' || message FROM usher.alert
            UNION ALL SELECT 'breaker ' || endpoint || ' ' || cause FROM usher.breaker
            UNION ALL SELECT 'pause ' || endpoint || ' ' || reason FROM usher.pause
            """
        )
    }

    private static func port(of url: String) throws -> UInt16 {
        try #require(URL(string: url)?.port.flatMap { UInt16(exactly: $0) })
    }
}
