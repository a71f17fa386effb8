internal import Contacts
internal import Foundation
package import Reconciler
package import Store
internal import Synchronization

/// Alerts about conditions that this process sees, told once even while nothing can be stored.
///
/// What the database does not take is told at once and put on record, with its times, when it takes
/// it. `raise` and `resolve` may be called in every pass: while nothing changes, they do nothing.
package final class StandingAlerts: Sendable {
    private let store: Store
    private let notifier: AlertNotifier
    private let conditions = Mutex<[Alert.Key: StandingCondition]>([:])

    package init(store: Store, notifier: AlertNotifier) {
        self.store = store
        self.notifier = notifier
    }

    /// When an alert is put on record.
    package enum Recording: Sendable {
        case now
        /// The database is known to be away: people are told first.
        case later
        /// The same, and they are told by another workspace's alert.
        case laterToldElsewhere
    }

    /// How often the record is told that a condition goes on. Shorter than any alert's lifetime.
    static let keepInterval: Duration = .seconds(60)
    /// Between looks for alerts that are over or not on record yet.
    static let poll: Duration = .seconds(5)

    /// A condition is there: people are told when it begins.
    package func raise(_ alert: Alert, recorded recording: Recording = .now) async {
        let isNew = conditions.withLock { conditions in
            guard conditions[alert.key]?.isFiring != true else { return false }
            conditions[alert.key] = StandingCondition(
                alert: alert, isToldElsewhere: recording == .laterToldElsewhere)
            return true
        }
        guard isNew else { return }
        switch recording {
        case .now: await write(alert.key)
        case .later, .laterToldElsewhere: tellUnrecorded(alert.key)
        }
    }

    /// A condition is not there: people are told of its end, even if an earlier process saw it.
    package func resolve(_ code: Alert.Code, subject: String = "") async {
        let key = Alert.Key(code, subject: subject)
        let isNew = conditions.withLock { conditions in
            var condition = conditions[key] ?? StandingCondition(alert: nil)
            guard condition.isFiring || condition.alert == nil && condition.recorded == .nothing
            else { return false }
            condition.ended = LocalTime()
            conditions[key] = condition
            return true
        }
        if isNew { await write(key) }
    }

    /// An alert that was put on record and told of with other work stands until it is resolved.
    func keep(_ alert: Alert) {
        conditions.withLock {
            $0[alert.key] = StandingCondition(alert: alert, told: .begun, recorded: .begun)
        }
    }

    /// Puts on record what is not yet, and ends what is over, whoever raised it.
    ///
    /// - Returns: How long to wait for the next pass.
    package func settle() async throws -> Duration {
        let unwritten = conditions.withLock { $0.filter { $0.value.needsWriting }.map(\.key) }
        for key in unwritten { await write(key) }
        notifier.notify(try await store.resolveAlerts())
        return Self.poll
    }

    /// At shutdown, announces the end of alerts that were announced but never recorded: the next
    /// process cannot resolve them.
    package func leave() {
        let left = conditions.withLock { conditions in
            let left = conditions.values.filter {
                $0.isFiring && $0.told == .begun && $0.recorded == .nothing && !$0.isToldElsewhere
            }
            conditions = [:]
            return left
        }
        notifier.notify(
            left.compactMap { condition in
                condition.alert.map { alert in
                    let last = Alert(
                        code: alert.code, subject: alert.key.subject,
                        message: alert.message + "; the worker that saw it stops, and the next one "
                            + "looks again")
                    return ResolvedAlert(alert: last, raisedAt: .now - condition.began.age)
                }
            })
    }

    /// Brings the record up to what this process last saw; where that fails, people are told first.
    private func write(_ key: Alert.Key) async {
        let condition = conditions.withLock { conditions -> StandingCondition? in
            guard conditions[key]?.isBeingWritten == false else { return nil }
            conditions[key]?.isBeingWritten = true
            return conditions[key]
        }
        // Whoever writes it now leaves what has changed since to the next `settle`.
        guard let condition else { return }
        do {
            if condition.isFiring {
                try await record(condition)
            } else {
                try await recordEnd(of: condition, key)
            }
        } catch {
            tellUnrecorded(key)
        }
        conditions.withLock { $0[key]?.isBeingWritten = false }
    }

    private func record(_ condition: StandingCondition) async throws {
        guard let alert = condition.alert else { return }
        var told = condition.told
        if condition.recorded == .begun {
            guard try await !store.keep(alert.key) else { return note(.begun, of: condition) }
            // It lapsed while this process could not say that it goes on.
            told = .nothing
        }
        let news = try await store.raise(alert, age: condition.delay)
        if told == .nothing && !condition.isToldElsewhere { notifier.notify(news) }
        note(.begun, of: condition)
    }

    private func recordEnd(of condition: StandingCondition, _ key: Alert.Key) async throws {
        if let alert = condition.alert, condition.told != .nothing, condition.recorded == .nothing {
            _ = try await store.raise(alert, age: condition.began.age)
        }
        let resolved = try await store.resolve(
            key.code, subject: key.subject, age: condition.alert == nil ? nil : condition.delay)
        if condition.told != .ended && !condition.isToldElsewhere {
            notifier.notify(resolved)
        }
        note(.ended, of: condition, key)
    }

    /// What was told and put on record, unless the condition is another one meanwhile.
    private func note(_ stage: Stage, of condition: StandingCondition, _ key: Alert.Key? = nil) {
        guard let key = key ?? condition.alert?.key else { return }
        conditions.withLock { conditions in
            guard conditions[key]?.began == condition.began else { return }
            conditions[key]?.recorded = stage
            conditions[key]?.writtenAt = LocalTime()
            if conditions[key]?.ended == condition.ended { conditions[key]?.told = stage }
        }
    }

    /// Tells people of what cannot be stored now, once.
    private func tellUnrecorded(_ key: Alert.Key) {
        let condition = conditions.withLock { conditions -> StandingCondition? in
            let condition = conditions[key]
            if condition?.isFiring == true {
                conditions[key]?.told = .begun
            } else if condition?.told == .begun {
                conditions[key]?.told = .ended
            }
            return condition
        }
        guard let condition, let alert = condition.alert, !condition.isToldElsewhere else { return }
        if condition.isFiring && condition.told == .nothing {
            notifier.notify([alert])
        } else if !condition.isFiring && condition.told == .begun {
            notifier.notify([
                ResolvedAlert(alert: alert, raisedAt: .now - condition.began.age)
            ])
        }
    }
}

extension [StandingAlerts] {
    /// Raises an alert about the whole process: one workspace announces it, all record it.
    package func raise(_ alert: Alert, recorded recording: StandingAlerts.Recording) async {
        for (index, alerts) in enumerated() {
            await alerts.raise(alert, recorded: index == 0 ? recording : .laterToldElsewhere)
        }
    }

    package func resolve(_ code: Alert.Code) async {
        for alerts in self { await alerts.resolve(code) }
    }
}

/// How far people, or the record, know a condition.
private enum Stage { case nothing, begun, ended }

/// A time of this process's own, which is told as an age: the clocks of workers never matter.
private struct LocalTime: Equatable {
    private let instant = ContinuousClock.now

    var age: Duration { ContinuousClock.now - instant }
}

/// What this process last saw of a condition.
private struct StandingCondition {
    /// nil where only an earlier process may have seen it.
    let alert: Alert?
    let began = LocalTime()
    var ended: LocalTime?
    var told = Stage.nothing
    var recorded = Stage.nothing
    var writtenAt = LocalTime()
    var isBeingWritten = false
    let isToldElsewhere: Bool

    init(
        alert: Alert?, told: Stage = .nothing, recorded: Stage = .nothing,
        isToldElsewhere: Bool = false
    ) {
        self.isToldElsewhere = isToldElsewhere
        self.alert = alert
        self.told = told
        self.recorded = recorded
    }

    var isFiring: Bool { alert != nil && ended == nil }

    var needsWriting: Bool {
        guard !isBeingWritten else { return false }
        guard isFiring else { return recorded != .ended }
        return recorded == .nothing || writtenAt.age >= StandingAlerts.keepInterval
    }

    /// How long ago its last change was; nil where that is put on record at once.
    var delay: Duration? {
        let age = (ended ?? began).age
        return age < Self.promptness ? nil : age
    }

    /// Within this, the event's own time tells when it was.
    private static let promptness: Duration = .seconds(1)
}
