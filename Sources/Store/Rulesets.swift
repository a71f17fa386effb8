internal import Foundation
package import Postgres
internal import Reconciler
package import Rules

/// A ruleset as stored: its hash and its files, `[{path, text}]`.
package struct StoredRuleset: Sendable {
    package let hash: String
    package let sources: JSON

    package init(hash: String, sources: JSON) {
        self.hash = hash
        self.sources = sources
    }
}

extension Store {
    /// The ruleset in force, nil before the first.
    package func activeRuleset() async throws -> StoredRuleset? {
        try await database.transaction { [workspace] db in
            try db.row(
                """
                SELECT r.ruleset_hash, r.sources
                FROM usher.workspace w
                JOIN usher.ruleset r
                  ON r.workspace = w.workspace AND r.ruleset_hash = w.ruleset_hash
                WHERE w.workspace = \(workspace)
                """
            ) { StoredRuleset(hash: try $0.get("ruleset_hash"), sources: try $0.get("sources")) }
        }
    }

    /// A ruleset that is or was in force.
    package func ruleset(hash: String) async throws -> StoredRuleset? {
        try await database.transaction { [workspace] db in
            try db.row(
                """
                SELECT sources FROM usher.ruleset
                WHERE workspace = \(workspace) AND ruleset_hash = \(hash)
                """
            ) { StoredRuleset(hash: hash, sources: try $0.get("sources")) }
        }
    }

    /// Puts a ruleset in force and has every contact evaluated again, unless it is in force already.
    ///
    /// - Returns: Whether it is new.
    package func activate(
        _ ruleset: Ruleset, summary: RulesetSummary
    ) async throws -> Bool {
        try await database.transaction { [workspace] db in
            // Nobody evaluates meanwhile: the holds that it places are those of the ruleset in force.
            try db.keepEvaluatorOut(of: workspace)
            guard try db.activeRulesetHash(of: workspace) != ruleset.hash else { return false }
            var summary = summary
            let renamed = try db.carryOver(RuleRenames(of: ruleset), in: workspace)
            summary.renamed = renamed.isEmpty ? nil : renamed
            let active = try db.row(
                """
                SELECT ruleset_hash, limits, limits_before FROM usher.workspace
                WHERE workspace = \(workspace)
                FOR NO KEY UPDATE
                """
            ) {
                (
                    hash: try $0.get("ruleset_hash", as: String?.self),
                    granted: try GrantedLimits(inForce: $0)
                )
            }
            guard active?.hash != ruleset.hash else { return false }
            let events = [
                NewEvent(kind: .rulesetActivated, body: try JSON(encoding: summary))
            ]
            let withdrawn = try db.withdrawStaleHolds(ruleset, in: workspace)
            guard let places = try db.append(events + withdrawn, in: workspace) else {
                return false
            }
            try db.execute(
                """
                INSERT INTO usher.ruleset (workspace, ruleset_hash, sources, first_active_at)
                VALUES (\(workspace), \(ruleset.hash), \(try JSON(encoding: ruleset.sources)),
                        \(places.recordedAt))
                ON CONFLICT (workspace, ruleset_hash) DO NOTHING
                """)
            try db.execute(
                """
                UPDATE usher.workspace
                SET ruleset_hash = \(ruleset.hash), ruleset_seq = \(places.first),
                    recheck_at = \(ruleset.nextInstant(after: places.recordedAt)),
                    recheck_seq = \(places.first), is_counted = false,
                    ages = \(ruleset.ages.map { Int($0.components.seconds) })::bigint[],
                    ages_checked_at = \(places.recordedAt),
                    limits_before = \(try active?.granted.map { try JSON(encoding: $0) }),
                    limits = \(try JSON(encoding: GrantedLimits(ruleset))),
                    -- Contacts that are not known yet are evaluated as they come.
                    recheck_after = CASE WHEN EXISTS (
                        SELECT 1 FROM usher.contact WHERE workspace = \(workspace)) THEN '' END
                WHERE workspace = \(workspace)
                """)
            return true
        }
    }

    /// Records that rule files were refused.
    ///
    /// - Returns: The alert, where people are to be told.
    package func refuse(
        rulesetProblems: [String], alert: Alert
    ) async throws -> [Alert] {
        struct Body: Encodable { let problems: [String] }
        return try await database.transaction { [workspace] db in
            try db.append(
                [
                    NewEvent(
                        kind: .rulesetRefused,
                        body: try JSON(encoding: Body(problems: rulesetProblems)))
                ], in: workspace)
            return try db.raise([alert], at: try db.now(), in: workspace)
        }
    }
}

/// What `ruleset.activated` says.
package struct RulesetSummary: Encodable, Sendable {
    package let rulesetHash: String
    package let files: [String]
    package let rules: Int
    package let shadow: Int
    /// Rules of which something was carried over to another id, old → new.
    fileprivate var renamed: [String: String]?
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

extension GrantedLimits {
    /// What the ruleset in force grants itself; nil before the first.
    ///
    /// A limit that it raises does not count before all contacts are evaluated, also for the one that
    /// comes after it meanwhile.
    init?(inForce row: Row) throws {
        let limits = try row.get("limits", as: JSON?.self)?.decode(as: Self.self)
        let before = try row.get("limits_before", as: JSON?.self)?.decode(as: Self.self)
        guard let limits else { return nil }
        self = before.map { limits.and($0) } ?? limits
    }
}

extension Store {
    /// The hash of the ruleset in force, nil before the first.
    package func activeRulesetHash() async throws -> String? {
        try await database.transaction { [workspace] db in
            try db.activeRulesetHash(of: workspace)
        }
    }
}

extension Transaction {
    func activeRulesetHash(of workspace: WorkspaceName) throws -> String? {
        try row("SELECT ruleset_hash FROM usher.workspace WHERE workspace = \(workspace)") {
            try $0.get("ruleset_hash", as: String?.self)
        } ?? nil
    }
}
