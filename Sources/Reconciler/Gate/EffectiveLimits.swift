package import Contacts
package import Rules

/// The limits that a ruleset grants itself.
package struct GrantedLimits: Codable, Sendable, Equatable {
    package var workspace: ChangeLimits
    /// By the id of the rule as written, for those that have limits of their own.
    package var rules: [String: ChangeLimits]

    package init(workspace: ChangeLimits, rules: [String: ChangeLimits]) {
        self.workspace = workspace
        self.rules = rules
    }

    package init(_ ruleset: Ruleset) {
        self.init(workspace: ruleset.limits, rules: ruleset.ownLimits)
    }

    private enum CodingKeys: CodingKey { case workspace, rules }

    /// What a version recorded in which each file had limits of its own.
    private enum EarlierKeys: CodingKey { case files }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        rules = try values.decode([String: ChangeLimits].self, forKey: .rules)
        if let workspace = try values.decodeIfPresent(ChangeLimits.self, forKey: .workspace) {
            self.workspace = workspace
            return
        }
        let files = try decoder.container(keyedBy: EarlierKeys.self)
            .decode([String: ChangeLimits].self, forKey: .files).values
        workspace = files.dropFirst().reduce(files.first ?? .standard) { $0.or($1) }
    }

    /// What both grant.
    package func and(_ other: GrantedLimits) -> GrantedLimits {
        GrantedLimits(
            workspace: workspace.and(other.workspace),
            rules: rules.merging(other.rules) { $0.and($1) })
    }
}

/// The limits that hold now.
///
/// While all contacts are evaluated under a new ruleset, what it grants itself beyond the ruleset
/// before does not count yet.
struct EffectiveLimits {
    let workspace: ChangeLimits
    private let rules: [String: ChangeLimits]

    /// - Parameter cap: What the operator allows at most; nil is anything.
    init(_ granted: GrantedLimits, before: GrantedLimits?, cap: ChangeLimits?) {
        let both = before.map { granted.and($0) } ?? granted
        workspace = cap.map { both.workspace.and($0) } ?? both.workspace
        rules = both.rules
    }

    /// nil where the rule has none of its own.
    func limits(ofRule base: String) -> ChangeLimits? { rules[base] }
}

/// The limits in force, as they are stored.
package struct StoredLimits: Sendable {
    package let rulesetHash: String?
    private let limits: GrantedLimits?
    /// Those of the ruleset before, until all contacts are evaluated.
    private let before: GrantedLimits?

    package init(rulesetHash: String?, limits: GrantedLimits?, before: GrantedLimits?) {
        self.rulesetHash = rulesetHash
        self.limits = limits
        self.before = before
    }

    /// What the ruleset in force grants itself; nil before the first.
    ///
    /// A limit that it raises does not count before all contacts are evaluated, also for the
    /// ruleset that comes after it meanwhile.
    package var inForce: GrantedLimits? {
        limits.map { limits in before.map { limits.and($0) } ?? limits }
    }

    /// The limits before those of a ruleset, while its changes are counted: what another ruleset
    /// grants itself does not count before it is in force.
    package func before(_ hash: String) -> GrantedLimits? {
        rulesetHash == hash ? before : inForce
    }
}
