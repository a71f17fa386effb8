import Contacts
import Foundation
import Testing

@testable import Reconciler

/// What `usher approvals` says of each kind of item.
struct PendingApprovalTests {
    private static let now = GateTests.now
    private static let person = PendingApproval.Person(contact: "c1", email: "ana@acme.com")

    private static func ruleHold(
        _ reason: RuleHold.Reason = .limit, isRejected: Bool = false, contacts: Int = 2,
        fingerprint: Int = 0
    ) -> PendingApproval {
        var held = HeldChangeSummary()
        (held.contacts, held.first, held.fingerprint) = (contacts, [person], fingerprint)
        return PendingApproval(
            RuleHold(
                ruleID: "acme", reason: reason, ruleHash: "h", detail: "d", placedSeq: 4,
                placedAt: now, rejectedAt: isRejected ? now : nil),
            keepingBack: held)
    }

    /// An approval does what was announced, or nothing.
    @Test(
        arguments: [
            ([ruleHold()], [ruleHold()], nil),
            ([ruleHold()], [ruleHold(contacts: 3)], "now it sends the held changes of 3 contacts"),
            // As many, and not the same.
            (
                [ruleHold()], [ruleHold(fingerprint: 1)],
                "now it sends the held changes of 2 contacts"
            ),
            ([ruleHold()], [ruleHold(isRejected: true)], "now it approves rule acme"),
            ([ruleHold()], [], "now it releases nothing; look again: usher approvals"),
            ([], [ruleHold()], "it releases nothing; now it sends"),
            ([], [], nil),
        ] as [([PendingApproval], [PendingApproval], String?)])
    func whatWaitsMustBeWhatWasAnnounced(
        announced: [PendingApproval], found: [PendingApproval], message: String?
    ) {
        let outdated = AnnouncementOutdated(of: .hold(4), announced: announced, found: found)
        #expect((outdated == nil) == (message == nil))
        if let message { #expect(outdated?.description.contains(message) == true) }
    }

    /// Whether an approval of the hold approves its rule, too.
    @Test(
        arguments: [
            (.limit, false, false), (.lowering, false, false), (.approval, false, true),
            (.limit, true, true), (.rejected, true, true),
        ] as [(RuleHold.Reason, Bool, Bool)])
    func anApprovalOfAHoldOnARuleSaysWhetherItApprovesTheRule(
        reason: RuleHold.Reason, isRejected: Bool, approvesRule: Bool
    ) {
        let item = Self.ruleHold(reason, isRejected: isRejected)
        #expect(item.id == "4" && item.kind == .ruleHold)
        #expect(item.state == (isRejected ? .rejected : .waiting))
        #expect(item.approve.contains("sends the held changes of 2 contacts"))
        #expect(item.approve.contains("approves rule acme") == approvesRule)
        #expect((item.expiresAt == nil) == isRejected)
    }

    @Test(
        arguments: [
            (false, false, .waiting), (true, false, .rejected), (false, true, .expired),
            (true, true, .rejected),
        ] as [(Bool, Bool, PendingApproval.State)])
    func aHoldOnAContactIsInOneState(
        isRejected: Bool, isExpired: Bool, state: PendingApproval.State
    ) {
        let hold = ContactHold(
            contactID: "c1", field: "portal_role", reason: .revert,
            wish: HeldWish(field: .portalRole, value: "admin", rules: ["b", "a"]), placedSeq: 5)
        let item = PendingApproval(
            hold, email: nil, from: nil, placedAt: Self.now,
            refusedAt: isRejected ? Self.now : nil, expiredAt: isExpired ? Self.now : nil)
        #expect(item.state == state && item.rules == ["a", "b"])
        #expect(item.transitions == ["portal_role: nothing → admin": 1])
        #expect(item.approve == #"sets portal_role of contact c1 to "admin""#)
    }

    private static func drift(_ value: String, since seconds: Double) -> Drift {
        Drift(
            field: .portalRole, value: value, found: .text("member"), since: now + seconds)
    }

    @Test func driftOfSeveralRulesIsOneItem() throws {
        let item = try #require(
            PendingApproval(
                ["a": Self.drift("admin", since: 0), "b": Self.drift("no_access", since: 1)],
                slot: "portal_role", of: Self.person))
        #expect(item.id == "drift:c1:portal_role" && item.rules == ["a", "b"])
        #expect(item.transitions == ["portal_role: member → no_access": 1])
        #expect(item.placedAt == Self.now + 1)
        #expect(PendingApproval([:], slot: "portal_role", of: Self.person) == nil)
    }

    @Test(arguments: [true, false])
    func aBlockedActionSaysWhyAndWhatItWouldDo(isRefused: Bool) {
        let sent = ContactPatch([.portalRole: "admin"])
        let refusal = ["portal_role": Refusal(status: 400, message: "no \u{1B}[2J role")]
        let action = Action(
            actionID: 7, contactID: "c1", state: .blocked, rulesetHash: "r", desired: sent,
            rules: ["portal_role": ["a"]], sent: isRefused ? nil : sent,
            refused: isRefused ? refusal : [:], sendOrder: .granting, dueAt: Self.now)
        let item = PendingApproval(
            action, on: Contact(id: "c1", portalRole: "member"), email: nil, blockedAt: Self.now)
        #expect(item.id == "action:7" && item.rules == ["a"])
        #expect(item.transitions == ["portal_role: member → admin": 1])
        #expect(
            item.detail
                == (isRefused
                    ? #"portal_role: HTTP 400 "no \u{1B}[2J role""#
                    : "no answer has settled what was sent"))
        #expect(item.approve.hasPrefix(isRefused ? "sends the changes" : "reads contact c1 back"))
    }

    @Test func anotherOrganisationCannotBeRejected() {
        let item = PendingApproval(otherThan: "Acme", pausedAt: Self.now)
        #expect(item.reject == nil && ApprovalID.organisation.obstacleToRejection != nil)
        for id in [ApprovalID.hold(1), .action(1), .massDelete, .rule("a")] {
            #expect(id.obstacleToRejection == nil)
        }
    }

    @Test(
        arguments: [
            (.portalRole, .text("member"), "admin", "portal_role: member → admin"),
            (.portalRole, nil, "a b", "portal_role: nothing → \"a b\""),
            (.portalRoleID, .text("r1"), "r2", "portal_role_id: r1 → r2"),
            (.customField(slug: "tier"), .text("gold"), "silver", "custom_fields.tier"),
            (.customField(slug: "a \u{202E}"), nil, "x", "\"custom_fields.a \\u{202E}\""),
        ] as [(SettableField, FieldValue?, String, String)])
    func onlyRolesAreCountedByTheirValues(
        field: SettableField, from: FieldValue?, to: String, words: String
    ) {
        #expect(PendingApproval.transition(field, from: from, to: to) == words)
        let change = ApprovableChange(
            FieldChange(field: field, from: from, to: to), rules: [:],
            PlannedTarget(contactID: "c1"))
        #expect(PendingApproval.transitions(of: [change, change]) == [words: 2])
    }

    @Test func anItemIsReadBackAsItIsPrinted() throws {
        let items = [
            Self.ruleHold(.limit, isRejected: false),
            PendingApproval(
                MassDeleteHold(missing: 30, placedSeq: 9, placedAt: Self.now, refusedAt: nil),
                missing: 30, first: [Self.person], fingerprint: 0),
            PendingApproval(otherThan: nil, pausedAt: Self.now),
        ]
        let bytes = try JSONCoding.encode(items)
        #expect(try JSONCoding.decode(bytes, as: [PendingApproval].self) == items)
    }
}
