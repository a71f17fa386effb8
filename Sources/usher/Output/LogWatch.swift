internal import Reconciler
import ServiceLifecycle
import Store
import Worker

/// Raises an alert while the log cannot be written, and resolves it when it can again.
struct LogWatch: Service, CustomStringConvertible {
    let output: StandardError
    /// The workspaces' alerts.
    let standing: [StandingAlerts]

    /// Between two looks.
    static let interval: Duration = .seconds(5)

    var description: String { "log watch" }

    func run() async {
        await cancelWhenGracefulShutdown {
            repeat { await look() } while (try? await Task.sleep(for: Self.interval)) != nil
        }
    }

    private func look() async {
        let lost = output.tellOfLoss()
        guard lost > 0 else { return await standing.resolve(.log) }
        let alert = Alert(
            code: .log,
            message: "the log cannot be written: standard error takes no more, and \(lost) lines "
                + "are lost so far; all else goes on")
        await standing.raise(alert, recorded: .now)
    }
}
