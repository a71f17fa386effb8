import Foundation
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing
import Worker

/// How rule files come into force, and whose.
@Suite struct ReloadTests {
    private static let other = acmeAreAdmins.replacing("admin }", with: "no_access }")

    @Test func aHangupHasTheRuleFilesReadAgain() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let worker = try CommandProcess(
                ["run"], environment: world.settings(), in: world.rulesFolder)
            #expect(await eventually { world.sandbox.contacts[0].portalRole == "admin" })
            try world.write(rules: Self.other)
            worker.send(signal: SIGHUP)
            #expect(await eventually { world.sandbox.contacts[0].portalRole == "no_access" })
            worker.send(signal: SIGTERM)
            #expect(try await worker.end(within: .seconds(10)).status == 0)
        }
    }

    @Test func theRecordSaysWhoPutRulesInForceAndFromWhichCommit() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            for arguments in [
                ["init", "-q"], ["add", "rules.yaml"],
                ["-c", "user.name=t", "-c", "user.email=t@t", "commit", "-qm", "rules"],
            ] {
                let git = Process()
                git.executableURL = URL(filePath: "/usr/bin/env")
                git.arguments = ["git", "-C", world.rulesFolder] + arguments
                try git.run()
                git.waitUntilExit()
                try #require(git.terminationStatus == 0)
            }
            #expect(try await world.usher("run", "--once").status == 0)
            try world.write(rules: Self.other)
            #expect(try await world.usher("run", "--once").status == 0)
            let bodies = try await world.rows(
                """
                SELECT body ->> 'who' AS who, length(body ->> 'commit') AS commit,
                       (body -> 'as_committed')::boolean AS as_committed
                FROM usher.event WHERE kind = 'ruleset.activated' ORDER BY seq
                """
            ) { row in
                #expect(try row.get("who", as: String.self).contains("@"))
                #expect(try row.get("commit", as: Int.self) == 40)
                return try row.get("as_committed", as: Bool.self)
            }
            #expect(bodies == [true, false])
        }
    }

    /// Without them rules may give more: that they are gone is told, by whichever process sees it.
    @Test func aGuardrailThatIsGoneIsToldInTheLog() async throws {
        let guarded =
            acmeAreAdmins + "\n"
                + """
                guardrails:
                  - { id: no-left, deny: { portal_role: admin }, when: { name: Left }, reason: gone }
                """
        try await withWorld(rules: guarded, contacts: [person("ana@acme.com")]) { world in
            #expect(try await !world.usher("run", "--once").errors.contains("guardrails are no"))
            try world.write(rules: acmeAreAdmins)
            let run = try await world.usher("run", "--once")
            #expect(run.errors.contains(#""guardrails":"no-left""#), "\(run.errors)")
            #expect(try await !world.usher("run", "--once").errors.contains("guardrails are no"))
        }
    }

    /// The newest activation wins; nobody fights, and whoever has other files says so once.
    @Test func twoWorkersWithDifferentFilesDoNotFight() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            let first = try world.worker("first")
            try await first.prepare()
            try world.write(rules: Self.other)
            let second = try world.worker("second")
            try await second.prepare()
            let inForce = try await second.store.activeRulesetHash()
            // The first one still has the files that it began with.
            try world.write(rules: acmeAreAdmins)
            for _ in 0..<4 { try await first.rulesets.propose(to: first.store) }
            #expect(try await first.store.activeRulesetHash() == inForce)
            #expect(world.alerts.codes == [.otherRules])
            // Another change of its files is news.
            try world.write(rules: acmeAreAdmins + "\n# changed")
            for _ in 0..<2 { try await first.rulesets.propose(to: first.store) }
            #expect(try await first.store.activeRulesetHash() != inForce)
        }
    }

    /// As after an upgrade: the same files mean something else to the program.
    @Test func rulesThatMeanSomethingElseHereAreNotEvaluated() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) { world in
            try await world.runOnce()
            let worker = try world.worker()
            try await world.asOwner { db in
                try db.run(
                    script: """
                        INSERT INTO usher.ruleset
                        SELECT workspace, 'another', sources, first_active_at FROM usher.ruleset;
                        UPDATE usher.workspace SET ruleset_hash = 'another', recheck_after = '';
                        """)
            }
            let before = try await worker.store.lastSeq()
            for _ in 0..<2 { _ = try await worker.evaluateOnce() }
            #expect(world.alerts.codes == [.unusableRules])
            #expect(try await worker.store.lastSeq() == before + 1)
            // A new start proposes the files again, and bad ones do not start on what it cannot apply.
            try world.write(rules: "version: 1")
            await #expect(throws: (any Error).self) { try await world.worker().prepare() }
            try world.write(rules: acmeAreAdmins)
            try await world.worker().prepare()
            #expect(try await worker.store.activeRulesetHash() != "another")
        }
    }
}
