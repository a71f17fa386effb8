import Foundation
import Sandbox
import TestSupport
import Testing

@testable import usher

/// Programs that Usher starts, and what they start.
@Suite struct ChildProgramTests {
    private static let path = ["PATH": "/usr/local/bin:/usr/bin:/bin"]

    private static func shell(
        _ script: String, input: [UInt8] = [],
        output: ChildProgram.Output = .captured(atMost: 1000),
        limit: Duration = .seconds(30)
    ) -> ChildProgram {
        ChildProgram(
            program: "/bin/sh", arguments: ["-c", script], environment: path, input: input,
            output: output, timeLimit: limit)
    }

    @Test func aProgramReadsItsInputAndItsOutputIsRead() async throws {
        let input = Array(String(repeating: "x", count: 1 << 20).utf8)
        let printed = try await Self.shell("wc -c", input: input).run()
        #expect(String(decoding: printed, as: UTF8.self).contains("1048576"))
    }

    /// In a process of its own: libraries have this one ignore SIGPIPE sooner or later.
    @Test func whatReadsNothingIsNotFedForEver() async {
        await #expect(processExitsWith: .success) {
            let input = [UInt8](repeating: 0, count: 1 << 20)
            let printed = try await Self.shell("exec <&-; echo done", input: input).run()
            #expect(printed == Array("done\n".utf8))
        }
    }

    @Test(arguments: [
        ("exit 3", ChildProgramFailure.ended(status: 3)), ("kill -9 $$", .killed(signal: 9)),
        ("yes", .printedTooMuch(limit: 1000)),
    ])
    func itsEndIsTold(script: String, failure: ChildProgramFailure) async {
        await #expect(throws: failure) { try await Self.shell(script).run() }
    }

    @Test func whatIsNotThereIsNotStarted() async {
        let program = ChildProgram(
            program: "/nowhere/at-all", arguments: [], environment: [:], timeLimit: .seconds(1))
        await #expect(
            throws: ChildProgramFailure.notStarted(reason: "No such file or directory")
        ) { try await program.run() }
    }

    /// What the process ignores or blocks is none of its programs' affair.
    @Test func signalsAreAsAProgramExpectsThem() async throws {
        signal(SIGPIPE, SIG_IGN)
        let printed = try await Self.shell("grep -E 'Sig(Ign|Blk)' /proc/self/status").run()
        let masks = String(decoding: printed, as: UTF8.self).split(separator: "\n")
            .compactMap { $0.split(separator: "\t").last.flatMap { UInt64($0, radix: 16) } }
        // Two of the real-time signals are the C library's own.
        #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0])
    }

    /// A shell that ignores what it can, with children in the background that do so too.
    private static let stubborn = """
        trap '' TERM INT HUP
        sleep 300 & echo $! >> "$0/pids"
        (sleep 300 & echo $! >> "$0/pids"; sleep 300) &
        echo $! >> "$0/pids"; echo $$ >> "$0/pids"
        """

    private static func stubborn(_ last: String, in folder: String, limit: Duration) -> ChildProgram
    {
        ChildProgram(
            program: "/bin/sh", arguments: ["-c", stubborn + "\n" + last, folder],
            environment: path, timeLimit: limit)
    }

    private static func pids(in folder: String) -> [Int32] {
        ((try? String(contentsOfFile: folder + "/pids", encoding: .utf8)) ?? "")
            .split(separator: "\n").compactMap { Int32($0) }
    }

    /// A process that has ended and waits to be reaped by whoever took it over does nothing.
    private static func isRunning(_ pid: Int32) -> Bool {
        let status = (try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)) ?? ""
        return !status.isEmpty && !status.contains(") Z ")
    }

    @Test(arguments: ["wait", "exit 0"])
    func atItsTimeLimitTheWholeGroupEnds(last: String) async throws {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let limit = Duration.seconds(1)
        await #expect(throws: ChildProgramFailure.tookTooLong(limit: limit)) {
            try await Self.stubborn(last, in: folder, limit: limit).run()
        }
        let pids = Self.pids(in: folder)
        #expect(pids.count == 4)
        #expect(await eventually { !pids.contains(where: Self.isRunning) })
    }

    @Test func whoeverIsCancelledEndsTheWholeGroup() async throws {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let task = Task {
            try await Self.stubborn("wait", in: folder, limit: .seconds(300)).run()
        }
        #expect(await eventually { Self.pids(in: folder).count == 4 })
        task.cancel()
        await #expect(throws: ChildProgramFailure.cancelled) { try await task.value }
        let pids = Self.pids(in: folder)
        #expect(await eventually { !pids.contains(where: Self.isRunning) })
    }

    /// A daemon leaves the group on purpose: it is not waited for, whatever it keeps open.
    @Test func aDaemonIsNotWaitedFor() async throws {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let program = ChildProgram(
            program: "/bin/sh",
            arguments: [
                "-c", "setsid sh -c 'echo $$ > \"$0/pids\"; exec sleep 300' \"$0\" &", folder,
            ],
            environment: Self.path, timeLimit: .seconds(60))
        _ = try await program.run()
        #expect(await eventually { Self.pids(in: folder).count == 1 })
        for pid in Self.pids(in: folder) { kill(pid, SIGKILL) }
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func anAlertsCommandEndsWithTheWorker(signal: Int32) async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: []) { world in
            let folder = world.rulesFolder
            let script = Self.stubborn.replacing("$0", with: folder) + "\nwait"
            let worker = try CommandProcess(
                ["run"], environment: world.settings(["USHER_ALERT": script]), in: folder)
            #expect(await eventually { !world.sandbox.requests(to: .list).requests.isEmpty })
            try world.write(rules: "version: 2\n")
            worker.send(signal: SIGHUP)
            #expect(await eventually { Self.pids(in: folder).count == 4 }, "\(worker.errors)")
            worker.send(signal: signal)
            let ended = try await worker.end(within: .seconds(10))
            #expect(ended.status == 0)
            #expect(ended.errors.contains("still running at shutdown and is killed"))
            let pids = Self.pids(in: folder)
            #expect(await eventually { !pids.contains(where: Self.isRunning) })
        }
    }
}
