import Contacts
import Testing

@Suite struct ContactFieldsTests {
    private static let full = Contact(
        id: "c1", name: "Ana", email: "Ana@Acme.com", emails: ["Ana@Acme.com", "b@acme.com"],
        account: .init(
            id: "a1", externalIDs: ["crm": "1", "erp": .multiple(["2", "3"]), "with.dot": "4"]),
        avatarURL: "https://a.example/1.png",
        customFields: ["tier": "gold", "products": .multiple(["api"])],
        externalIDs: ["hr": "7"], integrationUserIDs: ["slack:U1"], phoneNumbers: ["1", "2"],
        primaryPhoneNumber: "1", portalRole: "admin", portalRoleID: "r1")

    @Test func aContactIsTheSameWhenPutTogetherFromItsFields() {
        #expect(Contact(id: "c1", fields: Self.full.fields) == Self.full)
        #expect(Contact(id: "c1", fields: [:]) == Contact(id: "c1"))
    }

    @Test(arguments: full.fields.keys.sorted().filter { $0 != "account_id" })
    func aFieldThatIsTakenAwayIsAbsent(name: String) {
        var fields = Self.full.fields
        fields[name] = nil
        let contact = Contact(id: "c1", fields: fields)
        #expect(contact.fields == fields)
        #expect(contact != Self.full)
    }
}
