import ArgumentParser
import Foundation

/// A time as people write it: a whole day in UTC, or RFC 3339.
struct TimeArgument: ExpressibleByArgument {
    let start: Date
    /// The end of a day; the same as `start` for a time.
    let end: Date

    init?(argument: String) {
        let day = Date.ISO8601FormatStyle().year().month().day()
        if let start = try? Date(argument, strategy: day), start.formatted(day) == argument {
            self.start = start
            end = start + 86_400
            return
        }
        let styles = [Date.ISO8601FormatStyle(), .init(includingFractionalSeconds: true)]
        guard let moment = styles.lazy.compactMap({ try? Date(argument, strategy: $0) }).first
        else { return nil }
        (start, end) = (moment, moment)
    }
}
