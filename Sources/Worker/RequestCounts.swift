package import Pylon
internal import Synchronization

/// How many requests were sent, by endpoint.
package final class RequestCounts: Sendable {
    package struct Count: Sendable, Equatable, Encodable {
        package var sent = 0
        package var throttled = 0

        package init() {}
    }

    private let counts = Mutex<[Endpoint: Count]>([:])

    package init() {}

    package var all: [Endpoint: Count] { counts.withLock { $0 } }

    func sent(_ endpoint: Endpoint) { counts.withLock { $0[endpoint, default: Count()].sent += 1 } }

    func throttled(_ endpoint: Endpoint) {
        counts.withLock { $0[endpoint, default: Count()].throttled += 1 }
    }
}
