import Testing

/// What people read who do not know the command, or misspell it.
@Suite struct HelpTests {
    private static let commands = [
        [], ["run"], ["dev"], ["sandbox"], ["migrate"], ["plan"], ["status"], ["why"], ["access"],
        ["drift"], ["approvals"], ["approve"], ["reject"], ["resume"], ["holds"], ["release"],
        ["rules"],
        ["rules", "check"], ["rules", "test"], ["rules", "explain"], ["rules", "replay"],
        ["rules", "orphans"], ["rules", "retire"], ["rules", "schema"],
    ]

    /// A line breaks where the next word has no place, or where a sentence ends.
    @Test(arguments: commands)
    func linesOfHelpBreakWhereTheyAreFull(command: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let help = try await world.usher(command + ["--help"])
            #expect(help.status == 0)
            let lines = help.output.split(separator: "\n", omittingEmptySubsequences: false)
            let text = lines.prefix { !$0.hasPrefix("USAGE:") }
            #expect(text.allSatisfy { $0.count <= 80 })
            for (line, next) in zip(text, text.dropFirst()) where !line.isEmpty && !next.isEmpty {
                let word = next.prefix { $0 != " " }
                let isFull = line.count + 1 + word.count >= 80
                #expect(isFull || line.last == "." || line.last == "…", "\(line)\n\(next)")
            }
        }
    }

    @Test(arguments: [
        (["stauts"], "usher has no command \"stauts\"; did you mean usher status?"),
        (
            ["rules", "chekc"],
            "usher rules has no command \"chekc\"; did you mean usher rules check?"
        ),
        (["xyzzy"], "usher has no command \"xyzzy\"; it has dev, run,"),
        (["status", "--formt", "json"], "Did you mean '--format'?"),
    ])
    func aMisspeltWordIsAnsweredWithTheOneThatWasMeant(arguments: [String], answer: String)
        async throws
    {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.usher(arguments)
            #expect(ended.status == 64)
            #expect(ended.output.isEmpty)
            #expect(ended.errors.contains(answer), "\(ended.errors)")
        }
    }
}
