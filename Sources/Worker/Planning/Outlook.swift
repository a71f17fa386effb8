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
    /// What rules in shadow would change.
    let shadow: [ShadowWish]
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
        shadow = evaluation.shadow.filter { $0.changes(subject.contact) }
        orphaned = subject.grants.values.flatMap { grant in
            subject.contact.holds(grant.value, in: grant.field)
                ? evaluation.leftBehind(by: grant.rules, grant.field) : []
        }
        exempted = evaluation.exempted
    }

    func givesBack(_ field: SettableField, _ value: String) -> Bool {
        givenBack.contains {
            !$0.needsPerson && $0.field == field && $0.value.utf8.elementsEqual(value.utf8)
        }
    }

    func wants(_ field: SettableField, _ value: String) -> Bool {
        changes[field]?.utf8.elementsEqual(value.utf8) ?? false
    }
}

extension ShadowWish {
    /// Whether it would change anything if its rule were enforced, and nobody beat it.
    fileprivate func changes(_ contact: Contact) -> Bool {
        if contact.holds(value, in: field.path) { return false }
        guard let bound else { return true }
        let hasNone = contact.portalRole == nil && contact.portalRoleID == nil
        guard let wanted = PortalRole.rank(of: value),
            let now = hasNone ? 0 : contact.portalRole.flatMap(PortalRole.rank)
        else { return false }
        return bound == "at_least" ? now < wanted : now > wanted
    }
}
