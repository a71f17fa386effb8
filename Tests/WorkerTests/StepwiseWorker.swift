import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import RuleLint
import Rules
import Sandbox
import Store
import Testing
import Worker

/// A worker whose every step a test takes itself, in whatever order it likes.
struct StepwiseWorker {
    let world: World
    private let worker: WorkspaceWorker

    init(_ world: World, holder: String = "stepwise") throws {
        self.world = world
        worker = try world.worker(holder)
    }

    var store: Store { worker.store }

    /// Registers the workspace and puts the rules in the folder in force.
    func prepare(rules: String? = nil) async throws {
        if let rules { try world.write(rules: rules) }
        try await world.worker().prepare()
    }

    /// A contact as the sandbox has it now.
    func read(_ id: String) throws -> ContactDocument {
        try ContactDocument(try #require(world.sandbox.json(ofContact: id)))
    }

    /// Takes in contacts as they are now.
    func see(_ ids: String...) async throws { try await see(ids) }

    func see(_ ids: [String]) async throws {
        let askedAt = try await store.lastSeq()
        #expect(try await store.observe(try ids.map(read), askedAt: askedAt).isEmpty)
    }

    /// Evaluates whatever there is to evaluate.
    ///
    /// It sweeps nothing, so it says that it has: else no changes would be counted.
    func evaluate() async throws {
        _ = try #require(try await store.acquire(.evaluate))
        try await world.asOwner { db in
            try db.run(
                script: """
                    INSERT INTO usher.sweep
                        (workspace, sweep_id, state, started_at, finished_at, contacts)
                    SELECT workspace, 0, 'completed', clock_timestamp(), clock_timestamp(), 0
                    FROM usher.workspace
                    ON CONFLICT DO NOTHING
                    """)
        }
        while try await worker.evaluateOnce() < .seconds(1) {}
    }

    /// Has all contacts evaluated again where their time has come.
    func recheck() async throws {
        let ruleset = try Ruleset(try #require(try await store.activeRuleset()))
        try await store.recheckWhenDue(ruleset)
    }

    /// Claims everything that is due; the intents are on record then.
    func claim() async throws -> [ClaimedAction] {
        try await store.claim(limit: nil, atMost: 50).actions
    }

    /// Claims what is due and has the sandbox do it, as a PATCH would.
    func send() async throws {
        for action in try await claim() {
            land(action)
            try await answer(action, .contact(try read(action.contactID)))
        }
    }

    /// What a PATCH does when it arrives.
    func land(_ action: ClaimedAction) {
        let slugs: [String: String] = Dictionary(
            uniqueKeysWithValues: action.values.values.compactMap { field, value in
                guard case .customField(let slug) = field else { return nil }
                return (slug, value)
            })
        world.sandbox.editContact(id: action.contactID) { contact in
            if let role = action.values[.portalRole] { contact.portalRole = role }
            if let id = action.values[.portalRoleID] {
                contact.portalRole = SandboxOrganisation.standardRoles.first { $0.id == id }?.slug
            }
            if let name = action.values[.name] { contact.name = name }
            for (slug, value) in slugs {
                contact.customFields[slug] = value.isEmpty ? nil : .single(value)
            }
        }
    }

    @discardableResult
    func answer(_ action: ClaimedAction, _ result: PatchResult) async throws -> [Alert] {
        try await store.record(
            [
                Attempt(
                    action, result, status: 200,
                    requestID: "request-\(action.actionID)-\(action.attempt)", milliseconds: 5,
                    seenAt: .now)
            ], limit: nil, timing: .quick, random: 0)
    }

    /// Reads back everything whose outcome is unknown.
    func settle(_ found: ((String) throws -> ReadBack.Found)? = nil) async throws {
        try await makeEverythingDue()
        let due = try await store.claimSettlements(atMost: 50).actions
        let reads = try due.map {
            ReadBack(
                action: $0,
                found: try found?($0.contactID) ?? .contact(try read($0.contactID)), status: 200,
                requestID: "read-\($0.actionID)")
        }
        _ = try await store.settle(reads, timing: .quick, random: 0)
    }

    /// All the waiting there is for is over: leases have lapsed, and what was to be waited for is due.
    func makeEverythingDue() async throws {
        try await world.asOwner { db in
            try db.run(
                script: """
                    UPDATE usher.lease SET until = clock_timestamp()
                    WHERE name IN ('sweep', 'evaluate');
                    UPDATE usher.action
                    SET due_at = clock_timestamp(),
                        lease_until = CASE WHEN state = 'sending' THEN clock_timestamp() END;
                    """)
        }
    }

    /// Kinds of the events of a contact after its creation and first decision, in order.
    func kinds(of id: String) async throws -> [String] { try await world.kinds(of: id) }
}

/// Lends a test a stepwise that is ready, and the ids of its contacts.
func withStepwiseWorker(
    rules: String = acmeAreAdmins, contacts: [SandboxContact],
    _ body: (StepwiseWorker, [String]) async throws -> Void
) async throws {
    try await withWorld(rules: rules, contacts: contacts) { world in
        let stepwise = try StepwiseWorker(world)
        try await stepwise.prepare()
        try await body(stepwise, contacts.map(\.id))
    }
}
