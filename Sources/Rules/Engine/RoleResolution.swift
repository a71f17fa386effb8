internal import Contacts

/// The role that rules with bounds want together; pure.
///
/// The exact value of the highest priority wins, floors of a higher priority raise it, and ceilings
/// hold whatever their priority. `docs/rules.md` has the table.
struct RoleResolution {
    typealias Proposal = Fixpoint.Proposal

    /// The proposals that tie, so that nothing but a ceiling acts; none where none do.
    private(set) var tie: [Proposal] = []
    /// Bounds that a custom role leaves without effect.
    private(set) var unordered: [Proposal] = []
    /// Whether the value is a custom role that a ceiling keeps from being assigned.
    private(set) var isCapped = false
    /// nil where no role is wanted, or bounds change nothing.
    private(set) var resolution: Fixpoint.Resolution?

    private let exact: [Proposal]
    private let floors: [Proposal]
    private let ceilings: [Proposal]
    /// The exact proposal of the highest priority; nil where there is none, and in a tie.
    private var leader: Proposal?
    /// The exact proposals for the leader's value, of whatever priority.
    private var followers: [Proposal] = []
    private var raising: [Proposal] = []
    /// The rules whose value a person changed after Usher had set it.
    private let drifted: Set<String>
    /// Whether the leader and its followers are all among them.
    private var isDrifted = false

    /// - Parameters:
    ///   - original: The contact's own role.
    ///   - copy: The role that earlier rounds assigned, or the same.
    ///   - drifted: The ids of the rules whose value a person changed after Usher had set it.
    init(
        _ proposals: [Proposal], original: PortalRole.Standing, copy: PortalRole.Standing,
        drifted: Set<String>
    ) {
        exact = proposals.filter(\.effect.isExact)
        floors = proposals.filter(\.effect.isFloor)
        ceilings = proposals.filter(\.isCeiling).sorted { $0.rank < $1.rank }
        self.drifted = drifted
        findLeader()
        isDrifted = leader != nil && followers.allSatisfy(isDrift)
        isCapped = leader?.standing.rank == nil && leader != nil && !ceilings.isEmpty
        let base = tie.isEmpty && !isCapped ? copy : original
        var target = isDrifted || isCapped ? base : leader?.standing ?? base
        if isCapped, base.rank != nil { unordered += ceilings.filter { $0.rank != 0 } }
        raise(&target)
        let uncapped = target
        cap(&target, keeping: base)
        resolution = resolution(target, uncapped: uncapped, of: original)
    }

    private func isDrift(_ proposal: Proposal) -> Bool { drifted.contains(proposal.rule.id) }

    private mutating func findLeader() {
        let top = exact.ofHighestPriority
        guard let first = top.first else { return raising = floors.filter { !isDrift($0) } }
        let rivals = floors.filter { floor in
            floor.rule.priority == first.rule.priority && !isDrift(floor)
                && first.standing.rank.map { $0 < floor.rank } ?? false
        }
        guard rivals.isEmpty, top.allSatisfy({ $0.agrees(with: first) }) else {
            return tie = top + rivals
        }
        leader = first
        followers = exact.filter { $0.agrees(with: first) }
        raising = floors.filter { $0.rule.priority > first.rule.priority && !isDrift($0) }
        if first.standing.rank == nil {
            unordered += floors.filter { $0.rule.priority == first.rule.priority && $0.rank > 0 }
        }
    }

    private mutating func raise(_ target: inout PortalRole.Standing) {
        for floor in raising {
            if let rank = target.rank {
                target = .ranked(max(rank, floor.rank))
            } else if floor.rank > 0 {
                unordered.append(floor)
            }
        }
    }

    private mutating func cap(
        _ target: inout PortalRole.Standing, keeping base: PortalRole.Standing
    ) {
        for ceiling in ceilings {
            // A person undid it: it lowers nobody again, and still lets no rule raise.
            let least = isDrift(ceiling) ? base.rank : 0
            guard let least else { continue }
            let rank = max(ceiling.rank, least)
            if let wanted = target.rank {
                target = .ranked(min(wanted, rank))
            } else if ceiling.rank == 0 {
                target = .ranked(rank)
            } else {
                unordered.append(ceiling)
            }
        }
    }

    private func resolution(
        _ target: PortalRole.Standing, uncapped: PortalRole.Standing,
        of original: PortalRole.Standing
    ) -> Fixpoint.Resolution? {
        let effect = original.effect(ofChangeTo: target)
        let shaping = target == uncapped ? [] : ceilings.filter { $0.standing == target }
        let owners = owners(of: target, effect)
        let winning = owners.isEmpty ? shaping : owners
        // What is as it should be is told where a rule wants just that.
        guard !winning.isEmpty, effect != .neutral || !isDrifted,
            let first = (owners + shaping + raising).first(where: { $0.standing == target })
        else { return driftedResolution(original) }
        return Fixpoint.Resolution(
            proposal: first, owners: winning, cappedBy: owners.isEmpty ? [] : shaping,
            losers: losers(target, by: winning), isDrift: false,
            isBound: leader?.standing != target)
    }

    /// The rules on whose account a role is assigned: those that want at least that much.
    ///
    /// A raise is on the account of exact values and floors, never of the ceiling that shapes it.
    private func owners(of target: PortalRole.Standing, _ effect: AccessEffect) -> [Proposal] {
        let leading = isCapped || isDrifted ? [] : followers
        guard let rank = target.rank else { return leading.filter { $0.standing == target } }
        switch effect {
        case .grants, .unknown:
            return leading.filter { $0.rank >= rank } + content.filter { $0.rank >= rank }
        case .lowers:
            return leading.filter { $0.rank <= rank }
                + ceilings.filter { $0.rank <= rank && !isDrift($0) }
        case .neutral:
            let exact = leading.filter { $0.rank >= rank }
            return exact.isEmpty && leader != nil ? raising.filter { $0.rank == rank } : exact
        }
    }

    /// Floors that act or have what they want: no exact value of a higher priority stays below
    /// them.
    private var content: [Proposal] {
        guard let leader, !isCapped, !isDrifted else { return raising }
        return raising
            + floors.filter { floor in
                floor.rule.priority <= leader.rule.priority && !isDrift(floor)
                    && leader.standing.rank.map { floor.rank <= $0 } ?? false
            }
    }

    /// A proposal that a person's own change keeps from being acted upon.
    private func driftedResolution(_ original: PortalRole.Standing) -> Fixpoint.Resolution? {
        var drifted: [Proposal] = []
        if isDrifted {
            drifted = followers
        } else if tie.isEmpty, let now = original.rank {
            let bounds = floors.filter { $0.rank > now } + ceilings.filter { $0.rank < now }
            drifted = bounds.filter(isDrift)
            drifted = drifted.filter { $0.agrees(with: drifted[0]) }
        }
        guard let first = drifted.first else { return nil }
        return Fixpoint.Resolution(
            proposal: first, owners: drifted, cappedBy: [],
            losers: isDrifted ? losers(first.standing, by: drifted) : [], isDrift: true,
            isBound: false)
    }

    /// The proposals that lose: to owners of a higher priority, or to a ceiling, which holds
    /// always.
    private func losers(
        _ target: PortalRole.Standing, by owners: [Proposal]
    ) -> [Fixpoint.Loser] {
        guard tie.isEmpty else { return [] }
        let owning = Set(owners.map(\.rule.id))
        let highest = owners.map(\.rule.priority).max() ?? 0
        return (exact + floors).filter { proposal in
            !owning.contains(proposal.rule.id) && !proposal.isSatisfied(by: target)
                && !isDrift(proposal)
                && !unordered.contains { $0.rule === proposal.rule }
        }.map { proposal in
            let holding = ceilings.filter { $0.standing == target }
            let isByPriority = proposal.rule.priority < highest || holding.isEmpty
            return Fixpoint.Loser(proposal: proposal, by: isByPriority ? owners : holding)
        }
    }
}

extension Fixpoint.Proposal {
    var isCeiling: Bool { !effect.isExact && !effect.isFloor }

    /// Where the wanted role stands.
    var standing: PortalRole.Standing {
        if effect.field == .portalRole, let rank = Vocabulary.rank(ofRole: text) {
            return .ranked(rank)
        }
        return .custom(value)
    }

    /// Of a bound, and of exact roles that have an order; above all of them for a custom role.
    fileprivate var rank: Int { standing.rank ?? PortalRole.names.count }

    /// Whether the rule has what it wants when the contact has this role.
    fileprivate func isSatisfied(by role: PortalRole.Standing) -> Bool {
        if standing == role { return true }
        guard effect.isFloor else { return false }
        return role.rank.map { $0 >= rank } ?? (rank == 0)
    }
}

extension [Fixpoint.Proposal] {
    /// Those of the highest priority.
    var ofHighestPriority: Self {
        if count == 1 { return self }
        guard let highest = lazy.map(\.rule.priority).max() else { return [] }
        return filter { $0.rule.priority == highest }
    }
}
