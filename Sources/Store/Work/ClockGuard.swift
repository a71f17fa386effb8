internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Synchronization

/// Notices a leap of the database's clock in the very transaction that would act on it.
final class ClockGuard: Sendable {
    /// Things whose times are held again.
    enum GuardedTimes: Sendable {
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

    private let leaps = Mutex(ClockLeaps())

    /// - Returns: How often the clock has leapt, where the times are still to be held.
    fileprivate func unhandled(at reading: ClockReading, for times: GuardedTimes) -> Int? {
        leaps.withLock { $0.unhandled(at: reading, for: times.key) }
    }

    /// To be called once that is committed.
    fileprivate func handle(_ count: Int?, for times: GuardedTimes) {
        guard let count else { return }
        leaps.withLock { $0.handle(count, for: times.key) }
    }
}

extension Store {
    /// Runs a transaction that acts on these, once what a leap of the clock would have freed of
    /// them is held again.
    ///
    /// - Parameter body: Gets the database's time.
    func guardingClock<Result: Sendable>(
        of guarded: [ClockGuard.GuardedTimes],
        _ body: @escaping @Sendable (WorkspaceTransaction, Date) throws -> Result
    ) async throws -> Result {
        let (result, leaps) = try await transaction { [clockGuard] db -> (Result, [Int?]) in
            let reading = try db.readClocks()
            let leaps = guarded.map { clockGuard.unhandled(at: reading, for: $0) }
            for (times, leaps) in zip(guarded, leaps) where leaps != nil {
                try db.holdAgain(times, at: reading.database)
            }
            return (try body(db, reading.database), leaps)
        }
        for (times, leaps) in zip(guarded, leaps) { clockGuard.handle(leaps, for: times) }
        return result
    }
}

extension WorkspaceTransaction {
    fileprivate func holdAgain(_ times: ClockGuard.GuardedTimes, at now: Date) throws {
        switch times {
        case .permits(let endpoint, let limit?):
            try holdAgain(endpoint, limit: limit, at: now)
        case .permits(_, nil): break
        case .claims: try holdClaimsAgain(at: now)
        }
    }

    /// Holds every permit of an endpoint as if it were taken or released now.
    private func holdAgain(_ endpoint: String, limit: RequestLimit, at now: Date) throws {
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
                         ELSE \(seen + WorkTiming.longestClaim) END)
            WHERE workspace = \(workspace) AND endpoint = \(endpoint)
            """)
    }

    /// Gives every request under way, and every one that may still land, its whole time again.
    private func holdClaimsAgain(at now: Date) throws {
        let until = now + WorkTiming.longestClaim
        try execute(
            """
            UPDATE usher.action
            SET lease_until = CASE WHEN state = 'sending' THEN greatest(lease_until, \(until)) END,
                due_at = CASE WHEN state = 'unknown' THEN greatest(due_at, \(until)) ELSE due_at END
            WHERE workspace = \(workspace) AND state IN ('sending', 'unknown')
            """)
    }
}
