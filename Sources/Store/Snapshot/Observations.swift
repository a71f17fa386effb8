package import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Records contacts that were read singly.
    ///
    /// - Parameter askedAt: `lastSeq()` from before they were asked for.
    /// - Returns: The ids whose observation was stale and is to be read again.
    package func observe(_ documents: [ContactDocument], askedAt: Int) async throws -> [String] {
        try await transaction { db in try db.record(documents, askedAt: askedAt) }
    }

    /// Sets aside contacts that were read singly and cannot be read or stored.
    ///
    /// - Parameter askedAt: `lastSeq()` from before they were asked for.
    /// - Returns: The alerts that people have not been told of yet.
    package func setAside(_ contacts: [UnreadableContact], askedAt: Int) async throws -> [Alert] {
        try await transaction { db in
            var changes = SnapshotChanges()
            _ = try db.observe(
                [], unreadable: contacts.map { AsideContact($0) }, askedAt: askedAt,
                into: &changes)
            return try db.write(changes)
        }
    }

    /// Records a page that belongs to no sweep; what it does not show proves nothing.
    ///
    /// - Returns: The ids whose observation was stale and is to be read again, and the alerts that
    ///   people have not been told of yet.
    package func observe(
        page: some SweptPage, under lease: Lease, askedAt: Int
    ) async throws -> (stale: [String], alerts: [Alert]) {
        try await settingRefusedAside(of: page, askedAt: askedAt) { db, refused in
            try db.hold(lease)
            let known = try db.recognise(page)
            let read = try db.decode(page, at: known.unrecognised, without: refused)
            var changes = SnapshotChanges()
            let stale = try db.observe(
                read.documents, unreadable: read.unreadable, askedAt: askedAt, into: &changes)
            return (stale, try db.write(changes))
        }
    }
}

extension WorkspaceTransaction {
    /// Records contacts and writes what they changed.
    func record(_ documents: [ContactDocument], askedAt: Int) throws -> [String] {
        var changes = SnapshotChanges()
        let stale = try observe(documents, askedAt: askedAt, into: &changes)
        _ = try write(changes)
        return stale
    }

    /// Locks the contacts and records what is not stale; the caller writes `changes`.
    ///
    /// - Parameter unreadable: Contacts that were seen and are set aside.
    func observe(
        _ documents: [ContactDocument], unreadable: [AsideContact] = [], askedAt: Int,
        into changes: inout SnapshotChanges
    ) throws -> [String] {
        let ids = documents.map(\.contact.id) + unreadable.compactMap(\.contact.contactID)
        // What is stored of a contact that is set aside need not be readable either.
        let touched = unreadable.isEmpty ? [:] : try lockTouched(ids)
        let known = try lockContacts(documents.map(\.contact.id))
        return try changes.observe(
            Observation(
                documents: documents, unreadable: unreadable, known: known,
                asides: try knownAsides(unreadable.map(\.key)),
                stale: try stale(
                    touched.merging(known.mapValues(\.touchedSeq)) { $1 }, askedAt: askedAt),
                inFlight: known.isEmpty && touched.isEmpty ? [:] : try actionsInFlight(ids)))
    }
}
