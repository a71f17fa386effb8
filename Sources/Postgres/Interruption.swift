internal import Synchronization

/// The end of a transaction's waits, which its task's cancellation brings nearer.
///
/// Sessions wait on threads of their own, which no cancellation reaches; they ask this one instead.
final class Interruption: Sendable {
    private let deadline = Mutex<ContinuousClock.Instant?>(nil)

    /// How long a statement under way may still take when its task is cancelled: a healthy server
    /// has answered by then, so what was begun is recorded, and a frozen one holds up no end.
    static let grace: Duration = .seconds(1)

    /// How long a cancellation takes to be noticed by a wait, at most.
    static let slice: Duration = .milliseconds(50)

    func begin() { deadline.withLock { $0 = $0 ?? .now + Self.grace } }

    var hasEndedWaits: Bool { deadline.withLock { $0.map { $0 <= .now } } ?? false }

    func limit(_ other: ContinuousClock.Instant) -> ContinuousClock.Instant {
        deadline.withLock { $0.map { min($0, other) } } ?? other
    }
}
