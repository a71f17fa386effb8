internal import Contacts
internal import Logging
internal import Postgres
internal import Pylon
internal import Reconciler
internal import Store

/// Reads all contacts, page by page, into the snapshot.
package struct Poller: Sendable {
    let store: Store
    let api: RateLimitedClient
    let tokenCheck: TokenCheck
    let pageSize: SharedPageSize
    let timing: SettlementTiming
    let notifier: AlertNotifier
    let clock: any Clock<Duration>
    let logger: Logger
    /// Woken when there is something to evaluate.
    let evaluate: Signal

    /// Times that one page is requested. Source: docs/pylon-api.md, “What the client does”.
    static let maxPageAttempts = 5
    /// Times that a stale observation is read again before the next sweep has to do.
    static let maxRereads = 3

    package enum Outcome: Sendable, Equatable {
        /// Another process sweeps.
        case notOurs
        case completed
        case aborted
    }

    /// One sweep, resumed where it stopped or begun anew.
    package func sweep() async throws -> Outcome {
        guard let lease = try await store.acquire(.sweep) else { return .notOurs }
        async let _: Void = renewUntilCancelled(lease)
        return try await sweep(under: lease)
    }

    /// A page may have to wait for permits for longer than a lease holds.
    private func renewUntilCancelled(_ lease: Lease) async {
        while !Task.isCancelled {
            try? await clock.sleep(for: WorkTiming.lease / 3)
            // Whoever has lost it is told so when the next page is recorded.
            if !Task.isCancelled { try? await store.renew(lease) }
        }
    }

    private func sweep(under lease: Lease) async throws -> Outcome {
        var sweep = try await store.currentSweep(under: lease)
        do {
            // If a process ended before it said so, every page is recorded already.
            if sweep.pages == 0 || sweep.cursor != nil {
                try await recordPages(of: &sweep, under: lease)
            }
        } catch let error as IncompleteSweep {
            let alerts = try await store.abort(sweep, under: lease, reason: error.description)
            logger.warning(
                "sweep given up", metadata: ["sweep": "\(sweep.sweepID)", "error": "\(error)"])
            notifier.notify(alerts)
            return .aborted
        }
        try await complete(sweep, under: lease)
        return .completed
    }

    /// Asks for the next page while one is recorded.
    private func recordPages(of sweep: inout Sweep, under lease: Lease) async throws {
        let isFirst = sweep.pages == 0
        var page = try await fetch(
            PageQuery(
                cursor: sweep.cursor, isFirst: isFirst,
                isOverContacts: isFirst ? try await hasContacts() : true))
        // On a first sweep every page is new: the next one is decoded while this one is written.
        var isMostlyNew = false
        var progress = SweepProgress()
        while true {
            if let problem = progress.take(page.contacts.ids, nextCursor: page.nextCursor) {
                throw IncompleteSweep(description: problem)
            }
            let next = page.nextCursor.map { PageQuery(cursor: $0, decodesAhead: isMostlyNew) }
            async let following: FetchedPage? = if let next { try await fetch(next) } else { nil }
            let result = try await record(page, of: sweep, under: lease)
            if result.changed > 0 || result.settled > 0 { evaluate.send() }
            notifier.notify(result.alerts)
            try await reread(result.stale)
            sweep = result.sweep
            isMostlyNew = result.changed > page.contacts.count / 2
            guard let followingPage = try await following else { return }
            page = followingPage
        }
    }

    /// Looks at the newest contacts, so that a new one is noticed in seconds.
    ///
    /// What a probe does not show proves nothing.
    func probe() async throws {
        guard let lease = try await store.acquire(.sweep) else { return }
        let askedAt = try await store.lastSeq()
        let probeSize = min(Self.probeSize, pageSize.value.current)
        let reply = try await api.send(.list) { client throws(PylonError) in
            try await client.list(cursor: nil, limit: probeSize)
        }
        let seen = try await store.observe(
            page: PylonPage(reply.value), under: lease, askedAt: askedAt)
        notifier.notify(seen.alerts)
        evaluate.send()
        try await reread(seen.stale)
    }

    /// Contacts that a probe looks at.
    static let probeSize = 20

    private func complete(_ sweep: Sweep, under lease: Lease) async throws {
        let result = try await store.complete(sweep, under: lease)
        logger.info(
            "sweep completed",
            metadata: [
                "sweep": "\(sweep.sweepID)", "pages": "\(sweep.pages)",
                "contacts": "\(sweep.contacts)", "missing": "\(result.missing)",
            ])
        notifier.notify(result.alerts)
        notifier.notify(result.resolved)
    }

    private func hasContacts() async throws -> Bool {
        try await store.subjects(after: "", limit: 1).count > 0
    }

    /// A page as it is asked for.
    fileprivate struct PageQuery {
        /// Where it begins; nil is the newest contact.
        let cursor: String?
        /// Whether no page of the sweep is recorded.
        var isFirst = false
        /// Whether contacts are known, so that a first page without any is no evidence.
        var isOverContacts = true
        /// Whether its contacts are decoded before they are asked for.
        var decodesAhead = false

        var start: String {
            cursor.map { "cursor \(String($0.prefix(80)).escaped)" } ?? "the newest"
        }
    }

    private struct FetchedPage: Sendable {
        var contacts: PylonPage
        let askedAt: ReadMark
        let nextCursor: String?
        let requestID: String?
        /// The permit of its request, which is released with its record.
        let permit: SendPermit
        let remaining: Int?

        init(_ reply: Reply<ContactPage>, _ permit: SendPermit, decoded: Bool) {
            let page = reply.value
            contacts = PylonPage(page)
            if decoded { contacts.decode() }
            nextCursor = page.hasNextPage ? page.cursor : nil
            (requestID, remaining) = (reply.requestID, reply.rateLimitRemaining)
            (askedAt, self.permit) = (permit.mark, permit)
        }
    }

    private func record(
        _ page: FetchedPage, of sweep: Sweep, under lease: Lease
    ) async throws -> PageResult {
        do {
            return try await store.record(
                page.contacts, of: sweep, under: lease, askedAt: page.askedAt,
                nextCursor: page.nextCursor, pageSize: pageSize.value.reduced,
                releasing: page.permit.used(api.limits[.list], remaining: page.remaining),
                reading: PageReading(
                    requestID: page.requestID, timing: timing, random: .random(in: 0..<1)))
        } catch let error as PostgresError where error.isDefinite {
            try await api.release(page.permit, of: .list, remaining: page.remaining)
            // No single contact is to blame, so that the sweep begins anew.
            throw IncompleteSweep(
                description: "\(error), request \(page.requestID ?? "without an id")")
        }
    }

    /// Asks for a page until it is whole.
    ///
    /// - Throws: `IncompleteSweep` when it never is.
    private func fetch(_ query: PageQuery) async throws -> FetchedPage {
        var problem = "no answer"
        var attempt = 0
        while attempt < Self.maxPageAttempts {
            if attempt > 0 {
                try await clock.sleep(for: .milliseconds(Int.random(in: 50...(200 << attempt))))
            }
            attempt += 1
            let size = pageSize.value.current
            do {
                let (reply, permit) = try await api.sendKeepingPermit(.list) {
                    client throws(PylonError) in
                    try await client.list(cursor: query.cursor, limit: size)
                }
                guard let sign = reply.value.signOfIncompleteness(of: query) else {
                    if pageSize.grow() { tellPageSize(since: "pages come whole and in time") }
                    return FetchedPage(reply, permit, decoded: query.decodesAhead)
                }
                problem = "\(sign), request \(reply.requestID ?? "without an id")"
                try await api.release(permit, of: .list, remaining: reply.rateLimitRemaining)
            } catch let error as PylonError {
                try await throwIfFinal(error)
                problem = "\(error)"
                guard error.mayBeTooMuchAtOnce else { continue }
                if pageSize.halve() {
                    // Each size is tried once, so that this ends at one contact a page.
                    attempt = 0
                    tellPageSize(since: problem)
                } else {
                    problem += "; the page holds a single contact and begins at \(query.start)"
                }
            }
        }
        throw IncompleteSweep(description: problem)
    }

    /// - Throws: The error, if it concerns the token; `IncompleteSweep`, if the same request would
    ///   fail again.
    private func throwIfFinal(_ error: PylonError) async throws {
        if case .unauthorized = error { throw error }
        if case .forbidden = error, await tokenCheck.checkAfterRefusal() == .paused { throw error }
        guard !error.mayBeTooMuchAtOnce else { return }
        switch error {
        // A refused cursor has expired. The client has waited as often as the API asked it to.
        case .rejected, .rateLimited: throw IncompleteSweep(description: "\(error)")
        default: return
        }
    }

    private func tellPageSize(since cause: String) {
        logger.notice(
            "the number of contacts asked for at once has changed",
            metadata: [
                "contacts": "\(pageSize.value.current)", "usual": "\(pageSize.value.usual)",
                "since": "\(cause)",
            ])
    }

    /// Reads contacts singly whose observation was stale, with what settling and proving leave of
    /// the permits: where nothing is left, the next sweep has to do.
    private func reread(_ ids: [String]) async throws {
        var ids = ids
        for _ in 0..<Self.maxRereads where !ids.isEmpty {
            var stale: [String] = []
            for id in ids {
                guard try await api.isFree(.get), try await api.sparePermits(of: .get) > 0 else {
                    return
                }
                let askedAt = try await store.lastSeq()
                do {
                    let reply = try await api.send(.get) { client throws(PylonError) in
                        try await client.get(id)
                    }
                    stale += try await store.observe([reply.value], askedAt: askedAt)
                } catch PylonError.unreadableContact(let contact, _) {
                    notifier.notify(
                        try await store.setAside([contact], askedAt: askedAt))
                } catch let error as PylonError {
                    if case .unauthorized = error { throw error }
                    stale.append(id)
                }
            }
            ids = stale
        }
    }
}

/// A sweep that proves nothing.
struct IncompleteSweep: Error, CustomStringConvertible {
    let description: String
}

/// A page of the API as the store takes it.
struct PylonPage: SweptPage {
    private let page: ContactPage
    /// Decoded ahead; nil where a contact cannot be read, which shows when it is asked for.
    private var documents: [ContactDocument?] = []

    init(_ page: ContactPage) { self.page = page }

    mutating func decode() {
        documents = (0..<page.count).map { try? page.document(at: $0) }
    }

    var count: Int { page.count }
    var ids: [String] { (0..<page.count).map(page.id(at:)) }
    func id(at index: Int) -> String { page.id(at: index) }
    func rawDigest(at index: Int) -> [UInt8] { page.rawDigest(at: index) }
    var unreadable: [UnreadableContact] { page.unreadable }
    func document(at index: Int) throws(UnreadableContact) -> ContactDocument {
        if documents.indices.contains(index), let document = documents[index] { return document }
        return try page.document(at: index)
    }
}

extension ContactPage {
    /// Why this page, or what follows it, cannot be complete.
    /// Source: docs/pylon-api.md, “What the client does”.
    fileprivate func signOfIncompleteness(of query: Poller.PageQuery) -> String? {
        let (isFirst, isOverContacts) = (query.isFirst, query.isOverContacts)
        if isFirst && !isOverContacts && !hasData && !hasNextPage { return nil }
        if !hasData { return "the page has no data" }
        if !hasPagination { return "the page has no pagination" }
        if hasNextPage && (cursor ?? "").isEmpty { return "more pages, but no cursor" }
        if hasNextPage, cursor.map({ ByteText($0) }) == query.cursor.map({ ByteText($0) }) {
            return "the cursor repeats"
        }
        if isFirst && count == 0 && unreadable.isEmpty && isOverContacts {
            return "an empty first page over known contacts"
        }
        return nil
    }
}
