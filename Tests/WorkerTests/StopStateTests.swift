import Foundation
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// SIGTERM ends a worker within ten seconds, whatever it waits for, with few lines in its log.
@Suite struct StopStateTests {
    /// What a worker is waiting for when it is asked to stop.
    enum State: CaseIterable {
        case nothing, silentAPI, permits, throttledByTheAPI, manyPages, hangingHook, otherWorker
        case once, refusedToken
    }

    @Test(arguments: State.allCases)
    func aWorkerStopsInEveryState(_ state: State) async throws {
        let faults = Self.faults(state)
        try await withWorld(
            rules: acmeAreAdmins, contacts: [person("ana@acme.com")],
            generated: state == .manyPages ? 4000 : 0, faults: faults
        ) { world in
            var settings = world.settings(["USHER_POLL_INTERVAL": "100ms"])
            if state == .permits {
                settings["USHER_LIMITS"] = "list=1/3600s,update=off,get=off,me=off"
            }
            if state == .hangingHook {
                settings["USHER_ALERT"] = "sleep 60"
                try world.write(rules: Self.unknownTier)
            }
            let first = state == .otherWorker ? try Self.run(world, settings) : nil
            if state == .otherWorker { try await Self.untilSwept(world) }
            let worker = try Self.run(
                world, settings, state == .once ? ["run", "--once"] : ["run"])
            try await Self.reach(state, world, worker)
            let asked = ContinuousClock.now
            worker.send(signal: SIGTERM)
            let ended = try await worker.end(within: .seconds(12))
            #expect(ended.status == 0)
            #expect(ContinuousClock.now - asked < .seconds(10))
            let problems = ended.errors.split(separator: "\n").filter {
                $0.contains(#""level":"error""#) || $0.contains(#""level":"warning""#)
            }
            #expect(problems.count <= 4, "\(ended.errors)")
            #expect(ended.errors.contains("usher stops"), "\(ended.errors)")
            first?.send(signal: SIGTERM)
            if let first { #expect(try await first.end(within: .seconds(12)).status == 0) }
        }
    }

    private static func faults(_ state: State) -> FaultPlan {
        switch state {
        case .silentAPI, .once:
            FaultPlan([
                SandboxFault(.latency, endpoints: [.list], milliseconds: 60_000...60_000)
            ])
        case .throttledByTheAPI:
            FaultPlan([SandboxFault(.rateLimited, endpoints: [.list], retryAfter: 600)])
        case .manyPages:
            FaultPlan([SandboxFault(.latency, endpoints: [.list], milliseconds: 700...700)])
        case .refusedToken: FaultPlan([SandboxFault(.unauthorized)])
        default: FaultPlan()
        }
    }

    private static let unknownTier = """
        version: 1
        rules:
          - { id: tiers, mode: enforce, when: { email.domain: acme.com }, set: { custom_fields.tier: platinum } }
        """

    private static func run(
        _ world: World, _ settings: [String: String], _ arguments: [String] = ["run"]
    ) throws -> CommandProcess {
        try CommandProcess(arguments, environment: settings, in: world.rulesFolder)
    }

    private static func untilSwept(_ world: World) async throws {
        #expect(
            await eventually {
                let count = try? await world.count(
                    "SELECT count(*) AS count FROM usher.sweep WHERE state = 'completed'")
                return count ?? 0 > 0
            })
    }

    private static func reach(
        _ state: State, _ world: World, _ worker: CommandProcess
    ) async throws {
        switch state {
        case .nothing, .permits: try await untilSwept(world)
        case .otherWorker: #expect(await eventually { worker.errors.contains("usher starts") })
        case .silentAPI, .once, .throttledByTheAPI, .manyPages:
            #expect(await eventually { !world.sandbox.requests(to: .list).requests.isEmpty })
        case .hangingHook: #expect(await eventually { worker.errors.contains(#""blocked""#) })
        case .refusedToken: #expect(await eventually { worker.errors.contains("unauthorized") })
        }
    }
}
