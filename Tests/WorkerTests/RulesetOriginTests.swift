import Foundation
import Postgres
import Sandbox
import Testing

/// From which commit rule files come, without doing what their repository says.
@Suite struct RulesetOriginTests {
    private struct Origin: Equatable {
        var commit: String?
        var isAsCommitted: Bool?
    }

    @discardableResult
    private static func git(_ arguments: String..., in folder: String) throws -> String {
        let git = Process()
        git.executableURL = URL(filePath: "/usr/bin/env")
        git.arguments =
            ["git", "-C", folder, "-c", "user.name=t", "-c", "user.email=t@t"]
            + ["-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null"] + arguments
        let output = Pipe()
        git.standardOutput = output
        git.standardError = FileHandle.nullDevice
        try git.run()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        git.waitUntilExit()
        try #require(git.terminationStatus == 0, "git \(arguments)")
        return String(decoding: printed, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What a start with the rules at a path puts on record.
    private static func origin(_ world: World, rules: String) async throws -> Origin {
        let run = try await world.usher("run", "--once", settings: ["USHER_RULES": rules])
        #expect(run.status == 0, "\(run.errors)")
        return try await world.rows(
            """
            SELECT body ->> 'commit' AS commit, (body -> 'as_committed')::boolean AS as_committed
            FROM usher.event WHERE kind = 'ruleset.activated' ORDER BY seq DESC LIMIT 1
            """
        ) {
            Origin(
                commit: try $0.get("commit", as: String?.self),
                isAsCommitted: try $0.get("as_committed", as: Bool?.self))
        }.first ?? Origin()
    }

    /// A repository in the rules folder, with the rules in a folder of it.
    private static func withRepository(
        _ options: [String] = [], _ body: @Sendable (World, String) async throws -> Void
    ) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let top = world.rulesFolder + "/repository"
            try FileManager.default.createDirectory(
                atPath: top + "/policy", withIntermediateDirectories: true)
            try Self.write(acmeAreAdmins, to: top + "/policy/rules.yaml")
            try Self.write("a file that is no rule", to: top + "/README")
            let initialise = Process()
            initialise.executableURL = URL(filePath: "/usr/bin/env")
            initialise.arguments = ["git", "init", "-q"] + options + [top]
            try initialise.run()
            initialise.waitUntilExit()
            try Self.git("add", ".", in: top)
            try Self.git("commit", "-qm", "rules", in: top)
            try await body(world, top)
        }
    }

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    @Test func nothingThatARepositoryConfiguresIsRun() async throws {
        try await Self.withRepository { world, top in
            let marker = world.rulesFolder + "/ran"
            let run = "sh -c 'echo \"$0 $PYLON_API_TOKEN\" >> \(marker)'"
            let commit = try Self.git("rev-parse", "HEAD", in: top)
            for (key, value) in [
                "core.fsmonitor": run, "core.sshCommand": run, "core.pager": run,
                "core.editor": run, "core.gitProxy": run, "core.alternateRefsCommand": run,
                "core.hooksPath": top + "/hooks", "core.attributesFile": top + "/attributes",
                "filter.spy.clean": run, "filter.spy.smudge": run, "filter.spy.process": run,
                "filter.spy.required": "true", "diff.spy.command": run, "diff.spy.textconv": run,
                "diff.external": run, "merge.spy.driver": run, "credential.helper": "!" + run,
                "gpg.program": run, "log.showSignature": "true", "alias.status": "!" + run,
                "alias.ls-tree": "!" + run, "alias.rev-parse": "!" + run, "pager.ls-tree": run,
                "include.path": top + "/more", "remote.origin.url": "ext::" + run,
                "remote.origin.promisor": "true", "remote.origin.uploadpack": run,
                "extensions.partialClone": "origin", "protocol.ext.allow": "always",
                "core.repositoryFormatVersion": "1", "interactive.diffFilter": run,
                "uploadpack.packObjectsHook": run, "submodule.x.update": "!" + run,
            ] {
                try Self.git("config", key, value, in: top)
            }
            try Self.write("* filter=spy diff=spy merge=spy\n", to: top + "/attributes")
            try Self.write("* filter=spy diff=spy merge=spy\n", to: top + "/.git/info/attributes")
            try Self.write("[core]\nfsmonitor = \(run)\n", to: top + "/more")
            for folder in [top + "/hooks", top + "/.git/hooks"] {
                try FileManager.default.createDirectory(
                    atPath: folder, withIntermediateDirectories: true)
                for hook in [
                    "post-index-change", "fsmonitor-watchman", "reference-transaction",
                    "post-checkout", "pre-auto-gc", "query-watchman",
                ] {
                    try Self.write("#!/bin/sh\n\(run)\n", to: "\(folder)/\(hook)")
                    chmod("\(folder)/\(hook)", 0o755)
                }
            }
            let rules = top + "/policy"
            // The index is out of date, so that whoever compares by it must read the files.
            utimes(rules + "/rules.yaml", nil)
            #expect(
                try await Self.origin(world, rules: rules)
                    == Origin(commit: commit, isAsCommitted: true))
            // Objects that are not there would be fetched from where the repository says.
            let tree = try Self.git("rev-parse", "HEAD:policy", in: top)
            let object = "\(top)/.git/objects/\(tree.prefix(2))/\(tree.dropFirst(2))"
            try FileManager.default.removeItem(atPath: object)
            try Self.write(acmeAreAdmins + "\n# changed", to: rules + "/rules.yaml")
            #expect(
                try await Self.origin(world, rules: rules)
                    == Origin(commit: commit, isAsCommitted: nil))
            #expect(!FileManager.default.fileExists(atPath: marker))
        }
    }

    @Test func aChangedAMissingAndANewFileAreNotAsCommitted() async throws {
        try await Self.withRepository { world, top in
            let commit = try Self.git("rev-parse", "HEAD", in: top)
            let rules = top + "/policy"
            let changed = Origin(commit: commit, isAsCommitted: false)
            // What is beside the rules does not count.
            try Self.write("changed", to: top + "/README")
            try Self.write("new", to: top + "/policy/notes")
            #expect(
                try await Self.origin(world, rules: rules)
                    == Origin(commit: commit, isAsCommitted: true))
            let more = acmeAreAdmins.replacing("acme", with: "globex")
            try Self.write(more, to: rules + "/more.yaml")
            #expect(try await Self.origin(world, rules: rules) == changed)
            try Self.git("add", ".", in: top)
            try Self.git("commit", "-qm", "more", in: top)
            let next = try Self.git("rev-parse", "HEAD", in: top)
            try FileManager.default.removeItem(atPath: rules + "/more.yaml")
            try Self.write(acmeAreAdmins + "\n# changed", to: rules + "/rules.yaml")
            #expect(
                try await Self.origin(world, rules: rules)
                    == Origin(commit: next, isAsCommitted: false))
            try Self.write(acmeAreAdmins, to: rules + "/rules.yaml")
            #expect(
                try await Self.origin(world, rules: rules)
                    == Origin(commit: next, isAsCommitted: false))
            // One file as the rules is as committed whatever else there is.
            try Self.write(acmeAreAdmins + "\n# last", to: rules + "/rules.yaml")
            try Self.git("commit", "-qm", "last", "policy/rules.yaml", in: top)
            let last = try Self.git("rev-parse", "HEAD", in: top)
            #expect(
                try await Self.origin(world, rules: rules + "/rules.yaml")
                    == Origin(commit: last, isAsCommitted: true))
        }
    }

    @Test func refsThatArePackedAndFurtherWorkTreesAreRead() async throws {
        try await Self.withRepository { world, top in
            let commit = try Self.git("rev-parse", "HEAD", in: top)
            try Self.git("gc", "-q", in: top)
            try Self.git("pack-refs", "--all", in: top)
            let tree = world.rulesFolder + "/further"
            try Self.git("worktree", "add", "-q", "-b", "next", tree, in: top)
            // As git-sync does: what the rules folder is called is a link.
            let link = world.rulesFolder + "/current"
            try FileManager.default.createSymbolicLink(
                atPath: link, withDestinationPath: "further/policy")
            #expect(
                try await Self.origin(world, rules: link)
                    == Origin(commit: commit, isAsCommitted: true))
            try Self.write(acmeAreAdmins + "\n# next", to: tree + "/policy/rules.yaml")
            try Self.git("commit", "-qam", "next", in: tree)
            let next = try Self.git("rev-parse", "HEAD", in: tree)
            #expect(
                try await Self.origin(world, rules: link)
                    == Origin(commit: next, isAsCommitted: true))
            #expect(
                try await Self.origin(world, rules: top + "/policy")
                    == Origin(commit: commit, isAsCommitted: true))
        }
    }

    @Test func aRepositoryWithLongIdsIsRead() async throws {
        try await Self.withRepository(["--object-format=sha256"]) { world, top in
            let commit = try Self.git("rev-parse", "HEAD", in: top)
            #expect(commit.count == 64)
            #expect(
                try await Self.origin(world, rules: top + "/policy")
                    == Origin(commit: commit, isAsCommitted: true))
        }
    }

    /// Reading a pipe would never end, and what is no reference is none.
    @Test func aRepositoryThatIsNoneIsNoReasonToFail() async throws {
        try await Self.withRepository { world, top in
            let head = top + "/.git/HEAD"
            for text in ["ref: ../../../../etc/passwd\n", "ref: refs/heads/\0\n", "", "nothing"] {
                try Self.write(text, to: head)
                try Self.write(
                    acmeAreAdmins + "\n# \(text.utf8.count)", to: top + "/policy/rules.yaml")
                #expect(try await Self.origin(world, rules: top + "/policy") == Origin())
            }
            try FileManager.default.removeItem(atPath: head)
            #expect(mkfifo(head, 0o600) == 0)
            try Self.write(acmeAreAdmins + "\n# a pipe", to: top + "/policy/rules.yaml")
            #expect(try await Self.origin(world, rules: top + "/policy") == Origin())
        }
    }
}
