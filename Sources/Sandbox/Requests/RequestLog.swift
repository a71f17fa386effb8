/// One request that the sandbox saw.
package struct SeenRequest: Sendable, Equatable {
    /// Counts up from 1 since the start or the last reset, in order of arrival.
    package let number: Int
    /// Time since the server's start, when the request had been read.
    package let arrived: Duration
    /// When the answer was ready or the connection was closed; nil while that is to come.
    package internal(set) var answered: Duration?
    package let method: String
    package let path: String
    /// Nil for a path or a method that the API does not have.
    package let endpoint: SandboxEndpoint?
    /// The contact in the path, or the one that was created.
    package internal(set) var contactID: String?
    /// Nil when the connection was closed without an answer.
    package internal(set) var status: Int?
    package let requestID: String
    package internal(set) var faults: [SandboxFault.Kind] = []
    /// Whether a contact was changed, created or deleted.
    package internal(set) var applied = false
    /// The body of a PATCH.
    package let body: String?
}

/// The latest requests, in order of arrival.
struct RequestLog {
    /// About 300 MB of memory when full.
    static let defaultMaxEntries = 1_000_000

    private let maxEntries: Int
    private var entries: [SeenRequest] = []
    private(set) var count = 0

    init(maxEntries: Int = defaultMaxEntries) {
        self.maxEntries = maxEntries
    }

    /// How many were forgotten because there were too many.
    var dropped: Int { count - entries.count }

    /// - Returns: The new entry, to be completed later.
    mutating func append(_ make: (Int) -> SeenRequest) -> SeenRequest {
        let entry = make(count + 1)
        if entries.count < maxEntries {
            entries.append(entry)
        } else {
            entries[count % maxEntries] = entry
        }
        count += 1
        return entry
    }

    /// Does nothing when the entry was forgotten meanwhile.
    mutating func complete(_ request: SeenRequest) {
        let index = (request.number - 1) % maxEntries
        guard index < entries.count, entries[index].requestID == request.requestID else { return }
        entries[index] = request
    }

    mutating func reset() {
        entries = []
        count = 0
    }

    /// Requests with a number above `number`, oldest first.
    func after(_ number: Int) -> [SeenRequest] {
        let first = max(number, dropped)
        guard first < count else { return [] }
        return (first..<count).map { entries[$0 % maxEntries] }
    }
}
