internal import Contacts
internal import Foundation
internal import Logging
internal import Pylon
internal import Store

/// Finds out what came of requests whose outcome is unknown, and whether missing contacts are gone.
struct Settler: Sendable {
    let store: Store
    let gate: Gate
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

    /// Reads back what is due and settles it.
    ///
    /// - Returns: How long to wait for the next pass.
    func settle() async throws -> Duration {
        let due = try await store.claimSettlements(atMost: Self.batchSize)
        guard !due.actions.isEmpty else {
            let next = due.nextAt.map { Duration.seconds($0.timeIntervalSince(due.now)) }
            return min(Self.poll, max(.milliseconds(1), next ?? Self.poll))
        }
        let reads = try await withThrowingTaskGroup(of: ReadBack.self) { group in
            for action in due.actions { group.addTask { try await read(action) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let alerts = try await store.settle(reads, timing: timing, random: .random(in: 0..<1))
        alerts.forEach(announcer.announce)
        dispatch.send()
        evaluate.send()
        return .zero
    }

    /// Asks for contacts that a sweep did not show, and records those that are proven to be gone.
    ///
    /// - Returns: How long to wait for the next pass.
    func proveAbsences() async throws -> Duration {
        let missing = try await store.missingContacts(limit: Self.batchSize)
        guard !missing.isEmpty else { return Self.poll }
        let askedAt = try await store.lastSeq()
        var absent: [String: String?] = [:]
        for id in missing {
            switch await look(at: id) {
            case .contact(let document, _):
                _ = try await store.observe([document], askedAt: askedAt)
            case .notFound(let requestID): absent[id] = requestID
            case .nothing(let error): throw error
            }
        }
        if !absent.isEmpty {
            // A wrong base URL answers 404 to everything: so does a 404 count only beside a 200.
            guard try await isPresentContactFound() else { return Self.poll }
            try await store.delete(absent, askedAt: askedAt)
        }
        evaluate.send()
        return .zero
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
            let error = error as? PylonError
            return ReadBack(
                action: action, found: .nothing(reason: error.map { "\($0)" } ?? "no answer"),
                status: error?.status, requestID: error?.requestID)
        }
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
