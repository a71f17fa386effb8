import Contacts
import Foundation
import Testing

@testable import Reconciler
@testable import Rules

/// The effect of every change of access, and what follows from it.
///
/// Lowering goes first, whatever role is lowered. What cannot be ordered counts as granting where
/// changes are limited, and as lowering where speed protects.
@Suite struct AccessTable {
    /// A change of a contact's access.
    struct Change: Sendable, CustomTestStringConvertible {
        let now: Contact
        let field: SettableField
        let value: String
        let effect: AccessEffect
        let testDescription: String
    }

    static let wanted: [(name: String, field: SettableField, value: String)] = [
        ("no_access", .portalRole, "no_access"), ("member", .portalRole, "member"),
        ("admin", .portalRole, "admin"), ("lead", .portalRole, "lead"),
        ("billing", .portalRole, "billing"), ("#lead", .portalRoleID, "lead-id"),
        ("#billing", .portalRoleID, "billing-id"),
    ]

    /// What each of the wanted values is to whom: `-` lowers, `+` grants, `=` changes no access, and
    /// `?` nobody can tell.
    static let effects: [(now: Contact, effects: String)] = [
        //                                            no_access member admin lead billing #lead #billing
        (.sample(nil), "= + + + + + +"),
        (.sample("no_access"), "= + + + + + +"),
        (.sample("no_access", roleID: "none-id"), "= + + + + + +"),
        (.sample("member"), "- = + ? ? ? ?"),
        (.sample("member", roleID: "member-id"), "- = + ? ? ? ?"),
        (.sample("admin"), "- - = ? ? ? ?"),
        (.sample("lead"), "- ? ? = ? ? ?"),
        (.sample("billing"), "- ? ? ? = ? ?"),
        (.sample(nil, roleID: "lead-id"), "- ? ? ? ? = ?"),
        (.sample("lead", roleID: "lead-id"), "- ? ? = ? = ?"),
        (.sample("billing", roleID: "billing-id"), "- ? ? ? = ? ="),
        // A role that is only written almost like one of Pylon's own is a custom one.
        (.sample("Member"), "- ? ? ? ? ? ?"),
    ]

    static let roles: [Change] = effects.flatMap { now, effects in
        zip(wanted, effects.split(separator: " ")).map { wanted, sign in
            Change(
                now: now, field: wanted.field, value: wanted.value, effect: effect(sign),
                testDescription: "\(now.portalRole ?? "-")/\(now.portalRoleID ?? "-") → "
                    + "\(wanted.name) \(sign)")
        }
    }

    static let others: [Change] = [
        (Contact.sample(account: "a1"), .accountID, "a1", "="),
        (.sample(account: "a1"), .accountID, "a2", "?"),
        (.sample(), .accountID, "a1", "?"),
        (.sample("admin", account: "a1"), .accountID, "A1", "?"),
        (.sample("admin"), .name, "Ana", "="),
        (.sample("admin", name: "Ana"), .name, "admin", "="),
        (.sample("no_access"), .avatarURL, "https://acme.com/a.png", "="),
        (.sample(), .customField(slug: "tier"), "gold", "="),
        (.sample(tier: "gold"), .customField(slug: "portal_role"), "admin", "="),
        (.sample(tier: "gold"), .customField(slug: "tier"), "", "="),
    ].map { (now: Contact, field: SettableField, value: String, sign: Substring) in
        Change(
            now: now, field: field, value: value, effect: effect(sign),
            testDescription: "\(field): \(value) \(sign)")
    }

    private static func effect(_ sign: Substring) -> AccessEffect {
        switch sign {
        case "-": .lowers
        case "+": .grants
        case "=": .neutral
        default: .unknown
        }
    }

    @Test(arguments: roles + others) func everyChangeHasOneEffect(_ change: Change) {
        #expect(change.now.accessEffect(of: change.field, change.value) == change.effect)
    }

    @Test(arguments: roles + others) func loweringAndWhatHasNoOrderIsSentFirst(_ change: Change) {
        let expected: SendOrder =
            switch change.effect {
            case .lowers, .unknown: .lowering
            case .grants: .granting
            case .neutral: .neutral
            }
        func order(beside other: [SettableField: String]) -> SendOrder {
            let patch = other.merging([change.field: change.value]) { $1 }
            return SendOrder(ContactPatch(patch), of: change.now)
        }
        #expect(order(beside: [:]) == expected)
        // What changes no access delays nothing, and what lowers takes the rest with it.
        #expect(order(beside: [.customField(slug: "label"): "x"]) == expected)
        guard change.field.slot == "portal_role" else { return }
        #expect(order(beside: [.accountID: "another"]) == .lowering)
    }

    @Test(arguments: roles + others) func grantsAndWhatHasNoOrderAreLimited(_ change: Change) {
        let classes: Set<ChangeClass> =
            switch change.effect {
            case .lowers: [.lowering]
            case .neutral: [.all]
            case .grants: change.value == "member" ? [.all] : [.all, .privileged]
            case .unknown: [.all, .privileged]
            }
        #expect(change.now.classes(of: change.field, change.value) == classes)
        let exempted: Set<ChangeClass> =
            change.effect == .grants ? [.all, .privileged] : classes
        let found = change.now.classes(of: change.field, change.value, isExempted: true)
        #expect(found == exempted)
    }

    /// A rule for each of the wanted values.
    private static let rules = Result {
        try GateTests.ruleset(
            "fields: { tier: { type: text } }\nrules:\n"
                + wanted.map {
                    "  - { id: \"\($0.value)\", mode: enforce, "
                        + "when: { id: c1, custom_fields.tier: \($0.value) }, "
                        + "set: { \($0.field): \($0.value) } }"
                }.joined(separator: "\n"))
    }

    @Test(arguments: roles) func onlyLoweringPassesTheBoundOnOwnChanges(_ change: Change) throws {
        var gate = GateTests.gate(try Self.rules.get())
        var contact = change.now
        contact.customFields["tier"] = .single(change.value)
        let grant = Grant(
            field: .portalRole, value: "another", from: nil, rules: [],
            times: [1, 2, 3].map { noon - .seconds(60 * $0) })
        let free = gate.reconcile(Subject(contact), at: noon)
        let bound = gate.reconcile(Subject(contact, grants: ["portal_role": grant]), at: noon)
        // Nobody has less than no access, yet to have no role at all is another value.
        let isChange = !change.now.holds(change.value, in: change.field)
        if !isChange { #expect(change.effect == .neutral) }
        #expect(free.patch[change.field] == (isChange ? change.value : nil))
        #expect(bound.patch[change.field] == (change.effect == .lowers ? change.value : nil))
        #expect(
            bound.newHolds.map(\.reason)
                == (isChange && change.effect != .lowers ? [.ownChanges] : []))
    }

    @Test(arguments: roles) func aGuardrailDeniesWhateverTheEffect(_ change: Change) throws {
        let ruleset = try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            guardrails:
              - { id: never, deny: { \(change.field): \(change.value) }, when: { id: c1 }, reason: "for the table" }
            rules:
              - { id: give, mode: enforce, when: { id: c1 }, set: { \(change.field): \(change.value) } }
            """)
        var gate = GateTests.gate(ruleset)
        #expect(gate.reconcile(Subject(change.now), at: noon).patch.isEmpty)
    }

    static let reverts = ["no_access", "member", "admin", "lead", "billing"].flatMap { value in
        [nil, "no_access", "member", "admin", "lead", "billing"].map { (value, $0) }
    }

    /// The rules that set a role once and no longer match.
    private static let unmatched = Result {
        try GateTests.ruleset(
            "fields: { tier: { type: text } }\nrules:\n"
                + wanted.map {
                    "  - { id: \"\($0.value)\", mode: enforce, on_unmatch: revert, "
                        + "when: { id: c1, custom_fields.tier: gold }, "
                        + "set: { \($0.field): \($0.value) } }"
                }.joined(separator: "\n"))
    }

    @Test(arguments: reverts)
    func aRevertThatMayRaiseAccessIsHeld(value: String, before: String?) throws {
        var gate = GateTests.gate(try Self.unmatched.get())
        let contact = Contact.sample(value, tier: "silver")
        let grant = Grant(
            field: .portalRole, value: value, from: before.map { .text($0) }, rules: [value],
            times: [])
        let result = gate.reconcile(Subject(contact, grants: ["portal_role": grant]), at: noon)
        let target = before ?? "no_access"
        switch contact.accessEffect(of: .portalRole, target) {
        case .neutral: #expect(result.patch.isEmpty && result.newHolds.isEmpty)
        case .lowers:
            #expect(result.words == "portal_role: \(target)" && result.newHolds.isEmpty)
            #expect(result.revertedSlots == ["portal_role"])
        case .grants, .unknown:
            #expect(result.patch.isEmpty && result.newHolds.map(\.reason) == [.revert])
        }
    }

    @Test(arguments: ["lead-id", "billing-id"]) func aRoleByItsIDIsNeverRevertedUnasked(
        _ id: String
    )
        throws
    {
        var gate = GateTests.gate(try Self.unmatched.get())
        let grant = Grant(
            field: .portalRoleID, value: id, from: .text("other-id"), rules: [id], times: [])
        let result = gate.reconcile(
            Subject(.sample(roleID: id, tier: "silver"), grants: ["portal_role": grant]), at: noon)
        #expect(result.patch.isEmpty && result.newHolds.map(\.reason) == [.revert])
    }

    /// What a rule may do only to contacts of whom it is known who they are.
    @Test(
        arguments: [
            ("portal_role: no_access", .lowers), ("portal_role: member", .replaces),
            ("portal_role: admin", .grants), ("portal_role: lead", .grants),
            ("portal_role_id: lead-id", .grants), ("account_id: a9", .grants),
            ("portal_role: { at_most: no_access }", .lowers),
            ("portal_role: { at_most: member }", .lowers),
            ("portal_role: { at_least: member }", nil),
            ("portal_role: { at_least: admin }", .grants), ("name: Ana", nil),
        ] as [(String, Privilege?)])
    func everyEffectOnAccessIsPrivileged(set: String, privilege: Privilege?) throws {
        let ruleset = try GateTests.ruleset(
            "rules: [ { id: r, mode: enforce, when: { id: c1 }, set: { \(set) } } ]")
        let found = try #require(ruleset.rule("r")).privileges.map(\.privilege)
        #expect(found == [privilege].compactMap(\.self))
    }

    /// Before the rule, as the rule set it, as it was found, and whether access came back.
    @Test(
        arguments: [
            ("admin", "no_access", "member", true), ("admin", "no_access", "lead", true),
            ("admin", "member", "admin", true), ("admin", "member", "lead", true),
            ("admin", "member", "no_access", false), ("lead", "no_access", "billing", true),
            ("no_access", "member", "admin", false), ("member", "admin", "lead", false),
            ("lead", "member", "admin", false), (nil, "member", "admin", false),
        ] as [(String?, String, String, Bool)])
    func aDriftUndoesALowering(before: String?, set: String, found: String, undoes: Bool) {
        var (old, new) = (ContactRecord(), ContactRecord())
        old.grants["portal_role"] = Grant(
            field: .portalRole, value: set, from: before.map { .text($0) }, rules: ["r"], times: [])
        new.drifts["portal_role"] = [
            "r": Drift(field: .portalRole, value: set, found: .text(found), since: noon)
        ]
        #expect(new.newDrifts(since: old).map(\.undoesLowering) == [undoes])
    }
}
