import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// The order of the checks between what rules want and an action.
@Suite struct GateTable {
    static let rules = Result {
        try GateTests.ruleset(
            """
            fields: { tier: { type: text } }
            rules:
              - { id: staff, mode: enforce, limits: { per_hour: 5 }, when: { id: c1 }, set: { portal_role: admin } }
              - { id: gold, mode: enforce, when: { id: c1, custom_fields.tier: gold }, set: { portal_role: admin } }
              - { id: asked, mode: enforce, approval: required, when: { id: c1, custom_fields.tier: asked }, set: { name: Asked } }
            """)
    }

    /// A fact that stands for or against making `c1` an administrator.
    enum Fact: String, Sendable, CaseIterable, CustomTestStringConvertible {
        case contactHold, ownChanges, underWay, approved, declined, rejected, held, limitReached

        var testDescription: String { rawValue }

        /// The verdict that it leads to by itself.
        var verdict: String {
            switch self {
            case .contactHold: "held for the contact: reasserted"
            case .ownChanges: "held for the contact: own_changes"
            case .underWay: "under way"
            case .approved: "approved by boss"
            case .declined: "staff declined"
            case .rejected: "rejected lowering:staff"
            case .held, .limitReached: "limit:staff"
            }
        }
    }

    /// A subject and a gate with these facts.
    struct Scene {
        var grants: [String: Grant] = [:]
        var approved: [ApprovedChange] = []
        var declined: [DeclinedChange] = []
        var action: Action?
        var contactHolds: [String: ContactHold] = [:]
        var holds: [RuleHold] = []
        var approvals: [String: RuleApproval] = [:]
        var counts: [ChangeLedger.Key: ChangeLedger.Count] = [:]
        var contact = Contact.sample("member")
        let ruleset: Ruleset

        init() throws { ruleset = try GateTable.rules.get() }

        func meaning(_ rule: String) -> String { ruleset.meaning(named: rule) ?? "" }

        func approval(
            _ value: String = "admin", of field: SettableField = .portalRole, by rules: [String],
            from: FieldValue? = .text("member"), until: Date = noon + .seconds(60)
        ) -> ApprovedChange {
            ApprovedChange(
                FieldChange(field: field, from: from, to: value),
                rules: Dictionary(uniqueKeysWithValues: rules.map { ($0, meaning($0)) }),
                ApprovalTerms(until: until, who: "boss", seq: 5, plan: nil))
        }

        mutating func add(_ fact: Fact) {
            switch fact {
            case .contactHold:
                contactHolds["portal_role"] = ContactHold(
                    contactID: "c1", field: "portal_role", reason: .reasserted,
                    wish: HeldWish(field: .portalRole, value: "admin", rules: ["staff"]),
                    placedSeq: 3)
            case .ownChanges:
                grants["portal_role"] = Grant(
                    field: .portalRole, value: "member", from: nil, rules: [],
                    times: [noon - 1, noon - 2, noon - 3])
            case .underWay: action = .sample { $0.rulesetHash = ruleset.hash }
            case .approved: approved = [approval(by: ["staff"])]
            case .declined: declined = [approval(by: ["staff"]).with(Decline(.rejected))]
            case .rejected:
                holds.append(
                    GateTests.hold("staff", .lowering, in: ruleset, isRejected: true))
            case .held: holds.append(GateTests.hold("staff", .limit, in: ruleset))
            case .limitReached:
                counts[.init(scope: "rule:staff", kind: .all)] = .init(hour: 5, day: 5)
            }
        }

        var subject: Subject {
            Subject(
                contact, grants: grants, approved: approved, declined: declined, action: action,
                holds: contactHolds)
        }

        var gate: ChangeGate {
            GateTests.gate(ruleset, holds: holds, approvals: approvals, counts: counts)
        }

        /// The verdict on the only change that rules want.
        func verdict(through other: ChangeGate? = nil) throws -> String {
            var gate = other ?? gate
            let subject = subject
            let wanted = ruleset.evaluate(subject.contact, memory: subject.memory, now: noon).wanted
            let change = try #require(wanted.first)
            let admission = gate.admission(of: change, for: subject, at: noon)
            return gate.verdict(
                on: change, of: subject, admission: admission, isExempted: false, at: noon
            ).words
        }
    }

    @Test func whatNothingStandsAgainstIsAdmitted() throws {
        #expect(try Scene().verdict() == "admitted by staff")
    }

    @Test(arguments: Fact.allCases) func oneFactDecides(_ fact: Fact) throws {
        var scene = try Scene()
        scene.add(fact)
        #expect(try scene.verdict() == fact.verdict)
    }

    static let pairs = Fact.allCases.enumerated().flatMap { place, first in
        Fact.allCases[(place + 1)...].map { (first, $0) }
    }

    @Test(arguments: pairs) func ofTwoFactsTheEarlierCheckDecides(first: Fact, second: Fact) throws
    {
        var scene = try Scene()
        scene.add(second)
        scene.add(first)
        #expect(try scene.verdict() == first.verdict)
    }

    /// A scene that differs from the plain one, and the verdict.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let verdict: String
        let change: @Sendable (inout Scene) -> Void

        init(
            _ name: String, _ verdict: String, _ change: @escaping @Sendable (inout Scene) -> Void
        ) {
            (testDescription, self.verdict, self.change) = (name, verdict, change)
        }
    }

    static let approvals = [
        Case("an approval of another value", "admitted by staff") {
            $0.approved = [$0.approval("member", by: ["staff"])]
        },
        Case("an approval of another field", "admitted by staff") {
            $0.approved = [$0.approval(of: .name, by: ["staff"])]
        },
        Case("an approval whose time is over", "admitted by staff") {
            $0.approved = [$0.approval(by: ["staff"], until: noon)]
        },
        Case("an approval that ends now", "approved by boss") {
            $0.approved = [$0.approval(by: ["staff"], until: noon + 0.001)]
        },
        Case("an approval from a clock that was ahead", "admitted by staff") {
            $0.approved = [
                $0.approval(by: ["staff"], until: noon + RuleHold.timeToLive + .seconds(61))
            ]
        },
        Case("an approval of the longest time", "approved by boss") {
            $0.approved = [
                $0.approval(by: ["staff"], until: noon + RuleHold.timeToLive + .seconds(60))
            ]
        },
        Case("an approval of a rule that means something else now", "admitted by staff") {
            $0.approved = [$0.approval(by: ["staff"])]
            $0.approved[0].rules["staff"] = "another"
        },
        Case("an approval of a field that another party changed", "admitted by staff") {
            $0.approved = [$0.approval(by: ["staff"], from: .text("no_access"))]
        },
        Case("an approval of a field that Usher changed", "approved by boss") {
            $0.approved = [$0.approval(by: ["staff"], from: .text("no_access"))]
            $0.grants["portal_role"] = Grant(
                field: .portalRole, value: "member", from: .text("no_access"), rules: [], times: [])
        },
        Case("an approval of a change that Usher made of another value", "admitted by staff") {
            $0.approved = [$0.approval(by: ["staff"], from: .text("lead"))]
            $0.grants["portal_role"] = Grant(
                field: .portalRole, value: "member", from: .text("no_access"), rules: [], times: [])
        },
        Case("a held rule and an approval of the change", "approved by boss") {
            $0.add(.held)
            $0.approved = [$0.approval(by: ["staff"])]
        },
        Case("an approval for another rule, while this one is held", "limit:staff") {
            $0.add(.held)
            $0.approved = [$0.approval(by: ["gold"])]
        },
    ]

    static let declines = [
        Case("a change that was declined from another value", "admitted by staff") {
            $0.add(.declined)
            $0.declined[0].change.from = .text("no_access")
        },
        Case("another value that was declined", "admitted by staff") {
            $0.add(.declined)
            $0.declined[0].change.to = "member"
        },
        Case("a change declined for a rule as it was", "admitted by staff") {
            $0.add(.declined)
            $0.declined[0].rules["staff"] = "another"
        },
        Case("a change declined for one of two rules", "admitted by gold, staff declined") {
            $0.contact = .sample("member", tier: "gold")
            $0.add(.declined)
        },
    ]

    static let holds = [
        Case("a hold on one of two rules", "admitted by gold, limit:staff") {
            $0.contact = .sample("member", tier: "gold")
            $0.add(.held)
        },
        Case("holds on both rules", "limit:gold, limit:staff") {
            $0.contact = .sample("member", tier: "gold")
            $0.add(.held)
            $0.holds.append(GateTests.hold("gold", .limit, in: $0.ruleset))
        },
        Case("a hold on what the rule lowers", "admitted by staff") {
            $0.holds = [GateTests.hold("staff", .lowering, in: $0.ruleset)]
        },
        Case("a hold on what the rule raises, where it lowers", "admitted by staff") {
            $0.contact = .sample("lead")
            $0.holds = [GateTests.hold("staff", .lowering, in: $0.ruleset)]
        },
        Case("a hold on another rule", "admitted by staff") {
            $0.holds = [GateTests.hold("gold", .limit, in: $0.ruleset)]
        },
        Case("a contact hold of another value", "admitted by staff") {
            $0.contactHolds["portal_role"] = ContactHold(
                contactID: "c1", field: "portal_role", reason: .revert,
                wish: HeldWish(field: .portalRole, value: "member", rules: ["staff"]), placedSeq: 3)
        },
        Case("two own changes within the hour", "admitted by staff") {
            $0.add(.ownChanges)
            $0.grants["portal_role"]?.times?[2] = noon - .seconds(3600)
        },
    ]

    static let admissions = [
        Case("an action of an earlier ruleset, though a limit is reached", "admitted by staff") {
            $0.action = .sample()
            $0.add(.limitReached)
        },
        Case("an action of an earlier ruleset, and a hold since", "limit:staff") {
            $0.action = .sample()
            $0.add(.held)
        },
        Case("an action of another value", "admitted by staff") { scene in
            scene.action = .sample(.ready, [.portalRole: "member"]) {
                $0.rulesetHash = scene.ruleset.hash
            }
        },
        Case("a queued change of this ruleset", "under way") {
            $0.action = .sample(.sending, [.name: "Ana"])
                .followed(by: [.portalRole: "admin"], ruleset: $0.ruleset.hash)
        },
        Case("an action that began on an approval that has ended", "limit:staff") { scene in
            scene.action = .sample { $0.rulesetHash = scene.ruleset.hash }
            scene.approved = [scene.approval(by: ["staff"], until: noon)]
            scene.approved[0].begun = true
            scene.add(.limitReached)
        },
        Case("an action that began on an approval in force", "under way") { scene in
            scene.action = .sample { $0.rulesetHash = scene.ruleset.hash }
            scene.approved = [scene.approval(by: ["staff"])]
            scene.approved[0].begun = true
        },
    ]

    static let rulesToApprove = [
        Case("a rule that nobody approved", "approval:asked") {
            $0.contact = .sample("admin", tier: "asked")
        },
        Case("a rule that was approved", "admitted by asked") {
            $0.contact = .sample("admin", tier: "asked")
            $0.approvals[$0.meaning("asked")] = RuleApproval(who: "boss", seq: 4)
        },
        Case("a rule that was approved with another meaning", "approval:asked") {
            $0.contact = .sample("admin", tier: "asked")
            $0.approvals["another"] = RuleApproval(who: "boss", seq: 4)
        },
        Case("a rule that nobody approved and a person rejected", "rejected approval:asked") {
            $0.contact = .sample("admin", tier: "asked")
            $0.holds = [GateTests.hold("asked", .approval, in: $0.ruleset, isRejected: true)]
        },
        Case("a rule that was approved and rejected since", "rejected rejected:asked") {
            $0.contact = .sample("admin", tier: "asked")
            $0.approvals[$0.meaning("asked")] = RuleApproval(who: "boss", seq: 4)
            $0.holds = [GateTests.hold("asked", .rejected, in: $0.ruleset, isRejected: true)]
        },
        Case("a change of a rule that nobody approved, approved by itself", "approved by boss") {
            $0.contact = .sample("admin", tier: "asked")
            $0.approved = [$0.approval("Asked", of: .name, by: ["asked"], from: nil)]
        },
    ]

    @Test(arguments: approvals + declines + holds + admissions + rulesToApprove)
    func everySceneHasOneVerdict(_ test: Case) throws {
        var scene = try Scene()
        test.change(&scene)
        #expect(try scene.verdict() == test.verdict)
    }

    @Test func aRuleThatIsGoneWantsNothing() throws {
        let other = try GateTests.ruleset(
            "rules: [ { id: other, mode: enforce, when: { id: c1 }, set: { name: x } } ]")
        #expect(try Scene().verdict(through: GateTests.gate(other)) == "approval:staff")
    }

    @Test func changesCountedTogetherExceedNoLimitOneByOne() throws {
        var scene = try Scene()
        scene.add(.limitReached)
        let gate = ChangeGate(
            scene.ruleset, before: nil, cap: nil,
            ledger: ChangeLedger(contacts: 1000, counts: scene.counts),
            holds: RuleHolds([], approvals: [:]), isCounting: false)
        #expect(try scene.verdict(through: gate) == "admitted by staff")
    }
}
