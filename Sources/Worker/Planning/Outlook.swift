internal import Contacts
internal import Foundation
internal import Rules
internal import Store

/// What one ruleset wants of a contact.
struct Outlook {
    let changes: ContactPatch
    /// By slot, who wants it.
    let rules: [String: [String]]
    /// What rules give back that are not true any more.
    let givenBack: [Evaluation.GivenBack]
    /// The slots in which rules want again what somebody else has changed.
    let drifted: Set<String>
    let conflicts: [Conflict]
    /// Rules whose bounds leave the contact alone, since a custom role has no order.
    let unordered: [String]
    /// Who set what the contact holds and would keep, and stands behind it no more.
    let orphaned: [LeftBehind]
    /// Exceptions that leave the contact more access than the rules would.
    let exempted: [Exempted]

    init(_ ruleset: Ruleset, on subject: StoredContact, at now: Date) {
        let evaluation = ruleset.evaluate(
            subject.contact, grants: subject.grants.compactMapValues(Grant.init), now: now)
        let winners = evaluation.winners
        changes = evaluation.changes
        rules = Dictionary(winners.map { ($0.field.slot, $0.rules) }) { first, _ in first }
        givenBack = evaluation.givenBack
        drifted = Set(winners.filter(\.isDrift).map(\.field.slot))
        conflicts = evaluation.conflicts
        unordered = evaluation.unordered
        orphaned = subject.grants.values.flatMap { grant in
            subject.contact.holds(grant.value, in: grant.field)
                ? evaluation.leftBehind(by: grant.rules, grant.field) : []
        }
        exempted = evaluation.exempted
    }

    /// The changes, each with who wants it.
    var wanted: [WantedChange] {
        changes.fields.compactMap { field in
            changes[field].map { value in
                WantedChange(
                    field: field, value: value, rules: rules[field.slot] ?? [],
                    isGivenBack: givesBack(field, value))
            }
        }
    }

    private func givesBack(_ field: SettableField, _ value: String) -> Bool {
        givenBack.contains {
            !$0.needsPerson && $0.field == field && $0.value.utf8.elementsEqual(value.utf8)
        }
    }
}

/// A ruleset, and the same with its rules in shadow enforced.
struct PlannedRuleset: Sendable {
    let ruleset: Ruleset
    /// nil where no rule is in shadow.
    private let enforced: Ruleset?

    init(_ ruleset: Ruleset) {
        self.ruleset = ruleset
        enforced = ruleset.rules.contains { $0.mode == .shadow } ? ruleset.enforcing() : nil
    }

    func outlook(on subject: StoredContact, at now: Date) -> Outlook {
        Outlook(ruleset, on: subject, at: now)
    }

    /// What the rules in shadow would change if all of them were enforced.
    ///
    /// - Parameter wanted: What the ruleset wants as it is.
    func shadow(beyond wanted: [WantedChange], on subject: StoredContact, at now: Date)
        -> WantedDifference
    {
        enforced.map { ruleset in
            WantedDifference(of: Outlook(ruleset, on: subject, at: now).wanted, from: wanted)
        } ?? .none
    }
}
