internal import Contacts
internal import Foundation
internal import Rules
internal import Store

/// What a page of contacts adds to a plan.
struct PlannedPage: Sendable {
    var contacts = 0
    var census: Census
    /// Those of whom there is anything to tell.
    var found: [PlannedContact] = []
    /// The changes as the plan's file holds them.
    var lines: [[UInt8]] = []
}

/// Looks at pages of contacts; each for itself, so that several can be looked at at once.
struct PageLook: Sendable {
    let ruleset: Ruleset
    let terms: RulesetTerms
    /// The ruleset in force, where the plan compares with it.
    let active: Ruleset?
    let census: Census
    let now: Date
    /// Whether the changes are wanted for a file.
    let isWritten: Bool

    func look(at page: StoredPage) throws -> PlannedPage {
        var planned = PlannedPage(census: census)
        for subject in try page.decoded() {
            planned.contacts += 1
            planned.census.add(subject.contact)
            let contact = look(at: subject)
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
            subject, Outlook(ruleset, on: subject, at: now),
            comparedWith: active.map { Outlook($0, on: subject, at: now) }
        ) { field, value, rules in
            subject.standing(
                of: field, value, rules: rules, under: terms, ofRuleset: ruleset.hash, at: now)
        }
    }
}
