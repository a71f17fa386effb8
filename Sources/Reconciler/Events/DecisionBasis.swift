package import Contacts
package import Foundation
package import Rules

/// What a decision was made on that no other event tells, so that it can be made again.
package struct DecisionBasis: Codable {
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
    package let at: String
    /// By slot, those that made a difference; nil is none.
    let grants: [String: Grant]?
    /// By slot and rule, the same of what people had changed; nil is none.
    let drifts: [String: [String: DriftedValue]]?
    /// What a request under way was setting: the contact was taken to hold it already.
    package let sent: ContactPatch?

    /// A value that a person had changed after Usher had set it.
    struct DriftedValue: Codable {
        let field: FieldPath
        let value: String
    }

    /// - Parameter slots: Those of which the memory made a difference.
    init(at: String, of subject: Subject, slots: Set<String>) {
        let grants = subject.grants.filter { slots.contains($0.key) }
        let drifts = subject.drifts.filter { slots.contains($0.key) }
        self.at = at
        sent = subject.sent
        self.drifts =
            drifts.isEmpty
            ? nil
            : drifts.mapValues {
                $0.mapValues { DriftedValue(field: $0.field, value: $0.value) }
            }
        self.grants =
            grants.isEmpty
            ? nil
            : grants.mapValues {
                Grant(
                    field: $0.field, value: $0.value, rules: $0.rules, from: $0.from,
                    mayRaise: $0.mayRaise)
            }
    }

    /// What the rules were told of Usher's own changes.
    package var memory: ContactMemory {
        ContactMemory(
            grants: (grants ?? [:]).compactMapValues { grant in
                SettableField(grant.field).map {
                    Rules.Grant(
                        field: $0, value: grant.value, rules: grant.rules, from: grant.from,
                        mayRaise: grant.mayRaise ?? false)
                }
            },
            drifts: (drifts ?? [:]).mapValues { byRule in
                byRule.compactMapValues { drift in
                    SettableField(drift.field).map { Drift(field: $0, value: drift.value) }
                }
            })
    }
}

extension Date {
    /// RFC 3339 with all that PostgreSQL keeps of a time.
    package var microsecondText: String {
        let microseconds = Int(nearest: timeIntervalSinceReferenceDate * 1_000_000)
        let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
        let whole = Date(timeIntervalSinceReferenceDate: Double(seconds)).formatted(.iso8601)
        return whole.dropLast() + "." + String(rest + 1_000_000).dropFirst() + "Z"
    }
}
