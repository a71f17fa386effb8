internal import Foundation

/// How a custom field that is declared to hold numbers or times is read: strictly, or not at all.
package enum OrderedKind: Sendable {
    case integer, number, date, time

    /// Inclusive bounds, or those with their bound left out, or single points.
    package enum Range: Sendable {
        case below(Double, orEqual: Bool)
        case above(Double, orEqual: Bool)
        case between(Double, Double)
        case among(Set<Double>)

        package func contains(_ point: Double) -> Bool {
            switch self {
            case .below(let bound, let orEqual): point < bound || orEqual && point == bound
            case .above(let bound, let orEqual): point > bound || orEqual && point == bound
            case .between(let first, let last): first <= point && point <= last
            case .among(let points): points.contains(point)
            }
        }
    }

    /// Digits before and after the point: as many as a double keeps apart.
    /// IEEE 754 binary64 has 15 significant decimal digits.
    /// Source: https://en.wikipedia.org/wiki/Double-precision_floating-point_format
    package static let maxDigits = 15

    /// Where a text stands: its number, or seconds since 2001-01-01 00:00 UTC; nil where it is
    /// none.
    package func point(of text: Bytes) -> Double? {
        switch self {
        case .integer: Self.number(text, allowsFraction: false)
        case .number: Self.number(text, allowsFraction: true)
        case .date: Self.day(text)
        case .time: Self.moment(text)
        }
    }

    /// From a point to a near one.
    package var step: Double { self == .date ? 86_400 : 1 }

    /// How a point is written.
    package func text(of point: Double) -> String {
        let date = Date(timeIntervalSinceReferenceDate: point)
        return switch self {
        case .integer, .number:
            point == point.rounded() && abs(point) < 1e15 ? String(Int(point)) : String(point)
        case .date: date.formatted(Date.ISO8601FormatStyle().year().month().day())
        case .time: date.formatted(.iso8601)
        }
    }

    /// `-?digits(.digits)?`, without a plus sign, an exponent, a blank or a separator.
    private static func number(_ text: Bytes, allowsFraction: Bool) -> Double? {
        let digits = text.first == UInt8(ascii: "-") ? text.dropFirst() : text[...]
        let parts = digits.split(
            separator: UInt8(ascii: "."), maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 1 || allowsFraction,
            parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isDigit) }),
            parts.reduce(0, { $0 + $1.count }) <= maxDigits
        else { return nil }
        return Double(String(decoding: text, as: UTF8.self))
    }

    /// `2026-11-23`: the first moment of that day in UTC.
    private static func day(_ text: Bytes) -> Double? {
        let text = String(decoding: text, as: UTF8.self)
        let style = Date.ISO8601FormatStyle().year().month().day()
        // Foundation takes the 30th of February for the 2nd of March.
        guard let date = try? Date(text, strategy: style), date.formatted(style) == text
        else { return nil }
        return date.timeIntervalSinceReferenceDate
    }

    /// The day with which a text begins and that the calendar does not have, such as `2026-02-30`.
    package static func missingDay(in text: String) -> String? {
        guard let day = text.prefixMatch(of: /[0-9]{4}-[0-9]{2}-[0-9]{2}/)?.0,
            Self.day(Bytes(of: String(day))) == nil
        else { return nil }
        return String(day)
    }

    /// RFC 3339: `2026-11-23T10:00:00Z`, with fractions of a second and other offsets.
    private static func moment(_ text: Bytes) -> Double? {
        guard (20...40).contains(text.count), day(Bytes(text.prefix(10))) != nil,
            isOffset(text[19...]),
            // It carries what is over, too: 10:75 would be 11:15.
            zip([11, 14, 17], ["24", "60", "60"]).allSatisfy({ start, end in
                text[start...start + 1].lexicographicallyPrecedes(end.utf8)
            })
        else { return nil }
        let text = String(decoding: text, as: UTF8.self)
        let date =
            (try? Date(text, strategy: .iso8601))
            ?? (try? Date(
                text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
        return date?.timeIntervalSinceReferenceDate
    }

    /// `Z` or `+hh:mm`, behind fractions of a second or none: Foundation reads no further than it
    /// needs.
    private static func isOffset(_ end: ArraySlice<UInt8>) -> Bool {
        var end = end
        if end.first == UInt8(ascii: ".") { end = end.dropFirst().drop(while: isDigit) }
        let form = end.map { isDigit($0) ? UInt8(ascii: "0") : $0 }
        return ["Z", "+00:00", "-00:00"].contains { form.elementsEqual($0.utf8) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}

extension FieldKind {
    package var orderedKind: OrderedKind? {
        switch self {
        case .integer: .integer
        case .number: .number
        case .date: .date
        case .time: .time
        case .text, .address, .localPart, .domain, .domainClass, .status, .list, .addresses, .age:
            nil
        }
    }
}
