import Foundation

/// A signal between transaction closures, which block their own threads while they wait for it.
final class Signal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)

    /// Longer than any test, so that a broken one fails instead of hanging.
    private static let limit = DispatchTimeInterval.seconds(20)

    func give() { semaphore.signal() }

    func wait() throws {
        if semaphore.wait(timeout: .now() + Self.limit) == .timedOut { throw NeverGiven() }
    }

    struct NeverGiven: Error {}
}
