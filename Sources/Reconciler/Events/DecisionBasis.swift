package import Contacts
package import Foundation
package import Rules

/// What a decision was made on that no other event tells, so that it can be made again.
package struct DecisionBasis: Codable {
    /// The time that counted, to the microsecond.
    package let at: String
    /// What Usher had set, by slot, of those that made a difference; nil is none.
    let grants: [String: Grant]?
    /// What people had changed of it, by slot and rule, where it made a difference; nil is none.
    let drifts: [String: [String: FieldChange]]?
    /// What a request under way was setting: the contact was taken to hold it already.
    package let sent: ContactPatch?

    /// - Parameter slots: Those of which the memory made a difference.
    init(at: String, of subject: Subject, slots: Set<String>) {
        let grants = subject.grants.filter { slots.contains($0.key) }
        let drifts = subject.drifts.filter { slots.contains($0.key) }
        self.at = at
        sent = subject.sent
        self.drifts = drifts.isEmpty ? nil : drifts.mapValues { $0.mapValues(\.wish) }
        self.grants =
            grants.isEmpty
            ? nil
            : grants.mapValues {
                // When it was set is nothing to the rules.
                Grant(
                    field: $0.field, value: $0.value, from: $0.from, rules: $0.rules,
                    mayRaise: $0.mayRaise)
            }
    }

    /// What the rules were told of Usher's own changes.
    package var memory: ContactMemory {
        ContactMemory(grants: grants ?? [:], drifts: drifts ?? [:])
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
