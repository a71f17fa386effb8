import Foundation
import Postgres
import Sandbox
import TestSupport
import Testing

/// A server that crashes forgets what it had not written when it said that it was committed.
@Suite struct LostIntentTests {
    private static let people = (0..<20).map { person("p\($0)@acme.com") }

    /// Commits wait for the disk whatever the database's default is, or a PATCH would have left
    /// without an intent on record.
    @Test func aCrashOfAServerThatCommitsLateLosesNoIntent() async throws {
        var options = PrivateCluster.Options()
        // The longest that it may put off what was not waited for.
        options.settings = ["wal_writer_delay": "10s", "wal_writer_flush_after": "2GB"]
        let slow = SandboxFault(.latency, endpoints: [.update], milliseconds: 1000...1000)
        try await withCluster(options) { cluster in
            try await cluster.execute("ALTER DATABASE postgres SET synchronous_commit = off")
            try await withWorld(
                at: cluster.connectionString(), rules: acmeAreAdmins, contacts: Self.people
            ) { world in
                world.sandbox.setFaults(FaultPlan([slow]))
                let worker = try CommandProcess(
                    ["run"], environment: world.settings(),
                    in: world.rulesFolder)
                let isUnderWay = await eventually {
                    !world.sandbox.requests(to: .update).requests.isEmpty
                }
                try await cluster.stop(.immediate)
                #expect(isUnderWay, "\(worker.errors)")
                worker.send(signal: SIGKILL)
                _ = try await worker.end()
                try await cluster.start()
                let evidence = try await Evidence(world)
                #expect(!evidence.seen.isEmpty && evidence.unintended.isEmpty)
            }
        }
    }
}
