import Contacts
import Foundation
import Testing

struct ContactPatches {
    let contact = Contact(
        id: "c", account: .init(id: "a", externalIDs: ["crm": "1"]), portalRole: "member",
        portalRoleID: "r1")

    @Test func settingOneRoleFieldMakesTheOtherUnknown() {
        let slug = contact.applying(ContactPatch([.portalRole: "admin"]))
        #expect(slug.portalRole == "admin" && slug.portalRoleID == nil)
        let id = contact.applying(ContactPatch([.portalRoleID: "r2"]))
        #expect(id.portalRole == nil && id.portalRoleID == "r2")
    }

    @Test func whatIsAlreadySoChangesNothing() {
        let same = ContactPatch([.portalRole: "member", .accountID: "a"])
        #expect(contact.applying(same) == contact)
        #expect(same.notYet(in: contact).isEmpty)
    }

    @Test func movingToAnotherAccountForgetsTheOldOnesIDs() {
        let moved = contact.applying(ContactPatch([.accountID: "b"]))
        #expect(moved.account == Contact.Account(id: "b"))
    }

    @Test func rolesAreSentFirst() {
        let patch = ContactPatch([
            .name: "n", .customField(slug: "a"): "1", .portalRoleID: "r2",
        ])
        #expect(patch.fields.map(\.description) == ["portal_role_id", "custom_fields.a", "name"])
        #expect(patch.without(slot: "portal_role").fields.count == 2)
    }

    @Test func aPatchReadsBackFromItsJSON() throws {
        let patch = ContactPatch([.portalRole: "admin", .customField(slug: "tier"): "gold"])
        let json = try JSONEncoder().encode(patch)
        #expect(try JSONDecoder().decode(ContactPatch.self, from: json) == patch)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(ContactPatch.self, from: Data(#"{"email": "x"}"#.utf8))
        }
    }
}
