internal import Contacts
internal import Foundation
internal import Reconciler
internal import RuleLint
internal import Rules
internal import Store

/// What a page of contacts adds to a plan.
struct PagePlan: Sendable {
    var contacts = 0
    var references: DanglingReferences
    var admins = AccountAdmins()
    /// Those of whom there is anything to tell.
    var found: [ContactPlan] = []
    /// The changes as the plan's file holds them.
    var lines: [[UInt8]] = []
}

/// Looks at pages of contacts; each for itself, so that several can be looked at at once.
struct PagePlanner: Sendable {
    let ruleset: PlannedRuleset
    /// With the holds that are known so far.
    let gate: ChangeGate
    /// The ruleset in force, where the plan compares with it.
    let active: PlannedRuleset?
    let references: DanglingReferences
    /// The time that rules decide as of.
    let now: Date
    /// Whether the changes are wanted for a file.
    let isWritten: Bool

    func look(at page: SubjectPage) throws -> PagePlan {
        var planned = PagePlan(references: references)
        // Each page has a gate of its own: what one contact needs is the same whoever comes before.
        var gate = gate
        for subject in page.decoded {
            planned.contacts += 1
            planned.references.add(subject.contact)
            let contact = look(at: subject, &gate)
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

    private func look(at subject: Subject, _ gate: inout ChangeGate) -> ContactPlan {
        let reconciled = gate.reconcile(subject, at: now)
        let desired = DesiredState(reconciled.evaluation, of: subject)
        let wishes = (desired, ruleset.shadow(beyond: desired.wanted, on: subject, at: now))
        let other = active.map { active in
            let desired = active.desired(on: subject, at: now)
            return (desired, active.shadow(beyond: desired.wanted, on: subject, at: now))
        }
        return ContactPlan(reconciled, wishes, comparedWith: other, through: gate)
    }
}
