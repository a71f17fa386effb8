internal import Foundation
internal import Postgres
internal import Reconciler

/// The hold of a mass delete has a scope of its own: no contact and no field.
extension WorkspaceTransaction {
    /// The event that placed the hold; nil where no mass delete is held.
    func massDeleteHold() throws -> Int? {
        try row("SELECT placed_seq FROM usher.mass_delete WHERE workspace = \(workspace)") {
            try $0.get("placed_seq")
        }
    }

    /// Places the hold; one that is there already only learns the new number.
    func placeMassDelete(missing: Int, seq: Int, at now: Date) throws {
        try execute(
            """
            INSERT INTO usher.mass_delete (workspace, missing, placed_seq, placed_at)
            VALUES (\(workspace), \(missing), \(seq), \(now))
            ON CONFLICT (workspace) DO UPDATE SET missing = EXCLUDED.missing
            """)
    }

    /// Ends the hold.
    ///
    /// - Returns: The event that placed it; nil where there was none.
    func removeMassDelete() throws -> Int? {
        try row("DELETE FROM usher.mass_delete WHERE workspace = \(workspace) RETURNING placed_seq")
        {
            try $0.get("placed_seq")
        }
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
            missing.count, hold: try removeMassDelete(), by: act)
        let range = try append(events)
        try execute(
            """
            UPDATE usher.absence SET is_held = false, released_seq = \(range?.first), due_at = \(now)
            WHERE workspace = \(workspace) AND is_held
            """)
        return [words]
    }
}
