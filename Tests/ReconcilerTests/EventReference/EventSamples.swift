import Contacts
import Foundation
import Rules

@testable import Reconciler

/// Events as Usher records them: of every kind, with and without each member that may be absent.
///
/// The first of a kind is the example of docs/event-reference.md.
enum EventSamples {
    static let all = Result {
        try story() + observations() + deletions() + decisions() + responses() + readBacks()
            + endsOfActions() + holds() + drifts() + workspace() + operators()
    }

    // MARK: An example

    private static let ana = Contact(
        id: "6c0f7a52-1f0e-4f57-9c3a-0d5b8e2a7f11", name: "Ana Tanaka",
        email: "ana.tanaka@acme.com",
        portalRole: "member")

    private static func ana(_ change: (inout Contact) -> Void) -> Contact {
        var contact = ana
        change(&contact)
        return contact
    }

    /// A contact is marked as staff by another party, and becomes an admin by a rule.
    private static func story() throws -> [NewEvent] {
        let staff = ana { $0.customFields["team"] = .single("support") }
        var seen = SnapshotChanges()
        try seen.observe(staff.document, over: .sample(ana))
        let ruleset = try GateTests.ruleset(
            """
            fields: { team: { type: text } }
            rules:
              - id: support-are-admins
                priority: 200
                mode: enforce
                when: { all: [ { email.domain: acme.com }, { custom_fields.team: support } ] }
                set: { portal_role: admin }
              - { id: staff-are-members, mode: enforce, when: { email.domain: acme.com }, set: { portal_role: member } }
            """)
        let decided = try EvaluationBatch(
            of: [EvaluationSubject(.sample(staff), action: nil, holds: [:], causeSeq: 1041)],
            through: GateTests.gate(ruleset), at: noon)
        var claims = ClaimBatch(at: noon, permits: nil, held: 0, breaker: nil)
        for action in decided.actionChanges(from: 1042).saved {
            try claims.add(action, of: .sample(staff), evaluatedSeq: 1042)
        }
        var outcomes = OutcomeTable.batch(ruleset: ruleset.hash)
        let admin = ana {
            $0.customFields = staff.customFields
            ($0.portalRole, $0.portalRoleID) = ("admin", "b3f9d0c4-77e5-4c1b-8f2e-5a60d1c9e8f3")
        }
        for (claim, action) in zip(claims.claimed, claims.changes(from: 1043).saved) {
            let attempt = Attempt(
                claim, .contact(try admin.document), status: 200,
                requestID: "e1d2a6b8-30c4-4e7f-a5b9-7c8d9e0f1a2b", milliseconds: 118, seenAt: .now)
            try outcomes.add(attempt, of: action, on: .sample(staff))
        }
        let plan = try PlanApproval(
            of: PlannedContactChanges.all(of: [
                ApprovableChange(
                    FieldChange(field: .portalRole, from: .text("member"), to: "admin"),
                    rules: ["support-are-admins": "meaning"], PlannedTarget(contactID: ana.id))
            ]), id: "b41c0e", known: [ByteText(ana.id): .sample(ana)],
            by: OperatorAct(who: "jo@desk-7", reason: "Approved by the support lead, OPS-118"),
            at: noon)
        return seen.events + decided.events + claims.events + outcomes.snapshot.events + plan.events
    }

    // MARK: Contacts

    private static func observations() throws -> [NewEvent] {
        var changes = SnapshotChanges()
        let member = Contact.sample("member")
        let late = LateValue(
            field: .portalRole, value: "admin", rules: ["staff"], until: noon + .seconds(9))
        try changes.observe(member.document, over: nil)
        try changes.observe(member.document, over: .sample(member, isDeleted: true))
        try changes.observe(
            Contact.sample("admin").document,
            over: .sample(member, isAside: true, late: ["portal_role": late]))
        func unreadable(_ id: String?, place: Int?, digest: UInt8) -> AsideContact {
            AsideContact(
                UnreadableContact(
                    contactID: id, rawDigest: [digest], reason: "not JSON", place: place))
        }
        try changes.setAside(unreadable("c2", place: nil, digest: 1), known: KnownAsides())
        try changes.setAside(unreadable("c3", place: 4, digest: 2), known: KnownAsides())
        changes.setAside(at: AsidePlace(sweepID: 9, page: 3))
        try changes.setAside(unreadable(nil, place: 5, digest: 3), known: KnownAsides())
        return changes.events
            + [try .readable(nil, reason: "no page of a complete sweep shows it any longer")]
    }

    private static func deletions() throws -> [NewEvent] {
        let known = KnownContact.sample(.sample("member"))
        return [
            try known.deletion(Absence(status: 404, requestID: "q")).event(),
            try known.deletion(Absence(status: 410, requestID: nil)).event(causeSeq: 80),
            try known.deletion(Absence(status: 200, requestID: "q", mergedInto: "c2")).event(),
        ]
    }

    // MARK: Requests

    /// The responses to requests of one field, of two, and of two that are sent one by one.
    private static func responses() throws -> [NewEvent] {
        let role = Action.sample(.sending)
        let name = Action.sample(.sending, [.name: "Ana"]) { $0.sentBefore = [:] }
        let two = Action.sample(.sending, [.portalRole: "admin", .name: "Ana"]) {
            $0.sent = ContactPatch([.portalRole: "admin"])
        }
        let admin = try Contact.sample("admin").document
        let member = try Contact.sample("member", name: "Ana").document
        var events: [NewEvent] = []
        for (action, result, status, code) in [
            (role, .contact(admin), 200, nil), (two, .contact(admin), 200, nil),
            (name, .contact(member), 200, nil), (role, .contact(member), 200, nil),
            (two.with(sent: two.desired), .contact(admin), 200, nil),
            (role, .refused(message: "no such role"), 422, "invalid"),
            (role, .refused(message: "no such role"), 422, nil), (role, .unauthorized, 401, nil),
            (role, .throttled(retryAfter: .seconds(9)), 429, nil),
            (role, .throttled(retryAfter: .seconds(9)), 429, "slow_down"),
            (role, .unknown(reason: "HTTP 500"), 500, "internal"),
            (role, .unknown(reason: "timed out"), nil, nil),
            (role, .notSent(reason: "no connection"), nil, nil),
        ] as [(Action, PatchResult, Int?, String?)] {
            var batch = OutcomeTable.batch()
            // With and without an id of the API's.
            for requestID in ["q", nil] {
                let attempt = Attempt(
                    OutcomeTable.claim(of: action), result, status: status, code: code,
                    requestID: status.flatMap { _ in requestID }, milliseconds: 100, seenAt: .now)
                try batch.add(attempt, of: action, on: .sample(.sample("member")))
                try batch.addLate(attempt)
            }
            events += batch.snapshot.events
        }
        var batch = OutcomeTable.batch()
        let unsent = Attempt(
            OutcomeTable.claim(of: role), .notSent(reason: "paused meanwhile"), seenAt: .now)
        try batch.add(unsent, of: role, on: .sample(.sample("member")))
        try batch.addLate(unsent)
        return events + batch.snapshot.events + [try .lost(role)]
    }

    /// What reading a contact back shows, after a failure that was repeated and after none.
    private static func readBacks() throws -> [NewEvent] {
        let two = Action.sample(.unknown, [.portalRole: "admin", .name: "Ana"]) {
            $0.sent = ContactPatch([.portalRole: "admin"])
        }
        let name = Action.sample(.unknown, [.name: "Ana"]) { $0.sentBefore = [:] }
        var events: [NewEvent] = []
        for (action, found, status) in [
            (.sample(.unknown), .contact(try Contact.sample("admin").document), 200),
            (two, .contact(try Contact.sample("admin").document), 200),
            (name, .contact(try Contact.sample("member", name: "Ana").document), 200),
            (.sample(.unknown), .contact(try Contact.sample("member").document), 200),
            (.sample(.unknown), .contact(try Contact.sample("lead").document), 200),
            (.sample(.unknown), .absent(Absence(status: 404, requestID: "q")), 404),
            (.sample(.unknown), .nothing(reason: "timed out"), nil),
            (.sample(.unknown) { $0.unsettled = 2 }, .refused(reason: "403"), 403),
        ] as [(Action, ReadBack.Found, Int?)] {
            for (isRepeated, requestID) in [(false, "q"), (true, nil)] {
                var action = action
                if isRepeated {
                    action.failing = RepeatedFailure(
                        cause: "403 before", since: noon - .seconds(60), count: 3)
                }
                var batch = OutcomeTable.batch()
                let claim = SettlingAction(
                    actionID: 1, contactID: "c1", permit: nil, sendAt: noon, fence: 0)
                try batch.settle(
                    ReadBack(action: claim, found: found, status: status, requestID: requestID),
                    of: action, on: .sample(.sample("member")))
                events += batch.snapshot.events
            }
        }
        return events
    }

    private static func endsOfActions() throws -> [NewEvent] {
        var batch = OutcomeTable.batch()
        let blocked = Action.sample(.unknown) {
            $0.unsettled = 11
            $0.failing = RepeatedFailure(cause: "timed out", since: noon - .seconds(60), count: 3)
        }
        let claim = SettlingAction(
            actionID: 1, contactID: "c1", permit: nil, sendAt: noon, fence: 0)
        try batch.settle(
            ReadBack(action: claim, found: .nothing(reason: "timed out")), of: blocked,
            on: .sample(.sample("member")))
        return batch.snapshot.events + [
            try .superseded(.sample(), reason: "a newer decision"),
            try .moot(.sample(), reason: "the contact was deleted"),
            try .moot(.sample(.blocked) { $0.causeSeq = 44 }, reason: "the contact was deleted"),
            try .forgotten(
                action: 1, contactID: "c1", causeSeq: 40, attempt: 2,
                reason: "the workspace was forgotten"),
        ]
    }

    // MARK: The workspace

    private static func workspace() throws -> [NewEvent] {
        let sweep = SweepBody(sweepID: 4, pages: 3, contacts: 250, missing: 90)
        let found = try SweepCompletion(
            sweep, unreleased: 90, of: 250, hold: nil, vanished: [])
        func activation(_ origin: RulesetOrigin, renamed: [String: String] = [:]) throws -> NewEvent
        {
            try RulesetSummary(
                rulesetHash: "5b1e", files: ["rules/staff.yaml"], rules: 12, shadow: 3,
                origin: origin
            ).event(renamed: renamed)
        }
        let alert = Alert(code: .apiFailing, subject: "update", message: "it fails")
        let blocked = Alert(code: .blocked, message: "an action is blocked", contactID: "c1")
        func open(_ alert: Alert) -> OpenAlert {
            OpenAlert(alert: alert, raisedAt: noon, raisedSeq: 70, toldAt: noon, seenAt: noon)
        }
        return found.events + [
            try SweepBody(sweepID: 5, pages: 1, contacts: 100, reason: "the API did not answer")
                .aborted(),
            try activation(RulesetOrigin(who: "usher@desk-7")),
            try activation(RulesetOrigin(who: "usher@desk-7", commit: "9f2c")),
            try activation(
                RulesetOrigin(who: "usher@desk-7", commit: "9f2c", isAsCommitted: true),
                renamed: ["old": "new"]),
            try .rulesetRefused(["rules/staff.yaml:3:1: error: unknown key"]),
            try alert.raised(began: nil), try blocked.raised(began: noon),
            try open(alert).resolved(ended: nil), try open(blocked).resolved(ended: noon),
        ]
    }
}

extension Action {
    fileprivate func with(sent: ContactPatch) -> Action {
        var action = self
        action.sent = sent
        return action
    }
}
