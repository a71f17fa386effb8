import ArgumentParser
import Contacts
import Reconciler
import Store

struct ResumeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract:
            "Resume a workspace paused for a refused token without waiting for the next check.")

    @Option(help: "The reason, recorded for auditors.")
    var reason = "the token was replaced"
    @OptionGroup var target: TargetOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let resumed = try await target.withStore { store in
            try await store.resume(by: OperatorAct(who: currentOperator(), reason: reason))
        }
        switch output.format {
        case .json: try printJSON(["resumed": resumed])
        case .text: print(resumed ? "resumed" : "the workspace is not paused for an invalid token")
        }
    }
}
