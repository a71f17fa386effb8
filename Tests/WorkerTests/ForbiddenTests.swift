import Postgres
import Pylon
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// A 403 is about one request where the token is good, and about the token where it is not.
@Suite struct ForbiddenTests {
    private static let others = (0..<5).map { "p\($0)@acme.com" }

    /// The API lets nobody change the first contact of all that are sent.
    @Test func aRefusalOfOneContactBlocksItsActionAndNothingElse() async throws {
        let fault = SandboxFault(.forbidden, endpoints: [.update], times: 1)
        try await withWorld(
            rules: acmeAreAdmins, contacts: Self.others.map { person($0) },
            faults: FaultPlan([fault])
        ) { world in
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(run.summary.actions == ["applied": 4])
            #expect(run.summary.blocked == 1)
            #expect(world.alerts.codes == [.blocked])
            #expect(
                try await world.count("SELECT count(*) FROM usher.pause") == 0)
            // Whoever looks again finds nothing to do: it was told once.
            try await world.runOnce()
            #expect(world.alerts.codes == [.blocked])
            #expect(world.sandbox.requests(to: .update).requests.count == 5)
        }
    }

    @Test func aTokenThatMayDoNothingPausesTheWorkspace() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let worker = try world.worker(pollInterval: .milliseconds(100))
            try await worker.prepare()
            try await beside({ try await worker.run() }) {
                let isSwept = try await eventually {
                    try await world.count(
                        "SELECT count(*) FROM usher.sweep WHERE state = 'completed'") > 0
                }
                #expect(isSwept)
                world.sandbox.setFaults(
                    FaultPlan([
                        SandboxFault(.forbidden, endpoints: [.update, .me])
                    ]))
                world.sandbox.addContact(person("ana@acme.com"))
                #expect(await eventually { world.alerts.codes == [.unauthorized] })
                #expect(
                    try await worker.store.sendingState().pauses.map(\.reason) == [.unauthorized])
                // A token that is good again ends it, and everything is sent.
                world.sandbox.setFaults(FaultPlan())
                _ = try await worker.store.resume(after: .unauthorized)
                #expect(
                    await eventually {
                        world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" }
                    })
            }
            #expect(world.alerts.codes == [.unauthorized])
        }
    }

    /// The PATCH was lost, and the contact may not be read: it ends, and a person is told.
    @Test func aReadBackThatIsRefusedEndsForThatContact() async throws {
        let faults = [
            SandboxFault(.error500Before, endpoints: [.update], times: 1),
            SandboxFault(.forbidden, endpoints: [.get]),
        ]
        try await withWorld(
            rules: acmeAreAdmins, contacts: Self.others.map { person($0) },
            faults: FaultPlan(faults)
        ) { world in
            let run = try await world.runOnce()
            #expect(run.failure == nil)
            #expect(run.summary.actions == ["applied": 4])
            #expect(run.summary.blocked == 1)
            #expect(world.alerts.codes == [.blocked])
            #expect(world.sandbox.requests(to: .get).requests.count == 2)
        }
    }
}
