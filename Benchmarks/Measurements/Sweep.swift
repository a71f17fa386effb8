import Foundation
import Store
import Worker

extension Bench {
    /// How many contacts a sweep reads and records in a second, and the most memory that this process
    /// ever had.
    func measureSweep(_ benchmark: Benchmark) async throws -> [Figure] {
        let worker = try worker("sweep", of: "many")
        try await worker.prepare()
        let start = ContinuousClock.now
        let outcome = try await worker.poller.sweep()
        let elapsed = ContinuousClock.now - start
        let contacts = try await worker.store.status()?.contacts ?? 0
        guard outcome == .completed, contacts > 0 else { throw BenchmarkFailed("no sweep") }
        return [
            Figure(
                name: benchmark.rawValue, value: Double(contacts) / elapsed.seconds,
                unit: "contacts/s"),
            Figure(
                name: benchmark.rawValue + "-memory", value: try Self.peakMegabytes(),
                unit: "MB"),
        ]
    }

    /// `VmHWM` is the peak resident set size in KiB. Source: proc(5).
    static func peakMegabytes() throws -> Double {
        let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        guard let match = status.firstMatch(of: /VmHWM:\s+(\d+) kB/),
            let kibibytes = Double(match.1)
        else { throw BenchmarkFailed("no VmHWM in /proc/self/status") }
        return kibibytes * 1024 / 1e6
    }
}
