internal import Foundation
internal import Postgres
internal import Reconciler

/// The hold of a mass delete has a scope of its own: no contact and no field.
extension WorkspaceTransaction {
    func massDeleteHold() throws -> MassDeleteHold? {
        try row(
            """
            SELECT missing, placed_seq, placed_at, refused_at FROM usher.mass_delete
            WHERE workspace = \(workspace)
            """
        ) { row in
            MassDeleteHold(
                missing: try row.get("missing"), placedSeq: try row.get("placed_seq"),
                placedAt: try row.get("placed_at"), refusedAt: try row.get("refused_at"))
        }
    }

    /// Keeps sweeps from counting more missing contacts until the end.
    func lockMassDelete() throws {
        _ = try row(
            "SELECT 1 AS locked FROM usher.mass_delete WHERE workspace = \(workspace) FOR UPDATE"
        ) { try $0.get("locked", as: Int.self) }
    }

    /// - Parameter first: The number of the completion's first event.
    func write(_ completion: SweepCompletion, from first: Int, at now: Date) throws {
        let missing = completion.unreleased
        switch completion.hold {
        case .kept: break
        case .withdrawn: try removeMassDelete()
        case .counted:
            try execute(
                """
                UPDATE usher.mass_delete SET missing = \(missing) WHERE workspace = \(workspace)
                """)
        case .placed(let event):
            try execute(
                """
                INSERT INTO usher.mass_delete (workspace, missing, placed_seq, placed_at)
                VALUES (\(workspace), \(missing), \(first + event), \(now))
                -- The one of before was rejected, for fewer contacts.
                ON CONFLICT (workspace) DO UPDATE
                SET missing = EXCLUDED.missing, placed_seq = EXCLUDED.placed_seq,
                    placed_at = EXCLUDED.placed_at, refused_at = NULL
                """)
        }
    }

    func removeMassDelete() throws {
        try execute("DELETE FROM usher.mass_delete WHERE workspace = \(workspace)")
    }

    /// Lets the absence of all contacts be proven that are held as missing now.
    ///
    /// - Returns: What was released, in words; empty when nothing waited.
    func releaseMassDelete(by act: OperatorAct) throws -> [String] {
        let missing: [String] = try rows(
            """
            SELECT contact_id FROM usher.absence
            WHERE workspace = \(workspace) AND is_held
            ORDER BY contact_id
            FOR UPDATE
            """
        ) { try $0.get("contact_id") }
        guard !missing.isEmpty else { return [] }
        let now = try now()
        let (events, words) = try MassDelete.released(
            missing.count, hold: try massDeleteHold()?.placedSeq, by: act)
        try removeMassDelete()
        let range = try append(events)
        try execute(
            """
            UPDATE usher.absence
            SET is_held = false, released_seq = \(range?.first), due_at = \(now)
            WHERE workspace = \(workspace) AND is_held
            """)
        return [words]
    }

    /// Keeps the contacts of a mass delete.
    ///
    /// - Returns: nil where none waits.
    func rejectMassDelete(by act: OperatorAct) throws -> RejectionResult? {
        guard let hold = try massDeleteHold(), hold.refusedAt == nil else { return nil }
        try execute(
            """
            UPDATE usher.mass_delete SET refused_at = \(try now()) WHERE workspace = \(workspace)
            """)
        try append(try MassDelete.rejected(hold, by: act))
        return RejectionResult(rejected: [MassDelete.words(keeping: hold.missing)])
    }
}
