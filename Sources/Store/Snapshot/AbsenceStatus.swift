internal import Postgres

/// How far the proofs are that missing contacts are gone.
package struct AbsenceStatus: Encodable, Sendable, Equatable {
    /// Contacts that the last complete sweep did not show and that are not proven to be gone.
    package let missing: Int
    /// Those of them that wait for an operator to approve a mass delete.
    package let held: Int
    /// Those of them that were asked for, and the answer proved nothing.
    package let unproven: Int
    /// Contacts of the mass delete that was released last, while some of them are missing.
    package let released: Int?
    /// Those of them that are proven to be gone, or are back.
    package let settled: Int?
    /// Why one of the unproven is so.
    package let problem: String?

    /// In words; nil where nothing is missing.
    package var text: String? {
        guard missing > 0 else { return nil }
        var parts = ["\(missing) missing, not proven gone"]
        if held > 0 { parts.append("\(held) wait for usher approve mass-delete") }
        if let released, let settled {
            parts.append("of \(released) released, \(settled) are proven gone or back")
        }
        if unproven > 0 {
            parts.append("\(unproven) cannot be proven yet" + (problem.map { " (\($0))" } ?? ""))
        }
        return parts.joined(separator: "; ")
    }
}

extension WorkspaceTransaction {
    func absenceStatus() throws -> AbsenceStatus {
        try row(
            """
            SELECT x.missing, x.held, x.unproven, x.problem,
                   (e.body ->> 'missing')::bigint AS released,
                   (e.body ->> 'missing')::bigint - x.unsettled AS settled
            FROM (
                SELECT count(*) AS missing, count(*) FILTER (WHERE is_held) AS held,
                       count(*) FILTER (WHERE problem IS NOT NULL) AS unproven,
                       max(problem) AS problem, max(released_seq) AS released_seq,
                       count(*) FILTER (WHERE released_seq IS NOT NULL) AS unsettled
                FROM usher.absence
                WHERE workspace = \(workspace)) AS x
            LEFT JOIN usher.event e ON e.workspace = \(workspace) AND e.seq = x.released_seq
            """
        ) {
            AbsenceStatus(
                missing: try $0.get("missing"), held: try $0.get("held"),
                unproven: try $0.get("unproven"), released: try $0.get("released"),
                settled: try $0.get("settled"), problem: try $0.get("problem"))
        }
            ?? AbsenceStatus(
                missing: 0, held: 0, unproven: 0, released: nil, settled: nil, problem: nil)
    }
}
