package import Foundation
package import Reconciler
package import RuleLint
internal import Rules
internal import Store

/// What a ruleset would change in the stored contacts.
///
/// Beside the ruleset in force it tells only what differs; held is what would be held by all that
/// the ruleset wants.
package struct Plan: Encodable, Sendable {
    /// Changes that are shown; a plan's file has them all.
    package static let shownContacts = 50
    /// Accounts that are shown, those with the most changes.
    package static let shownAccounts = 20
    /// Accounts that are counted apart: as many as a large workspace has, in some 20 MB.
    package static let countedAccounts = 100_000

    package let workspace: String
    package let rulesetHash: String
    /// The ruleset in force, where the plan shows only what differs from it.
    package let comparedWith: String?
    package let plannedAt: Date
    /// The time that rules decide as of, where it is another one than now.
    package let asOf: Date?
    /// The rules in shadow that count as enforced.
    package let enforced: [String]
    /// Contacts that were looked at.
    package internal(set) var contacts = 0
    package internal(set) var changes = 0
    /// Contacts that would be changed.
    package internal(set) var changed = 0
    /// Of those, the ones of which everything would be held.
    package internal(set) var held = 0
    package internal(set) var drifted = 0
    package internal(set) var transitions: [Transition] = []
    /// Of the changes, the reverts of values whose rules no longer match.
    package internal(set) var givenBack: [Transition] = []
    /// Reverts that wait for a person, since they would raise access; none of the
    /// changes.
    package internal(set) var waiting: [Transition] = []
    /// What the ruleset in force would do, and this one not.
    package internal(set) var dropped: [Transition] = []
    package internal(set) var shadow = Shadow()
    package internal(set) var adminLoss = AccountAdmins().loss()
    package internal(set) var unordered: [UnorderedCount] = []
    /// Those of whom most have their way first.
    package internal(set) var rules: [RuleCount] = []
    /// Renames since the ruleset in force that the rule files do not declare.
    package internal(set) var renames: [Rename] = []
    package internal(set) var orphans: [OrphanCount] = []
    package internal(set) var exempted: [ExemptedCount] = []
    package internal(set) var accounts: [AccountCount] = []
    package internal(set) var otherAccountsContacts = 0
    /// At most `shownContacts`.
    package internal(set) var who: [Change] = []
    package internal(set) var conflicts: [ConflictCount] = []
    package internal(set) var holds: [Hold] = []
    /// What is wrong with the rules, given the contacts.
    package internal(set) var errors: [String] = []
    package internal(set) var warnings: [DanglingReferences.Warning] = []

    init(
        workspace: String, rulesetHash: String, comparedWith: String?, plannedAt: Date,
        assuming assumptions: PlanAssumptions
    ) {
        asOf = assumptions.asOf
        enforced = assumptions.enforced.sorted()
        self.workspace = workspace
        self.rulesetHash = rulesetHash
        self.comparedWith = comparedWith
        self.plannedAt = plannedAt
    }

    /// How long what is not held takes to send.
    ///
    /// - Parameter limit: Of changes; nil is no limit.
    package func duration(at limit: RequestLimit?) -> Duration {
        guard let limit else { return .zero }
        return limit.window * (changed - held) / limit.permits
    }

    enum CodingKeys: String, CodingKey {
        case workspace, contacts, changes, changed, held, drifted, transitions, waiting, dropped
        case enforced, shadow, unordered, rules, renames, orphans, exempted, accounts, who,
            conflicts, holds, errors, warnings
        case rulesetHash = "ruleset_hash"
        case comparedWith = "compared_with"
        case plannedAt = "planned_at"
        case asOf = "as_of"
        case adminLoss = "admin_loss"
        case givenBack = "given_back"
        case otherAccountsContacts = "other_accounts_contacts"
    }
}
