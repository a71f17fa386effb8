package import Contacts
package import Rules

/// What rule files grant themselves.
package struct GrantedLimits: Codable, Sendable, Equatable {
    /// By rule file.
    package var files: [String: ChangeLimits]
    /// By the id of the rule as written, for those that have limits of their own.
    package var rules: [String: ChangeLimits]

    package init(files: [String: ChangeLimits], rules: [String: ChangeLimits]) {
        self.files = files
        self.rules = rules
    }

    package init(_ ruleset: Ruleset) {
        self.init(files: ruleset.limits, rules: ruleset.ownLimits)
    }

    /// What both grant.
    package func and(_ other: GrantedLimits) -> GrantedLimits {
        let names = Set(files.keys).union(other.files.keys)
        return GrantedLimits(
            files: Dictionary(
                uniqueKeysWithValues: names.map { name in
                    let limits = files[name] ?? .standard
                    return (name, limits.and(other.files[name] ?? .standard))
                }),
            rules: rules.merging(other.rules) { $0.and($1) })
    }
}

/// The limits that hold now.
///
/// While all contacts are evaluated under a new ruleset, what it grants itself beyond the ruleset
/// before does not count yet.
struct EffectiveLimits {
    private let granted: GrantedLimits
    private let before: GrantedLimits?
    private let cap: ChangeLimits?
    let workspace: ChangeLimits

    /// - Parameter cap: What the operator allows at most; nil is anything.
    init(_ granted: GrantedLimits, before: GrantedLimits?, cap: ChangeLimits?) {
        self.granted = granted
        self.before = before
        self.cap = cap
        let files = granted.files.keys.map { Self.limits(ofFile: $0, granted, before) }
        let all = files.dropFirst().reduce(files.first ?? .standard) { $0.or($1) }
        workspace = cap.map { all.and($0) } ?? all
    }

    func limits(ofFile file: String) -> ChangeLimits {
        let limits = Self.limits(ofFile: file, granted, before)
        return cap.map { limits.and($0) } ?? limits
    }

    /// nil where the rule has none of its own.
    func limits(ofRule base: String) -> ChangeLimits? {
        let limits = granted.rules[base]
        guard let before = before?.rules[base] else { return limits }
        return limits?.and(before) ?? before
    }

    private static func limits(
        ofFile file: String, _ granted: GrantedLimits, _ before: GrantedLimits?
    ) -> ChangeLimits {
        let limits = granted.files[file] ?? .standard
        return before.map { limits.and($0.files[file] ?? .standard) } ?? limits
    }
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
    /// A limit that it raises does not count before all contacts are evaluated, also for the ruleset that
    /// comes after it meanwhile.
    package var inForce: GrantedLimits? {
        limits.map { limits in before.map { limits.and($0) } ?? limits }
    }

    /// The limits before those of a ruleset, while its changes are counted: what another ruleset grants
    /// itself does not count before it is in force.
    package func before(_ hash: String) -> GrantedLimits? {
        rulesetHash == hash ? before : inForce
    }
}
