internal import Contacts
package import Foundation

/// How many requests an endpoint takes in how long.
package struct RequestLimit: Sendable, Equatable {
    package let permits: Int
    package let window: Duration

    package init(permits: Int, window: Duration) {
        self.permits = permits
        self.window = window
    }
}

/// The right to send one request, not before `sendAt`.
package struct Permit: Sendable, Equatable {
    package let number: Int
    /// Tells this taking from earlier ones of the same permit.
    package let taken: Int
    package let sendAt: Date

    package init(number: Int, taken: Int, sendAt: Date) {
        self.number = number
        self.taken = taken
        self.sendAt = sendAt
    }

    /// Whether it may still be used.
    package func isInTime(at now: Date) -> Bool { now <= sendAt + WorkTiming.latestSend }
}

/// The permits to take, chosen from the state of all permits of an endpoint.
package struct PermitPlan: Sendable, Equatable {
    package struct PermitState: Sendable, Equatable {
        package let number: Int
        package let freeAt: Date
        package let taken: Int

        package init(number: Int, freeAt: Date, taken: Int) {
            self.number = number
            self.freeAt = freeAt
            self.taken = taken
        }
    }

    package private(set) var permits: [Permit] = []
    /// Permits not free when looked at.
    package let held: Int
    package private(set) var nextSendAt: Date
    /// When the first one that was not taken could be used.
    package private(set) var nextAt: Date?

    /// Sends of a backlog are this fraction of `window / permits` apart, a little denser than the
    /// permits come back. Source: docs/measurements.md, “Request limits”.
    static let gapFraction = 0.95

    /// - Parameters:
    ///   - rows: Every permit of the endpoint, also those above a limit that was lowered.
    ///   - wanted: As many as there is work for; a backlog when that is more than are free.
    ///   - horizon: Permits are taken for sends within this time.
    package init(
        rows: [PermitState], limit: RequestLimit, nextSendAt: Date, now: Date, wanted: Int,
        horizon: Duration = WorkTiming.permitHorizon
    ) {
        held = rows.count { $0.freeAt > now }
        self.nextSendAt = nextSendAt
        let known = Set(rows.map(\.number))
        let unused = (1...limit.permits).filter { !known.contains($0) }
            .map { PermitState(number: $0, freeAt: .distantPast, taken: 0) }
        let above = rows.filter { $0.number > limit.permits && $0.freeAt > now }
        let usable = (rows.filter { $0.number <= limit.permits } + unused)
            .sorted { ($0.freeAt, $0.number) < ($1.freeAt, $1.number) }
        // A permit that is held above the limit uses up one below it, as long as it is held.
        let freeAt = (usable + above).map(\.freeAt).sorted().dropFirst(above.count)
        let isBacklog = wanted > freeAt.count { $0 <= now }
        let gap = limit.window.seconds / Double(limit.permits) * Self.gapFraction
        var earliest = isBacklog ? max(now, nextSendAt) : now
        for (row, freeAt) in zip(usable, freeAt) {
            let sendAt = max(earliest, freeAt)
            guard permits.count < wanted, sendAt <= now + horizon else {
                nextAt = sendAt
                break
            }
            permits.append(Permit(number: row.number, taken: row.taken &+ 1, sendAt: sendAt))
            // One gap that was lost to waiting for a permit is made up for, or jitter would add up.
            self.nextSendAt = max(self.nextSendAt.addingTimeInterval(gap), sendAt)
            if isBacklog { earliest = self.nextSendAt }
        }
    }
}

extension RequestLimit {
    /// Others may use one permit in this many before the alert is raised.
    private static let shareOfConcern = 4

    /// Requests that other parties sent within the window: as many as the API has less left than
    /// our own permits explain.
    ///
    /// - Parameters:
    ///   - remaining: `X-Rate-Limit-Remaining` of an answer.
    ///   - held: Our permits that are not free.
    package func foreignRequests(remaining: Int, held: Int) -> Int {
        max(0, permits - held - remaining)
    }

    /// Whether so many foreign requests are worth an alert. Occasional calls of others are not.
    package func isShared(by foreignRequests: Int) -> Bool {
        foreignRequests * Self.shareOfConcern >= permits
    }
}
