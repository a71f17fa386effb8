internal import Foundation
internal import Logging
internal import Pylon
internal import Reconciler
internal import Store

/// Asks whose token it is: at the start, after a 403, and repeatedly during a pause.
struct TokenCheck: Sendable {
    let store: Store
    let api: RateLimitedClient
    let pauseController: PauseController
    let failures: FailureLog
    let logger: Logger

    enum Finding: Sendable {
        /// The organisation that the workspace has always had.
        case ours
        /// Refused, or of another organisation: the workspace is paused.
        case paused
        /// No usable answer.
        case unclear
    }

    /// Between looks whether a pause can end.
    static let poll: Duration = .seconds(1)

    /// Adopts the organisation at the first start, and pauses the workspace for another.
    func check() async throws -> Finding {
        do {
            let me = try await api.send(.me) { client throws(PylonError) in try await client.me() }
            failures.passed()
            let found = KnownOrganisation(id: me.value.id, name: me.value.name)
            let own = try await store.recognise(found)
            if own?.id == found.id { return .ours }
            try await pauseController.organisation(own, insteadOf: found)
            return .paused
        } catch let error as PylonError {
            if error.refusesToken { return .paused }
            failures.failed(error)
            return .unclear
        }
    }

    /// Tells the refusal of a token from that of a single request, without a wait for a permit:
    /// whoever asks has an answer to record.
    ///
    /// - Returns: `ours` where the token is good, so that the refusal was the request's own.
    func checkAfterRefusal() async -> Finding {
        do { return try await api.isFree(.me) ? try await check() : .unclear } catch {
            failures.failed(error)
            return .unclear
        }
    }

    /// Whether a failing endpoint is to be tried: `GET /me` is asked first, which changes nothing
    /// and leaves no trace in the log. Where that is not answered either, the endpoint stays alone.
    func mayTry(_ endpoint: Endpoint) async throws -> Bool {
        guard try await api.isFree(.me) else { return false }
        switch try await check() {
        case .ours: return true
        case .paused: return false
        case .unclear:
            try await api.fail(endpoint, cause: "GET /me is not answered either")
            return false
        }
    }

    /// Ends a pause for a refused token once it is good again.
    ///
    /// - Returns: How long to wait for the next look.
    func endPause() async throws -> Duration {
        let state = try await store.sendingState()
        guard let pause = state.pauses.first(where: { $0.endpoint == nil }),
            pause.until <= state.now
        else {
            // Once all else is well, nobody else asks.
            if state.allowance(of: Endpoint.me.rawValue) == .oneTry { _ = try await check() }
            return Self.poll
        }
        guard pause.reason != .unknown else { throw UnknownPause() }
        _ = try? api.client.token.reload()
        // The next look is one probe away, whatever comes of this one.
        _ = try await store.pause(for: PauseController.tokenProbe, reason: pause.reason)
        _ = try await checkAndResume()
        return Self.poll
    }

    /// Ends a pause of the workspace if the token is good and of its organisation.
    func checkAndResume() async throws -> Finding {
        let finding = try await check()
        guard finding == .ours else { return finding }
        for reason in [Pause.Reason.unauthorized, .organisation, .tokenChanged]
        where try await store.resume(after: reason) {
            logger.notice("the token is good again: the workspace goes on")
        }
        return finding
    }
}

/// A pause whose reason only a newer version knows.
private struct UnknownPause: Error, CustomStringConvertible {
    var description: String {
        "the workspace is paused for a reason that this version does not know: run the newer "
            + "version, or end the pause with: usher resume"
    }
}
