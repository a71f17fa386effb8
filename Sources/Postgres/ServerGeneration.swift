internal import Synchronization

/// Counts the times that a session of a pool was found broken.
///
/// What broke one has most likely broken all: a server that went away, became read-only, or stands
/// behind a proxy that chose another. So sessions of an earlier generation are replaced unasked,
/// rather than each failing once.
final class ServerGeneration: Sendable {
    private let count = Atomic<Int>(0)
    private let probed = Atomic<Int>(-1)

    var current: Int { count.load(ordering: .acquiring) }

    /// Ends a generation; of many that find the same, the first one counts.
    func end(_ generation: Int) {
        _ = count.compareExchange(
            expected: generation, desired: generation + 1, ordering: .acquiringAndReleasing)
    }

    /// Whether nobody has looked yet what is between us and this generation's server.
    func claimProbe(of generation: Int) -> Bool {
        probed.exchange(generation, ordering: .acquiringAndReleasing) != generation
    }
}
