package import Contacts
package import Foundation
package import Rules

/// The bounds on Usher's own changes of a field.
extension Grant {
    /// How often Usher may change one field of one contact within an hour: enough for a person to
    /// change their mind twice, and too little for rules that undo each other.
    private static let maxOwnChanges = 3
    /// How often a day Usher may set again what somebody else has changed. Source: docs/rules.md.
    private static let maxReassertions = 3

    /// Usher's changes of the field within the last hour.
    package func ownChanges(at now: Date) -> [Date] {
        (times ?? []).filter { $0 > now - .seconds(3600) && !$0.isBeyond(.zero, at: now) }
    }

    /// - Parameter span: How long ago at most.
    package func reassertions(within span: Duration, at now: Date) -> [Date] {
        (reasserted ?? []).filter { $0 > now - span && !$0.isBeyond(.zero, at: now) }
    }

    /// Whether a wish is for what somebody else has changed since these rules set it.
    package func isReasserted(by field: SettableField, _ value: String, _ rules: [String]) -> Bool {
        self.field == field && self.value.hasSameBytes(as: value) && !rules.isEmpty
            && Set(rules).isSubset(of: self.rules)
    }

    /// Why another change of the field waits for a person, apart from what limits say; nil where it
    /// does not. What takes access away never waits for the bound on own changes.
    func reason(
        toHold change: ResolvedChange, _ effect: AccessEffect, at now: Date
    ) -> ContactHold.Reason? {
        if effect != .lowers, ownChanges(at: now).count >= Self.maxOwnChanges {
            return .ownChanges
        }
        let isAgain = isReasserted(by: change.field, change.value, change.rules)
        let again = reassertions(within: .seconds(86_400), at: now).count
        return isAgain && again >= Self.maxReassertions ? .reasserted : nil
    }
}
