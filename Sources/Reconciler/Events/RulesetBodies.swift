/// The body of `ruleset.activated`.
package struct RulesetSummary: EventContent, Encodable, Sendable {
    package let rulesetHash: String
    package let files: [String]
    package let rules: Int
    package let shadow: Int
    /// Rules of which something was carried over to another id, old → new.
    private var renamed: [String: String]?
    private let who: String
    private let commit: String?
    private let isAsCommitted: Bool?

    package init(
        rulesetHash: String, files: [String], rules: Int, shadow: Int, origin: RulesetOrigin
    ) {
        self.rulesetHash = rulesetHash
        self.files = files
        self.rules = rules
        self.shadow = shadow
        (who, commit, isAsCommitted) = (origin.who, origin.commit, origin.isAsCommitted)
    }

    enum CodingKeys: String, CodingKey {
        case rulesetHash = "ruleset_hash"
        case files, rules, shadow, renamed, who, commit
        case isAsCommitted = "as_committed"
    }

    /// - Parameter renamed: Rules of which anything was carried over to another id, old → new.
    package func event(renamed: [String: String]) throws -> NewEvent {
        var summary = self
        summary.renamed = renamed.isEmpty ? nil : renamed
        return try NewEvent(.rulesetActivated, summary)
    }
}

/// The body of `ruleset.refused`.
struct RulesetRefusalBody: EventContent, Encodable {
    let problems: [String]
}

extension NewEvent {
    package static func rulesetRefused(_ problems: [String]) throws -> NewEvent {
        try NewEvent(.rulesetRefused, RulesetRefusalBody(problems: problems))
    }
}

/// Where rule files come from, for the record.
package struct RulesetOrigin: Sendable {
    /// Who runs the process: the operating system's user, and the host.
    package let who: String
    /// The commit that is checked out in their folder; nil where it is in no git work tree.
    package let commit: String?
    /// Whether the files are as in that commit.
    package let isAsCommitted: Bool?

    /// Tells the origin of the rule files with these names.
    package typealias Reader = @Sendable (_ files: [String]) async -> RulesetOrigin

    package init(who: String, commit: String? = nil, isAsCommitted: Bool? = nil) {
        self.who = who
        self.commit = commit
        self.isAsCommitted = isAsCommitted
    }
}
