import Contacts
import Testing

@testable import Rules

extension RoleReference {
    /// What is left when some bids are held, by the words of the issue: the rest as if they were
    /// not there, and never more than now or than all together give.
    static func outcome(_ bids: [Bid], held: Set<Int>, from now: String) -> Outcome {
        let free = bids.indices.filter { !held.contains($0) }
        let all = outcome(bids, from: now).role
        var rest = outcome(free.map { bids[$0] }, from: now)
        rest.owners = Set(rest.owners.map { free[$0] })
        if opens(rest.role, atMost: now) || opens(rest.role, atMost: all) { return rest }
        if let wanted = ranks[rest.role], let now = ranks[now], let most = ranks[all],
            now < most, most < wanted
        {
            rest.role = all
        } else {
            (rest.role, rest.owners) = (now, [])
        }
        return rest
    }

    /// Whether a role certainly opens no more than another one.
    private static func opens(_ role: String, atMost other: String) -> Bool {
        if role == other || role == "no_access" { return true }
        guard let rank = ranks[role], let most = ranks[other] else { return false }
        return rank <= most
    }
}

/// The roles that rules want together, called directly, and what is left when some of them are
/// held.
struct HeldRoleTests {
    private typealias Bid = RoleReference.Bid

    private static let contacts = ["no_access", "member", "admin", "support-lead", "billing"]
    private static let bids: [Bid] = [100, 200, 300, 400].flatMap { priority in
        RoleReference.Kind.allCases.flatMap { kind in
            ["no_access", "member", "admin"].map { Bid(kind: kind, role: $0, priority: priority) }
        } + [Bid(kind: .exact, role: "support-lead", priority: priority)]
    }

    /// Rules of which each bids in all ways; a contact chooses by its custom fields.
    private static func everyBid(copies: Int) throws -> Ruleset {
        let all = (0..<copies).flatMap { copy in
            bids.enumerated().map { number, bid in
                "  - { id: r\(copy)-\(number), priority: \(bid.priority), mode: enforce, "
                    + "when: { custom_fields.b\(number): yes }, set: { \(bid.yaml) } }"
            }
        }
        let fields = bids.indices.map { "b\($0): { type: text }" }.joined(separator: ", ")
        return try ruleset(
            "version: 1\nfields: { \(fields) }\nrules:\n" + all.joined(separator: "\n"))
    }

    /// Every way in which up to four rules can bid, two of them alike included. Only how priorities
    /// compare matters, so that none is left out between those that are used.
    @Test(arguments: 0..<4)
    func everyCombinationOfUpToFourRulesResolvesAsTheTableSays(part: Int) async throws {
        try await OwnThread.run {
            let ruleset = try Self.everyBid(copies: 4)
            let proposals = (0..<4).map { copy in
                Self.bids.indices.map { number -> Fixpoint.Proposal in
                    let rule = ruleset.rule("r\(copy)-\(number)")!
                    return Fixpoint.Proposal(rule: rule, effect: rule.effects[0], template: nil)
                }
            }
            var (failures, checked) = (0, 0)
            func check(_ chosen: [Int]) {
                let used = Set(chosen.map { Self.bids[$0].priority })
                guard used.count * 100 == used.max(), failures < 5 else { return }
                for role in Self.contacts {
                    let standing = PortalRole.Standing(ofRole: role)
                    let resolution = RoleResolution(
                        chosen.enumerated().map { proposals[$0][$1] }, original: standing,
                        copy: standing,
                        drifted: [])
                    let expected = RoleReference.outcome(chosen.map { Self.bids[$0] }, from: role)
                    let actual = Self.outcome(of: resolution, from: role)
                    checked += 1
                    if actual != expected {
                        failures += 1
                        Issue.record(
                            "\(role): \(chosen.map { Self.bids[$0] }) → \(actual), not \(expected)")
                    }
                }
            }
            for first in Self.bids.indices where first % 4 == part {
                check([first])
                for second in first..<Self.bids.count {
                    check([first, second])
                    for third in second..<Self.bids.count {
                        check([first, second, third])
                        for fourth in third..<Self.bids.count {
                            check([first, second, third, fourth])
                        }
                    }
                }
            }
            #expect(checked > 10_000 || part > 0)
        }
    }

    private static func outcome(
        of resolution: RoleResolution, from role: String
    ) -> RoleReference.Outcome {
        var outcome = RoleReference.Outcome(role: role, isTie: !resolution.tie.isEmpty)
        guard let resolved = resolution.resolution, !resolved.isDrift else { return outcome }
        switch resolved.proposal.standing {
        case .ranked(let rank): outcome.role = PortalRole.names[rank]
        case .custom(let name): outcome.role = name
        }
        guard outcome.role != role else { return outcome }
        outcome.owners = Set(
            resolved.owners.compactMap { Int($0.rule.id.dropFirst().prefix { $0 != "-" }) })
        return outcome
    }

    private static func check(_ ruleset: Ruleset, _ chosen: [Int], from role: String) -> Int {
        var contact = Contact(id: "c", name: "Ana", portalRole: role)
        for number in chosen { contact.customFields["b\(number)"] = .single("yes") }
        let evaluation = ruleset.evaluate(contact)
        var failures = 0
        for subset in 0..<(1 << chosen.count) {
            let held = Set(chosen.indices.filter { subset & (1 << $0) != 0 })
            let passedOver = PassedOver(
                uniqueKeysWithValues: held.map { ("r0-\(chosen[$0])", ["portal_role"]) })
            let change = evaluation.passingOver(passedOver).changes.first
            let owners = Set(
                (change?.rules ?? []).compactMap { id in
                    chosen.firstIndex(of: Int(id.dropFirst(3)) ?? -1)
                })
            let expected = RoleReference.outcome(
                chosen.map { bids[$0] }, held: held, from: role)
            let isSame = (change?.value ?? role) == expected.role && owners == expected.owners
            if !isSame || !owners.isDisjoint(with: held) {
                failures += 1
                Issue.record(
                    """
                    \(role): \(chosen.map { bids[$0] }) without \(held) → \
                    \(change?.value ?? role) by \(owners), not \(expected)
                    """)
            }
        }
        return failures
    }

    /// A rule may see only what a held one would have overruled: the decision says on what it acts.
    @Test func whatActsOnlyWithoutAHeldRuleIsOnRecordWithItsEvidence() throws {
        let ruleset = try ruleset(
            """
            version: 1
            fields: { tier: { type: text } }
            rules:
              - id: keep
                priority: 300
                mode: enforce
                when: { email.domain: acme.com }
                set: { custom_fields.tier: gold }
              - id: leave
                mode: enforce
                when: { email.domain: acme.com }
                set: { custom_fields.tier: none }
              - id: left
                mode: enforce
                when: { custom_fields.tier: none }
                set: { portal_role: no_access }
            """)
        var contact = Contact(id: "c", name: "Ana", portalRole: "admin")
        contact.email = "ana@acme.com"
        let evaluation = ruleset.evaluate(contact)
        #expect(evaluation.decision.matched.map(\.rule) == ["keep", "leave"])
        let rest = evaluation.passingOver(["keep": ["custom_fields.tier"]])
        #expect(rest.changes.map(\.rules) == [["left"], ["leave"]])
        let decision = rest.decision
        #expect(decision.matched.map(\.rule) == ["keep", "leave", "left"])
        #expect(decision.matched.last?.evidence == ["custom_fields.tier": .text("none")])
        // All rules together want what they wanted.
        #expect(decision.wishes == evaluation.decision.wishes)
    }

    @Test func ofTwoRulesWhicheverAreHeldTheRestIsBounded() throws {
        let ruleset = try Self.everyBid(copies: 1)
        var failures = 0
        // Of two, one of two priorities is each.
        let bids = Self.bids.indices.filter { Self.bids[$0].priority <= 200 }
        for first in bids {
            for second in bids where second >= first && failures < 5 {
                for role in Self.contacts {
                    let chosen = second == first ? [first] : [first, second]
                    failures += Self.check(ruleset, chosen, from: role)
                }
            }
        }
    }

    @Test(arguments: 0..<4)
    func ofManyRulesWhicheverAreHeldTheRestIsBounded(seed: Int) async throws {
        try await OwnThread.run {
            var random = Seeded(UInt64(seed))
            let ruleset = try Self.everyBid(copies: 1)
            var failures = 0
            for _ in 0..<150 where failures < 5 {
                let chosen = Set(
                    (0..<Int.random(in: 3...7, using: &random)).map { _ in
                        Int.random(in: Self.bids.indices, using: &random)
                    }
                ).sorted()
                failures += Self.check(ruleset, chosen, from: random.pick(Self.contacts))
            }
        }
    }
}
