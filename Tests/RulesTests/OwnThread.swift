import Foundation
import Synchronization

/// A thread for what computes all the time, behind everybody else: tests beside it depend on when
/// something happens, and there are only as many threads for tasks as processors.
final class OwnThread: TaskExecutor {
    static let shared = OwnThread()

    private let jobs = Mutex<[UnownedJob]>([])
    private let waiting = DispatchSemaphore(value: 0)

    static func run(_ body: @Sendable () throws -> Void) async throws {
        try await withTaskExecutorPreference(shared) { try body() }
    }

    private init() {
        Thread { [self] in
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Self.lowestPriority)
            while true {
                waiting.wait()
                let job = jobs.withLock { $0.removeFirst() }
                job.runSynchronously(on: asUnownedTaskExecutor())
            }
        }.start()
    }

    /// Of the calling thread. Source: setpriority(2).
    private static let lowestPriority: Int32 = 19

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        waiting.signal()
    }
}
