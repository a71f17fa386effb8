internal import Foundation
internal import Logging
internal import Pylon
package import Reconciler
internal import ServiceLifecycle
internal import Store

/// The one way to a request that is not a PATCH: waits for pauses and permits, sends, and releases.
struct RateLimitedClient: Sendable {
    let store: Store
    let client: PylonClient
    let limits: [Endpoint: RequestLimit]
    let counts: RequestCounts
    let pauseController: PauseController
    /// How long an endpoint that fails is left alone.
    let pacing: BreakerPacing
    let clock: any Clock<Duration>

    /// Times that one request waits out a 429; each waits as long as the API says.
    static let maxThrottled = 10
    /// Longest wait before looking again at pauses and permits that others may end or free.
    static let maxWait: Duration = .seconds(5)

    /// Sends one request as soon as the limits allow.
    ///
    /// - Throws: `PylonError` as the client does, but never the first 429s; `WorkspacePaused` when
    ///   the workspace is paused, without sending.
    func send<Value: Sendable>(
        _ endpoint: Endpoint,
        _ request: (PylonClient) async throws(PylonError) -> Reply<Value>
    ) async throws -> Reply<Value> {
        let (reply, permit) = try await sendKeepingPermit(endpoint, request)
        try await release(permit, of: endpoint, remaining: reply.rateLimitRemaining)
        return reply
    }

    /// Sends one request as `send` does, and leaves its permit to the caller, who releases it in
    /// the transaction that records the reply.
    func sendKeepingPermit<Value: Sendable>(
        _ endpoint: Endpoint,
        _ request: (PylonClient) async throws(PylonError) -> Reply<Value>
    ) async throws -> (reply: Reply<Value>, permit: SendPermit) {
        var throttled = 0
        while true {
            let permit = try await permit(for: endpoint)
            do {
                return (try await exchange(endpoint, with: permit, request), permit)
            } catch PylonError.rateLimited where throttled + 1 < Self.maxThrottled {
                throttled += 1
            }
        }
    }

    /// Sends one request with a permit that is there already, and releases it.
    func send<Value: Sendable>(
        _ endpoint: Endpoint, with permit: SendPermit,
        _ request: (PylonClient) async throws(PylonError) -> Reply<Value>
    ) async throws -> Reply<Value> {
        let reply = try await exchange(endpoint, with: permit, request)
        try await release(permit, of: endpoint, remaining: reply.rateLimitRemaining)
        return reply
    }

    /// Sends one request, and records what its answer says of the endpoint and of the token. Only
    /// after an error it releases the permit.
    private func exchange<Value: Sendable>(
        _ endpoint: Endpoint, with permit: SendPermit,
        _ request: (PylonClient) async throws(PylonError) -> Reply<Value>
    ) async throws -> Reply<Value> {
        counts.sent(endpoint)
        let token = client.token.current
        do {
            let reply = try await request(client)
            if permit.isAfterFailure { try await record(EndpointReport(.well), of: endpoint) }
            return reply
        } catch let error as PylonError {
            try await release(permit, of: endpoint)
            if case .rateLimited(let retryAfter, _) = error {
                counts.throttled(endpoint)
                try await pauseController.throttled(endpoint, retryAfter: retryAfter)
            } else if error.refusesToken {
                try await pauseController.unauthorized(error, sentWith: token, client.token)
            }
            let report = EndpointReport(error.sign, contactID: error.call.contactID)
            if report.isBad || permit.isAfterFailure { try await record(report, of: endpoint) }
            throw error
        }
    }

    private func record(_ report: EndpointReport, of endpoint: Endpoint) async throws {
        pauseController.notifier.notify(
            try await store.record(
                report, of: endpoint.rawValue, pacing: pacing, random: .random(in: 0..<1)))
    }

    /// Records that a failing endpoint was not tried, since `GET /me` is not answered either.
    func fail(_ endpoint: Endpoint, cause: String) async throws {
        try await record(EndpointReport(.failing(cause: cause)), of: endpoint)
    }

    /// Whether a request would not have to wait, neither for a pause nor for a permit.
    func isFree(_ endpoint: Endpoint) async throws -> Bool {
        let state = try await store.sendingState()
        guard !state.pauses.contains(where: { $0.endpoint == endpoint.rawValue }) else {
            return false
        }
        if case .nothing = state.allowance(of: endpoint.rawValue) { return false }
        return try await freePermits(of: endpoint) > 0
    }

    /// Requests that the limits allow at once.
    func freePermits(of endpoint: Endpoint) async throws -> Int {
        guard let limit = limits[endpoint] else { return .max }
        return limit.permits - (try await store.heldPermits(of: endpoint.rawValue))
    }

    /// Requests that the limits allow at once and that leave half of them to others.
    func sparePermits(of endpoint: Endpoint) async throws -> Int {
        guard let limit = limits[endpoint] else { return .max }
        return try await freePermits(of: endpoint) - limit.permits / 2
    }

    /// Takes a permit as soon as nothing keeps the endpoint from being used: one transaction where
    /// there is nothing to wait for.
    private func permit(for endpoint: Endpoint) async throws -> SendPermit {
        while true {
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { throw CancellationError() }
            let deadline = SendDeadline(clock: clock)
            let start = try await store.beginRequest(
                to: endpoint.rawValue, limit: limits[endpoint], isProbe: endpoint == .me)
            switch start.step {
            case .paused(let reason): throw WorkspacePaused(reason: reason)
            case .wait(let until): try await sleep(until.timeIntervalSince(start.mark.at))
            case .send(let permit, let held, let isAfterFailure):
                let sending = SendPermit(
                    permit: permit, held: held, isAfterFailure: isAfterFailure,
                    mark: start.mark)
                let delay = Duration.seconds(
                    max(0, permit?.sendAt.timeIntervalSince(start.mark.at) ?? 0))
                if try await isUsable(sending, of: endpoint, after: delay, by: deadline) {
                    return sending
                }
            }
        }
    }

    /// Waits for a permit's time, and looks at the permit again if it had to wait.
    ///
    /// One that lapsed is released.
    func isUsable(
        _ sending: SendPermit, of endpoint: Endpoint, after delay: Duration,
        by deadline: SendDeadline
    ) async throws -> Bool {
        guard let permit = sending.permit else { return true }
        var isOurs = true
        if delay > .zero {
            try await clock.sleep(for: delay)
            isOurs = try await store.isUsable(permit, of: endpoint.rawValue)
        }
        if isOurs && !deadline.isOver(after: delay) { return true }
        try await store.release(permit, of: endpoint.rawValue)
        return false
    }

    private func sleep(_ seconds: Double) async throws {
        // A stop ends the wait.
        await Signal().wait(upTo: min(Self.maxWait, .seconds(max(0.001, seconds))), clock: clock)
    }

    func release(_ sent: SendPermit, of endpoint: Endpoint, remaining: Int? = nil) async throws {
        guard let used = sent.used(limits[endpoint], remaining: remaining) else { return }
        pauseController.notifier.notify(
            try await store.release(used: used, of: endpoint.rawValue))
    }
}

/// What a request is sent with.
struct SendPermit: Sendable {
    /// nil where the endpoint has no limit.
    var permit: Permit?
    /// Permits that were held when it was taken.
    var held = 0
    /// Whether the endpoint had failed before: then its good answer is news.
    let isAfterFailure: Bool
    /// The place in the log and the time at which it was taken.
    var mark = ReadMark(seq: 0, at: .distantPast)
}

extension SendPermit {
    /// The permit as it is released with the record of its reply; nil where there is no limit.
    func used(_ limit: RequestLimit?, remaining: Int?) -> UsedPermit? {
        guard let permit, let limit else { return nil }
        return UsedPermit(permit: permit, limit: limit, remaining: remaining, held: held)
    }
}

extension PylonError {
    /// What it says of the endpoint that gave it.
    var sign: EndpointSign {
        // Whoever was told to stop asks no more.
        if Task.isCancelled { return .nothing }
        return switch self {
        case .rateLimited(let retryAfter, _):
            .throttled(retryAfter ?? PauseController.defaultThrottle)
        case .notSent, .unknownOutcome: .failing(cause: cause)
        case .unreadable(_, let call), .forbidden(_, _, let call, _):
            // One contact that cannot be read, or must not be changed, says nothing of the others.
            call.contactID == nil ? .failing(cause: cause) : .well
        case .rejected(_, let code, let call, _):
            // Without a code, nobody knows whose words these are.
            call.contactID == nil && code == nil ? .failing(cause: cause) : .well
        case .notFound(let isAPIEnvelope, _, _): isAPIEnvelope ? .well : .nothing
        case .merged, .unreadableContact: .well
        // The next page asked for is smaller.
        case .tooLarge, .unauthorized: .nothing
        }
    }
}

/// The workspace sends nothing until a person or a good token ends its pause.
package struct WorkspacePaused: Error, CustomStringConvertible {
    package let reason: Pause.Reason

    package var description: String {
        "the workspace is paused (\(reason.rawValue)); see: usher status"
    }
}

/// Puts pauses on record and tells of them once.
struct PauseController: Sendable {
    let store: Store
    let notifier: AlertNotifier
    let logger: Logger

    /// Between looks whether a token is good again.
    static let tokenProbe: Duration = .seconds(15)
    /// A 429 that does not say how long waits this long.
    /// Source: docs/pylon-api.md, “What the client does”.
    static let defaultThrottle: Duration = .seconds(30)

    /// Reads the token file again and pauses the workspace: without a word where there is another
    /// token now, until its organisation has been asked for; else with an alert.
    func unauthorized(
        _ error: PylonError, sentWith token: Token, _ source: TokenSource
    ) async throws {
        _ = try? source.reload()
        if source.current != token {
            logger.notice("the token was refused; its file holds another one, which is tried now")
            _ = try await store.pause(for: .zero, reason: .tokenChanged)
            return
        }
        try await pause(
            .unauthorized,
            Alert(
                code: .unauthorized,
                message: "workspace \(store.workspace) is paused: \(error). Replace the token; the "
                    + "workspace resumes automatically, or immediately with: usher resume"))
    }

    /// - Parameter own: The workspace's; nil where the workspace is gone.
    func organisation(_ own: KnownOrganisation?, insteadOf found: KnownOrganisation) async throws {
        try await pause(
            .organisation,
            Alert(
                code: .otherOrganisation,
                message: "workspace \(store.workspace) is paused: its token belongs to the "
                    + "organisation \(found), and the workspace to "
                    + "\(own.map { "\($0)" } ?? "none"). Put the right token back, or accept the "
                    + "new organisation with: usher approve organisation --reason …"))
    }

    func throttled(_ endpoint: Endpoint, retryAfter: Duration?) async throws {
        let wait = retryAfter ?? Self.defaultThrottle
        if try await store.pause(endpoint: endpoint.rawValue, for: wait, reason: .rateLimited) {
            logger.warning(
                "the API asked to wait", metadata: ["endpoint": "\(endpoint)", "wait": "\(wait)"])
        }
    }

    private func pause(_ reason: Pause.Reason, _ alert: Alert) async throws {
        notifier.notify(
            try await store.pause(for: Self.tokenProbe, reason: reason, raising: alert))
    }
}
