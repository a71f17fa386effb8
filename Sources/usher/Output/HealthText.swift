import Contacts
import Foundation
import Reconciler

extension WorkspaceHealth.Problem {
    /// One line: the fact, since when, and where to look.
    func text(at now: Date) -> String {
        switch self {
        case .neverWorked: "no worker has run within the last day; start: usher run"
        case .stopped(let worker):
            "no worker: \(worker.holder.word) was stopped "
                + (worker.stoppedAt ?? worker.seenAt).relative(to: now)
        case .silent(let worker):
            "no worker: the last heartbeat, of \(worker.holder.word), was "
                + worker.seenAt.relative(to: now)
        case .lateSweep(let since?, let interval):
            "the last complete sweep ended \(since.relative(to: now)); one is due every "
                + Duration.seconds(interval).rough
        case .lateSweep(nil, _): "no sweep has completed yet"
        case .paused(let pause): "the workspace is paused: \(pause.reason)"
        case .behind(let events, let since):
            "\(WorkspaceHealth.countOfUnevaluated(events)) events are not evaluated, the oldest "
                + "recorded \(since.relative(to: now))"
        case .alert(let alert):
            "alert \(alert.title) for \(alert.raisedAt.span(to: now)): "
                + alert.message
        case .readOnlyDatabase(let reason):
            "the database takes no writes: it is \(reason), so nothing is read, decided or sent"
        case .noPartition:
            "next month's events have no partition; see the log for the reason, and "
                + "docs/operations.md for the remedy"
        }
    }
}

extension WorkspaceHealth {
    /// How many events wait for evaluation, as far as they were counted.
    static func countOfUnevaluated(_ events: Int) -> String {
        events > maxUnevaluated ? "more than \(maxUnevaluated)" : "\(events)"
    }
}

extension WorkspaceHealth.AlertStatus {
    var title: String { alertTitle(code, subject) }
}

/// The code of an alert and what it is about.
func alertTitle(_ code: String, _ subject: String?) -> String {
    guard let subject, !subject.isEmpty else { return code }
    return "\(code) (\(subject.word))"
}

extension WorkspaceHealth.Worker {
    func text(at now: Date) -> String {
        let sign =
            if let stoppedAt {
                "stopped \(stoppedAt.relative(to: now))"
            } else {
                (isAlive(at: now) ? "last seen " : "silent; last seen ") + seenAt.relative(to: now)
            }
        return "\(holder.word), version \(version.word), \(sign)"
    }
}
