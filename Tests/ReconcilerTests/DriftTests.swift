import Contacts
import Foundation
import Rules
import Testing

@testable import Reconciler

/// What is remembered of a person's changes to what rules had set, look by look.
struct DriftTests {
    static let rules = """
        fields: { status: { type: text } }
        rules:
          - { id: churned, priority: 900, mode: enforce, when: { custom_fields.status: left }, set: { portal_role: { at_most: no_access } } }
          - { id: leavers, priority: 900, mode: enforce, when: { custom_fields.status: gone }, set: { portal_role: no_access } }
        """

    /// A look at the contact: the role that it has, and what is remembered then.
    struct Look: Sendable {
        let role: String
        /// The role in the drift; nil is no drift.
        let drift: String?
        /// Whether a drift is news.
        var isNews = false
    }

    static let lowered = Look(role: "no_access", drift: nil)

    static let histories: [[Look]] = [
        // Raised again, and left there.
        [
            lowered, Look(role: "member", drift: "member", isNews: true),
            Look(role: "member", drift: "member"),
        ],
        // Restored, so it is over; the next change is a drift of its own.
        [
            lowered, Look(role: "member", drift: "member", isNews: true), lowered,
            Look(role: "admin", drift: "admin", isNews: true), lowered,
        ],
        // Raised further, which is news.
        [
            lowered, Look(role: "member", drift: "member", isNews: true),
            Look(role: "admin", drift: "admin", isNews: true), Look(role: "admin", drift: "admin"),
            lowered,
        ],
    ]

    @Test(arguments: ["left", "gone"], histories)
    func aDriftLastsUntilThePersonRestoresTheValue(status: String, looks: [Look]) throws {
        let ruleset = try GateTests.ruleset(Self.rules)
        let rule = status == "left" ? "churned" : "leavers"
        var contact = Contact(id: "c1", email: "ana@acme.com", portalRole: "no_access")
        contact.customFields["status"] = .single(status)
        var record = ContactRecord()
        record.grants["portal_role"] = Grant(
            field: .portalRole, value: "no_access", from: .text("admin"), rules: [rule], times: [])
        for (number, look) in looks.enumerated() {
            contact.portalRole = look.role
            let subject = Subject(contact, grants: record.grants, drifts: record.drifts)
            var gate = GateTests.gate(ruleset)
            let result = gate.reconcile(subject, at: GateTests.now)
            let next = gate.record(after: result, at: GateTests.now)
            let found = next.drifts["portal_role"]?[rule]?.found
            #expect(found == look.drift.map { .text($0) }, "look \(number)")
            #expect(next.newDrifts(since: record).isEmpty == !look.isNews, "look \(number)")
            #expect(result.changes.isEmpty, "look \(number)")
            record = next
        }
    }
}
