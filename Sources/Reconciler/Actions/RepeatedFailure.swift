package import Foundation

/// The same failure of an action, again and again.
///
/// It is on record when it begins, and with its count when something else follows it: an API that
/// is away must not fill the log.
package struct RepeatedFailure: Codable, Sendable, Equatable {
    package let cause: String
    package let since: Date
    package private(set) var count: Int

    package init(cause: String, since: Date, count: Int = 1) {
        self.cause = cause
        self.since = since
        self.count = count
    }

    /// What a failure makes of the one before: one more of the same, or a new beginning.
    package static func after(
        _ earlier: RepeatedFailure?, cause: String, at now: Date
    ) -> RepeatedFailure {
        guard var repeated = earlier, repeated.cause == cause else {
            return RepeatedFailure(cause: cause, since: now)
        }
        repeated.count += 1
        return repeated
    }

    package var isNew: Bool { count == 1 }
}
