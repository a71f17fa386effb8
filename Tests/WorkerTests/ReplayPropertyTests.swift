import Foundation
import Postgres
import Sandbox
import Testing
import Worker

/// Whatever happens, what was decided can be decided again from the record alone.
@Suite struct ReplayPropertyTests {
    /// What makes decisions hard; walks that met none of it would prove little.
    private static let hard: Set = [
        "sent", "grants", "drift", "reverted", "held", "conflict", "denied", "excepted", "chase",
        "second round", "waits for a person",
    ]

    @Test func whateverWasDecidedIsDecidedAgain() async throws {
        try await expectWalks(seeds: 1...12, toMeet: Self.hard, Self.walk)
    }

    /// - Returns: What it met.
    private static func walk(seed: UInt64) async throws -> Set<String> {
        try await withWorld(rules: acmeAreAdmins, generated: 40) { world in
            var walk = try RandomWalk(world, seed: seed)
            walk.meetsDrift = true
            try await walk.begin()
            for number in 0..<80 {
                try await walk.step()
                guard number % 20 == 0 else { continue }
                // A day later, when limits have room again.
                try await world.asOwner { try $0.run(script: "DELETE FROM usher.change_count") }
            }
            try await world.expectReplayed("seed \(seed)")
            return try await met(in: world)
        }
    }

    private static func met(in world: World) async throws -> Set<String> {
        let found = try await world.rows(
            """
            SELECT DISTINCT unnest(ARRAY[
                CASE WHEN body -> 'basis' ? 'sent' THEN 'sent' END,
                CASE WHEN body -> 'basis' ? 'grants' THEN 'grants' END,
                CASE WHEN body ->> 'result' = 'drift' THEN 'drift' END,
                CASE WHEN body -> 'decision' ? 'reverted' THEN 'reverted' END,
                CASE WHEN body @? '$.decision.reverted[*].needs_person' THEN 'waits for a person' END,
                CASE WHEN body ? 'held' THEN 'held' END,
                CASE WHEN body ->> 'result' = 'conflict' THEN 'conflict' END,
                CASE WHEN body @? '$.decision.conflicts[*] ? (@.kind == "unsettled")' THEN 'chase' END,
                CASE WHEN body -> 'decision' ? 'denied' THEN 'denied' END,
                CASE WHEN body -> 'decision' ? 'excepted' THEN 'excepted' END,
                CASE WHEN body @? '$.decision.matched[*] ? (@.round > 1)' THEN 'second round' END
            ]) AS met
            FROM usher.event WHERE kind = 'decision.made'
            """
        ) { try $0.get("met", as: String?.self) }
        return Set(found.compactMap(\.self))
    }
}
