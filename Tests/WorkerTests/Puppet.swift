import Contacts
import Foundation
import Postgres
import Pylon
import RuleLint
import Rules
import Sandbox
import Store
import Testing
import Worker

/// A worker whose every step a test takes itself, in whatever order it likes.
struct Puppet {
    let world: World
    let store: Store

    init(_ world: World, holder: String = "puppet") throws {
        self.world = world
        store = try world.worker(holder).store
    }

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
    func evaluate() async throws {
        let sources = try #require(try await store.activeRuleset()).sources
        let ruleset = try Ruleset(sources: try sources.decode(as: [RuleSource].self))
        let lease = try #require(try await store.acquire(.evaluate))
        var hasMore = true
        while hasMore {
            let result = try await store.evaluate(under: lease, with: ruleset, cap: nil)
            hasMore = result?.hasMore ?? false
            if result?.needsCount ?? false {
                try await count(ruleset, under: lease)
                hasMore = true
            }
        }
    }

    /// Counts what new rules would change; a puppet sweeps nothing, so it says that it has.
    private func count(_ ruleset: Ruleset, under lease: Lease) async throws {
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
        let count = try await store.countChanges(under: lease, of: ruleset, cap: nil)
        guard case .counted = count else {
            Issue.record("not counted: \(count)")
            return
        }
    }

    /// Has all contacts evaluated again where their time has come.
    func recheck() async throws {
        let hash = try #require(try await store.activeRulesetHash())
        try await store.recheckWhenDue(rulesetHash: hash) { _ in nil }
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
                contact.portalRole = Organisation.standardRoles.first { $0.id == id }?.slug
            }
            if let name = action.values[.name] { contact.name = name }
            for (slug, value) in slugs {
                contact.customFields[slug] = value.isEmpty ? nil : .single(value)
            }
        }
    }

    @discardableResult
    func answer(_ action: ClaimedAction, _ answer: Answer) async throws -> [Alert] {
        try await store.record(
            [
                AnsweredAction(
                    action: action, answer: answer, status: 200,
                    requestID: "request-\(action.actionID)-\(action.attempt)", milliseconds: 5)
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

/// Lends a test a puppet that is ready, and the ids of its contacts.
func withPuppet(
    rules: String = acmeAreAdmins, contacts: [SandboxContact],
    _ body: (Puppet, [String]) async throws -> Void
) async throws {
    try await withWorld(rules: rules, contacts: contacts) { world in
        let puppet = try Puppet(world)
        try await puppet.prepare()
        try await body(puppet, contacts.map(\.id))
    }
}
