/// Kleene's three truth values.
///
/// A test of something that is not there is unknown, `not unknown` is unknown too, and only `true`
/// fires a rule: so a missing value can never grant anything, however a condition is turned.
package enum Truth: String, Sendable, Codable {
    case `true`, `false`, unknown

    package init(_ value: Bool) { self = value ? .true : .false }

    package static prefix func ! (value: Truth) -> Truth {
        switch value {
        case .true: .false
        case .false: .true
        case .unknown: .unknown
        }
    }

    /// True if all are, false if one is, else unknown.
    package static func all<Element>(_ items: [Element], _ truth: (Element) -> Truth) -> Truth {
        var result = Truth.true
        for item in items {
            switch truth(item) {
            case .true: break
            case .false: return .false
            case .unknown: result = .unknown
            }
        }
        return result
    }

    /// True if one is, false if all are, else unknown.
    package static func any<Element>(_ items: [Element], _ truth: (Element) -> Truth) -> Truth {
        !all(items) { !truth($0) }
    }
}
