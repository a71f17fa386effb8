internal import Foundation
internal import Hummingbird
internal import Synchronization

/// The API without HTTP: takes requests that have been read and says what to answer.
///
/// All state is behind one lock, which is never held across a wait.
final class LocalPylon: Sendable {
    let organisation: SandboxOrganisation
    /// The wall-clock time at which `clock` showed zero.
    let startedAt: Date
    private let token: String
    private let clock: SandboxClock
    private let state: Mutex<SandboxState>

    /// - Parameter other: What the token leads to under the fault `other_organisation`.
    init(options: SandboxOptions, book: ContactBook, other: ContactBook) {
        organisation = book.organisation
        token = options.token
        clock = options.clock
        startedAt = Date().addingTimeInterval(-(options.clock.now() / .seconds(1)))
        state = Mutex(
            SandboxState(
                book: book, other: other, limiter: RateLimiter(limits: options.limits),
                dice: FaultDice(plan: options.faults)))
    }

    /// Handles one request; nil means that the connection is to be closed without an answer.
    func answer(_ request: SandboxRequest) async -> SandboxResponse? {
        let requestID = UUID().uuidString.lowercased()
        let route = SandboxRoute.find(method: request.method, path: request.path)
        var admission = state.withLock {
            $0.admit(request, route, requestID: requestID, token: token, clock: clock)
        }
        if let delay = admission.draw.delay { try? await Task.sleep(for: delay) }
        let body = handle(request, route, &admission)
        state.withLock { $0.log.complete(admission.seen) }
        guard let body else { return nil }
        return answer(with: body, admission)
    }

    /// Does what the request asks for, unless a fault gets in its way.
    ///
    /// - Returns: Nil when the connection is to be closed.
    private func handle(
        _ request: SandboxRequest, _ route: Result<SandboxRoute, APIError>,
        _ admission: inout AdmittedRequest
    ) -> Result<AnswerBody, APIError>? {
        var result: Result<AnswerBody, APIError>?
        do throws(APIError) {
            if let error = admission.refusal { throw error }
            let fault = admission.draw.fault?.kind
            switch fault {
            case .dropBefore: result = nil
            case .error500Before: throw .internalError
            case .expiredCursor: throw .expiredCursor
            default:
                let operation = try Operation(request, try route.get(), in: organisation)
                let body = try perform(operation, &admission)
                if fault == .error500After { throw .internalError }
                result = fault == .dropAfter ? nil : .success(body)
            }
        } catch {
            result = admission.draw.fault?.kind == .dropAfter ? nil : .failure(error)
        }
        admission.seen.answered = clock.now()
        admission.seen.status =
            switch result {
            case .success: 200
            case .failure(let error): error.status
            case nil: nil
            }
        return result
    }

    private func perform(
        _ operation: Operation, _ admission: inout AdmittedRequest
    ) throws(APIError) -> AnswerBody {
        let wallClock = startedAt.addingTimeInterval(admission.seen.arrived / .seconds(1))
        let outcome = state.withLock { state in
            Result { () throws(APIError) in
                try state.perform(operation, admission, at: wallClock)
            }
        }
        let (body, changed) = try outcome.get()
        if let changed {
            admission.seen.applied = true
            admission.seen.contactID = changed
        }
        return body
    }

    private func answer(
        with result: Result<AnswerBody, APIError>, _ admission: AdmittedRequest
    ) -> SandboxResponse {
        let requestID = admission.seen.requestID
        switch result {
        case .success(let body):
            let json = body.json(
                requestID: requestID, organisation: organisation,
                fault: admission.draw.fault?.kind)
            return SandboxResponse(
                status: 200, requestID: requestID, remaining: admission.remaining, body: json)
        case .failure(let error):
            return SandboxResponse(
                status: error.status, requestID: requestID, remaining: admission.remaining,
                retryAfter: error.retryAfter,
                body: AnswerBody.json(error, requestID: requestID))
        }
    }
}

extension LocalPylon {
    /// Changes a contact, or makes or deletes one, as a person would: unseen by limits and log.
    func edit<Value: Sendable>(
        _ change: (inout ContactBook) throws -> sending Value
    ) rethrows -> Value {
        try state.withLock { state in
            state.changes += 1
            return try change(&state.book)
        }
    }

    var contacts: [SandboxContact] { state.withLock { $0.book.newestFirst.map(\.contact) } }

    func entry(id: String) -> ContactBook.Entry? { state.withLock { $0.book[id] } }

    var faults: FaultPlan {
        get { state.withLock { $0.dice.plan } }
        set { state.withLock { $0.dice = FaultDice(plan: newValue) } }
    }

    /// Requests with a number above `number`, and how many were forgotten.
    func requests(after number: Int) -> (requests: [SeenRequest], dropped: Int) {
        state.withLock { ($0.log.after(number), $0.log.dropped) }
    }

    func forgetRequests() { state.withLock { $0.log.reset() } }

    /// The contacts to save and the number of changes they hold.
    func saveable() -> (book: ContactBook, changes: Int) {
        state.withLock { ($0.book, $0.changes) }
    }

    var changes: Int { state.withLock { $0.changes } }
}
