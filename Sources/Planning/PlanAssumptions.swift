package import Foundation

/// The assumptions of a plan: another time than now, or rules in shadow as enforced ones.
package struct PlanAssumptions: Sendable, Equatable {
    /// The time that rules decide as of; nil is now.
    package let asOf: Date?
    /// The ids of the rules in shadow that count as enforced, as written.
    package let enforced: Set<String>

    package init(asOf: Date? = nil, enforced: Set<String> = []) {
        self.asOf = asOf
        self.enforced = enforced
    }
}
