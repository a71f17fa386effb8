internal import Contacts
internal import Foundation
internal import Postgres
internal import Reconciler

/// The right of one process to do something in a workspace until it lapses.
package struct Lease: Sendable, Equatable {
    package enum Name: String, Sendable { case sweep, evaluate }

    package let name: Name
    let fence: Int
}

extension Store {
    /// Takes or renews a lease.
    ///
    /// - Returns: nil while another process holds it.
    package func acquire(_ name: Lease.Name) async throws -> Lease? {
        try await transaction { db in
            let now = try db.now()
            // The fence grows when the holder changes, so that a process that slept is told so.
            let fence: Int? = try db.row(
                """
                INSERT INTO usher.lease AS l (workspace, name, holder, fence, until)
                VALUES (\(workspace), \(name.rawValue), \(holder), 1, \(now + WorkTiming.lease))
                ON CONFLICT (workspace, name) DO UPDATE
                SET holder = EXCLUDED.holder, until = EXCLUDED.until,
                    fence = l.fence + CASE WHEN l.holder = EXCLUDED.holder THEN 0 ELSE 1 END
                WHERE l.holder = EXCLUDED.holder OR l.until <= \(now)
                RETURNING fence
                """
            ) { try $0.get("fence") }
            return fence.map { Lease(name: name, fence: $0) }
        }
    }

    /// Keeps a lease while nothing else does that renews it.
    package func renew(_ lease: Lease) async throws {
        try await transaction { db in
            try db.hold(lease)
        }
    }

    /// Releases the leases, so that the next process need not wait for them to lapse.
    package func releaseLeases() async throws {
        try await transaction { db in
            _ = try db.execute(
                """
                UPDATE usher.lease SET until = \(try db.now())
                WHERE workspace = \(workspace) AND holder = \(holder)
                """)
        }
    }
}

extension WorkspaceTransaction {
    /// Locks a lease for this transaction and renews it.
    ///
    /// - Throws: `StoreError.leaseLost` when it went to another process.
    func hold(_ lease: Lease) throws {
        let renewed = try execute(
            """
            UPDATE usher.lease SET until = greatest(until, \(try now() + WorkTiming.lease))
            WHERE workspace = \(workspace) AND name = \(lease.name.rawValue)
              AND holder = \(holder) AND fence = \(lease.fence)
            """)
        guard renewed == 1 else { throw StoreError.leaseLost(name: lease.name.rawValue) }
    }
}

extension WorkspaceTransaction {
    /// Discards the evaluator's pass under way, and keeps another one from being written.
    ///
    /// To be called before a change that all evaluations depend on, such as a hold on a rule.
    func interruptEvaluation() throws {
        try execute(
            """
            INSERT INTO usher.lease AS l (workspace, name, holder, fence, until)
            VALUES (\(workspace), \(Lease.Name.evaluate.rawValue), '', 1, \(try now()))
            ON CONFLICT (workspace, name) DO UPDATE SET fence = l.fence + 1
            """)
    }
}
