internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Synchronization

/// Notices in the very transaction that would act on it that the database's clock was set ahead.
///
/// By such a clock permits are free and claims have lapsed at once, although no time has passed: more
/// would be sent than the API takes, and what is still under way would be taken for lost.
final class ClockGuard: Sendable {
    private struct State {
        var last: ClockReading?
        var leaps = 0
        /// What was held again → after how many leaps.
        var handled: [String: Int] = [:]
    }

    /// Whose times are held again.
    enum Subject: Sendable {
        /// Nothing is held where the endpoint has no limit.
        case permits(endpoint: String, limit: RequestLimit?)
        case claims

        fileprivate var key: String {
            switch self {
            case .permits(let endpoint, _): endpoint
            case .claims: ""
            }
        }
    }

    private let state = Mutex(State())

    /// Seconds; less is within what a window and a time-out have to spare.
    private static let tolerance = 1.0

    /// - Returns: How often the clock has leapt, where something is still to be held for it.
    fileprivate func leaps(at reading: ClockReading, of subject: Subject) -> Int? {
        state.withLock { state in
            let jump = state.last.flatMap { ClockFault.jump(from: $0, to: reading) } ?? 0
            if jump > Self.tolerance { state.leaps += 1 }
            state.last = reading
            return state.handled[subject.key, default: 0] < state.leaps ? state.leaps : nil
        }
    }

    /// To be called once that is committed.
    fileprivate func settle(_ leaps: Int?, of subject: Subject) {
        guard let leaps else { return }
        state.withLock { $0.handled[subject.key] = leaps }
    }
}

extension Store {
    /// Runs a transaction that acts on these, once what a leap of the clock would have freed of them is
    /// held again.
    ///
    /// - Parameter body: Gets the database's time.
    func guardingClock<Result: Sendable>(
        of subjects: [ClockGuard.Subject],
        _ body: @escaping @Sendable (Transaction, Date) throws -> Result
    ) async throws -> Result {
        let (result, leaps) = try await database.transaction {
            [workspace, clockGuard] db -> (Result, [Int?]) in
            let reading = try db.readClocks()
            let leaps = subjects.map { clockGuard.leaps(at: reading, of: $0) }
            for (subject, leaps) in zip(subjects, leaps) where leaps != nil {
                try db.holdAgain(subject, at: reading.database, in: workspace)
            }
            return (try body(db, reading.database), leaps)
        }
        for (subject, leaps) in zip(subjects, leaps) { clockGuard.settle(leaps, of: subject) }
        return result
    }
}

extension Transaction {
    fileprivate func holdAgain(
        _ subject: ClockGuard.Subject, at now: Date, in workspace: WorkspaceName
    ) throws {
        switch subject {
        case .permits(let endpoint, let limit?):
            try holdAgain(endpoint, limit: limit, at: now, in: workspace)
        case .permits(_, nil): break
        case .claims: try holdClaimsAgain(at: now, in: workspace)
        }
    }

    /// Holds every permit of an endpoint as if it were taken or given back now.
    private func holdAgain(
        _ endpoint: String, limit: RequestLimit, at now: Date, in workspace: WorkspaceName
    ) throws {
        let seen = now + limit.window
        // Locked first, as whoever takes permits does.
        _ = try row(
            """
            SELECT endpoint FROM usher.budget
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            FOR UPDATE
            """
        ) { try $0.get("endpoint", as: String.self) }
        try execute(
            """
            UPDATE usher.permit
            SET free_at = greatest(
                free_at, CASE WHEN holder IS NULL THEN \(seen)
                         ELSE \(seen + TimeBounds.longestClaim) END)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """)
    }

    /// Gives every request under way, and every one that may still land, its whole time again.
    private func holdClaimsAgain(at now: Date, in workspace: WorkspaceName) throws {
        let until = now + TimeBounds.longestClaim
        try execute(
            """
            UPDATE usher.action
            SET lease_until = CASE WHEN state = 'sending' THEN greatest(lease_until, \(until)) END,
                due_at = CASE WHEN state = 'unknown' THEN greatest(due_at, \(until)) ELSE due_at END
            WHERE workspace = \(workspace) AND state IN ('sending', 'unknown')
            """)
    }
}
