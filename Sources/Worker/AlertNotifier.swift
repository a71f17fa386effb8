package import Foundation
package import Logging
package import Reconciler
package import Store

/// What people are told about an alert.
package struct AlertNotice: Sendable {
    package enum Status: String, Sendable { case firing, resolved }

    package let alert: Alert
    package let status: Status
    /// When it began; nil where it begins now.
    package let since: Date?
}

/// Tells people of recorded alerts: a log line with a stable code, and the operator's hook.
package struct AlertNotifier: Sendable {
    let workspace: WorkspaceName
    let logger: Logger
    /// Runs the operator's command or posts to a URL; bounded, and never waited for by the work.
    let hook: @Sendable (WorkspaceName, AlertNotice) -> Void

    package init(
        workspace: WorkspaceName, logger: Logger,
        hook: @escaping @Sendable (WorkspaceName, AlertNotice) -> Void
    ) {
        self.workspace = workspace
        self.logger = logger
        self.hook = hook
    }

    package func notify(_ alerts: [Alert]) { alerts.forEach(notify) }

    package func notify(_ alerts: [ResolvedAlert]) { alerts.forEach(notify) }

    package func notify(_ alert: Alert) {
        logger.error("\(alert.message)", metadata: metadata(of: alert, .firing))
        hook(workspace, AlertNotice(alert: alert, status: .firing, since: nil))
    }

    package func notify(_ resolved: ResolvedAlert) {
        let alert = resolved.alert
        let seconds = Int(max(0, -resolved.raisedAt.timeIntervalSinceNow))
        logger.notice(
            "alert resolved after \(seconds) s; it had said: \(alert.message)",
            metadata: metadata(of: alert, .resolved))
        hook(
            workspace,
            AlertNotice(alert: alert, status: .resolved, since: resolved.raisedAt))
    }

    private func metadata(of alert: Alert, _ status: AlertNotice.Status) -> Logger.Metadata {
        [
            "alert": "\(alert.code.rawValue)", "status": "\(status.rawValue)",
            "subject": "\(alert.subject.isEmpty ? "-" : alert.subject)",
            "contact": "\(alert.contactID ?? "-")",
        ]
    }
}
