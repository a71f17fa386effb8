import Foundation
import Postgres
import Sandbox
import Testing

/// What is printed and logged, whatever is at the other end.
@Suite struct DescriptorTests {
    private static let people = (0..<12).map { person("p\($0)@acme.com") }

    @Test(arguments: ["2>/dev/full", "2>&-", "<&- 2>&-"])
    func aWorkerWhoseLogTakesNothingDoesItsWork(redirection: String) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.people) { world in
            let run = try await world.shell(
                "exec \"$USHER\" run --once \(redirection)", settings: ["LOG_LEVEL": "trace"]
            ).end()
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" })
            try await world.expectRest()
        }
    }

    /// A pipe that is full takes nothing, one whose reader has gone refuses, and neither stops a pass.
    @Test(arguments: ["text", "json"])
    func linesThatNobodyReadAreCountedAndToldOnceThereIsAReader(format: String) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.people) { world in
            let log = try LogPipe(world.rulesFolder + "/log")
            log.fill()
            let worker = try world.shell(
                "exec \"$USHER\" run 2>log",
                settings: ["LOG_LEVEL": "trace", "LOG_FORMAT": format])
            #expect(
                await eventually { world.sandbox.contacts.allSatisfy { $0.portalRole == "admin" } })
            #expect(await Self.tells(log, "log lines could not be written"))
            worker.send(signal: SIGTERM)
            #expect(try await worker.end(within: .seconds(10)).status == 0)
        }
    }

    private static func tells(_ log: LogPipe, _ text: String) async -> Bool {
        await eventually { log.drain().contains(text) }
    }

    @Test(arguments: [
        ["status"], ["status", "--format", "json"], ["approvals"], ["access"], ["drift"],
        ["access", "--format", "csv"], ["rules", "check"], ["rules", "schema"], ["plan"],
        ["--help"], ["--version"],
    ])
    func aResultThatCannotBeWrittenIsAFailure(command: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.people) { world in
            try await world.runOnce()
            for redirection in [">/dev/full", ">&-"] {
                let ended = try await world.shell(
                    "exec \"$USHER\" \(command.joined(separator: " ")) \(redirection)"
                ).end()
                #expect(ended.status == 1, "\(redirection)")
                #expect(ended.errors.contains("the result cannot be written: "))
            }
        }
    }

    @Test(arguments: [["status"], ["access"], ["rules", "schema"], ["--help"]])
    func aReaderThatHasEnoughIsNoFailure(command: [String]) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.people) { world in
            try await world.runOnce()
            let script = "{ \"$USHER\" \(command.joined(separator: " ")); echo $? >&2; } | exec <&-"
            let ended = try await world.shell(script).end()
            #expect(ended.errors == "0\n")
        }
    }

    @Test func aCheckThatFoundSomethingSaysSoToWhoeverReadsNoMoreOfIt() async throws {
        try await withWorld(rules: "version: 2\n", contacts: []) { world in
            let script = "{ \"$USHER\" rules check; echo $? >&2; } | exec <&-"
            let ended = try await world.shell(script).end()
            #expect(ended.errors == "2\n")
        }
    }

    @Test func tooFewFilesAreAnErrorBeforeAnythingIsDone() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.people) { world in
            let ended = try await world.shell("ulimit -n 20; exec \"$USHER\" run --once").end()
            #expect(ended.status == 1)
            #expect(ended.errors.contains("may open only 20 files"), "\(ended.errors)")
            #expect(world.sandbox.requests().requests.isEmpty)
            #expect(try await world.count("SELECT count(*) AS count FROM usher.workspace") == 0)
        }
    }

    /// A soft limit is raised as far as the hard one allows.
    @Test func aSoftLimitOnFilesIsRaised() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let ended = try await world.shell("ulimit -S -n 20; exec \"$USHER\" status").end()
            #expect(ended.status == 0, "\(ended.errors)")
        }
    }
}
