import AsyncHTTPClient
import Foundation
import NIOCore
import Pylon
import Reconciler
import Store
import Worker

extension Bench {
    /// Reactions that are waited for, and between looks whether they are there.
    private static let reactions = 50
    private static let poll: Duration = .milliseconds(500)
    private static let timeout: Duration = .seconds(120)

    /// How long it takes from the answer that first shows a contact to the arrival of the PATCH for
    /// it, with limits that are never reached; both are seen by the server.
    func measureReaction() async throws -> [Figure] {
        let limit = RequestLimit(permits: 1000, window: .seconds(10))
        let worker = try worker(
            "reaction", of: "growing", limits: [.list: limit, .get: limit, .update: limit],
            pollInterval: .milliseconds(100))
        try await worker.prepare()
        let milliseconds = try await withThrowingTaskGroup { group in
            group.addTask { try await worker.run() }
            defer { group.cancelAll() }
            return try await untilEnoughReactions()
        }
        return [
            Figure(
                name: Benchmark.reaction.rawValue,
                value: milliseconds.sorted()[milliseconds.count / 2], unit: "ms")
        ]
    }

    private func untilEnoughReactions() async throws -> [Double] {
        let deadline = ContinuousClock.now + Self.timeout
        while ContinuousClock.now < deadline {
            try await Task.sleep(for: Self.poll)
            let answer = try await http.get(url: "\(server)/growing/reactions").get()
            let milliseconds = try JSONDecoder().decode(
                [Double].self, from: Data(answer.body?.readableBytesView ?? ByteBufferView()))
            if milliseconds.count >= Self.reactions { return milliseconds }
        }
        throw BenchmarkFailed("fewer than \(Self.reactions) reactions in \(Self.timeout)")
    }
}
