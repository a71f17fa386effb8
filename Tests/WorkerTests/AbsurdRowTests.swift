import Foundation
import Postgres
import Pylon
import Reconciler
import Sandbox
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
        "UPDATE usher.workspace SET last_seq = 9223372036854775807",
        """
        UPDATE usher.workspace
        SET evaluated_seq = last_seq, last_seq = 9223372036854775806
        """,
        "UPDATE usher.workspace SET last_sweep_id = 9223372036854775807",
        "UPDATE usher.workspace SET sweep_demanded_after = 9223372036854775807",
        "UPDATE usher.sweep SET pages = 2147483647, contacts = 2147483647",
    ])
    func absurdRowsEndNoWorker(change: String) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            _ = try await stepwise.store.acquire(.sweep)
            try await stepwise.world.asOwner { db in try db.run(script: change) }
            let worker = try stepwise.world.worker(
                limits: [.update: RequestLimit(permits: 5, window: .seconds(1))])
            _ = try? await worker.evaluateOnce()
            _ = try? await worker.dispatcher.dispatch()
            _ = try? await worker.settler.settle()
            _ = try? await worker.poller.sweep()
            _ = try? await worker.standing.settle()
            // It is still there to be asked.
            #expect(try await stepwise.store.status() != nil)
        }
    }

    /// A number that the log has not come to keeps no contact unseen.
    @Test(arguments: ["9223372036854775807", "touched_seq + 100000"])
    func aTouchThatTheLogHasNotComeToIsNone(number: String) async throws {
        try await withStepwiseWorker(contacts: [person("ana@acme.com")]) { stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.world.asOwner {
                try $0.run(script: "UPDATE usher.contact SET touched_seq = \(number)")
            }
            _ = stepwise.world.sandbox.editContact(id: ids[0]) { $0.name = "Ana Left" }
            try await stepwise.see(ids[0])
            #expect(try await stepwise.world.kinds(of: ids[0]).last == "contact.updated")
        }
    }

    @Test func aSweepThatWasAskedForInATimeToComeIsNotAskedForNow() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            try await world.runOnce()
            try await world.asOwner {
                try $0.run(
                    script: "UPDATE usher.workspace SET sweep_demanded_after = 9223372036854775807")
            }
            let store = try world.worker().store
            #expect(try await store.untilNextSweep(interval: .seconds(60)) > .seconds(10))
        }
    }

    /// What only a newer version knows stops nothing but what it is about, and is told.
    @Test func aPauseForAnUnknownReasonIsToldAndEndsByAPersonsWord() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            try await world.asOwner {
                try $0.run(
                    script: """
                        INSERT INTO usher.pause (workspace, endpoint, reason, until, set_at)
                        VALUES ('default', '', 'sleep', now(), now())
                        """)
            }
            let status = try await world.usher("status")
            #expect(status.status == 0 && status.output.contains("paused    workspace: unknown"))
            let worker = try world.worker()
            await #expect(throws: (any Error).self) { try await worker.tokenCheck.endPause() }
            let resumed = try await world.usher("resume", "--reason", "rolled back")
            #expect(resumed.output == "resumed\n", "\(resumed.errors)")
            #expect(try await worker.store.sendingState().pauses.isEmpty)
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
