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

struct ReadingContacts {
    static func read(_ json: String) throws -> Contact {
        try JSONDecoder().decode(Contact.self, from: Data(json.utf8))
    }

    @Test(arguments: [
        #"{"id": "c"}"#,
        #"{"id": "c", "name": null, "emails": null, "custom_fields": null, "account": null}"#,
        #"{"id": "c", "name": "", "emails": [""], "custom_fields": {}, "account": {"id": ""}}"#,
        #"{"id": "c", "custom_fields": {"tier": {"value": "", "values": []}, "x": null}}"#,
        #"{"id": "c", "external_ids": [{"label": "crm"}, null], "unknown": {"a": 1}}"#,
    ])
    func absentNullAndEmptyReadTheSame(_ json: String) throws {
        #expect(try Self.read(json) == Contact(id: "c"))
    }

    @Test func everyFieldIsRead() throws {
        let contact = try Self.read(
            """
            {"id": "c", "name": "Ana", "email": "a@b.com", "emails": ["a@b.com"],
             "account": {"id": "a", "external_ids": [{"external_id": "1", "label": "crm"}]},
             "avatar_url": "u", "custom_fields": {"tier": {"slug": "tier", "value": "gold"},
             "products": {"slug": "products", "values": ["x", "y"]}},
             "external_ids": [{"external_id": "2", "label": "erp"}],
             "integration_user_ids": [{"id": "U1", "source": "slack"}],
             "phone_numbers": ["1"], "primary_phone_number": "1", "portal_role": "member",
             "portal_role_id": "r"}
            """)
        #expect(
            contact
                == Contact(
                    id: "c", name: "Ana", email: "a@b.com", emails: ["a@b.com"],
                    account: .init(id: "a", externalIDs: ["crm": "1"]), avatarURL: "u",
                    customFields: ["tier": .single("gold"), "products": .multiple(["x", "y"])],
                    externalIDs: ["erp": "2"], integrationUserIDs: ["slack:U1"],
                    phoneNumbers: ["1"], primaryPhoneNumber: "1", portalRole: "member",
                    portalRoleID: "r"))
    }

    @Test(arguments: ["{}", #"{"id": ""}"#, #"{"id": 1}"#, #"{"id": "c", "emails": "a"}"#, "[]"])
    func whatIsNoContactIsRefused(_ json: String) {
        #expect(throws: DecodingError.self) { try Self.read(json) }
    }
}
