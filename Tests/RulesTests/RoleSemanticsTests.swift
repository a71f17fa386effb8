import Contacts
import Testing

@testable import Rules

/// The role that rules with bounds want together, by another algorithm than the product's: the
/// rules are walked from the highest priority down, and each level may still change what those
/// above left open.
struct RoleReference {
    enum Kind: CaseIterable { case exact, floor, ceiling }

    struct Bid: Hashable {
        let kind: Kind
        let role: String
        let priority: Int

        var yaml: String {
            switch kind {
            case .exact: "portal_role: \(role)"
            case .floor: "portal_role: { at_least: \(role) }"
            case .ceiling: "portal_role: { at_most: \(role) }"
            }
        }
    }

    struct Outcome: Equatable {
        var role: String
        var isTie = false
        /// By index, the bids on whose account the role changes.
        var owners: Set<Int> = []
    }

    static let ranks = ["no_access": 0, "member": 1, "admin": 2]

    static func outcome(_ bids: [Bid], from now: String) -> Outcome {
        let lowestCeiling = bids.filter { $0.kind == .ceiling }.compactMap { ranks[$0.role] }.min()
        var (least, value, isTie) = (0, String?.none, false)
        for priority in Set(bids.map(\.priority)).sorted(by: >) where value == nil && !isTie {
            let level = bids.filter { $0.priority == priority }
            let exact = Set(level.filter { $0.kind == .exact }.map(\.role))
            let floor = level.filter { $0.kind == .floor }.compactMap { ranks[$0.role] }.max() ?? 0
            if let only = exact.first {
                let isOutdone = ranks[only].map { $0 < floor } ?? false
                (isTie, value) = (exact.count > 1 || isOutdone, only)
            } else {
                least = max(least, floor)
            }
        }
        // A custom role keeps no ceiling, so it is not assigned under one.
        let isCapped = value.map { ranks[$0] == nil } ?? false && lowestCeiling != nil
        let base = isTie || isCapped ? now : value ?? now
        var role = base
        if !isTie, let rank = ranks[role], rank < least { role = name(least) }
        if let lowestCeiling {
            if let rank = ranks[role] {
                role = name(min(rank, lowestCeiling))
            } else if lowestCeiling == 0 {
                role = name(0)
            }
        }
        let acting = isTie || isCapped ? nil : value
        return Outcome(
            role: role, isTie: isTie,
            owners: owners(bids, acting: acting, isUnled: value == nil, from: now, to: role))
    }

    /// Whoever wants at least that much, and neither ties nor is beaten.
    private static func owners(
        _ bids: [Bid], acting: String?, isUnled: Bool, from now: String, to role: String
    ) -> Set<Int> {
        guard now != role else { return [] }
        let leading = bids.filter { $0.kind == .exact && $0.role == acting }.map(\.priority).max()
        let highestExact = bids.filter { $0.kind == .exact }.map(\.priority).max() ?? -1
        return Set(
            bids.indices.filter { index in
                let bid = bids[index]
                guard let to = ranks[role] else {
                    return bid.kind == .exact && bid.role == acting && bid.role == role
                }
                // Everything is above no_access; to any other role, a custom one is as if below.
                let from = ranks[now] ?? (to == 0 ? 3 : -1)
                let wanted = ranks[bid.role] ?? 3
                switch bid.kind {
                case .exact: return bid.role == acting && (to > from ? wanted >= to : wanted <= to)
                case .ceiling: return to < from && wanted <= to
                case .floor:
                    if to < from || wanted < to { return false }
                    if isUnled || bid.priority > highestExact { return true }
                    return leading != nil
                        && acting.flatMap { ranks[$0] }.map { wanted <= $0 } ?? false
                }
            })
    }

    private static func name(_ rank: Int) -> String { ["no_access", "member", "admin"][rank] }
}

struct RoleSemanticsTests {
    private static let roles = ["no_access", "member", "admin"]
    private static let kinds: [(RoleReference.Kind, String)] =
        RoleReference.Kind.allCases.flatMap { kind in roles.map { (kind, $0) } }
        + [(.exact, "support-lead")]
    private static let contacts = roles + ["support-lead", "billing"]

    /// A ruleset with a rule for each kind of bid at each of four priorities; contacts choose those
    /// that are true of them by their custom fields.
    private static let everyBid: [RoleReference.Bid] = [100, 200, 300, 400].flatMap { priority in
        kinds.map { RoleReference.Bid(kind: $0.0, role: $0.1, priority: priority) }
    }

    private static func ruleset(_ bids: [RoleReference.Bid]) throws -> Ruleset {
        let fields = bids.indices.map { "b\($0): { type: text }" }.joined(separator: ", ")
        let rules = bids.enumerated().map { index, bid in
            "  - { id: r\(index), priority: \(bid.priority), mode: enforce, "
                + "when: { custom_fields.b\(index): yes }, set: { \(bid.yaml) } }"
        }
        return try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: "version: 1\nfields: { \(fields) }\nrules:\n"
                    + rules.joined(separator: "\n"))
        ])
    }

    private static func contact(_ chosen: [Int], role: String) -> Contact {
        var contact = Contact(id: "c", name: "Ana", portalRole: role)
        for index in chosen { contact.customFields["b\(index)"] = .single("yes") }
        return contact
    }

    private static func check(
        _ ruleset: Ruleset, _ bids: [RoleReference.Bid], _ chosen: [Int], from role: String
    ) -> Bool {
        let evaluation = ruleset.evaluate(contact(chosen, role: role))
        let expected = RoleReference.outcome(chosen.map { bids[$0] }, from: role)
        let change = evaluation.changes.first
        let actual = RoleReference.Outcome(
            role: change?.value ?? role, isTie: !evaluation.conflicts.isEmpty,
            owners: Set(
                (change?.rules ?? []).compactMap { id in
                    chosen.firstIndex(of: Int(id.dropFirst()) ?? -1)
                }))
        if actual == expected { return true }
        Issue.record("\(role): \(chosen.map { bids[$0] }) → \(actual), expected \(expected)")
        return false
    }

    /// Every set of up to three rules of four priorities, through whole evaluations.
    @Test(arguments: 0..<4)
    func everyCombinationOfUpToThreeRulesEndsAsTheTableSays(part: Int) async throws {
        try await OwnThread.run {
            let bids = Self.everyBid
            let ruleset = try Self.ruleset(bids)
            var failures = 0
            func check(_ chosen: [Int]) {
                for role in Self.contacts where failures < 5 {
                    if !Self.check(ruleset, bids, chosen, from: role) { failures += 1 }
                }
            }
            for first in bids.indices where first % 4 == part {
                check([first])
                for second in bids.indices where second > first {
                    check([first, second])
                    for third in bids.indices where third > second {
                        check([first, second, third])
                    }
                }
            }
        }
    }

    @Test(arguments: 0..<4)
    func randomRulesetsEndAsTheTableSays(seed: Int) async throws {
        try await OwnThread.run {
            var random = Seeded(UInt64(seed))
            let bids = Self.everyBid
            let ruleset = try Self.ruleset(bids)
            var failures = 0
            for _ in 0..<25_000 where failures < 5 {
                let chosen = Set(
                    (0..<Int.random(in: 1...7, using: &random)).map { _ in
                        Int.random(in: bids.indices, using: &random)
                    }
                ).sorted()
                let role = Self.contacts.randomElement(using: &random)!
                if !Self.check(ruleset, bids, chosen, from: role) { failures += 1 }
            }
        }
    }
}
