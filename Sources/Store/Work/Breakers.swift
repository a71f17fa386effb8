internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Records what an answer says of its endpoint: failures count, a good answer ends the breaker.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    /// - Returns: The alerts that people have not been told of yet.
    package func record(
        _ report: EndpointReport, of endpoint: String, pacing: BreakerPacing, random: Double
    ) async throws -> [Alert] {
        try await transaction { db in
            let now = try db.now()
            let alerts = try db.record(
                [report], of: endpoint, at: now, pacing: pacing, random: random)
            return try db.raise(alerts, at: now)
        }
    }

    /// Takes the one try of an endpoint that fails, if it is due and no other process has it.
    package func takeTry(of endpoint: String) async throws -> Bool {
        try await transaction { db in try db.takeTry(of: endpoint, at: try db.now()) }
    }
}

extension WorkspaceTransaction {
    func breakers() throws -> [Breaker] {
        try rows(breakersStatement, decode: Breaker.init(row:))
    }

    var breakersStatement: Statement {
        """
        SELECT \(sql: Breaker.columns)
        FROM usher.breaker
        WHERE workspace = \(workspace)
        ORDER BY endpoint
        """
    }

    /// Records what answers say of their endpoint, in their order; the caller raises the alerts.
    ///
    /// Locks the breaker, which comes before permits in the order of locks.
    func record(
        _ reports: [EndpointReport], of endpoint: String, at now: Date, pacing: BreakerPacing,
        random: Double
    ) throws -> [Alert] {
        if reports.contains(where: \.isBad) {
            try execute(
                """
                INSERT INTO usher.breaker (workspace, endpoint, failures, since, cause)
                VALUES (\(workspace), \(endpoint), 0, \(now), '')
                ON CONFLICT DO NOTHING
                """)
        }
        let known = try row(
            """
            SELECT \(sql: Breaker.columns)
            FROM usher.breaker
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            FOR UPDATE
            """, decode: Breaker.init(row:))
        guard let known else { return [] }
        let (breaker, alerts) = known.after(reports, at: now, pacing: pacing, random: random)
        if let breaker {
            try save(breaker)
        } else {
            try close(known, at: now)
        }
        return alerts
    }

    private func save(_ breaker: Breaker) throws {
        try execute(
            """
            UPDATE usher.breaker
            SET failures = \(breaker.failures), since = \(breaker.since), cause = \(breaker.cause),
                contact_id = \(breaker.contactID), next_try_at = \(breaker.nextTryAt),
                told_at = \(breaker.toldAt)
            WHERE workspace = \(workspace) AND endpoint = \(breaker.endpoint)
            """)
    }

    func removeBreaker(of endpoint: String) throws {
        try execute(
            """
            DELETE FROM usher.breaker
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """)
    }

    /// Ends a breaker. What is well again for one endpoint may be so for all: each gets a try now.
    private func close(_ breaker: Breaker, at now: Date) throws {
        try removeBreaker(of: breaker.endpoint)
        guard breaker.isOpen else { return }
        try execute(
            """
            UPDATE usher.breaker SET next_try_at = \(now)
            WHERE workspace = \(workspace) AND next_try_at > \(now)
            """)
    }

    /// Takes the one try that is due: the only one until its answer is known or its taker is dead.
    func takeTry(of endpoint: String, at now: Date) throws -> Bool {
        try execute(
            """
            UPDATE usher.breaker SET next_try_at = \(now + WorkTiming.lease)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint) AND next_try_at <= \(now)
            """) == 1
    }
}

extension Breaker {
    /// Every column that `init(row:)` reads.
    fileprivate static let columns: StaticString =
        "endpoint, failures, since, cause, contact_id, next_try_at, told_at"

    init(row: Row) throws {
        self.init(
            endpoint: try row.get("endpoint"), failures: try row.get("failures"),
            since: try row.get("since"), cause: try row.get("cause"),
            contactID: try row.get("contact_id"), nextTryAt: try row.get("next_try_at"),
            toldAt: try row.get("told_at"))
    }
}
