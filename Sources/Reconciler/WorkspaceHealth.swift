internal import Contacts
package import Foundation

/// What tells whether a workspace is looked after, none of which costs a look at its contacts.
package struct WorkspaceHealth: Sendable, Equatable {
    /// The last sign of life of a process.
    package struct Worker: Sendable, Equatable, Encodable {
        package var holder: String
        package var version: String
        package var startedAt: Date
        package var seenAt: Date
        /// When it was asked to stop; nil while it runs, and where it died.
        package var stoppedAt: Date?
        /// Seconds between the end of a sweep and the next.
        package var sweepInterval: Double

        package init(
            holder: String, version: String, startedAt: Date, seenAt: Date, stoppedAt: Date? = nil,
            sweepInterval: Double
        ) {
            self.holder = holder
            self.version = version
            self.startedAt = startedAt
            self.seenAt = seenAt
            self.stoppedAt = stoppedAt
            self.sweepInterval = sweepInterval
        }

        enum CodingKeys: String, CodingKey {
            case holder, version
            case startedAt = "started_at"
            case seenAt = "seen_at"
            case stoppedAt = "stopped_at"
            case sweepInterval = "sweep_interval"
        }

        /// A worker gives a sign every few seconds; one that misses several of them counts as gone.
        package static let timeToLive: Duration = .seconds(30)

        package func isAlive(at now: Date) -> Bool {
            stoppedAt == nil && seenAt + Self.timeToLive > now
        }
    }

    /// The last complete sweep.
    package struct CompleteSweep: Sendable, Equatable, Encodable {
        package var startedAt: Date
        package var finishedAt: Date

        enum CodingKeys: String, CodingKey {
            case startedAt = "started_at"
            case finishedAt = "finished_at"
        }

        package init(startedAt: Date, finishedAt: Date) {
            (self.startedAt, self.finishedAt) = (startedAt, finishedAt)
        }
    }

    package struct PauseStatus: Sendable, Equatable, Encodable {
        package let what: String
        package let reason: String
        package let until: Date
        /// It has no end of its own: a good token, or a person, ends it.
        package let isWhole: Bool

        package init(what: String, reason: String, until: Date, isWhole: Bool) {
            self.what = what
            self.reason = reason
            self.until = until
            self.isWhole = isWhole
        }

        enum CodingKeys: String, CodingKey { case what, reason, until }
    }

    package struct AlertStatus: Sendable, Equatable, Encodable {
        package let seq: Int
        package let raisedAt: Date
        package let seenAt: Date
        package let code: String
        package let subject: String
        package let message: String

        package init(
            seq: Int, raisedAt: Date, seenAt: Date, code: String, subject: String, message: String
        ) {
            self.seq = seq
            self.raisedAt = raisedAt
            self.seenAt = seenAt
            self.code = code
            self.subject = subject
            self.message = message
        }

        enum CodingKeys: String, CodingKey {
            case seq, code, subject, message
            case raisedAt = "raised_at"
            case seenAt = "seen_at"
        }
    }

    /// The database's time.
    package var now: Date
    package var createdAt: Date
    /// Processes of the last day, the newest sign of life first.
    package var workers: [Worker] = []
    package var lastCompleteSweep: CompleteSweep?
    /// When the oldest event that is not evaluated was recorded; nil where all are.
    package var unevaluatedSince: Date?
    /// Events that wait for evaluation, of which at most `maxUnevaluated` and one are counted.
    package var unevaluatedEvents = 0
    package var pauses: [PauseStatus] = []
    package var openAlerts: [AlertStatus] = []
    /// Why the database takes no writes; nil where it does.
    package var writeRefusal: String?
    /// Whether next month's events have a partition of their own.
    package var hasNextPartition = true

    package init(now: Date, createdAt: Date) {
        (self.now, self.createdAt) = (now, createdAt)
    }
}

extension WorkspaceHealth {
    /// Something that a person has to look into.
    package enum Problem: Sendable, Equatable {
        /// No process has ever worked for the workspace, or none within a day.
        case neverWorked
        case stopped(Worker)
        case silent(Worker)
        case lateSweep(since: Date?, interval: Double)
        case paused(PauseStatus)
        case behind(events: Int, since: Date)
        case alert(AlertStatus)
        case noPartition
        /// The database takes no writes, for this reason.
        case readOnlyDatabase(String)
    }

    /// A sweep may take as long again as the last one did, and a few minutes of the API's trouble.
    static let sweepPatience: Duration = .seconds(300)
    /// The first sweep of a large workspace takes long: a million contacts at sixty pages a minute.
    static let firstSweepPatience: Duration = .seconds(1800)
    /// Counting more events than this would take longer than `usher status` may.
    package static let maxUnevaluated = 10_000

    /// Events are evaluated within seconds; what many of them bring about may take minutes.
    static let evaluationPatience: Duration = .seconds(300)

    /// What is wrong, the cause before what follows from it.
    package var problems: [Problem] {
        var problems = [writeRefusal.map(Problem.readOnlyDatabase) ?? workerProblem]
            .compactMap { $0 }
        problems += pauses.filter(\.isWhole).map(Problem.paused)
        if isSweepLate {
            problems.append(
                .lateSweep(since: lastCompleteSweep?.finishedAt, interval: sweepInterval ?? 0))
        }
        // Before the first complete sweep, nothing is evaluated.
        if let since = unevaluatedSince, lastCompleteSweep != nil,
            since + Self.evaluationPatience < now
        {
            problems.append(.behind(events: unevaluatedEvents, since: since))
        }
        problems += openAlerts.map(Problem.alert)
        if !hasNextPartition { problems.append(.noPartition) }
        return problems
    }

    private var workerProblem: Problem? {
        guard let last = workers.first else { return .neverWorked }
        if workers.contains(where: { $0.isAlive(at: now) }) { return nil }
        return last.stoppedAt == nil ? .silent(last) : .stopped(last)
    }

    /// Seconds between sweeps, as the last worker has it; nil where none has been there.
    package var sweepInterval: Double? { workers.first?.sweepInterval }

    /// Whether the last complete sweep ended longer ago than its interval explains.
    package var isSweepLate: Bool {
        guard let sweepInterval else { return false }
        let interval = Duration.seconds(sweepInterval)
        guard let last = lastCompleteSweep else {
            return createdAt + interval + Self.firstSweepPatience < now
        }
        let took = Duration.seconds(max(0, last.finishedAt.timeIntervalSince(last.startedAt)))
        return last.finishedAt + interval + max(Self.sweepPatience, took * 2) < now
    }
}
