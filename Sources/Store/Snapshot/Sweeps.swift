internal import Contacts
package import Foundation
internal import Postgres
package import Reconciler

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
        try await transaction { db in
            try db.hold(lease)
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
    /// A contact whose bytes are known is neither decoded nor touched. One that cannot be read, or
    /// that the database refuses, is set aside; it counts as seen, and all others are recorded. A
    /// page that was asked for when a request of unknown outcome could not land any more settles
    /// it, as reading the contact back would.
    ///
    /// - Parameters:
    ///   - askedAt: From before the page was asked for.
    ///   - nextCursor: Where the following page begins; nil after the last one.
    ///   - pageSize: Contacts asked for at once; nil is the usual number.
    ///   - used: The permit of its request, which is released with the record.
    ///   - reading: How what the page settles is recorded.
    /// - Throws: `StoreError.leaseLost` or `.sweepMoved` when another process is at it.
    package func record(
        _ page: some SweptPage, of sweep: Sweep, under lease: Lease, askedAt: ReadMark,
        nextCursor: String?, pageSize: Int? = nil, releasing used: UsedPermit? = nil,
        reading: PageReading = PageReading()
    ) async throws -> PageResult {
        try await settingRefusedAside(of: page, askedAt: askedAt.seq) { db, refused in
            try db.hold(lease)
            let shared = try used.map { try db.release($0, of: "list") } ?? []
            let known = try db.recognise(page)
            let read = try db.decode(page, at: known.unrecognised, without: refused)
            var (batch, settled) = try db.settlement(
                by: page, beside: read.documents, askedAt: askedAt, without: refused, reading)
            batch.snapshot.setAside(at: AsidePlace(sweepID: sweep.sweepID, page: sweep.pages + 1))
            let stale = try db.observe(
                read.documents.filter { !settled.contains($0.contact.id) },
                unreadable: read.unreadable, askedAt: askedAt.seq, into: &batch.snapshot)
            // Contacts that are not new have a number also where their bytes differ.
            let refs = known.refs + (try db.refs(of: read.ids))
            let range = try db.write(batch)
            let next = Sweep(
                sweepID: sweep.sweepID, startedAt: sweep.startedAt,
                knownRef: sweep.knownRef, cursor: nextCursor, pages: sweep.pages + 1,
                contacts: sweep.contacts + page.count + page.unreadable.count)
            let changed = batch.snapshot.events.count
            try db.advance(
                sweep, to: next, changed: changed, pageSize: pageSize,
                refs: refs + batch.snapshot.newRefs(in: range))
            return PageResult(
                sweep: next, changed: changed, stale: stale, settled: settled.count,
                alerts: try db.raise(batch.snapshot.alerts + batch.alerts + shared))
        }
    }

    /// Ends a sweep whose every page is recorded, and marks the contacts that it did not show.
    ///
    /// - Returns: How many are missing, and of how many.
    package func complete(_ sweep: Sweep, under lease: Lease) async throws -> SweepResult {
        try await transaction { db in
            try db.hold(lease)
            let now = try db.now()
            let missing = try db.missing(from: sweep)
            let completion = try SweepCompletion(
                sweep.body(missing: missing.count), unreleased: try db.unreleased(among: missing),
                of: try db.contactCount(), hold: try db.massDeleteHold(),
                vanished: try db.removeVanished(from: sweep))
            try db.keep(
                missing: missing, by: sweep, isHeld: completion.isMassDelete, at: now)
            try db.finish(sweep, "completed", at: now)
            try db.execute(
                """
                UPDATE usher.workspace SET first_swept_at = \(now)
                WHERE workspace = \(workspace) AND first_swept_at IS NULL
                """)
            let range = try db.append(completion.events)
            try db.write(completion, from: range?.first ?? 0, at: now)
            let resolved = try db.resolve(.sweepAborted) + db.resolve(.lateSweep)
            return SweepResult(
                missing: missing.count, alerts: try db.raise(completion.alerts, at: now),
                resolved: resolved)
        }
    }

    /// Gives a sweep up: it proves nothing.
    ///
    /// - Returns: The alert, where no sweep was given up since the last complete one.
    package func abort(_ sweep: Sweep, under lease: Lease, reason: String) async throws -> [Alert] {
        try await transaction { db in
            try db.hold(lease)
            let now = try db.now()
            try db.finish(sweep, "aborted", at: now, reason: reason)
            try db.append([try sweep.body(reason: reason).aborted()])
            return try db.raise([.sweepAborted(sweep.sweepID, because: reason)], at: now)
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

extension Sweep {
    init(row: Row) throws {
        self.init(
            sweepID: try row.get("sweep_id"), startedAt: try row.get("started_at"),
            knownRef: try row.get("known_ref"), cursor: try row.get("cursor"),
            pages: try row.get("pages"),
            contacts: try row.get("contacts"))
    }

    fileprivate func body(missing: Int? = nil, reason: String? = nil) -> SweepBody {
        SweepBody(
            sweepID: sweepID, pages: pages, contacts: contacts, missing: missing, reason: reason)
    }
}

extension WorkspaceTransaction {
    /// Moves a sweep past a recorded page.
    ///
    /// - Parameter refs: The numbers of the page's contacts.
    /// - Throws: `StoreError.sweepMoved` when another process has recorded the page.
    fileprivate func advance(
        _ sweep: Sweep, to next: Sweep, changed: Int, pageSize: Int?, refs: [Int]
    ) throws {
        let results = try pipeline([
            """
            INSERT INTO usher.sweep_page (workspace, sweep_id, page, refs)
            VALUES (\(workspace), \(sweep.sweepID), \(next.pages), \(refs)::integer[])
            -- It is there already: the next statement finds that the sweep was moved on.
            ON CONFLICT DO NOTHING
            """,
            """
            UPDATE usher.sweep
            SET cursor = \(next.cursor), pages = \(next.pages), contacts = \(next.contacts),
                changed = changed + \(changed), page_size = \(pageSize)
            WHERE workspace = \(workspace) AND sweep_id = \(sweep.sweepID)
              AND state = 'running' AND pages = \(sweep.pages)
            """,
        ])
        guard results.last?.rowsAffected == 1 else {
            throw StoreError.sweepMoved(sweepID: sweep.sweepID)
        }
    }

    fileprivate func finish(
        _ sweep: Sweep, _ state: String, at now: Date, reason: String? = nil
    ) throws {
        try execute(
            """
            UPDATE usher.sweep SET state = \(state), finished_at = \(now), reason = \(reason)
            WHERE workspace = \(workspace) AND sweep_id = \(sweep.sweepID) AND state = 'running'
            """)
    }

    fileprivate func contactCount() throws -> Int {
        try row(
            """
            SELECT count(*) AS total FROM usher.contact
            WHERE workspace = \(workspace) AND deleted_at IS NULL
            """
        ) { try $0.get("total") } ?? 0
    }

    /// Tells the contacts of a page whose bytes are known from the others, also those set aside.
    func recognise(_ page: some SweptPage) throws -> (refs: [Int], unrecognised: [Int]) {
        let digests = (0..<page.count).map(page.rawDigest(at:))
        return try row(
            """
            SELECT coalesce(array_agg(c.ref::bigint) FILTER (WHERE c.ref IS NOT NULL), '{}')
                       AS refs,
                   coalesce(array_agg(p.place) FILTER (WHERE c.ref IS NULL), '{}') AS unrecognised
            FROM unnest(\(page.ids)::text[], \(digests)::bytea[])
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
}
