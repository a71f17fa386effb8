internal import Foundation
internal import NIOHTTP1

/// How long the API asks to wait.
package enum RetryAfter {
    /// Applies even where the API asks for an immediate retry, so that retries cannot spin.
    package static let shortest: Duration = .seconds(1)
    /// Source: docs/pylon-api.md, “What the client does”.
    package static let longest: Duration = .seconds(3600)

    /// `X-Retry-After`, else `Retry-After`, from `shortest` to `longest`; nil if not readable.
    static func read(_ headers: HTTPHeaders, now: Date) -> Duration? {
        if let text = headers.first(name: "x-retry-after"), let wait = seconds(text) { return wait }
        guard let text = headers.first(name: "retry-after") else { return nil }
        if let wait = seconds(text) { return wait }
        // The server's own clock, where it tells it.
        let sentAt = headers.first(name: "date").flatMap(date) ?? now
        return date(text).map { bounded($0.timeIntervalSince(sentAt)) }
    }

    private static func seconds(_ text: String) -> Duration? {
        let text = text.trimmingCharacters(in: .whitespaces)
        guard text.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == UInt8(ascii: ".") })
        else { return nil }
        return Double(text).map(bounded)
    }

    private static func bounded(_ seconds: Double) -> Duration {
        let milliseconds = Int((min(max(seconds, 0), 1e6) * 1000).rounded(.up))
        return max(shortest, min(longest, .milliseconds(milliseconds)))
    }

    /// An HTTP date in the form that RFC 9110 §5.6.7 tells servers to send.
    private static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text.trimmingCharacters(in: .whitespaces))
    }
}
