import ArgumentParser

struct Usher: AsyncParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "usher",
        abstract: "Keep Pylon contacts in line with rules in YAML files.",
        discussion: """
            To try it with sample contacts, run usher dev.
            Settings come from the environment and from usher.yaml; see docs/operations.md.
            Exit codes: 0 done, 1 failed, 2 a check failed, 64 invalid usage.
            """,
        version: version,
        subcommands: [
            DevCommand.self, RunCommand.self, SandboxCommand.self, MigrateCommand.self,
            PlanCommand.self, StatusCommand.self, WhyCommand.self, AccessCommand.self,
            DriftCommand.self, ApprovalsCommand.self, ApproveCommand.self, RejectCommand.self,
            ResumeCommand.self, RulesCommand.self, WorkspaceCommand.self,
            HoldsCommand.self, ReleaseCommand.self,
        ])
}
