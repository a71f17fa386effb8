package import Logging
package import Store

/// Tells people of alerts that are on record: a log line with a stable code, and the operator's hook.
package struct Announcer: Sendable {
    let workspace: WorkspaceName
    let logger: Logger
    /// Runs the operator's command or posts to a URL; bounded, and never waited for by the work.
    let hook: @Sendable (WorkspaceName, Alert) -> Void

    package init(
        workspace: WorkspaceName, logger: Logger,
        hook: @escaping @Sendable (WorkspaceName, Alert) -> Void
    ) {
        self.workspace = workspace
        self.logger = logger
        self.hook = hook
    }

    func announce(_ alert: Alert) {
        logger.error(
            "\(alert.message)",
            metadata: [
                "alert": "\(alert.code.rawValue)", "contact": "\(alert.contactID ?? "-")",
            ])
        hook(workspace, alert)
    }
}
