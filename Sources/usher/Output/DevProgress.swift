import Reconciler
import ServiceLifecycle
import Store

/// Shows on the terminal how far a worker has come.
struct DevProgress: Service, CustomStringConvertible {
    let store: Store

    var description: String { "progress line" }

    static let interval: Duration = .milliseconds(500)

    func run() async throws {
        let line = ProgressLine()
        try? await cancelWhenGracefulShutdown {
            while true {
                if let status = try await store.status() { line.show(text(status)) }
                try await Task.sleep(for: Self.interval)
            }
        }
        line.end()
    }

    private func text(_ status: WorkspaceStatus) -> String {
        let open = status.actions.filter { $0.key != "blocked" }.values.reduce(0, +)
        var parts = ["\(status.contacts) contacts", "\(status.events) events"]
        if !status.isEvaluated { parts.append("evaluating") }
        parts.append(open == 0 ? "nothing to send" : "\(open) changes to send")
        for (name, count) in [
            ("held", status.held), ("blocked", status.actions["blocked"] ?? 0),
            ("declined", status.declined), ("drifted", status.drifted),
        ] where count > 0 { parts.append("\(count) \(name)") }
        parts += status.pauses.map { "\($0.what) paused: \($0.reason)" }
        return parts.joined(separator: " · ")
    }
}
