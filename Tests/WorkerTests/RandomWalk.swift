import Contacts
import Foundation
import Postgres
import Reconciler
import RuleLint
import Rules
import Sandbox
import Store
import Testing
import Worker

/// Goes walks from several seeds at once, and expects them to meet all that makes them worth it.
func expectWalks(
    seeds: ClosedRange<UInt64>, toMeet hard: Set<String>,
    _ walk: @escaping @Sendable (_ seed: UInt64) async throws -> Set<String>,
    sourceLocation: SourceLocation = #_sourceLocation
) async throws {
    let met = try await withThrowingTaskGroup(of: Set<String>.self) { walks in
        for seed in seeds { walks.addTask { try await walk(seed) } }
        return try await walks.reduce(into: Set()) { $0.formUnion($1) }
    }
    #expect(
        met.isSuperset(of: hard), "not met: \(hard.subtracting(met))",
        sourceLocation: sourceLocation)
}

/// A worker's life in random steps: others' changes, requests that land, fail or stay open, new rules,
/// and people who agree or refuse.
struct RandomWalk {
    let world: World
    let stepwise: StepwiseWorker
    var maker: RuleMaker
    /// Those of companies that somebody has an address at.
    let domains: [String]
    /// Whether people undo much of what Usher has done.
    var meetsDrift = false
    /// Requests that nobody has answered.
    var open: [ClaimedAction] = []

    init(_ world: World, seed: UInt64) throws {
        self.world = world
        stepwise = try StepwiseWorker(world)
        let addresses = world.sandbox.contacts.map { EmailAddress($0.email ?? "") }
        domains = Set(
            addresses.filter { $0.domainClass == .corporate }.compactMap(\.domain)
        ).sorted()
        maker = RuleMaker(
            dice: Dice(seed: seed),
            roleIDs: Dictionary(
                uniqueKeysWithValues: SandboxOrganisation.standardRoles.map { ($0.slug, $0.id) }),
            people: world.sandbox.contacts.map(\.id).sorted())
    }

    mutating func begin() async throws {
        try await changeRules()
        try await see(world.sandbox.contacts.map(\.id))
        try await stepwise.evaluate()
    }

    mutating func step() async throws {
        switch Int.random(in: 0..<20, using: &maker.dice) {
        case 0..<6: try await somebodyChangesContacts()
        case 6..<10: try await stepwise.evaluate()
        case 10..<12: open += try await stepwise.claim()
        case 12..<15: for _ in 0..<5 { try await answer() }
        case 15, 16:
            open = []
            try await stepwise.settle()
        case 17: try await somebodySpeaks()
        case 18: try await changeRules()
        default:
            // Nobody's doing: the moment has come at which time alone changes decisions.
            try await world.asOwner { db in
                try db.run(script: "UPDATE usher.workspace SET recheck_at = clock_timestamp()")
            }
            try await stepwise.recheck()
        }
    }

    private mutating func somebodyChangesContacts() async throws {
        let ids = world.sandbox.contacts.map(\.id).filter { _ in maker.dice.happens(20) }
        for id in ids {
            let role = ["no_access", "member", "admin", nil].randomElement(using: &maker.dice)!
            let tier = ["gold", "silver", nil].randomElement(using: &maker.dice)!
            let status = ["active", "left", nil].randomElement(using: &maker.dice)!
            let products = ["portal", "api"].shuffled(using: &maker.dice)
            let (isRole, isField) = (maker.dice.happens(50), maker.dice.happens(50))
            world.sandbox.editContact(id: id) { contact in
                if isRole { contact.portalRole = role }
                if isField {
                    contact.customFields["tier"] = tier.map { .single($0) }
                    contact.customFields["status"] = status.map { .single($0) }
                }
                contact.customFields["products"] = .multiple(products)
                if contact.name.count < 40 { contact.name += "e\u{301}" }
            }
        }
        try await see(ids)
    }

    /// What is being sent to is not seen.
    private func see(_ ids: [String]) async throws {
        let askedAt = try await stepwise.store.lastSeq()
        _ = try await stepwise.store.observe(try ids.map(stepwise.read), askedAt: askedAt)
    }

    private mutating func answer() async throws {
        guard let action = open.randomElement(using: &maker.dice) else { return }
        open.removeAll { $0.actionID == action.actionID }
        if maker.dice.happens(70) { stepwise.land(action) }
        let answer: PatchResult =
            switch Int.random(in: 0..<10, using: &maker.dice) {
            case 0..<6: .contact(try stepwise.read(action.contactID))
            case 6: .refused(message: "no")
            case 7: .notSent(reason: "no connection")
            default: .unknown(reason: "no answer in time")
            }
        try await stepwise.answer(action, answer)
        if meetsDrift, case .contact = answer, maker.dice.happens(25) {
            try await somebodyUndoes(action)
        }
    }

    private mutating func somebodyUndoes(_ action: ClaimedAction) async throws {
        let role = ["no_access", "member", "admin"].randomElement(using: &maker.dice)!
        let id = action.contactID
        world.sandbox.editContact(id: id) { contact in
            contact.portalRole = role
            contact.customFields["tier"] = nil
        }
        try await see([id])
    }

    private mutating func somebodySpeaks() async throws {
        let store = stepwise.store
        // Blocked actions and drift are to last, mostly, so that other steps meet them.
        let isAboutAnything = maker.dice.happens(25)
        let items = try await isAboutAnything ? store.pendingApprovals().items : store.holds()
        guard let item = items.randomElement(using: &maker.dice) else { return }
        let id = try #require(ApprovalID(item.id))
        let act = OperatorAct(who: "tester", reason: "a walk")
        if maker.dice.happens(80) {
            _ = try await store.approve(id, meanings: [:], by: act)
        } else {
            let ruleset = try await store.activeRuleset().map { try Ruleset($0) }
            _ = try await store.reject(id, meaning: { ruleset?.meaning(named: $0) }, by: act)
        }
    }

    private mutating func changeRules() async throws {
        var file = try JSONSerialization.data(withJSONObject: rules())
        func isValid() -> Bool {
            let source = RuleSource(path: "rules.yaml", text: String(decoding: file, as: UTF8.self))
            return (try? Ruleset(sources: [source])) != nil
        }
        while !isValid() { file = try JSONSerialization.data(withJSONObject: rules()) }
        try await stepwise.prepare(rules: String(decoding: file, as: UTF8.self))
    }

    /// Rules with all that the language has to make decisions hard.
    private mutating func rules() -> [String: Any] {
        let most = ["per_hour": 1000, "per_day": 1000, "percent_of_contacts": 100]
        let least = ["per_hour": 3, "per_day": 6, "percent_of_contacts": 100]
        var limits: [String: Any] = ["privileged": maker.dice.happens(30) ? least : most]
        limits["lowering"] = maker.dice.happens(30) ? least : most
        limits.merge(most) { $1 }
        let random = maker.rules(12).rules.map { decorated($0.json) }
        let rules = random + reverting().filter { _ in maker.dice.happens(80) }
        let subjects = maker.people.prefix(3).map { id in
            [
                "id": "ex-\(id)", "rules": rules.prefix(8).map { $0["id"]! }, "contact": id,
                "until": (Date() + 2).formatted(.iso8601), "reason": "a walk",
            ]
        }
        let guardrail: [String: Any] = [
            "id": "no-left-admins", "deny": ["portal_role": "admin"],
            "when": ["custom_fields.status": ["is": "left"]], "reason": "a walk",
        ]
        return [
            "version": 1, "limits": limits, "fields": RuleMaker.declarations, "rules": rules,
            "exceptions": subjects, "guardrails": [guardrail],
        ]
    }

    /// The same in all rulesets, so that one gives back what it has set under another.
    private func reverting() -> [[String: Any]] {
        [
            [
                "id": "gold", "mode": "enforce", "on_unmatch": "revert", "priority": 300,
                "when": ["email.domain": ["in": domains], "custom_fields.tier": "gold"],
                "set": ["portal_role": "admin"],
            ],
            [
                "id": "left", "mode": "enforce", "on_unmatch": "revert", "priority": 400,
                "when": ["custom_fields.status": "left"], "set": ["portal_role": "no_access"],
            ],
            [
                "id": "cleared", "mode": "enforce",
                "when": [
                    "email.domain": ["in": domains], "custom_fields.department": ["present": true],
                ],
                "set": ["custom_fields.department": ["clear": true]],
            ],
        ]
    }

    private mutating func decorated(_ json: [String: Any]) -> [String: Any] {
        var (json, set) = (json, json["set"] as! [String: String])
        if maker.dice.happens(30) {
            json["when"] = ["all": [["email.domain": ["in": domains]], json["when"]!]]
        }
        if maker.dice.happens(50) {
            // A rule that tests what it sets would undo itself.
            set = set.filter { !"\(json["when"]!)".contains($0.key.prefix(11)) }
            if !set.isEmpty { (json["set"], json["on_unmatch"]) = (set, "revert") }
        } else if maker.dice.happens(30) {
            json["on_drift"] = "reassert"
        }
        if maker.dice.happens(10) { json["mode"] = "shadow" }
        if maker.dice.happens(10) { json["until"] = (Date() + 3).formatted(.iso8601) }
        return json
    }
}
