import ArgumentParser

struct Usher: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "usher",
        abstract: "Keeps the contacts of a Pylon workspace as rule files say.",
        discussion: """
            Try it with made-up contacts: usher dev.
            Settings come from the environment and from usher.yaml; docs/operations.md lists them.
            Exit codes: 0 done, 1 failed, 2 a check found something, 64 wrong usage.
            """,
        version: version,
        subcommands: [
            DevCommand.self, RunCommand.self, SandboxCommand.self, MigrateCommand.self,
            PlanCommand.self, StatusCommand.self, WhyCommand.self, AccessCommand.self,
            DriftCommand.self, ReleaseCommand.self, ResumeCommand.self, HoldsCommand.self,
            ApproveCommand.self, RejectCommand.self, RulesCommand.self, WorkspaceCommand.self,
        ])
}
