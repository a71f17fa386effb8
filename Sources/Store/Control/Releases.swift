internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

/// Something that waits for a person.
package enum Release: Sendable, Equatable {
    /// Holds, a blocked action and drift of one contact, or of one of its fields.
    case contact(String, field: String?)
    case massDelete
    case organisation
}

extension Store {
    /// Releases what waits for a person.
    ///
    /// - Returns: What was released, in words; empty when nothing waited.
    package func release(_ what: Release, by act: OperatorAct) async throws -> [String] {
        try await transaction { db in
            switch what {
            case .contact(let id, let field):
                try db.release(.everything(slot: field), ofContact: id, by: act)
            case .massDelete: try db.releaseMassDelete(by: act)
            case .organisation: try db.releaseOrganisation(by: act)
            }
        }
    }

    /// Ends a pause after a refused token without waiting for the next look at it.
    ///
    /// - Returns: Whether there was one.
    package func resume(by act: OperatorAct) async throws -> Bool {
        try await transaction { db in
            let ended = try db.execute(
                """
                DELETE FROM usher.pause
                WHERE workspace = \(workspace) AND endpoint = ''
                  -- Another organisation is accepted in another way.
                  AND reason NOT IN ('organisation', 'token_changed')
                """)
            guard ended > 0 else { return false }
            try db.append([try act.event("resumed the workspace")])
            return true
        }
    }
}

extension WorkspaceTransaction {
    /// - Returns: What was released, in words; empty when nothing waited.
    func release(
        _ part: ContactRelease.Part, ofContact id: String, by act: OperatorAct
    ) throws -> [String] {
        let action = try lockActions(ofContacts: [id])[id]
        guard let known = try lockContacts([id])[id] else { return [] }
        let release = try ContactRelease(
            part, of: known, holds: Array((try holds(ofContacts: [id])[id] ?? [:]).values),
            action: action, by: act, at: try now())
        guard !release.released.isEmpty else { return [] }
        var actions = ActionChanges()
        release.unblocked.map { actions.save($0) }
        try pipeline(
            try release.holds.map(removal) + revisionStatements(for: actions) + [
                """
                UPDATE usher.contact
                SET grants = \(try JSON(encoding: release.record.grants)),
                    drifts = \(try JSON(encoding: release.record.drifts)),
                    declined = \(try JSON(encodingNonEmpty: release.record.declined))
                WHERE workspace = \(workspace) AND contact_id = \(id)
                """
            ])
        try append(release.events)
        return release.released
    }

    func releaseOrganisation(by act: OperatorAct) throws -> [String] {
        let ended = try execute(
            """
            UPDATE usher.pause SET reason = 'token_changed', until = \(try now())
            WHERE workspace = \(workspace) AND endpoint = '' AND reason = 'organisation'
            """)
        guard ended > 0 else { return [] }
        let words = "the workspace for another organisation"
        try append([try act.event("released \(words)")])
        try execute(
            "UPDATE usher.workspace SET organisation_id = NULL WHERE workspace = \(workspace)")
        return [words]
    }
}
