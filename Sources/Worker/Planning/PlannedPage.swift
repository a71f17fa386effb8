internal import Contacts
internal import Foundation
internal import Rules
internal import Store

/// What a page of contacts adds to a plan.
struct PlannedPage: Sendable {
    var contacts = 0
    var census: Census
    var admins = AccountAdmins()
    /// Those of whom there is anything to tell.
    var found: [PlannedContact] = []
    /// The changes as the plan's file holds them.
    var lines: [[UInt8]] = []
}

/// Looks at pages of contacts; each for itself, so that several can be looked at at once.
struct PageLook: Sendable {
    let ruleset: PlannedRuleset
    let terms: RulesetTerms
    /// The ruleset in force, where the plan compares with it.
    let active: PlannedRuleset?
    let census: Census
    /// The time that rules decide as of.
    let now: Date
    /// Whether the changes are wanted for a file.
    let isWritten: Bool

    func look(at page: StoredPage) throws -> PlannedPage {
        var planned = PlannedPage(census: census)
        for subject in try page.decoded() {
            planned.contacts += 1
            planned.census.add(subject.contact)
            let contact = look(at: subject)
            planned.admins.add(
                subject.contact, planned: contact.wanted, otherwise: contact.otherwise,
                rules: contact.rules)
            if contact.isEmpty { continue }
            planned.found.append(contact)
            if isWritten {
                planned.lines += try PlanFile.Change.all(of: contact).map { try $0.line }
            }
        }
        return planned
    }

    private func look(at subject: StoredContact) -> PlannedContact {
        PlannedContact(
            subject, wishes(of: ruleset, for: subject),
            comparedWith: active.map { wishes(of: $0, for: subject) }
        ) { change in
            subject.standing(
                of: change.field, change.value, rules: change.rules, under: terms,
                ofRuleset: ruleset.ruleset.hash, at: now)
        }
    }

    private func wishes(
        of ruleset: PlannedRuleset, for subject: StoredContact
    ) -> PlannedContact.Wishes {
        let outlook = ruleset.outlook(on: subject, at: now)
        return (outlook, ruleset.shadow(beyond: outlook.wanted, on: subject, at: now))
    }
}
