internal import Synchronization

/// What a workspace's worker is doing at this moment: what a stop waits for.
package final class Activity: Sendable {
    private let running = Mutex<[String: Int]>([:])

    package init() {}

    package var names: [String] {
        running.withLock { $0.map { $0.value > 1 ? "\($0.value) \($0.key)s" : $0.key }.sorted() }
    }

    func during<Result>(_ name: String, _ work: () async throws -> Result) async rethrows -> Result
    {
        running.withLock { $0[name, default: 0] += 1 }
        defer {
            running.withLock {
                $0[name]? -= 1
                if $0[name] == 0 { $0[name] = nil }
            }
        }
        return try await work()
    }
}
