internal import Contacts
package import Foundation

/// The clocks of the database and of this process, read together.
package struct ClockReading: Sendable, Equatable {
    /// The database's time.
    package let database: Date
    /// The worker's wall clock just before and just after the database's was read.
    package let worker: ClosedRange<Date>
    /// The worker's monotonic clock then, in seconds since any fixed moment.
    package let elapsed: ClosedRange<Double>

    package init(database: Date, worker: ClosedRange<Date>, elapsed: ClosedRange<Double>) {
        self.database = database
        self.worker = worker
        self.elapsed = elapsed
    }
}

/// A fault of a clock that a comparison showed.
package enum ClockFault: Sendable, Equatable {
    /// The database's clock moved by this much more than time passed; less than nothing is back.
    case jumped(from: Date, to: Date, by: Double)
    /// The database's clock and the worker's are apart.
    case apart(database: Date, worker: Date)

    /// What clocks may differ by, in seconds: servers that nobody synchronises drift by less within
    /// weeks, and every wait of Usher's copes with it.
    package static let tolerance: Double = 60

    /// - Parameter previous: The same process' reading before; nil is none.
    package init?(_ reading: ClockReading, after previous: ClockReading?) {
        if let previous, let jump = Self.jump(from: previous, to: reading),
            abs(jump) > Self.tolerance
        {
            self = .jumped(from: previous.database, to: reading.database, by: jump)
        } else if reading.database
            < reading.worker.lowerBound.addingTimeInterval(-Self.tolerance)
            || reading.database > reading.worker.upperBound.addingTimeInterval(Self.tolerance)
        {
            self = .apart(database: reading.database, worker: reading.worker.upperBound)
        } else {
            return nil
        }
    }

    /// Seconds that the database's clock certainly moved beside the time that passed; nil is none.
    ///
    /// How long a reading took is not known to be the one's or the other's way, so that a database
    /// that stood still for a while has not jumped.
    package static func jump(from previous: ClockReading, to reading: ClockReading) -> Double? {
        let moved = reading.database.timeIntervalSince(previous.database)
        let most = reading.elapsed.upperBound - previous.elapsed.lowerBound
        let least = reading.elapsed.lowerBound - previous.elapsed.upperBound
        if moved > most { return moved - most }
        if moved < least { return moved - least }
        return nil
    }
}

extension ClockFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .jumped(let from, let to, let seconds):
            "the database's clock was set \(seconds < 0 ? "back" : "ahead") by "
                + "\(Self.words(abs(seconds))): it read \(from.formatted(.iso8601)), and then "
                + "\(to.formatted(.iso8601))"
        case .apart(let database, let worker):
            "the clocks of the database and of a worker differ by "
                + "\(Self.words(abs(database.timeIntervalSince(worker)))): the database has "
                + "\(database.formatted(.iso8601)), the worker \(worker.formatted(.iso8601))"
        }
    }

    private static func words(_ seconds: Double) -> String {
        Duration.seconds(min(seconds, 1e11).rounded())
            .formatted(.units(allowed: [.days, .hours, .minutes, .seconds], width: .wide))
    }
}

extension Date {
    /// Whether a clock that was ahead wrote this time: it is further ahead than it can rightly be.
    package func isBeyond(_ bound: Duration, at now: Date) -> Bool {
        self > now + bound + .seconds(ClockFault.tolerance)
    }
}

/// The leaps of the database's clock, and the things whose times were held again for them.
///
/// By a clock that was set ahead, permits are free and claims have lapsed at once, although no time
/// has passed: too much would be sent, and requests under way would be taken for lost.
package struct ClockLeaps: Sendable {
    private var last: ClockReading?
    private var count = 0
    /// Subject → after how many leaps its times were held.
    private var handled: [String: Int] = [:]

    package init() {}

    /// Seconds; less is within what a window and a time-out have to spare.
    private static let tolerance = 1.0

    /// - Returns: How often the clock has leapt, where the times of a subject are still to be held.
    package mutating func unhandled(at reading: ClockReading, for subject: String) -> Int? {
        let jump = last.flatMap { ClockFault.jump(from: $0, to: reading) } ?? 0
        if jump > Self.tolerance { count += 1 }
        last = reading
        return handled[subject, default: 0] < count ? count : nil
    }

    package mutating func handle(_ count: Int, for subject: String) { handled[subject] = count }
}
