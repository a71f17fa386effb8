import Foundation
import Postgres
import Pylon
import Store
import Testing

@testable import Worker

/// Values in the database and in settings that nothing of ours would have written.
@Suite struct AbsurdRowTests {
    /// Whoever edits rows by hand may make a contact wait, and never ends the worker.
    @Test(arguments: [
        "UPDATE usher.action SET fence = 9223372036854775807",
        "UPDATE usher.action SET attempt = 2147483647",
        "UPDATE usher.action SET unsettled = -2147483648",
        "UPDATE usher.action SET due_at = '-infinity'",
        "UPDATE usher.action SET due_at = 'infinity'",
        "UPDATE usher.contact SET changed_seq = 9223372036854775807",
        "UPDATE usher.contact SET touched_seq = 9223372036854775807",
        "UPDATE usher.contact SET known_since = 'infinity'",
        "UPDATE usher.contact SET known_since = '-infinity'",
        "UPDATE usher.contact SET ref = 2147483647 WHERE ref = 1",
        "UPDATE usher.lease SET fence = 9223372036854775806, until = '-infinity'",
        """
        INSERT INTO usher.budget (workspace, endpoint, next_send_at)
        VALUES ('default', 'update', '-infinity');
        INSERT INTO usher.permit (workspace, endpoint, permit, free_at, taken)
        VALUES ('default', 'update', 1, '-infinity', 9223372036854775807),
               ('default', 'update', 2147483647, 'infinity', 0)
        """,
        "UPDATE usher.sweep SET pages = 2147483647, contacts = 2147483647",
    ])
    func absurdRowsEndNoWorker(change: String) async throws {
        try await withPuppet(contacts: [person("ana@acme.com")]) { puppet, ids in
            try await puppet.see(ids[0])
            try await puppet.evaluate()
            _ = try await puppet.store.acquire(.sweep)
            try await puppet.world.asOwner { db in try db.run(script: change) }
            let worker = try puppet.world.worker(
                limits: [.update: RequestLimit(permits: 5, window: .seconds(1))])
            _ = try? await worker.evaluateOnce()
            _ = try? await worker.dispatcher.dispatch()
            _ = try? await worker.settler.settle()
            _ = try? await worker.poller.sweep()
            // It is still there to be asked.
            #expect(try await puppet.store.status() != nil)
        }
    }

    @Test(arguments: ["999999999h", "8785h", "9999999999s", "99999999999999999999ms"])
    func aDurationInASettingHasALongest(text: String) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.usher(
                "run",
                settings: ["USHER_POLL_INTERVAL": text, "USHER_LIMITS": "update=60/\(text)"])
            #expect(ended.status == 1)
            for setting in ["USHER_POLL_INTERVAL", "USHER_LIMITS"] {
                #expect(ended.errors.contains(setting), "\(setting) in \(ended.errors)")
            }
        }
    }
}
