internal import Contacts
internal import Foundation
internal import Logging
internal import Postgres
internal import Pylon
internal import Reconciler
internal import ServiceLifecycle
internal import Store
internal import Synchronization

/// Sends what has been decided: the only code that sends a PATCH.
struct Dispatcher: Sendable {
    let store: Store
    let client: PylonClient
    /// nil where updates are not limited.
    let limit: RequestLimit?
    let timing: SettlementTiming
    let counts: RequestCounts
    let pauseController: PauseController
    let tokenCheck: TokenCheck
    let notifier: AlertNotifier
    let outage: DatabaseOutage
    let clock: any Clock<Duration>
    let activity: Activity
    let logger: Logger
    /// Woken when there may be something to send.
    let wake: Signal
    /// Woken when there is something to settle.
    let settle: Signal
    /// Woken when an answer showed somebody else's change.
    let evaluate: Signal

    /// Actions claimed at once. Source: docs/measurements.md, “PostgreSQL”.
    static let batchSize = 50
    /// Requests under way at once: enough to send while the answers to others are recorded.
    static let maxUnderWay = 200
    /// Between looks for work that another process decided or permits that it gave back.
    static let poll: Duration = .seconds(1)

    /// Claims a batch, sends it, and records every answer.
    ///
    /// - Returns: How many were sent, and how long to wait for the next claim.
    @discardableResult
    func dispatch() async throws -> (sent: Int, wait: Duration) {
        let (claim, deadline) = try await claim()
        notifier.notify(claim.alerts)
        let wait = Self.wait(after: claim)
        guard !claim.actions.isEmpty else { return (0, wait) }
        await perform(claim, by: deadline)
        return (claim.actions.count, .zero)
    }

    /// Keeps up to `maxUnderWay` requests under way until the process is asked to stop; what is in
    /// flight then is finished.
    func run() async {
        let underWay = RequestsUnderWay()
        await withDiscardingTaskGroup { group in
            await repeatUntilShutdown(
                wakenBy: wake, clock: clock,
                failures: FailureLog("dispatch", outage: outage, logger: logger)
            ) {
                guard underWay.count <= Self.maxUnderWay - Self.batchSize else {
                    await underWay.ended.wait(upTo: Self.poll, clock: clock)
                    return .zero
                }
                let (claim, deadline) = try await claim()
                notifier.notify(claim.alerts)
                guard let last = claim.actions.last else { return Self.wait(after: claim) }
                underWay.begin(claim.actions.count)
                group.addTask {
                    await perform(claim, by: deadline, recorded: underWay.end)
                }
                // The next claim plans sends after these.
                let rest = Self.seconds(last.sendAt.timeIntervalSince(claim.now))
                if rest > .zero { await Signal().wait(upTo: rest, clock: clock) }
                return .zero
            }
        }
    }

    /// The next batch; of an endpoint that fails one request, where `GET /me` is answered.
    private func claim() async throws -> (claim: Claim, deadline: SendDeadline) {
        // Its lease runs from before the answer to this, however long that takes.
        let deadline = SendDeadline(clock: clock)
        let claim = try await store.claim(limit: limit, atMost: Self.batchSize)
        guard claim.isTryDue, try await tokenCheck.mayTry(.update) else { return (claim, deadline) }
        let tryDeadline = SendDeadline(clock: clock)
        return (try await store.claim(limit: limit, atMost: 1, for: .oneTry), tryDeadline)
    }

    private static func wait(after claim: Claim) -> Duration {
        guard let nextAt = claim.nextAt else { return poll }
        return min(poll, max(.milliseconds(1), seconds(nextAt.timeIntervalSince(claim.now))))
    }

    private static func seconds(_ interval: Double) -> Duration {
        .microseconds(Int(nearest: interval * 1e6))
    }

    /// Sends every action at its time; answers are recorded together as they come in.
    ///
    /// Neither a failure nor a shutdown cuts it short: what is in flight is finished and recorded.
    private func perform(
        _ claim: Claim, by deadline: SendDeadline, recorded: (Int) -> Void = { _ in }
    ) async {
        let answers = AnswerQueue()
        await withTaskGroup { group in
            for action in claim.actions {
                group.addTask {
                    let delay = Self.seconds(action.sendAt.timeIntervalSince(claim.now))
                    let answer = await activity.during("request") {
                        await send(action, after: delay, by: deadline)
                    }
                    answers.add(answer)
                }
            }
            for await _ in group {
                // Those that came while the ones before were recorded are taken along.
                let batch = answers.takeAll()
                let refusals = batch.filter(\.isForbidden)
                await record(batch.filter { !$0.isForbidden })
                await record(await judged(refusals))
                recorded(batch.count)
            }
        }
    }

    /// Tells refusals of the token from those of single actions: one look for all of them.
    private func judged(_ refusals: [Attempt]) async -> [Attempt] {
        guard !refusals.isEmpty else { return [] }
        let finding = await tokenCheck.checkAfterRefusal()
        return refusals.map { refusal in
            guard case .forbidden(let message) = refusal.result else { return refusal }
            var refusal = refusal
            switch finding {
            case .ours: refusal.result = .refused(message: message)
            case .paused: refusal.result = .unauthorized
            case .unclear: break
            }
            return refusal
        }
    }

    private func record(_ answers: [Attempt]) async {
        guard !answers.isEmpty else { return }
        do {
            try await retryWhileUnavailable {
                try await store.record(
                    answers, limit: limit, timing: timing, random: .random(in: 0..<1))
            }.forEach(notifier.notify)
        } catch  where answers.count > 1 {
            // What cannot be stored must not take the others with it.
            for answer in answers { await record([answer]) }
        } catch {
            await recordUnstorable(answers[0], error)
        }
        if answers.contains(where: { if case .unknown = $0.result { true } else { false } }) {
            settle.send()
        }
        evaluate.send()
        wake.send()
    }

    /// An answer whose contact cannot be stored says only that there was one.
    private func recordUnstorable(_ answer: Attempt, _ error: any Error) async {
        logger.error(
            "an outcome could not be recorded; it is settled by reading back",
            metadata: [
                "action": "\(answer.action.actionID)", "contact": "\(answer.action.contactID)",
                "error": "\(error)",
            ])
        guard case .contact = answer.result else { return }
        var answer = answer
        answer.result = .unknown(reason: "the answer could not be stored")
        await record([answer])
    }

    /// Answers are evidence: a database that is away is waited for, as long as the process lives.
    private func retryWhileUnavailable<Result>(_ record: () async throws -> Result) async throws
        -> Result
    {
        while true {
            do { return try await record() } catch let error as PostgresError
                where error.isPassing || error.isAboutDatabase
            {
                outage.note(error)
                try await clock.sleep(for: Self.poll)
            }
        }
    }

    private func send(
        _ action: ClaimedAction, after delay: Duration, by deadline: SendDeadline
    ) async -> Attempt {
        if delay > .zero {
            try? await clock.sleep(for: delay)
            do {
                if let reason = try await store.obstacle(toSending: action) {
                    return Attempt(
                        action, .notSent(reason: reason), seenAt: .now)
                }
            } catch {
                let reason = "whether it is still to be sent could not be asked: \(error)"
                return Attempt(
                    action, .notSent(reason: reason), seenAt: .now)
            }
        }
        guard !deadline.isOver(after: delay), !Task.isCancelled else {
            return Attempt(
                action, .notSent(reason: "its time had passed before it was sent"),
                seenAt: .now)
        }
        counts.sent(.update)
        let (start, token) = (ContinuousClock.now, client.token.current)
        do {
            let reply = try await client.update(action.contactID, action.values)
            return Attempt(
                action, .contact(reply.value), status: reply.status,
                requestID: reply.requestID,
                milliseconds: (ContinuousClock.now - start).milliseconds,
                remaining: reply.rateLimitRemaining, seenAt: .now, sign: .well)
        } catch {
            return await answered(action, error, start: start, sentWith: token)
        }
    }

    /// What an error means for an action, and for the workspace.
    private func answered(
        _ action: ClaimedAction, _ error: PylonError, start: ContinuousClock.Instant,
        sentWith token: Token
    ) async -> Attempt {
        let seenAt = ContinuousClock.now
        let result: PatchResult
        let sign = error.sign
        switch error {
        case .rateLimited(let retryAfter, _):
            counts.throttled(.update)
            result = .throttled(retryAfter: retryAfter ?? PauseController.defaultThrottle)
            await pause { try await pauseController.throttled(.update, retryAfter: retryAfter) }
        case .unauthorized:
            result = .unauthorized
            await pause {
                try await pauseController.unauthorized(error, sentWith: token, client.token)
            }
        case .forbidden(_, _, _, let message): result = .forbidden(message: message)
        case .rejected(_, _, _, let message): result = .refused(message: message)
        case .notSent(let reason, _): result = .notSent(reason: reason)
        // Whether the contact is gone is settled by reading it.
        default: result = .unknown(reason: "\(error)")
        }
        return Attempt(
            action, result, status: error.status, code: error.code,
            requestID: error.requestID, milliseconds: (seenAt - start).milliseconds, seenAt: seenAt,
            sign: sign)
    }

    /// A pause that cannot be written is no reason to lose the answer that asked for it.
    private func pause(_ write: () async throws -> Void) async {
        do { try await write() } catch {
            logger.error("pause could not be recorded", metadata: ["error": "\(error)"])
        }
    }
}

/// How many requests are claimed and not recorded.
private final class RequestsUnderWay: Sendable {
    let ended = Signal()
    private let requests = Mutex(0)

    var count: Int { requests.withLock { $0 } }

    func begin(_ count: Int) { requests.withLock { $0 += count } }

    func end(_ count: Int) {
        requests.withLock { $0 -= count }
        ended.send()
    }
}

/// Answers that wait to be recorded together.
private final class AnswerQueue: Sendable {
    private let answers = Mutex<[Attempt]>([])

    func add(_ answer: Attempt) { answers.withLock { $0.append(answer) } }

    func takeAll() -> [Attempt] {
        answers.withLock { answers in
            defer { answers = [] }
            return answers
        }
    }
}

extension Attempt {
    fileprivate var isForbidden: Bool { if case .forbidden = result { true } else { false } }
}

extension Duration {
    var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
