import Contacts
import Foundation
import Postgres
import Pylon
import Reconciler
import Rules
import Sandbox
import Store
import Testing
import Worker

/// A random walk in which contacts also come, go, come back and move, requests land late, and people
/// approve plans.
struct TurnoverWalk {
    var walk: RandomWalk
    private var gone: [SandboxContact] = []

    private var world: World { walk.world }
    private var store: Store { walk.stepwise.store }

    init(_ world: World, seed: UInt64) throws { walk = try RandomWalk(world, seed: seed) }

    mutating func begin() async throws {
        try await walk.begin()
        try await world.append(kind: "sweep.completed", #"{"sweep_id": 1}"#)
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<12, using: &walk.maker.dice) {
        case 0: try await someoneLeaves()
        case 1: try await someoneComes()
        case 2: try await someoneMoves()
        case 3: try await requestsLandLate()
        case 4: try await somebodyApprovesAPlan()
        case 5: try await requestsLandInPart()
        case 6: try await somebodyApprovesWhatIsThenSent()
        default: try await walk.step()
        }
    }

    private mutating func someoneLeaves() async throws {
        let busy = Set(
            try await world.rows(
                "SELECT contact_id FROM usher.action WHERE state IN ('sending', 'unknown')"
            ) { try $0.get("contact_id", as: String.self) })
        let idle = world.sandbox.contacts.filter { !busy.contains($0.id) }
        guard let contact = idle.randomElement(using: &walk.maker.dice) else { return }
        _ = world.sandbox.deleteContact(id: contact.id)
        try await store.delete(
            [ByteText(contact.id): Absence(status: 404, requestID: "proof")],
            askedAt: try await store.lastSeq())
        gone.append(contact)
        try await walk.stepwise.evaluate()
    }

    private mutating func someoneComes() async throws {
        let role = SandboxOrganisation.standardRoles.randomElement(using: &walk.maker.dice)?.slug
        var contact = person("new\(UInt32.random(in: 0...9999, using: &walk.maker.dice))@acme.com")
        if walk.maker.dice.happens(70), let back = gone.popLast() { contact = back }
        contact.portalRole = role
        world.sandbox.addContact(contact)
        try await see([contact.id])
    }

    private mutating func someoneMoves() async throws {
        let all = world.sandbox.contacts
        guard let contact = all.randomElement(using: &walk.maker.dice) else { return }
        let account = all.randomElement(using: &walk.maker.dice)?.accountID
        let role = SandboxOrganisation.standardRoles.randomElement(using: &walk.maker.dice)?.slug
        _ = world.sandbox.editContact(id: contact.id) {
            $0.accountID = account
            $0.portalRole = role
            $0.email = "Moved.\($0.email ?? "to@acme.com")"
        }
        try await see([contact.id])
    }

    /// Answered by nobody: some are read back as applied, and some are seen all the same later on.
    private mutating func requestsLandLate() async throws {
        let open = walk.open
        walk.open = []
        for action in open { try await walk.stepwise.answer(action, .unknown(reason: "no answer")) }
        let (early, late) = (open.filter { _ in walk.maker.dice.happens(30) }, open)
        early.forEach(walk.stepwise.land)
        try await walk.stepwise.settle()
        late.filter { _ in walk.maker.dice.happens(70) }.forEach(walk.stepwise.land)
        try await see(open.map(\.contactID))
    }

    /// The API takes the role and leaves the rest.
    private mutating func requestsLandInPart() async throws {
        for action in walk.open {
            guard let role = action.values[.portalRole], action.values.fields.count > 1
            else { continue }
            walk.open.removeAll { $0.actionID == action.actionID }
            _ = world.sandbox.editContact(id: action.contactID) { $0.portalRole = role }
            try await walk.stepwise.answer(
                action, .contact(try walk.stepwise.read(action.contactID)))
        }
    }

    /// The API takes none of a few requests, each for one field.
    mutating func requestsAreRefused() async throws {
        walk.open += try await walk.stepwise.claim()
        for action in walk.open.filter({ $0.values.fields.count == 1 }).prefix(3) {
            walk.open.removeAll { $0.actionID == action.actionID }
            try await walk.stepwise.answer(action, .refused(message: "no"))
        }
    }

    private mutating func somebodyApprovesWhatIsThenSent() async throws {
        let open = try await store.holds().filter {
            $0.refusedAt == nil && $0.contacts > 0
        }
        guard let held = open.randomElement(using: &walk.maker.dice) else { return }
        _ = try await store.approve(
            try #require(ApprovalID(held.id)), meanings: [:],
            by: OperatorAct(who: "tester", reason: "a walk"))
        try await walk.stepwise.evaluate()
        try await walk.stepwise.send()
    }

    private mutating func somebodyApprovesAPlan() async throws {
        let holds = try await store.holds().filter { $0.rule != nil && $0.contacts > 0 }
        guard let hold = holds.randomElement(using: &walk.maker.dice),
            let held = try await store.heldContacts(ofRuleHold: hold.hold ?? 0)?
                .randomElement(using: &walk.maker.dice),
            let field = FieldPath(held.field).flatMap(SettableField.init),
            let stored = try await store.activeRuleset()
        else { return }
        let ruleset = try Ruleset(stored)
        let rules = held.rules.map { id in (id, ruleset.rule(id).map(ruleset.hash(of:)) ?? "") }
        _ = try await store.approve(
            plan: [
                ApprovableChange(
                    FieldChange(field: field, from: held.from, to: held.value),
                    rules: Dictionary(uniqueKeysWithValues: rules),
                    PlannedTarget(contactID: held.contact))
            ], id: "0123456789abcdef", by: OperatorAct(who: "planner", reason: "as planned"))
    }

    private func see(_ ids: [String]) async throws {
        let there = ids.filter { world.sandbox.contact(id: $0) != nil }
        _ = try await store.observe(
            try there.map(walk.stepwise.read), askedAt: try await store.lastSeq())
    }
}

extension World {
    /// Puts an event on record that nothing in a test would bring about.
    ///
    /// - Returns: Its place in the log.
    @discardableResult
    func append(
        kind: String, contactID: String? = nil, causeSeq: Int? = nil, actionID: Int? = nil,
        actionOfItsOwn: Bool = false, _ body: String
    ) async throws -> Int {
        try await asOwner { db in
            let seq = try db.row(
                "UPDATE usher.workspace SET last_seq = last_seq + 1 RETURNING last_seq"
            ) { try $0.get("last_seq", as: Int.self) }!
            try db.execute(
                """
                INSERT INTO usher.event
                    (workspace, seq, recorded_at, kind, contact_id, action_id, cause_seq, body)
                SELECT workspace, \(seq), clock_timestamp(), \(kind), \(contactID),
                       \(actionOfItsOwn ? seq : actionID), \(causeSeq), \(JSON(bytes: Array(body.utf8)))
                FROM usher.workspace
                """)
            return seq
        }
    }

    var now: Date {
        get async throws {
            try await rows("SELECT clock_timestamp() AS now") { try $0.get("now") }[0]
        }
    }
}
