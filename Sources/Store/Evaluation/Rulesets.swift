internal import Foundation
package import Postgres
package import Reconciler
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
        try await transaction { db in
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
        try await transaction { db in
            try db.row(
                """
                SELECT sources FROM usher.ruleset
                WHERE workspace = \(workspace) AND ruleset_hash = \(hash)
                """
            ) { StoredRuleset(hash: hash, sources: try $0.get("sources")) }
        }
    }

    /// Puts a ruleset in force and has every contact evaluated again, unless it already is.
    ///
    /// - Returns: Whether it is new.
    package func activate(_ ruleset: Ruleset, summary: RulesetSummary) async throws -> Bool {
        try await transaction { db in
            guard try db.activeRulesetHash() != ruleset.hash else { return false }
            try db.interruptEvaluation()
            let renamed = try db.carryOver(RuleRenames(of: ruleset))
            guard let limits = try db.lockLimits(), limits.rulesetHash != ruleset.hash
            else { return false }
            let withdrawn = try db.withdraw(
                try db.ruleHolds().stale(in: ruleset), reason: "the rule has changed or is gone")
            let range = try db.append([try summary.event(renamed: renamed)] + withdrawn)
            guard let range else { return false }
            try db.insert(ruleset, at: range.recordedAt)
            try db.putInForce(ruleset, limits: limits, at: range)
            return true
        }
    }

    /// Records that rule files were refused.
    ///
    /// - Returns: The alert, where people have not been told of it yet.
    package func refuse(rulesetProblems problems: [String], alert: Alert) async throws -> [Alert] {
        try await transaction { db in
            try db.append([try .rulesetRefused(problems)])
            return try db.raise([alert])
        }
    }
}

extension WorkspaceTransaction {
    /// Locks the limits in force; nil where there is no workspace.
    fileprivate func lockLimits() throws -> StoredLimits? {
        try row(
            """
            SELECT ruleset_hash, limits, limits_before FROM usher.workspace
            WHERE workspace = \(workspace)
            FOR NO KEY UPDATE
            """, decode: StoredLimits.init(row:))
    }

    fileprivate func insert(_ ruleset: Ruleset, at now: Date) throws {
        try execute(
            """
            INSERT INTO usher.ruleset (workspace, ruleset_hash, sources, first_active_at)
            VALUES (\(workspace), \(ruleset.hash), \(try JSON(encoding: ruleset.sources)), \(now))
            ON CONFLICT (workspace, ruleset_hash) DO NOTHING
            """)
    }

    fileprivate func putInForce(
        _ ruleset: Ruleset, limits: StoredLimits, at range: SequenceRange
    ) throws {
        try execute(
            """
            UPDATE usher.workspace
            SET ruleset_hash = \(ruleset.hash), ruleset_seq = \(range.first),
                recheck_at = \(ruleset.nextInstant(after: range.recordedAt)),
                recheck_seq = \(range.first), is_counted = false,
                ages = \(ruleset.ages.map { Int($0.components.seconds) })::bigint[],
                ages_checked_at = \(range.recordedAt),
                limits_before = \(try limits.inForce.map { try JSON(encoding: $0) }),
                limits = \(try JSON(encoding: GrantedLimits(ruleset))),
                -- Contacts that are not known yet are evaluated as they come.
                recheck_after = CASE WHEN EXISTS (
                    SELECT 1 FROM usher.contact WHERE workspace = \(workspace)) THEN '' END
            WHERE workspace = \(workspace)
            """)
    }
}

extension StoredLimits {
    init(row: Row) throws {
        self.init(
            rulesetHash: try row.get("ruleset_hash"),
            limits: try row.get("limits", as: JSON?.self)?.decode(),
            before: try row.get("limits_before", as: JSON?.self)?.decode())
    }
}

extension Store {
    /// The hash of the ruleset in force, nil before the first.
    package func activeRulesetHash() async throws -> String? {
        try await transaction { db in
            try db.activeRulesetHash()
        }
    }
}

extension WorkspaceTransaction {
    func activeRulesetHash() throws -> String? {
        try row("SELECT ruleset_hash FROM usher.workspace WHERE workspace = \(workspace)") {
            try $0.get("ruleset_hash", as: String?.self)
        } ?? nil
    }
}

extension Ruleset {
    /// A ruleset as it was put in force. Another version of Usher may refuse it.
    package convenience init(_ stored: StoredRuleset) throws {
        try self.init(
            sources: stored.sources.decode(as: [RuleSource].self), repeatedLimits: .mostGenerous)
    }
}
