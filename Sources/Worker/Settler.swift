internal import Contacts
internal import Foundation
internal import Logging
internal import Postgres
internal import Pylon
internal import Store

/// Finds out what came of requests whose outcome is unknown, and whether missing contacts are gone.
struct Settler: Sendable {
    let store: Store
    let gate: Gate
    let tokenCheck: TokenCheck
    let timing: SettlementTiming
    let announcer: Announcer
    let clock: any Clock<Duration>
    let logger: Logger
    /// Woken when an action may be sent again.
    let dispatch: Signal
    /// Woken when a contact turned out to be other than it was known.
    let evaluate: Signal

    /// Read back in one pass.
    static let batchSize = 10
    /// Between looks for actions of workers that died.
    static let poll: Duration = .seconds(1)
    /// Before contacts are asked for again that could not be read.
    static let retryPause: Duration = .seconds(30)

    /// Reads back what is due and settles it.
    ///
    /// - Returns: How long to wait for the next pass.
    func settle() async throws -> Duration {
        // What is claimed is read before the claim lapses: no more than there are permits for.
        let free = try await gate.freePermits(of: .get)
        guard free > 0 else { return Self.poll }
        let due = try await store.claimSettlements(atMost: min(Self.batchSize, free))
        guard !due.actions.isEmpty else {
            let next = due.nextAt.map { Duration.seconds($0.timeIntervalSince(due.now)) }
            return min(Self.poll, max(.milliseconds(1), next ?? Self.poll))
        }
        let reads = try await withThrowingTaskGroup(of: ReadBack.self) { group in
            for action in due.actions { group.addTask { try await read(action) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        try await record(reads)
        dispatch.send()
        evaluate.send()
        return .zero
    }

    private func record(_ reads: [ReadBack]) async throws {
        do {
            announcer.announce(
                try await store.settle(reads, timing: timing, random: .random(in: 0..<1)))
        } catch let error as PostgresError where error.isDefinite && reads.count > 1 {
            // What cannot be stored must not take the others with it.
            for read in reads { try await record([read]) }
        } catch let error as PostgresError where error.isDefinite {
            guard case .contact = reads[0].found else { throw error }
            var read = reads[0]
            read.found = .nothing(reason: "the contact could not be stored: \(error)")
            try await record([read])
        }
    }

    /// Asks for contacts that a sweep did not show, and records those that are proven to be gone.
    ///
    /// - Returns: How long to wait for the next pass.
    func proveAbsences() async throws -> Duration {
        var (last, isAnyLeft) = ("", false)
        while true {
            // Settling what was sent comes first.
            let spare = try await gate.sparePermits(of: .get)
            guard spare > 0 else { return Self.poll }
            let missing = try await store.missingContacts(
                after: last, limit: min(Self.batchSize, spare))
            guard let end = missing.last else { break }
            last = end
            if try await !proveAbsence(of: missing) { isAnyLeft = true }
            evaluate.send()
        }
        return isAnyLeft ? Self.retryPause : Self.poll
    }

    /// - Returns: Whether all of them turned out to be there or gone.
    private func proveAbsence(of missing: [String]) async throws -> Bool {
        let askedAt = try await store.lastSeq()
        var absent: [String: String?] = [:]
        var isClear = true
        for id in missing {
            switch await look(at: id) {
            case .contact(let document, _):
                isClear =
                    try await store.observe([document], askedAt: askedAt).isEmpty && isClear
            case .notFound(let requestID): absent[id] = requestID
            case .nothing(let error) where !(error is PylonError): throw error
            case .nothing(let error):
                // It must not keep the others from being looked at.
                logger.warning(
                    "a contact that a sweep did not show could not be read",
                    metadata: ["contact": "\(id)", "error": "\(error)"])
                isClear = false
            }
        }
        guard !absent.isEmpty else { return isClear }
        // A wrong base URL answers 404 to everything: so does a 404 count only beside a 200.
        guard try await isPresentContactFound() else { return false }
        try await store.delete(absent, askedAt: askedAt)
        return isClear
    }

    private enum Look {
        case contact(ContactDocument, requestID: String?)
        case notFound(requestID: String?)
        case nothing(any Error)
    }

    private func read(_ action: SettlingAction) async throws -> ReadBack {
        switch await look(at: action.contactID) {
        case .contact(let document, let requestID):
            return ReadBack(
                action: action, found: .contact(document), status: 200, requestID: requestID)
        case .notFound(let requestID):
            let isProven = (try? await isPresentContactFound()) == true
            return ReadBack(
                action: action,
                found: isProven
                    ? .absent : .nothing(reason: "404, but no known contact answers 200 either"),
                status: 404, requestID: requestID)
        case .nothing(let error):
            if error is CancellationError || error is WorkspacePaused { throw error }
            if case PylonError.forbidden = error { return try await refused(action, error) }
            if case PylonError.unreadable(let reason, let call) = error {
                return ReadBack(
                    action: action, found: .unreadable(reason: reason), status: 200,
                    requestID: call.requestID)
            }
            let error = error as? PylonError
            return ReadBack(
                action: action, found: .nothing(reason: error.map { "\($0)" } ?? "no answer"),
                status: error?.status, requestID: error?.requestID)
        }
    }

    /// A 403 about one contact is that contact's where the token is good.
    private func refused(
        _ action: SettlingAction, _ error: any Error
    ) async throws -> ReadBack {
        let found: ReadBack.Found
        switch await tokenCheck.checkAfterRefusal() {
        case .ours: found = .refused(reason: "\(error)")
        case .unclear: found = .nothing(reason: "\(error)")
        case .paused: throw WorkspacePaused(reason: .unauthorized)
        }
        let error = error as? PylonError
        return ReadBack(
            action: action, found: found, status: error?.status, requestID: error?.requestID)
    }

    private func look(at id: String) async -> Look {
        do {
            let reply = try await gate.send(.get) { client throws(PylonError) in
                try await client.get(id)
            }
            return .contact(reply.value, requestID: reply.requestID)
        } catch PylonError.notFound(isAPIEnvelope: true, let call) {
            return .notFound(requestID: call.requestID)
        } catch {
            return .nothing(error)
        }
    }

    private func isPresentContactFound() async throws -> Bool {
        guard let control = try await store.presentContact() else { return false }
        if case .contact = await look(at: control) { return true }
        return false
    }
}
