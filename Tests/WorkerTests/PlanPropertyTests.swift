import Foundation
import Planning
import Postgres
import Reconciler
import RuleLint
import Rules
import Sandbox
import Store
import Testing
import Worker

/// Plan equals apply: what rules are said to do, over generated rules and people, is what they do.
@Suite struct PlanPropertyTests {
    /// Rulesets one after the other, each planned before it comes into force, while people change
    /// contacts in between: what the sandbox receives is what the plan said, or it said that this is
    /// held.
    @Test(arguments: UInt64(1)...4)
    func whatIsSentIsWhatThePlanSaid(seed: UInt64) async throws {
        try await withWorld(rules: noRules, generated: 100) { world in
            var maker = RulesetMaker(seed: seed, people: world.sandbox.contacts.map(\.id).sorted())
            var (sent, held, givenBack) = (0, 0, 0)
            for round in 0..<5 {
                maker.edit(world.sandbox)
                #expect(try await world.runOnce().failure == nil)
                try await world.letADayPass()
                world.sandbox.forgetRequests()
                try world.write(rules: maker.file(round))
                let planned = try await world.plannedChanges()
                #expect(try await world.runOnce().failure == nil)
                let requests = try world.firstRequests()
                #expect(
                    requests == planned.going.mapValues(\.values), "seed \(seed), round \(round)")
                sent += requests.count
                held += planned.held
                givenBack += planned.plan.givenBack.reduce(0) { $0 + $1.contacts }
            }
            #expect(sent > 0 && held > 0 && givenBack > 0, "\(sent), \(held), \(givenBack)")
            try await world.expectRest()
        }
    }

    /// A plan that is approved goes past the limits, contact by contact; who has changed since is
    /// listed, or decided anew, and nobody gets anything else.
    @Test(arguments: UInt64(1)...4)
    func whatIsApprovedIsSentUnlessItHasChangedSince(seed: UInt64) async throws {
        try await withWorld(rules: noRules, generated: 100) { world in
            var maker = RulesetMaker(seed: seed, people: world.sandbox.contacts.map(\.id).sorted())
            maker.perHour = 0
            try await world.runOnce()
            try world.write(rules: maker.file(0))
            let planned = try await world.plannedChanges()
            let edited = maker.edit(world.sandbox)
            try await StepwiseWorker(world).see(edited.sorted())
            let approval = try await world.worker().store.approve(
                plan: planned.file.planned, id: planned.file.id,
                by: OperatorAct(who: "tester", reason: "looked at"))
            #expect(Set(approval.changedSince).isSubset(of: edited))
            #expect(try await world.runOnce().failure == nil)
            let requests = try world.firstRequests()
            #expect(!requests.isEmpty)
            for (id, changes) in planned.all where !edited.contains(id) {
                #expect(requests[id] == changes.values, "seed \(seed), \(id)")
            }
            for (id, values) in requests {
                #expect(planned.all[id] != nil, "nobody planned anything for \(id)")
                let isSame = planned.all[id]?.values == values
                #expect(isSame || edited.contains(id), "\(values) for \(id)")
            }
            for id in approval.changedSince { #expect(requests[id] == nil, "\(id) has changed") }
        }
    }

    /// Rules in shadow that are planned as enforced do what they do once they are; what a plan says of
    /// the rules in shadow is the difference.
    @Test(arguments: UInt64(1)...4)
    func rulesInShadowDoWhatTheyDoOnceEnforced(seed: UInt64) async throws {
        try await withWorld(rules: noRules, generated: 100) { world in
            var maker = RulesetMaker(seed: seed, people: world.sandbox.contacts.map(\.id).sorted())
            try await world.runOnce()
            let file = try maker.file(0)
            try world.write(rules: file)
            let enforced = try await world.plannedChanges()
            try world.write(rules: maker.withRulesInShadow(file))
            let asIs = try await world.plannedChanges()
            let assumed = try await world.plannedChanges(
                assuming: PlanAssumptions(
                    enforced: Set(try world.ruleset().rules.filter { $0.mode == .shadow }.map(\.id))
                ))
            #expect(assumed.going.mapValues(\.values) == enforced.going.mapValues(\.values))
            #expect(assumed.all.mapValues(\.values) == enforced.all.mapValues(\.values))
            let new = Set(enforced.all.triples).subtracting(asIs.all.triples)
            #expect(asIs.plan.shadow.changes == new.count, "seed \(seed)")
            #expect(!new.isEmpty && asIs.plan.changes > 0)
        }
    }

    /// A plan for a time is one of the rules that are in force then, without the others.
    @Test(arguments: UInt64(1)...4)
    func aPlanForATimeIsOneOfTheRulesOfThatTime(seed: UInt64) async throws {
        try await withWorld(rules: noRules, generated: 100) { world in
            var maker = RulesetMaker(seed: seed, people: world.sandbox.contacts.map(\.id).sorted())
            try await world.runOnce()
            let (timed, then) = try maker.withTerms(maker.file(0), on: 15)
            try world.write(rules: then)
            let expected = try await world.plannedChanges()
            try world.write(rules: timed)
            let noon = try Date("2099-01-15T12:00:00Z", strategy: .iso8601)
            let planned = try await world.plannedChanges(assuming: PlanAssumptions(asOf: noon))
            #expect(planned.all.mapValues(\.values) == expected.all.mapValues(\.values))
            let now = try await world.plannedChanges()
            #expect(now.all.mapValues(\.values) != planned.all.mapValues(\.values))
        }
    }
}

/// Rulesets that follow one another: some rules mean something else in the next one, are switched off
/// or gone.
private struct RulesetMaker {
    private var maker: RuleMaker
    private var rules: [[String: Any]] = []
    /// Changes within an hour that a file may grant itself.
    var perHour = 100_000

    init(seed: UInt64, people: [String]) {
        let roleIDs = Dictionary(
            uniqueKeysWithValues: SandboxOrganisation.standardRoles.map { ($0.slug, $0.id) })
        maker = RuleMaker(dice: Dice(seed: seed), roleIDs: roleIDs, people: people)
    }

    mutating func file(_ round: Int) throws -> String {
        let new = maker.rules(15).rules.map(\.json)
        if rules.isEmpty { for rule in new { rules.append(terms(rule)) } }
        for index in rules.indices where round > 0 {
            // The same rule for others, who it is for in the first place as before.
            if maker.dice.happens(40) { rules[index]["when"] = new[index]["when"] }
            let mode = maker.dice.happens(15) ? "off" : "enforce"
            rules[index]["mode"] = mode
        }
        var (kept, retired) = ([[String: Any]](), [[String: Any]]())
        for rule in rules {
            let isGone = maker.dice.happens(10)
            if !isGone { kept.append(checked(rule)) }
            let isForced = !isGone && rule["mode"] as? String == "enforce"
            if round > 0, !isForced, maker.dice.happens(50) { retired.append(retirement(of: rule)) }
        }
        let most: [String: Any] = [
            "per_hour": perHour, "per_day": 100_000, "percent_of_contacts": 100,
        ]
        let limits = most.merging(["privileged": most, "lowering": most] as [String: Any]) { $1 }
        var file: [String: Any] = [
            "version": 1, "limits": limits, "fields": RuleMaker.declarations, "rules": kept,
        ]
        if !retired.isEmpty { file["retired"] = retired }
        let text = String(
            decoding: try JSONSerialization.data(withJSONObject: file), as: UTF8.self)
        // Rules that raise name nobody's domain.
        return text.replacing("gmail.com", with: "globex.com")
    }

    /// The same file with some of its rules in shadow.
    mutating func withRulesInShadow(_ file: String) throws -> String {
        var json = try JSONSerialization.jsonObject(with: Data(file.utf8)) as! [String: Any]
        json["rules"] = (json["rules"] as! [[String: Any]]).map { rule in
            maker.dice.happens(50) ? rule.merging(["mode": "shadow"]) { $1 } : rule
        }
        return String(decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
    }

    /// The same file with rules that begin and end in January 2099, and one with those alone that are
    /// in force on one of its days.
    mutating func withTerms(_ file: String, on today: Int) throws -> (timed: String, then: String) {
        var json = try JSONSerialization.jsonObject(with: Data(file.utf8)) as! [String: Any]
        var (timed, then) = ([[String: Any]](), [[String: Any]]())
        for rule in json["rules"] as! [[String: Any]] {
            let days = (0..<2).map { _ in Int.random(in: 10...31, using: &maker.dice) }.sorted()
            let term = ["from": "2099-01-\(days[0])", "until": "2099-01-\(days[1])"]
            timed.append(rule.merging(term) { $1 })
            let isInForce = days[0] <= today && today <= days[1]
            then.append(isInForce ? rule : rule.merging(["mode": "off"]) { $1 })
        }
        func text(_ rules: [[String: Any]]) throws -> String {
            json["rules"] = rules
            return String(
                decoding: try JSONSerialization.data(withJSONObject: json), as: UTF8.self)
        }
        return (try text(timed), try text(then))
    }

    private mutating func terms(_ rule: [String: Any]) -> [String: Any] {
        var rule = rule
        if maker.dice.happens(10) { rule["approval"] = "required" }
        if maker.dice.happens(85) { rule["on_unmatch"] = "revert" }
        if maker.dice.happens(30) { rule["on_drift"] = "reassert" }
        if maker.dice.happens(20) { rule["limits"] = ["per_hour": 5] }
        return rule
    }

    private func retirement(of rule: [String: Any]) -> [String: Any] {
        let set = rule["set"] as! [String: String]
        return ["rule": rule["id"]!, "fields": set.keys.sorted(), "reason": "no more"]
    }

    /// A rule that loads: one that tests what it sets gives nothing back, and who gets a role is known.
    private func checked(_ rule: [String: Any]) -> [String: Any] {
        var rule = rule
        let set = rule["set"] as! [String: String]
        let when = ["all": [["id": ["in": maker.people]], rule["when"]!]]
        rule["when"] = when
        let text = "\(when)"
        func tests(_ field: String) -> Bool { text.contains("\"\(field)") }
        if set.keys.contains(where: { tests($0.hasPrefix("portal_role") ? "portal_role" : $0) }) {
            rule["on_unmatch"] = nil
        }
        return rule
    }

    /// Changes some contacts as people would.
    ///
    /// - Returns: Their ids.
    @discardableResult
    mutating func edit(_ sandbox: RunningSandbox) -> Set<String> {
        var some: Set<String> = []
        for id in maker.people where maker.dice.happens(15) {
            some.insert(id)
            let tier = ["gold", "silver", nil].randomElement(using: &maker.dice)!
            let role = ["no_access", "member", "admin", nil].randomElement(using: &maker.dice)!
            let isRole = maker.dice.happens(50)
            sandbox.editContact(id: id) { contact in
                if isRole {
                    contact.portalRole = role
                } else {
                    contact.customFields["tier"] = tier.map { .single($0) }
                }
            }
        }
        return some
    }
}

/// A plan's file as a script would read it.
private struct ApprovableChanges {
    /// By contact, the values by field as a request names them.
    typealias ByContact = [String: [(field: String, value: String, goes: Bool, interim: Bool)]]

    let plan: Plan
    let file: PlanFile
    let all: ByContact

    init(_ plan: Plan, _ path: String) throws {
        self.plan = plan
        file = try PlanFile.read(path)
        let json =
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(filePath: path)))
            as! [String: Any]
        var all: ByContact = [:]
        for change in json["changes"] as! [[String: Any]] {
            all[change["contact"] as! String, default: []].append(
                (
                    change["field"] as! String, change["to"] as! String, change["held"] == nil,
                    change["interim"] != nil
                ))
        }
        self.all = all
    }

    var going: ByContact {
        all.mapValues { $0.filter(\.goes) }.filter { !$0.value.isEmpty }
    }

    var held: Int { all.values.joined().count { !$0.goes } }
}

extension [(field: String, value: String, goes: Bool, interim: Bool)] {
    /// Of a field, what waits comes after what goes in its place meanwhile.
    fileprivate var values: [String: String] {
        Dictionary(map { ($0.field, $0.value) }) { $1 }
    }
}

extension ApprovableChanges.ByContact {
    /// Contact, field and value of each change that all rules together want.
    fileprivate var triples: [[String]] {
        flatMap { id, changes in
            changes.filter { !$0.interim }.map { [id, $0.field, $0.value] }
        }
    }
}

extension World {
    /// What was changed so far counts against no limit any more: a minute counts until its end.
    func letADayPass() async throws {
        try await asOwner {
            try $0.run(
                script: """
                    UPDATE usher.change_count SET minute = minute - interval '1 day 1 minute'
                    """)
        }
    }

    fileprivate func plannedChanges(
        assuming assumptions: PlanAssumptions = PlanAssumptions()
    ) async throws -> ApprovableChanges {
        let path = rulesFolder + "/plan.json"
        return try ApprovableChanges(
            try await plan(into: PlanWriter(path), assuming: assumptions), path)
    }

    /// By contact, what the first request to it asked for: the next ones are only about what the API
    /// refused.
    fileprivate func firstRequests() throws -> [String: [String: String]] {
        var values: [String: [String: String]] = [:]
        for request in sandbox.requests(to: .update).requests {
            guard let id = request.contactID, values[id] == nil else { continue }
            values[id] = try Self.values(try #require(request.body))
        }
        return values
    }

    private static func values(_ body: String) throws -> [String: String] {
        var json = try JSONSerialization.jsonObject(with: Data(body.utf8)) as! [String: Any]
        let fields = json.removeValue(forKey: "custom_fields") as? [[String: Any]] ?? []
        var values = json as! [String: String]
        for field in fields {
            values["custom_fields.\(field["slug"]!)"] = field["value"] as? String ?? ""
        }
        return values
    }
}
