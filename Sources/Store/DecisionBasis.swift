internal import Contacts
internal import Foundation

/// What a decision was made on that no other event tells, so that it can be made again.
struct DecisionBasis: Codable {
    /// What Usher had set a field to, for whom, and what was there before.
    struct Grant: Codable {
        let field: FieldPath
        let value: String
        let rules: [String]
        let from: FieldValue?
        let mayRaise: Bool?

        enum CodingKeys: String, CodingKey {
            case field, value, rules, from
            case mayRaise = "may_raise"
        }
    }

    /// The time that counted, to the microsecond.
    let at: String
    /// By slot, those that made a difference; nil is none.
    let grants: [String: Grant]?
    /// What a request under way was setting: the contact was taken to hold it already.
    let sent: ContactPatch?

    init(at: String, grants: [String: GrantRecord], sent: ContactPatch?) {
        self.at = at
        self.grants =
            grants.isEmpty
            ? nil
            : grants.mapValues {
                Grant(
                    field: $0.field, value: $0.value, rules: $0.rules, from: $0.from,
                    mayRaise: $0.mayRaise)
            }
        self.sent = sent
    }

    /// The grants as they are kept with a contact.
    var grantRecords: [String: GrantRecord] {
        (grants ?? [:]).mapValues {
            GrantRecord(
                field: $0.field, value: $0.value, from: $0.from, rules: $0.rules, times: [],
                drifted: false, mayRaise: $0.mayRaise)
        }
    }
}

extension Date {
    /// RFC 3339 with all that PostgreSQL keeps of a time.
    var microsecondText: String {
        let microseconds = Int((timeIntervalSinceReferenceDate * 1_000_000).rounded())
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSinceReferenceDate: Double(seconds)).formatted(.iso8601)
        return whole.dropLast() + "." + String(rest + 1_000_000).dropFirst() + "Z"
    }
}
