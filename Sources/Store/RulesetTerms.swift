package import Contacts

/// What stands between the wishes of a ruleset and actions: limits and approvals.
package struct RulesetTerms: Sendable {
    /// What rule files grant themselves.
    package struct Granted: Codable, Sendable, Equatable {
        /// By rule file.
        package var files: [String: ChangeLimits]
        /// By the id of the rule as written, for those that have limits of their own.
        package var rules: [String: ChangeLimits]

        package init(files: [String: ChangeLimits], rules: [String: ChangeLimits]) {
            self.files = files
            self.rules = rules
        }

        /// What both grant.
        func and(_ other: Granted) -> Granted {
            let names = Set(files.keys).union(other.files.keys)
            return Granted(
                files: Dictionary(
                    uniqueKeysWithValues: names.map { name in
                        let limits = files[name] ?? .standard
                        return (name, limits.and(other.files[name] ?? .standard))
                    }),
                rules: rules.merging(other.rules) { $0.and($1) })
        }
    }

    /// What is known of one rule.
    package struct Rule: Sendable {
        /// The id of the rule as written, of which this is a row; else its own.
        package let base: String
        package let file: String
        package let needsApproval: Bool

        package init(base: String, file: String, needsApproval: Bool) {
            self.base = base
            self.file = file
            self.needsApproval = needsApproval
        }
    }

    let granted: Granted
    /// What the operator allows at most; nil is anything.
    let cap: ChangeLimits?
    /// A rule by its id; nil where there is none.
    let rule: @Sendable (String) -> Rule?
    /// What a rule means, or a rule as written with all rows of its table; nil where there is none.
    let hash: @Sendable (String) -> String?

    package init(
        granted: Granted, cap: ChangeLimits?, rule: @escaping @Sendable (String) -> Rule?,
        hash: @escaping @Sendable (String) -> String?
    ) {
        self.granted = granted
        self.cap = cap
        self.rule = rule
        self.hash = hash
    }
}

/// The limits that hold now.
///
/// While all contacts are evaluated under a new ruleset, what it grants itself beyond the ruleset
/// before does not count yet.
struct EffectiveLimits {
    private let granted: RulesetTerms.Granted
    private let before: RulesetTerms.Granted?
    private let cap: ChangeLimits?
    let workspace: ChangeLimits

    init(_ terms: RulesetTerms, before: RulesetTerms.Granted?) {
        granted = terms.granted
        self.before = before
        cap = terms.cap
        let files = terms.granted.files.keys.map { [granted] file in
            Self.limits(ofFile: file, granted, before)
        }
        let all = files.dropFirst().reduce(files.first ?? .standard) { $0.or($1) }
        workspace = terms.cap.map { all.and($0) } ?? all
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
        ofFile file: String, _ granted: RulesetTerms.Granted, _ before: RulesetTerms.Granted?
    ) -> ChangeLimits {
        let limits = granted.files[file] ?? .standard
        return before.map { limits.and($0.files[file] ?? .standard) } ?? limits
    }
}
