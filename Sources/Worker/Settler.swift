internal import Contacts
internal import Foundation
internal import Logging
internal import Postgres
internal import Pylon
internal import Reconciler
internal import Store

/// Finds out what came of requests whose outcome is unknown, and whether missing contacts are gone.
struct Settler: Sendable {
    let store: Store
    let api: RateLimitedClient
    let tokenCheck: TokenCheck
    let timing: SettlementTiming
    let notifier: AlertNotifier
    let clock: any Clock<Duration>
    let logger: Logger
    /// Woken when an action may be sent again.
    let dispatch: Signal
    /// Woken when a contact turned out to be other than it was known.
    let evaluate: Signal

    /// Read back, or asked for, in one pass.
    static let batchSize = 50
    /// Between looks for actions of workers that died.
    static let poll: Duration = .seconds(1)
    /// Before missing contacts are asked for again while the API, or their request, is in the way.
    static let retryPause: Duration = .seconds(5)
    /// Contacts that are asked for, one after the other, until one proves that the API answers.
    static let controls = 2

    /// Reads back what is due and settles it.
    ///
    /// - Returns: How long to wait for the next pass.
    func settle() async throws -> Duration {
        let (claim, deadline) = try await claim()
        guard !claim.actions.isEmpty else {
            let next = claim.nextAt.map { Duration.seconds($0.timeIntervalSince(claim.now)) }
            return min(Self.poll, max(.milliseconds(1), next ?? Self.poll))
        }
        let reads = await withTaskGroup(of: ReadBack?.self) { group in
            for action in claim.actions {
                group.addTask { await read(action, of: claim, by: deadline) }
            }
            return await group.reduce(into: []) { $0 += [$1].compactMap(\.self) }
        }
        guard !reads.isEmpty else { return Self.poll }
        try await record(reads)
        dispatch.send()
        evaluate.send()
        return .zero
    }

    /// What is to be read now; of an endpoint that fails one contact, where `GET /me` is answered.
    private func claim() async throws -> (claim: SettlementClaim, deadline: SendDeadline) {
        let deadline = SendDeadline(clock: clock)
        let limit = api.limits[.get]
        let claim = try await store.claimSettlements(limit: limit, atMost: Self.batchSize)
        guard claim.isTryDue, try await tokenCheck.mayTry(.get) else { return (claim, deadline) }
        let tryDeadline = SendDeadline(clock: clock)
        let one = try await store.claimSettlements(limit: limit, atMost: 1, for: .oneTry)
        return (one, tryDeadline)
    }

    private func record(_ reads: [ReadBack]) async throws {
        do {
            notifier.notify(
                try await store.settle(reads, timing: timing, random: .random(in: 0..<1)))
        } catch let error where Self.isAboutContacts(error) && reads.count > 1 {
            // What cannot be stored must not take the others with it.
            for read in reads {
                do { try await record([read]) } catch let error where Self.isAboutContacts(error) {
                    logger.error(
                        "what was read back cannot be recorded, and is read again",
                        metadata: ["contact": "\(read.action.contactID)", "error": "\(error)"])
                }
            }
        } catch let error where Self.isAboutContacts(error) {
            guard case .contact = reads[0].found else { throw error }
            var read = reads[0]
            read.found = .nothing(reason: "the contact could not be stored: \(error)")
            try await record([read])
        }
    }

    /// Whether recording failed for what the contacts hold, or for what is stored of them.
    private static func isAboutContacts(_ error: any Error) -> Bool {
        (error as? PostgresError)?.isDefinite ?? error.isCodingFailure
    }

    /// Asks for contacts that a sweep did not show, and records those that are proven to be gone.
    ///
    /// - Returns: How long to wait for the next pass.
    func proveAbsences() async throws -> Duration {
        while true {
            // Settling what was sent comes first.
            let spare = try await api.sparePermits(of: .get)
            guard spare > 0 else { return Self.poll }
            let due = try await store.claimAbsences(
                // The control of the proof takes one, too.
                atMost: min(Self.batchSize, max(1, spare - 1)))
            guard !due.isEmpty else { return Self.poll }
            do { try await proveAbsence(of: due) } catch let error
                where error is CancellationError || error is WorkspacePaused
            {
                // Whoever comes next need not wait for what was never asked.
                try? await store.postpone(due, for: .zero)
                throw error
            }
            evaluate.send()
        }
    }

    /// Asks for each of these, and for a contact that is there.
    ///
    /// Where that one does not show either, nothing is known about any of them: a wrong base URL
    /// answers 404 to everything, and an API that fails fails for all.
    private func proveAbsence(of due: [MissingContact]) async throws {
        let askedAt = try await store.lastSeq()
        var absent: [ByteText: Absence] = [:]
        var problems: [ByteText: String] = [:]
        var asked = 0
        for contact in due {
            asked += 1
            switch await look(at: contact.contactID) {
            case .contact(let document, _):
                guard try await store.observe([document], askedAt: askedAt).isEmpty else {
                    // Its own request is under way.
                    try await store.postpone([contact], for: Self.retryPause)
                    continue
                }
                try await store.forgetAbsence(of: [contact.contactID])
            case .gone(let absence): absent[contact.contactID] = absence
            case .nothing(PylonError.unreadableContact(let unreadable, _)):
                // It is there: no sweep will miss it before it has been looked at again.
                notifier.notify(
                    try await store.setAside([unreadable], askedAt: askedAt))
            case .nothing(let error) where !(error is PylonError): throw error
            case .nothing(let error):
                guard try await isPresentContactFound() else {
                    let rest = due.filter { absent[$0.contactID] != nil } + due[(asked - 1)...]
                    return try await store.postpone(rest, for: Self.retryPause)
                }
                problems[contact.contactID] = "\(error)"
            }
        }
        try await tell(problems, of: due)
        guard !absent.isEmpty else { return }
        guard try await isPresentContactFound() else {
            let unproven = due.filter { absent[$0.contactID] != nil }
            return try await store.postpone(unproven, for: Self.retryPause)
        }
        try await store.delete(absent, askedAt: askedAt)
    }

    private func tell(_ problems: [ByteText: String], of due: [MissingContact]) async throws {
        guard !problems.isEmpty else { return }
        try await store.record(unproven: problems)
        for contact in due {
            guard let problem = problems[contact.contactID] else { continue }
            logger.warning(
                "whether a contact that a sweep did not show is gone cannot be told yet",
                metadata: [
                    "contact": "\(contact.contactID)", "attempts": "\(contact.attempts)",
                    "error": "\(problem)",
                    "wait": "\(AbsenceProof.pause(after: contact.attempts))",
                ])
        }
    }

    private enum Look {
        case contact(ContactDocument, requestID: String?)
        case gone(Absence)
        case nothing(any Error)
    }

    /// Reads a contact back with the permit of its claim.
    ///
    /// - Returns: nil where it was not read and nothing is known: its claim lapses.
    private func read(
        _ action: SettlingAction, of claim: SettlementClaim, by deadline: SendDeadline
    ) async -> ReadBack? {
        let permit = SendPermit(
            permit: action.permit, held: claim.held, isAfterFailure: claim.isAfterFailure)
        do {
            let delay = Duration.seconds(action.sendAt.timeIntervalSince(claim.now))
            guard try await api.isUsable(permit, of: .get, after: delay, by: deadline) else {
                return nil
            }
            let reply = try await api.send(.get, with: permit) { client throws(PylonError) in
                try await client.get(action.contactID)
            }
            return ReadBack(
                action: action, found: .contact(reply.value), status: 200,
                requestID: reply.requestID)
        } catch let error as PylonError {
            return await readBack(of: action, error)
        } catch {
            logger.warning(
                "a contact could not be read back",
                metadata: ["contact": "\(action.contactID)", "error": "\(error)"])
            return nil
        }
    }

    /// What an error means for an outcome that is not known.
    private func readBack(of action: SettlingAction, _ error: PylonError) async -> ReadBack? {
        let found: ReadBack.Found
        switch error {
        // Not this contact's fault: it is read when the pause is over.
        case .rateLimited, .unauthorized: return nil
        case .forbidden:
            // About this contact alone, where the token is good.
            switch await tokenCheck.checkAfterRefusal() {
            case .ours: found = .refused(reason: error.cause)
            case .unclear: found = .nothing(reason: error.cause)
            case .paused: return nil
            }
        default:
            if let absence = error.absence {
                found = await absent(absence)
            } else {
                found =
                    error.unreadableReason.map { .unreadable(reason: $0) }
                    ?? .nothing(reason: error.cause)
            }
        }
        return ReadBack(
            action: action, found: found, status: error.status, requestID: error.requestID)
    }

    /// What says that a contact is gone counts only while another one answers.
    private func absent(_ absence: Absence) async -> ReadBack.Found {
        (try? await isPresentContactFound()) == true
            ? .absent(absence)
            : .nothing(reason: "\(absence.reason), but no known contact answers 200 either")
    }

    private func look(at id: String) async -> Look {
        do {
            let reply = try await api.send(.get) { client throws(PylonError) in
                try await client.get(id)
            }
            return .contact(reply.value, requestID: reply.requestID)
        } catch {
            return (error as? PylonError)?.absence.map(Look.gone) ?? .nothing(error)
        }
    }

    /// Whether a contact that must be there answers; of several, since one alone may be unreadable.
    private func isPresentContactFound() async throws -> Bool {
        let controls = try await store.presentContacts(
            from: UUID().uuidString.lowercased(), atMost: Self.controls)
        for control in controls {
            switch await look(at: control) {
            case .contact: return true
            case .gone: continue
            case .nothing(let error) where error is PylonError: continue
            case .nothing(let error): throw error
            }
        }
        return false
    }
}

extension PylonError {
    /// What the API's own words say of a contact that is gone; nil where they say something else.
    fileprivate var absence: Absence? {
        switch self {
        case .notFound(isAPIEnvelope: true, let status, let call):
            Absence(status: status, requestID: call.requestID)
        case .merged(let id, let status, let call):
            Absence(status: status, requestID: call.requestID, mergedInto: id)
        default: nil
        }
    }
}
