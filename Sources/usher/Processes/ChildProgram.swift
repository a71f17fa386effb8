import Dispatch
import Foundation
import Synchronization

/// A program that runs in a process group of its own and is ended, group and all, at its time limit
/// or when the task that waits for it is cancelled.
///
/// What leaves the group (a daemon) is neither ended nor waited for.
struct ChildProgram: Sendable {
    /// An absolute path, or a name that is looked for in `PATH`.
    let program: String
    let arguments: [String]
    let environment: [String: String]
    /// What it reads on its standard input.
    var input: [UInt8] = []
    /// Where its standard output goes.
    var output = Output.toStandardError
    let timeLimit: Duration

    enum Output: Sendable {
        /// Beside the log, since results alone go to standard output.
        case toStandardError
        /// Its output is kept, and its complaints are dropped; more than so many bytes end it.
        case captured(atMost: Int)
    }

    /// - Returns: What it printed, where that is captured.
    /// - Throws: `ChildProgramFailure`.
    func run() async throws -> [UInt8] {
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                // Waiting blocks, so it has a thread outside of Swift's pool.
                DispatchQueue.global().async {
                    continuation.resume(
                        with: Result {
                            var child = try RunningChild(self)
                            return try child.wait { cancellation.isAsked }
                        })
                }
            }
        } onCancel: {
            cancellation.ask()
        }
    }
}

private final class Cancellation: Sendable {
    private let state = Mutex(false)

    var isAsked: Bool { state.withLock { $0 } }

    func ask() { state.withLock { $0 = true } }
}

/// Why a program did not do what it was started for.
enum ChildProgramFailure: Error, Equatable, CustomStringConvertible {
    case notStarted(reason: String)
    case ended(status: Int32)
    case killed(signal: Int32)
    case tookTooLong(limit: Duration)
    case printedTooMuch(limit: Int)
    case cancelled

    var description: String {
        switch self {
        case .notStarted(let reason): "it cannot be started: \(reason)"
        case .ended(let status): "it ended with \(status)"
        case .killed(let signal): "signal \(signal) ended it"
        case .tookTooLong(let limit): "it took longer than \(limit) and was ended"
        case .printedTooMuch(let limit): "it printed more than \(limit) bytes and was ended"
        case .cancelled: "it was ended with Usher"
        }
    }
}

/// Writes to a pipe whose reader may be gone: that is an error of the write, whatever the process
/// does with SIGPIPE.
///
/// The signal comes to the thread that writes. It is blocked there, and taken before it is let
/// through again.
private func withoutBrokenPipeSignal(_ write: () -> Int) -> Int {
    var brokenPipe = sigset_t()
    var mask = sigset_t()
    sigemptyset(&brokenPipe)
    sigaddset(&brokenPipe, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &brokenPipe, &mask)
    let written = write()
    let code = errno
    var pending = sigset_t()
    sigpending(&pending)
    var taken: Int32 = 0
    if sigismember(&pending, SIGPIPE) == 1 { sigwait(&brokenPipe, &taken) }
    pthread_sigmask(SIG_SETMASK, &mask, nil)
    errno = code
    return written
}

/// The process group of a `ChildProgram`, from its start to its end.
private struct RunningChild {
    private let leader: pid_t
    private let timeLimit: Duration
    private let deadline: ContinuousClock.Instant
    private let maxOutput: Int
    private var input: ArraySlice<UInt8>
    /// Our ends of the pipes, -1 once they are closed.
    private var inputPipe: Int32
    private var outputPipe: Int32
    private var output: [UInt8] = []
    /// How the leader ended, as `waitpid` tells.
    private var status: Int32?

    /// Milliseconds between looks at what cannot be waited for together with the pipes.
    private static let tick: Int32 = 25

    init(_ program: ChildProgram) throws {
        let (toRead, toFeed) = try Self.pipe()
        var outputEnds: (read: Int32, write: Int32) = (-1, -1)
        if case .captured(let most) = program.output {
            maxOutput = most
            outputEnds = try Self.pipe()
        } else {
            maxOutput = 0
        }
        defer {
            close(toRead)
            if outputEnds.write >= 0 { close(outputEnds.write) }
        }
        do {
            leader = try Self.spawn(program, input: toRead, output: outputEnds.write)
        } catch {
            close(toFeed)
            if outputEnds.read >= 0 { close(outputEnds.read) }
            throw error
        }
        (inputPipe, outputPipe) = (toFeed, outputEnds.read)
        for descriptor in [inputPipe, outputPipe] where descriptor >= 0 {
            _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
        }
        input = program.input[...]
        timeLimit = program.timeLimit
        deadline = .now + program.timeLimit
    }

    /// Waits until nothing of the group is left, or ends it.
    mutating func wait(isCancelled: () -> Bool) throws -> [UInt8] {
        defer { closePipes() }
        while true {
            exchange()
            reapLeader()
            if isCancelled() { throw end(.cancelled) }
            if ContinuousClock.now >= deadline { throw end(.tookTooLong(limit: timeLimit)) }
            if output.count > maxOutput { throw end(.printedTooMuch(limit: maxOutput)) }
            if let status, outputPipe < 0 || maxOutput == 0, kill(-leader, 0) == -1 {
                return try result(status)
            }
        }
    }

    private func result(_ status: Int32) throws -> [UInt8] {
        // The macros of wait(2), which Swift does not import.
        let signal = status & 0x7F
        guard signal == 0 else { throw ChildProgramFailure.killed(signal: signal) }
        let code = (status >> 8) & 0xFF
        guard code == 0 else { throw ChildProgramFailure.ended(status: code) }
        return output
    }

    /// Kills the rest of the group with SIGKILL, since it may have inherited blocked signals.
    private mutating func end(_ reason: ChildProgramFailure) -> ChildProgramFailure {
        kill(-leader, SIGKILL)
        if status == nil {
            var ended: Int32 = 0
            while waitpid(leader, &ended, 0) == -1, errno == EINTR {}
            status = ended
        }
        return reason
    }

    private mutating func reapLeader() {
        guard status == nil else { return }
        var ended: Int32 = 0
        if waitpid(leader, &ended, WNOHANG) == leader { status = ended }
    }

    /// Feeds and reads as much as the pipes take and hold, and waits for a tick at most.
    private mutating func exchange() {
        if input.isEmpty { closeInput() }
        var waited = [
            pollfd(fd: inputPipe, events: Int16(POLLOUT), revents: 0),
            pollfd(fd: outputPipe, events: Int16(POLLIN), revents: 0),
        ]
        _ = poll(&waited, 2, Self.tick)
        if waited[0].revents != 0 { feed() }
        if waited[1].revents != 0 { read() }
    }

    private mutating func feed() {
        let written = withoutBrokenPipeSignal {
            input.withUnsafeBytes { write(inputPipe, $0.baseAddress, $0.count) }
        }
        if written > 0 {
            input = input.dropFirst(written)
        } else if errno != EAGAIN && errno != EINTR {
            // It reads no more, which is its own affair.
            closeInput()
        }
    }

    private mutating func read() {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = Foundation.read(outputPipe, &buffer, buffer.count)
        if count > 0 {
            output += buffer[..<count]
        } else if count == 0 || (errno != EAGAIN && errno != EINTR) {
            close(outputPipe)
            outputPipe = -1
        }
    }

    private mutating func closeInput() {
        if inputPipe >= 0 { close(inputPipe) }
        inputPipe = -1
    }

    private mutating func closePipes() {
        closeInput()
        if outputPipe >= 0 { close(outputPipe) }
        outputPipe = -1
    }

    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [-1, -1]
        guard Foundation.pipe(&ends) == 0 else {
            throw ChildProgramFailure.notStarted(reason: String(cString: strerror(errno)))
        }
        // Or another child would keep them open.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// - Parameter output: -1 is our standard error.
    private static func spawn(
        _ program: ChildProgram, input: Int32, output: Int32
    ) throws -> pid_t {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO)
        if output >= 0 {
            posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)
            posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        } else {
            posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO)
        }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        // What we ignore or block is not ignored or blocked by programs.
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes,
            Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let arguments = ([program.program] + program.arguments).map { strdup($0) } + [nil]
        let environment = program.environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { (arguments + environment).forEach { free($0) } }
        var child: pid_t = 0
        let problem = posix_spawnp(
            &child, program.program, &files, &attributes, arguments, environment)
        guard problem == 0 else {
            throw ChildProgramFailure.notStarted(reason: String(cString: strerror(problem)))
        }
        return child
    }
}
