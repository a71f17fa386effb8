internal import Foundation
internal import Logging
internal import Pylon
internal import ServiceLifecycle
package import Store

/// The one way to a request that is not a PATCH: waits for pauses and permits, sends, and gives back.
struct Gate: Sendable {
    let store: Store
    let client: PylonClient
    let limits: [Endpoint: RequestLimit]
    let counts: RequestCounts
    let pauser: Pauser
    let clock: any Clock<Duration>

    /// Times that one request waits out a 429. Source: ours; each waits as long as the API says.
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
        for _ in 0..<Self.maxThrottled {
            let permit = try await permit(for: endpoint)
            counts.sent(endpoint)
            let token = client.token.current
            do {
                let reply = try await request(client)
                try await giveBack(permit, of: endpoint, remaining: reply.rateLimitRemaining)
                return reply
            } catch let error as PylonError {
                try await giveBack(permit, of: endpoint)
                guard case .rateLimited(let retryAfter, _) = error else {
                    if error.refusesToken {
                        try await pauser.unauthorized(error, sentWith: token, client.token)
                    }
                    throw error
                }
                counts.throttled(endpoint)
                try await pauser.throttled(endpoint, retryAfter: retryAfter)
            }
        }
        throw PylonError.rateLimited(retryAfter: nil, call: Call(endpoint))
    }

    /// Whether a request would not have to wait, neither for a pause nor for a permit.
    func isFree(_ endpoint: Endpoint) async throws -> Bool {
        let pauses = try await store.pauses().pauses
        guard !pauses.contains(where: { $0.endpoint == endpoint.rawValue }) else { return false }
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

    /// A permit, and how many were held when it was taken.
    private typealias HeldPermit = (permit: Permit, held: Int)

    private func permit(for endpoint: Endpoint) async throws -> HeldPermit? {
        while true {
            try Task.checkCancellation()
            if Task.isShuttingDownGracefully { throw CancellationError() }
            let (pauses, now) = try await store.pauses()
            if let pause = pauses.first(where: { $0.endpoint == nil }) {
                // Whoever looks whether the token is good again must get through.
                if endpoint != .me { throw WorkspacePaused(reason: pause.reason) }
            } else if let pause = pauses.first(where: { $0.endpoint == endpoint.rawValue }) {
                try await sleep(pause.until.timeIntervalSince(now))
                continue
            }
            guard let limit = limits[endpoint] else { return nil }
            let deadline = SendDeadline(clock: clock)
            let batch = try await store.takePermits(endpoint.rawValue, limit: limit, wanted: 1)
            guard let permit = batch.permits.first else {
                try await sleep(batch.nextAt?.timeIntervalSince(batch.now) ?? 1)
                continue
            }
            let delay = Duration.seconds(max(0, permit.sendAt.timeIntervalSince(batch.now)))
            if try await isUsable(permit, of: endpoint, after: delay, by: deadline) {
                return (permit, batch.held)
            }
            try await store.release(permit, of: endpoint.rawValue)
        }
    }

    /// Waits for a permit's time, and looks at the permit again if it had to wait.
    private func isUsable(
        _ permit: Permit, of endpoint: Endpoint, after delay: Duration, by deadline: SendDeadline
    ) async throws -> Bool {
        if delay > .zero {
            try await clock.sleep(for: delay)
            guard try await store.isUsable(permit, of: endpoint.rawValue) else { return false }
        }
        return !deadline.isOver(after: delay)
    }

    private func sleep(_ seconds: Double) async throws {
        // A stop ends the wait.
        await Signal().wait(upTo: min(Self.maxWait, .seconds(max(0.001, seconds))), clock: clock)
    }

    private func giveBack(
        _ held: HeldPermit?, of endpoint: Endpoint, remaining: Int? = nil
    ) async throws {
        guard let held, let limit = limits[endpoint] else { return }
        let alerts = try await store.giveBack(
            held.permit, of: endpoint.rawValue, limit: limit, remaining: remaining, held: held.held)
        pauser.announcer.announce(alerts)
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
struct Pauser: Sendable {
    let store: Store
    let announcer: Announcer
    let logger: Logger

    /// Between looks whether a token is good again.
    static let tokenProbe: Duration = .seconds(15)
    /// A 429 that does not say how long waits this long. Source: the facts, limits count per minute.
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
                message: "workspace \(store.workspace) is paused: \(error). Replace its token; it "
                    + "goes on by itself when GET /me answers, or at once with: usher resume"))
    }

    /// - Parameter own: The workspace's; nil where the workspace is gone.
    func organisation(_ own: KnownOrganisation?, insteadOf found: KnownOrganisation) async throws {
        try await pause(
            .organisation,
            Alert(
                code: .otherOrganisation,
                message: "workspace \(store.workspace) is paused: its token belongs to the "
                    + "organisation \(found), and the workspace to \(own.map { "\($0)" } ?? "none"). "
                    + "Put the right token back, or accept the new organisation with: usher release "
                    + "organisation --reason …"))
    }

    func throttled(_ endpoint: Endpoint, retryAfter: Duration?) async throws {
        let wait = retryAfter ?? Self.defaultThrottle
        if try await store.pause(endpoint: endpoint.rawValue, for: wait, reason: .rateLimited) {
            logger.warning(
                "the API asked to wait", metadata: ["endpoint": "\(endpoint)", "wait": "\(wait)"])
        }
    }

    private func pause(_ reason: Pause.Reason, _ alert: Alert) async throws {
        announcer.announce(
            try await store.pause(for: Self.tokenProbe, reason: reason, raising: alert))
    }
}
