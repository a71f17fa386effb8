internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension WorkspaceTransaction {
    /// Puts alerts on record that are not open yet, and those that are news again.
    ///
    /// An alert that is open already is only seen again. To be called last in a transaction: rows
    /// of alerts are locked after that of their workspace.
    ///
    /// - Parameters:
    ///   - now: nil is this moment.
    ///   - began: When its condition began, where that could not be put on record at once.
    /// - Returns: The alerts that people are to be told of.
    func raise(_ alerts: [Alert], at now: Date? = nil, began: Date? = nil) throws -> [Alert] {
        guard !alerts.isEmpty else { return [] }
        let now = try now ?? self.now()
        let keys = Array(Set(alerts.map(\.key)))
        var open = try openAlerts(keys)
        if !alerts.news(among: open, at: now).isEmpty {
            try lockLog()
            // Another process may have been faster.
            open = try openAlerts(keys)
        }
        let news = alerts.news(among: open, at: now)
        if let range = try append(try news.map { try $0.raised(began: began) }) {
            try write(news, told: now, began: began ?? now, from: range.first)
        }
        _ = try keep(open.values.filter { !$0.isSeenLately(at: now) }.map(\.alert.key), at: now)
        return news
    }

    private func write(_ news: [Alert], told now: Date, began: Date, from first: Int) throws {
        try execute(
            """
            INSERT INTO usher.alert AS a
                (workspace, code, subject, message, contact_id, raised_seq, raised_at, told_at,
                 seen_at)
            SELECT \(workspace), n.code, n.subject, n.message, n.contact_id,
                   \(first) + n.place - 1, \(began), \(now), \(now)
            FROM unnest(
                \(news.map(\.code.rawValue))::text[], \(news.map(\.subject))::text[],
                \(news.map(\.message))::text[], \(news.map(\.contactID))::text[])
                WITH ORDINALITY AS n (code, subject, message, contact_id, place)
            -- What is news of an open alert began when that did.
            ON CONFLICT (workspace, code, subject) DO UPDATE
            SET message = EXCLUDED.message, contact_id = EXCLUDED.contact_id,
                raised_seq = EXCLUDED.raised_seq, told_at = EXCLUDED.told_at,
                seen_at = EXCLUDED.seen_at
            """)
    }

    /// Records that open alerts are still true.
    ///
    /// - Returns: How many of them are open.
    fileprivate func keep(_ keys: [Alert.Key], at now: Date) throws -> Int {
        guard !keys.isEmpty else { return 0 }
        return try execute(
            """
            UPDATE usher.alert a SET seen_at = \(now)
            FROM unnest(\(keys.map(\.code.rawValue))::text[], \(keys.map(\.subject))::text[])
                 AS k (code, subject)
            WHERE a.workspace = \(workspace) AND a.code = k.code AND a.subject = k.subject
            """)
    }

    /// Ends an alert if it is open.
    ///
    /// To be called last in a transaction, as `raise` is.
    ///
    /// - Parameter ended: When its condition ended, where that could not be put on record at once.
    /// - Returns: The alert that people are to be told the end of.
    func resolve(
        _ code: Alert.Code, subject: String = "", ended: Date? = nil
    ) throws -> [ResolvedAlert] {
        try resolve([Alert.Key(code, subject: subject)], ended: ended)
    }

    func resolve(_ keys: [Alert.Key], ended: Date? = nil) throws -> [ResolvedAlert] {
        guard try !openAlerts(keys).isEmpty else { return [] }
        try lockLog()
        let over = try openAlerts(keys).values.sorted { $0.raisedSeq < $1.raisedSeq }
        try append(try over.map { try $0.resolved(ended: ended) })
        try execute(
            """
            DELETE FROM usher.alert a
            USING unnest(\(over.map(\.alert.code.rawValue))::text[],
                         \(over.map(\.alert.subject))::text[]) AS k (code, subject)
            WHERE a.workspace = \(workspace) AND a.code = k.code AND a.subject = k.subject
            """)
        return over.map { ResolvedAlert(alert: $0.alert, raisedAt: $0.raisedAt) }
    }

    /// Those of some alerts that are open, by key.
    private func openAlerts(_ keys: [Alert.Key]) throws -> [Alert.Key: OpenAlert] {
        guard !keys.isEmpty else { return [:] }
        let found = try rows(
            """
            SELECT a.code, a.subject, a.message, a.contact_id, a.raised_seq, a.raised_at, a.told_at,
                   a.seen_at
            FROM unnest(\(keys.map(\.code.rawValue))::text[], \(keys.map(\.subject))::text[])
                 AS k (code, subject)
            JOIN usher.alert a ON a.code = k.code AND a.subject = k.subject
            WHERE a.workspace = \(workspace)
            """, decode: OpenAlert.init(row:))
        return Dictionary(uniqueKeysWithValues: found.map { ($0.alert.key, $0) })
    }

    /// Locks the workspace's row as an append does, so that what is read next stays true.
    private func lockLog() throws {
        _ = try row(
            """
            SELECT last_seq FROM usher.workspace WHERE workspace = \(workspace) FOR NO KEY UPDATE
            """
        ) { try $0.get("last_seq", as: Int.self) }
    }
}

extension Store {
    /// Raises an alert that belongs to no other transaction.
    ///
    /// - Parameter age: How long ago its condition began.
    /// - Returns: The alert where people are to be told of it; none where it is open already.
    package func raise(_ alert: Alert, age: Duration? = nil) async throws -> [Alert] {
        try await transaction { db in
            let now = try db.now()
            return try db.raise([alert], at: now, began: age.map { now - $0 })
        }
    }

    /// Ends an alert if it is open.
    ///
    /// - Parameter age: How long ago its condition ended.
    package func resolve(
        _ code: Alert.Code, subject: String = "", age: Duration? = nil
    ) async throws -> [ResolvedAlert] {
        try await transaction { db in
            try db.resolve(code, subject: subject, ended: try age.map { try db.now() - $0 })
        }
    }

    /// Records that an alert's condition goes on.
    ///
    /// - Returns: Whether the alert is open.
    package func keep(_ key: Alert.Key) async throws -> Bool {
        try await transaction { db in try db.keep([key], at: try db.now()) > 0 }
    }
}

extension OpenAlert {
    init(row: Row) throws {
        self.init(
            alert: Alert(
                code: try row.named("code"), subject: try row.get("subject"),
                message: try row.get("message"), contactID: try row.get("contact_id")),
            raisedAt: try row.get("raised_at"), raisedSeq: try row.get("raised_seq"),
            toldAt: try row.get("told_at"), seenAt: try row.get("seen_at"))
    }
}
