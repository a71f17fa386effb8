import Contacts
import Foundation
import Rules

@testable import Reconciler

extension EventSamples {
    private static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text }, pass: { type: text } }
            rules:
              - { id: admins, priority: 200, mode: enforce, when: { id: [c1, c3, c5, c6] }, set: { portal_role: admin } }
              - { id: members, mode: enforce, when: { any: [ { id: c1 }, { custom_fields.tier: gold } ] }, set: { portal_role: member } }
              - { id: asked, mode: enforce, approval: required, when: { id: c2 }, set: { portal_role: admin } }
              - { id: ceiling, mode: enforce, when: { id: c3 }, set: { portal_role: { at_most: member } } }
              - { id: floor, mode: enforce, when: { id: c8 }, set: { portal_role: { at_least: member } } }
              - { id: one, mode: enforce, when: { id: c4 }, set: { name: One } }
              - { id: two, mode: enforce, when: { id: c4 }, set: { name: Two } }
              - { id: tried, mode: shadow, when: { id: [c1, c4] }, set: { custom_fields.pass: blue } }
              - { id: tried-floor, mode: shadow, when: { id: c4 }, set: { portal_role: { at_least: member } } }
              - { id: pilot, mode: enforce, on_unmatch: revert, when: { id: c7, custom_fields.tier: pilot }, set: { portal_role: member } }
            guardrails:
              - { id: no-admin, deny: { portal_role: admin }, when: { id: c5 }, reason: Not staff. }
            exceptions:
              - { id: ex, rules: [admins], contact: c6, until: 2099-01-31, reason: On leave. }
            """)
    }

    /// Decisions of every result, with all that one may rest on.
    static func decisions() throws -> [NewEvent] {
        let asked = try rules.get().meaning(named: "asked") ?? ""
        func approved(plan: String?) -> ContactRecord {
            var record = ContactRecord()
            record.approved = [
                ApprovedChange(
                    FieldChange(field: .portalRole, from: .text("member"), to: "admin"),
                    rules: ["asked": asked],
                    ApprovalTerms(until: noon + .seconds(60), who: "boss", seq: 5, plan: plan))
            ]
            return record
        }
        func granted(from role: String?, mayRaise: Bool? = nil) -> ContactRecord {
            var record = ContactRecord()
            record.grants["portal_role"] = Grant(
                field: .portalRole, value: "member", from: role.map { .text($0) },
                rules: ["pilot"], mayRaise: mayRaise)
            return record
        }
        var drifted = ContactRecord()
        drifted.drifts["portal_role"] = [
            "admins": Drift(
                field: .portalRole, value: "admin", found: .text("member"), since: noon)
        ]
        let nobody = Contact(id: "c1")
        return try [
            decision(.sample("member")), decision(nobody),
            decision(.sample("member", id: "c2")),
            decision(.sample("member", id: "c2"), approved(plan: nil)),
            decision(.sample("member", id: "c2"), approved(plan: "b41c")),
            decision(.sample("no_access", id: "c3")), decision(.sample("lead", id: "c3")),
            decision(.sample(id: "c4")), decision(.sample("member", id: "c4")),
            decision(.sample("member", id: "c5")),
            decision(.sample("admin", id: "c5")),
            decision(.sample("member", id: "c6")),
            decision(.sample("member", id: "c7"), granted(from: "no_access")),
            decision(.sample("member", id: "c7"), granted(from: "admin")),
            decision(.sample("member", id: "c7"), granted(from: "admin", mayRaise: true)),
            decision(.sample("member", id: "c7"), granted(from: nil)),
            decision(.sample("lead", id: "c8")), decision(.sample("member"), drifted),
            decision(.sample("member"), action: .sample(.sending, [.name: "Ana"])),
        ].flatMap { $0 }
    }

    private static func decision(
        _ contact: Contact, _ record: ContactRecord = ContactRecord(), action: Action? = nil
    ) throws -> [NewEvent] {
        let subject = EvaluationSubject(
            .sample(contact, record: record), action: action, holds: [:], causeSeq: 50)
        return try EvaluationBatch(
            of: [subject], through: GateTests.gate(try rules.get()), at: noon
        ).events
    }

    // MARK: Holds

    private static let boss = OperatorAct(who: "boss", reason: "agreed")
    private static let member = KnownContact.sample(.sample("member"))

    private static let ruleHold = RuleHold(
        ruleID: "staff", reason: .limit, ruleHash: "m1", detail: "per_hour: 5", placedSeq: 30)

    private static let contactHold = ContactHold(
        contactID: "c1", field: "portal_role", reason: .ownChanges,
        wish: HeldWish(field: .portalRole, value: "admin", rules: ["staff"]), placedSeq: 31)

    private static let massDelete = MassDeleteHold(
        missing: 90, placedSeq: 32, placedAt: noon, refusedAt: nil)

    /// A change of `c1` that the rule `staff` wants.
    private static func change(of field: SettableField, to value: String) -> ApprovableChange {
        ApprovableChange(
            FieldChange(field: field, from: nil, to: value), rules: ["staff": "m1"],
            PlannedTarget(contactID: "c1"))
    }

    /// Holds as they are placed and as they end.
    static func holds() throws -> [NewEvent] {
        var often = ContactRecord()
        often.grants["portal_role"] = Grant(
            field: .portalRole, value: "member", rules: [],
            times: [1, 2, 3].map { noon - .seconds($0) })
        let expired = ExpiredHolds(rules: [ruleHold], contacts: [contactHold])
        let release = try ContactRelease(
            .everything(slot: nil), of: member, holds: [contactHold], action: nil, by: boss,
            at: noon)
        let declined = change(of: .portalRole, to: "admin")
        var refused = ContactRecord()
        refused.declined = [declined.with(Decline(.rejected))]
        return try decision(.sample("member"), often)
            + [ruleHold.placed(changes: nil), ruleHold.placed(changes: 40)]
            + (try RuleHoldApproval(of: ruleHold, on: [member], by: boss, at: noon)).events
            + release.events
            + (try DeclinedChangesApproval(
                of: "staff", on: [.sample(.sample("member"), record: refused)], by: boss)?.events
                ?? [])
            + (try MassDelete.released(90, hold: 32, by: boss)).events
            + (try PlanApproval.released([ruleHold], afterPlan: "b41c", by: boss))
            + RuleRejection([ruleHold]).events(by: boss) + contactHold.rejected(by: boss)
            + MassDelete.rejected(massDelete, by: boss)
            + [
                ruleHold.withdrawn(reason: "it holds nothing"),
                contactHold.withdrawn(reason: "another wish"), MassDelete.withdrawn(32),
            ] + expired.events(declining: [ruleHold.key: ["c1"]])
    }

    static func drifts() throws -> [NewEvent] {
        var record = ContactRecord()
        record.grants = [
            "portal_role": Grant(field: .portalRole, value: "admin", rules: ["admins"]),
            "name": Grant(field: .name, value: "One", rules: ["one", "two"]),
        ]
        return try decision(.sample("member"), record) + decision(.sample(id: "c4"), record)
    }

    // MARK: Operators

    /// What operators do beside deciding on holds.
    static func operators() throws -> [NewEvent] {
        let change = change(of: .name, to: "Ana")
        return [
            try boss.event("resumed the workspace"),
            try boss.event(
                "forgot the workspace",
                removed: RemovedWork(actions: 1, holds: 2, alerts: 0, setAside: 3)),
        ]
            + (try PlanRejection(
                of: PlannedContactChanges.all(of: [change]), id: "b41c", known: ["c1": member],
                by: boss)).events
    }
}
