package import Contacts
package import Foundation
internal import Postgres
internal import Reconciler

/// A sweep under way, as recorded.
package struct Sweep: Sendable, Equatable {
    package let sweepID: Int
    package let startedAt: Date
    /// The newest contact that was known when it began: those that came later it need not show.
    let knownRef: Int
    /// Where the next page begins; nil is the first page.
    package let cursor: String?
    package let pages: Int
    package let contacts: Int
}

/// A page of contacts as the store sees it: ids, digests, and the means to decode one.
package protocol SweptPage: Sendable {
    /// Contacts of which at least the id can be read.
    var count: Int { get }
    func id(at index: Int) -> String
    /// SHA-256 of the contact's bytes as they came.
    func rawDigest(at index: Int) -> [UInt8]
    func document(at index: Int) throws(UnreadableContact) -> ContactDocument
    /// The others on the page, which are there and cannot be read.
    var unreadable: [UnreadableContact] { get }
}

/// What recording a page found.
package struct PageResult: Sendable {
    package let sweep: Sweep
    package let changed: Int
    /// Contacts whose observation was stale: to be read again.
    package let stale: [String]
    /// Unknown outcomes that the page settled.
    package let settled: Int
    /// What people are to be told.
    package let alerts: [Alert]
}

extension Store {
    /// Resumes the sweep under way, or begins one.
    package func currentSweep(under lease: Lease) async throws -> Sweep {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            let running = try db.row(
                """
                SELECT sweep_id, started_at, coalesce(known_ref, 0) AS known_ref, cursor, pages,
                       contacts
                FROM usher.sweep
                WHERE workspace = \(workspace) AND state = 'running'
                """, decode: Sweep.init(row:))
            if let running { return running }
            let now = try db.now()
            // An older sweep's pages have said all they had to say.
            try db.execute("DELETE FROM usher.sweep_page WHERE workspace = \(workspace)")
            let sweep = try db.row(
                """
                UPDATE usher.workspace SET last_sweep_id = last_sweep_id + 1
                WHERE workspace = \(workspace)
                RETURNING last_sweep_id, last_ref
                """
            ) {
                Sweep(
                    sweepID: try $0.get("last_sweep_id"), startedAt: now,
                    knownRef: try $0.get("last_ref"), cursor: nil, pages: 0, contacts: 0)
            }
            guard let sweep else { throw StoreError.unknownWorkspace(workspace) }
            try db.execute(
                """
                INSERT INTO usher.sweep (workspace, sweep_id, state, started_at, known_ref)
                VALUES (\(workspace), \(sweep.sweepID), 'running', \(now), \(sweep.knownRef))
                """)
            return sweep
        }
    }

    /// Records a page: its changes, their events and the sweep's new cursor, all or nothing.
    ///
    /// A contact whose bytes are known is neither decoded nor touched. One that cannot be read, or that
    /// the database refuses, is set aside; it counts as seen, and all others are recorded. A page that was
    /// asked for when a request of unknown outcome could not land any more settles it, as reading the
    /// contact back would.
    ///
    /// - Parameters:
    ///   - askedAt: `readMark()` from before the page was asked for.
    ///   - nextCursor: Where the following page begins; nil after the last one.
    ///   - pageSize: Contacts asked for at once; nil is the usual number.
    ///   - reading: How what the page settles is recorded.
    /// - Throws: `StoreError.leaseLost` or `.sweepMoved` when another process is at it.
    package func record(
        _ page: some SweptPage, of sweep: Sweep, under lease: Lease, askedAt: ReadMark,
        nextCursor: String?, pageSize: Int? = nil, reading: PageReading = PageReading()
    ) async throws -> PageResult {
        try await settingRefusedAside(of: page, askedAt: askedAt.seq) { refused in
            try await record(
                page, without: refused, of: sweep, under: lease, askedAt: askedAt,
                nextCursor: nextCursor, pageSize: pageSize, reading: reading)
        }
    }

    private func record(
        _ page: some SweptPage, without refused: RefusedContacts, of sweep: Sweep,
        under lease: Lease, askedAt: ReadMark, nextCursor: String?, pageSize: Int?,
        reading: PageReading
    ) async throws -> PageResult {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            let known = try db.recognise(page, in: workspace)
            let read = try db.read(page, at: known.unrecognised, without: refused, in: workspace)
            var (batch, settled) = try db.settlement(
                by: page, beside: read.documents, askedAt: askedAt, without: refused, reading,
                in: workspace)
            batch.snapshot.setAside(at: AsidePlace(sweepID: sweep.sweepID, page: sweep.pages + 1))
            let stale = try db.observe(
                read.documents.filter { !settled.contains($0.contact.id) },
                unreadable: read.unreadable, askedAt: askedAt.seq, into: &batch.snapshot,
                in: workspace)
            let changes = batch.snapshot
            // Contacts that are not new have a ref also where their bytes differ.
            let differing = try db.refs(of: read.ids, in: workspace)
            var statements: [Statement] = []
            var newRefs: [Int] = []
            if !changes.isEmpty || !changes.events.isEmpty {
                let places = try db.takePlaces(
                    changes.events.count, refs: changes.newContacts, in: workspace)
                statements = try changes.statements(at: places, in: workspace)
                batch.actions.block(at: places.first + changes.events.count - 1)
                newRefs = (0..<changes.newContacts).map { places.lastRef + 1 + $0 }
            }
            let next = Sweep(
                sweepID: sweep.sweepID, startedAt: sweep.startedAt,
                knownRef: sweep.knownRef, cursor: nextCursor, pages: sweep.pages + 1,
                contacts: sweep.contacts + page.count + page.unreadable.count)
            statements.append(
                """
                INSERT INTO usher.sweep_page (workspace, sweep_id, page, refs)
                VALUES (\(workspace), \(sweep.sweepID), \(next.pages),
                        \(known.refs + differing + newRefs)::integer[])
                -- It is there already: the next statement finds that the sweep was moved on.
                ON CONFLICT DO NOTHING
                """)
            statements.append(
                """
                UPDATE usher.sweep
                SET cursor = \(nextCursor), pages = \(next.pages), contacts = \(next.contacts),
                    changed = changed + \(changes.events.count), page_size = \(pageSize)
                WHERE workspace = \(workspace) AND sweep_id = \(sweep.sweepID)
                  AND state = 'running' AND pages = \(sweep.pages)
                """)
            statements.insert(
                contentsOf: try batch.actions.statements(holder: holder, in: workspace), at: 0)
            let results = try db.pipeline(statements)
            guard results.last?.rowsAffected == 1 else {
                throw StoreError.sweepMoved(sweepID: sweep.sweepID)
            }
            return PageResult(
                sweep: next, changed: changes.events.count, stale: stale, settled: settled.count,
                alerts: try db.raise(changes.alerts, in: workspace)
                    + db.raise(batch.alerts, at: batch.now, in: workspace))
        }
    }

    /// Takes in a page that belongs to no sweep; what it does not show proves nothing.
    ///
    /// - Returns: The ids whose observation was stale and is to be read again, and what people are to
    ///   be told.
    package func observe(
        page: some SweptPage, under lease: Lease, askedAt: Int
    ) async throws -> (stale: [String], alerts: [Alert]) {
        try await settingRefusedAside(of: page, askedAt: askedAt) { refused in
            try await database.transaction { [workspace, holder] db in
                try db.hold(lease, of: holder, in: workspace)
                let known = try db.recognise(page, in: workspace)
                let read = try db.read(
                    page, at: known.unrecognised, without: refused, in: workspace)
                var changes = SnapshotChanges()
                let stale = try db.observe(
                    read.documents, unreadable: read.unreadable, askedAt: askedAt,
                    into: &changes, in: workspace)
                return (stale, try db.write(changes, in: workspace))
            }
        }
    }

    /// Ends a sweep whose every page is recorded, and marks the contacts that it did not show.
    ///
    /// - Returns: How many are missing, and of how many.
    package func complete(_ sweep: Sweep, under lease: Lease) async throws -> SweepResult {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            let now = try db.now()
            let missing = try db.missing(from: sweep, in: workspace)
            let total: Int =
                try db.row(
                    """
                    SELECT count(*) AS total FROM usher.contact
                    WHERE workspace = \(workspace) AND deleted_at IS NULL
                    """
                ) { try $0.get("total") } ?? 0
            let unreleased = try db.unreleased(among: missing, in: workspace)
            let isMass = unreleased > Store.massDelete(of: total)
            try db.keep(
                missing: missing, by: sweep, isHeld: isMass, at: now, in: workspace)
            try db.execute(
                """
                UPDATE usher.sweep SET state = 'completed', finished_at = \(now)
                WHERE workspace = \(workspace) AND sweep_id = \(sweep.sweepID)
                """)
            try db.execute(
                """
                UPDATE usher.workspace SET first_swept_at = \(now)
                WHERE workspace = \(workspace) AND first_swept_at IS NULL
                """)
            let hadHold = try db.hasMassDeleteHold(in: workspace)
            var events = try db.takeBackVanished(from: sweep, in: workspace)
            events += [
                NewEvent(
                    kind: .sweepCompleted,
                    body: try JSON(
                        encoding: SweepBody(
                            sweepID: sweep.sweepID, pages: sweep.pages, contacts: sweep.contacts,
                            missing: missing.count)))
            ]
            if isMass && !hadHold {
                events.append(try .massDelete(missing: unreleased))
            }
            let holdIndex = events.firstIndex { $0.kind == .holdPlaced }
            let places = try db.append(events, in: workspace)
            if isMass, let places {
                // One that is there already only learns the new number.
                try db.placeMassDeleteHold(
                    missing: unreleased, seq: places.first + (holdIndex ?? 0), at: now,
                    in: workspace)
            } else if !isMass && hadHold {
                try db.withdrawMassDeleteHold(in: workspace)
            }
            let over =
                try db.resolve(.sweepAborted, in: workspace)
                + db.resolve(.lateSweep, in: workspace)
            let alerts = try db.raise(
                isMass ? [.massDelete(missing: unreleased, of: total)] : [], at: now,
                in: workspace)
            return SweepResult(missing: missing.count, alerts: alerts, resolved: over)
        }
    }

    /// Gives a sweep up: it proves nothing.
    ///
    /// - Returns: The alert, where no sweep was given up since the last complete one.
    package func abort(
        _ sweep: Sweep, under lease: Lease, reason: String
    ) async throws -> [Alert] {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            let now = try db.now()
            try db.execute(
                """
                UPDATE usher.sweep
                SET state = 'aborted', finished_at = \(now), reason = \(reason)
                WHERE workspace = \(workspace) AND sweep_id = \(sweep.sweepID) AND state = 'running'
                """)
            let alert = Alert(
                code: .sweepAborted,
                message: "sweep \(sweep.sweepID) was given up, so changes may go unseen until one "
                    + "completes: \(reason)")
            let body = SweepBody(
                sweepID: sweep.sweepID, pages: sweep.pages, contacts: sweep.contacts, reason: reason
            )
            try db.append(
                [NewEvent(kind: .sweepAborted, body: try JSON(encoding: body))], in: workspace)
            return try db.raise([alert], at: now, in: workspace)
        }
    }
}

/// What a complete sweep found missing.
package struct SweepResult: Sendable {
    package let missing: Int
    /// Of missing contacts too many to believe: nothing is deleted until a person releases it.
    package let alerts: [Alert]
    package let resolved: [ResolvedAlert]
}

private struct SweepBody: Encodable {
    let sweepID: Int
    let pages: Int
    let contacts: Int
    var missing: Int? = nil
    var reason: String? = nil

    enum CodingKeys: String, CodingKey {
        case sweepID = "sweep_id"
        case pages, contacts, missing, reason
    }
}

extension Sweep {
    init(row: Row) throws {
        self.init(
            sweepID: try row.get("sweep_id"), startedAt: try row.get("started_at"),
            knownRef: try row.get("known_ref"), cursor: try row.get("cursor"),
            pages: try row.get("pages"),
            contacts: try row.get("contacts"))
    }
}

extension Transaction {
    /// Tells the contacts of a page whose bytes are known from the others, which are those that are set
    /// aside too.
    func recognise(
        _ page: some SweptPage, in workspace: WorkspaceName
    ) throws -> (refs: [Int], unrecognised: [Int]) {
        let ids = (0..<page.count).map(page.id(at:))
        let digests = (0..<page.count).map(page.rawDigest(at:))
        return try row(
            """
            SELECT coalesce(array_agg(c.ref::bigint) FILTER (WHERE c.ref IS NOT NULL), '{}') AS refs,
                   coalesce(array_agg(p.place) FILTER (WHERE c.ref IS NULL), '{}') AS unrecognised
            FROM unnest(\(ids)::text[], \(digests)::bytea[])
                 WITH ORDINALITY AS p (contact_id, raw_digest, place)
            LEFT JOIN usher.contact c
              ON c.workspace = \(workspace) AND c.contact_id = p.contact_id
             AND c.raw_digest = p.raw_digest AND c.deleted_at IS NULL
             AND NOT EXISTS (
                 SELECT 1 FROM usher.unreadable u
                 WHERE u.workspace = \(workspace) AND u.contact_id = p.contact_id)
            """
        ) { row in
            (
                refs: try row.get("refs", as: [Int].self),
                unrecognised: try row.get("unrecognised", as: [Int].self).map { $0 - 1 }.sorted()
            )
        } ?? ([], [])
    }

    func refs(of ids: [String], in workspace: WorkspaceName) throws -> [Int] {
        guard !ids.isEmpty else { return [] }
        return try rows(
            """
            SELECT ref FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id = ANY (\(ids)::text[])
            """
        ) { try $0.get("ref") }
    }
}
