/// When a contact that a sweep did not show is asked for again.
package enum AbsenceProof {
    /// After an answer that proves nothing, doubled each time: soon enough for what passes, and few
    /// enough requests for a contact that the API never shows.
    private static let firstPause: Duration = .seconds(10)
    /// The bound, at which a hundred such contacts cost fourteen requests a minute with controls.
    package static let longestPause: Duration = .seconds(15 * 60)

    /// - Parameter attempts: Answers so far that proved nothing.
    package static func pause(after attempts: Int) -> Duration {
        let doublings = min(max(attempts - 1, 0), 16)
        return min(longestPause, firstPause * (1 << doublings))
    }
}

/// How a contact came to be gone, as the API told it.
package struct Absence: Sendable, Equatable {
    /// Of the answer that told it.
    package let status: Int
    package let requestID: String?
    /// The contact that it was merged into; nil where the API only said that it is gone.
    package let mergedInto: String?

    package init(status: Int, requestID: String?, mergedInto: String? = nil) {
        self.status = status
        self.requestID = requestID
        self.mergedInto = mergedInto
    }

    /// What an action ends for.
    package var reason: String { Self.reason(mergedInto: mergedInto) }

    package static func reason(mergedInto id: String?) -> String {
        id.map { "the contact was merged into \($0)" } ?? "the contact was deleted"
    }
}
