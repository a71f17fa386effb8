import Contacts
import Foundation

extension Date {
    /// How long ago it was, or how far off it is, and when.
    func relative(to now: Date) -> String {
        let distance = timeIntervalSince(now)
        let span = Duration.seconds(abs(distance)).rough
        return "\(distance > 0 ? "in \(span)" : "\(span) ago"), \(formatted(.iso8601))"
    }

    /// How long it has lasted by then, and since when.
    func span(to now: Date) -> String {
        let length = Duration.seconds(max(0, now.timeIntervalSince(self)))
        return "\(length.rough) (since \(formatted(.iso8601)))"
    }
}

extension Duration {
    /// In the unit that a person would use, rounded down.
    var rough: String {
        let seconds = Int(seconds)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
