import Contacts
import Testing

@testable import Reconciler

/// The IDs that `usher approve` and `usher reject` take.
struct ApprovalIDTests {
    @Test(
        arguments: [
            ("4711", .hold(4711)), ("action:4700", .action(4700)), ("mass-delete", .massDelete),
            ("organisation", .organisation), ("acme", .rule("acme")),
            ("customers[acme.com]", .rule("customers[acme.com]")),
            ("customers[action:7]", .rule("customers[action:7]")),
            ("drift:c1:portal_role", .drift(contact: "c1", slot: "portal_role")),
            // Both role fields are one slot.
            ("drift:c1:portal_role_id", .drift(contact: "c1", slot: "portal_role")),
            ("drift:c%3A1:custom_fields.a%20b", .drift(contact: "c:1", slot: "custom_fields.a b")),
            ("rule:mass-delete", .rule("mass-delete")), ("rule:4711", .rule("4711")),
            ("rule:a:b", .rule("a:b")), ("-1", .rule("-1")), ("4711x", .rule("4711x")),
            ("٤٧", .rule("٤٧")), ("99999999999999999999", .rule("99999999999999999999")),
        ] as [(String, ApprovalID)])
    func anIDIsReadAsItIsTyped(text: String, id: ApprovalID) {
        #expect(ApprovalID(text) == id)
    }

    @Test(arguments: [
        "action:", "action:x", "action:-1", "action:1:2", "drift:", "drift:c1", "drift:c1:",
        "drift:c1:email", "drift:c1:nothing", "drift:c:1:portal_role", "drift:c%:portal_role",
        "drift:c%4:portal_role", "drift:c%zz:portal_role", "drift:c%+1:portal_role",
        "drift:%00:portal_role", "drift:%ff:portal_role",
    ])
    func whatLooksLikeAnIDAndIsNoneIsRefused(text: String) {
        #expect(ApprovalID(text) == nil)
    }

    static let contacts = [
        "c1", "a:b", "a b", "a%41", "\u{1B}[2J", "\u{202E}x", "naïve", "$(rm -rf /)", "'\"\\", "*",
        "a\nb", "…",
    ]

    @Test(arguments: contacts, ["portal_role", "custom_fields.a:b", "custom_fields.\u{9B} x"])
    func anIDIsOneWordOfAShellAndReadBack(contact: String, slot: String) {
        let id = ApprovalID.drift(contact: contact, slot: slot)
        let plain = #/[A-Za-z0-9_.~:%-]+/#
        #expect(id.description.wholeMatch(of: plain) != nil)
        #expect(ApprovalID(id.description) == id)
    }

    @Test(arguments: ["acme", "4711", "mass-delete", "organisation", "customers[4711]"])
    func aRuleIsNamedSoThatItIsNoOtherID(rule: String) {
        let id = ApprovalID.rule(rule)
        #expect(ApprovalID(id.description) == id)
    }
}
