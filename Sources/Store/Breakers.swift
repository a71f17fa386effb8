internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// What one answer says of its endpoint.
package struct EndpointReport: Sendable {
    package let sign: EndpointSign
    /// The contact that was asked for or sent to; nil for pages.
    package let contactID: String?

    package init(_ sign: EndpointSign, contactID: String? = nil) {
        self.sign = sign
        self.contactID = contactID
    }

    /// Whether it has to be recorded even where nothing had failed before.
    package var isBad: Bool {
        switch sign {
        case .failing, .throttled: true
        case .well, .nothing: false
        }
    }
}

extension Store {
    /// Takes in what an answer says of its endpoint: a failure counts, a good answer ends the row.
    ///
    /// - Parameter random: In 0 ..< 1, for the jitter.
    /// - Returns: What people have to be told.
    package func take(
        _ report: EndpointReport, of endpoint: String, pacing: BreakerPacing, random: Double
    ) async throws -> [Alert] {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            let alerts = try db.take(
                [report], of: endpoint, at: now, pacing: pacing, random: random,
                in: workspace)
            return try db.raise(alerts, at: now, in: workspace)
        }
    }

    /// Takes the one try of an endpoint that fails, if it is due and nobody else has it.
    package func takeTry(of endpoint: String) async throws -> Bool {
        try await database.transaction { [workspace] db in
            try db.takeTry(of: endpoint, at: try db.now(), in: workspace)
        }
    }
}

extension Transaction {
    func breakers(of workspace: WorkspaceName) throws -> [Breaker] {
        try rows(breakersStatement(of: workspace), decode: Breaker.init(row:))
    }

    /// Takes in what answers say of their endpoint, in their order; the caller raises the alerts.
    ///
    /// Locks the breaker, which comes before permits in the order of locks.
    func take(
        _ reports: [EndpointReport], of endpoint: String, at now: Date, pacing: BreakerPacing,
        random: Double, in workspace: WorkspaceName
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
            SELECT endpoint, failures, since, cause, contact_id, next_try_at, told_at
            FROM usher.breaker
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            FOR UPDATE
            """, decode: Breaker.init(row:))
        guard let known else { return [] }
        var breaker: Breaker? = known
        var isNews = false
        for report in reports {
            if report.sign == .well { breaker = nil }
            guard report.isBad else { continue }
            var failing = breaker ?? Breaker(endpoint: endpoint, since: now)
            isNews =
                failing.take(
                    report.sign, about: report.contactID, at: now, pacing: pacing, random: random)
                || isNews
            breaker = failing
        }
        guard let breaker else {
            try close(known, at: now, in: workspace)
            return []
        }
        try execute(
            """
            UPDATE usher.breaker
            SET failures = \(breaker.failures), since = \(breaker.since), cause = \(breaker.cause),
                contact_id = \(breaker.contactID), next_try_at = \(breaker.nextTryAt),
                told_at = \(breaker.toldAt)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """)
        return isNews ? [.failing(breaker)] : []
    }

    /// Forgets how an endpoint fails.
    func forget(_ breaker: Breaker, in workspace: WorkspaceName) throws {
        try execute(
            """
            DELETE FROM usher.breaker
            WHERE workspace = \(workspace) AND endpoint = \(breaker.endpoint)
            """)
    }

    /// Ends a breaker. What is well again for one endpoint may be so for all: each gets a try now.
    private func close(_ breaker: Breaker, at now: Date, in workspace: WorkspaceName) throws {
        try forget(breaker, in: workspace)
        guard breaker.isOpen else { return }
        try execute(
            """
            UPDATE usher.breaker SET next_try_at = \(now)
            WHERE workspace = \(workspace) AND next_try_at > \(now)
            """)
    }

    /// Takes the one try that is due: until its answer is known, or its taker counts as dead, there is
    /// no other.
    func takeTry(of endpoint: String, at now: Date, in workspace: WorkspaceName) throws -> Bool {
        try execute(
            """
            UPDATE usher.breaker SET next_try_at = \(now + Store.leaseDuration)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint) AND next_try_at <= \(now)
            """) == 1
    }
}

func breakersStatement(of workspace: WorkspaceName) -> Statement {
    """
    SELECT endpoint, failures, since, cause, contact_id, next_try_at, told_at
    FROM usher.breaker
    WHERE workspace = \(workspace)
    ORDER BY endpoint
    """
}

extension Breaker {
    init(row: Row) throws {
        self.init(
            endpoint: try row.get("endpoint"), failures: try row.get("failures"),
            since: try row.get("since"), cause: try row.get("cause"),
            contactID: try row.get("contact_id"), nextTryAt: try row.get("next_try_at"),
            toldAt: try row.get("told_at"))
    }
}

extension Alert {
    /// An endpoint that is left alone because it fails.
    static func failing(_ breaker: Breaker) -> Alert {
        Alert(
            code: .apiFailing, subject: breaker.endpoint,
            message: "the API's endpoint \(breaker.endpoint) has given no good answer since "
                + "\(breaker.since.formatted(.iso8601)), the last because: \(breaker.cause); single "
                + "requests are tried until it is well, and everything else for it waits; see: usher "
                + "status")
    }
}
