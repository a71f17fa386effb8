import Dispatch
import Postgres
import Sandbox
import Store
import Testing
import Worker

/// Somebody else's lock on the log when its partitions are to be made.
@Suite struct LogPartitionTests {
    private static let partitions: Statement = """
        SELECT count(*) AS count FROM pg_inherits
        WHERE inhparent = 'usher.event'::regclass
        """

    /// Keeps every other session from `usher.event_rest` while `body` runs.
    private static func withLock<Result: Sendable>(
        _ world: World, _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let owner = Database(world.connectionString)
        let (locks, locked) = AsyncStream.makeStream(of: Void.self)
        let gate = DispatchSemaphore(value: 0)
        async let holder: Void = owner.transaction { db in
            try db.run(script: "LOCK TABLE usher.event_rest IN ACCESS EXCLUSIVE MODE")
            locked.yield()
            gate.wait()
        }
        for await _ in locks { break }
        let result: Swift.Result<Result, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        gate.signal()
        try await holder
        await owner.close()
        return try result.get()
    }

    /// As at the beginning of a month, while events still have theirs.
    private static func dropPartitionsAhead(_ world: World) async throws {
        try await world.asOwner { db in
            try db.run(
                script: """
                    DO $$
                    DECLARE partition text;
                    BEGIN
                        FOR partition IN
                            SELECT inhrelid::regclass::text FROM pg_inherits
                            WHERE inhparent = 'usher.event'::regclass
                              AND inhrelid::regclass::text NOT IN (
                                  'usher.event_rest',
                                  'usher.event_' || to_char(now() AT TIME ZONE 'UTC', 'YYYY_MM'))
                        LOOP
                            EXECUTE 'DROP TABLE ' || partition;
                        END LOOP;
                    END
                    $$
                    """)
        }
    }

    @Test func aLockIsWaitedFor() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let before = try await world.count(Self.partitions)
            let worker = try await Self.withLock(world) {
                let worker = try CommandProcess(
                    ["run", "--once"], environment: world.settings(), in: world.rulesFolder)
                let isTold = await eventually {
                    worker.errors.contains("waiting to make its partitions")
                }
                #expect(isTold, "\(worker.errors)")
                return worker
            }
            #expect(try await worker.end().status == 0, "\(worker.errors)")
            #expect(try await world.count(Self.partitions) == before + 3)
        }
    }

    @Test func aLockThatLastsKeepsNoWorkerFromStarting() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            try await Self.dropPartitionsAhead(world)
            let isMade = try await Self.withLock(world) {
                try await world.worker(clock: ImmediateClock()).prepare()
                return try await world.worker().store.makePartitions()
            }
            #expect(!isMade)
            try await world.runOnce()
            #expect(world.sandbox.contacts[0].portalRole == "admin")
        }
    }

    @Test func partitionsThatAreThereAreNotWaitedFor() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let isMade = try await Self.withLock(world) {
                try await world.worker().store.makePartitions()
            }
            #expect(isMade)
        }
    }
}

/// A clock that never waits.
private struct ImmediateClock: Clock {
    typealias Instant = ContinuousClock.Instant

    var now: Instant { .now }
    var minimumResolution: Duration { .zero }

    func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
}
