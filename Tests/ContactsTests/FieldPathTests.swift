import Contacts
import Testing

struct FieldPaths {
    @Test(arguments: FieldPath.fixed.keys.sorted())
    func theNameOfAFieldReadsBackAsTheField(_ name: String) {
        #expect(FieldPath(name)?.description == name)
    }

    @Test(arguments: [
        "custom_fields.tier", "custom_fields.a.b", "external_ids.crm", "external_ids.Sales Force",
        "account.external_ids.crm", "custom_fields.\u{301}tier",
    ])
    func whatFollowsThePrefixIsTheLabelByteForByte(_ name: String) {
        #expect(FieldPath(name)?.description.utf8.elementsEqual(name.utf8) == true)
    }

    @Test(arguments: ["", "custom_fields.", "custom_fields", "Email", "email.", "nonsense"])
    func otherNamesAreNoFields(_ name: String) {
        #expect(FieldPath(name) == nil)
    }
}

/// The Kelvin sign, which Swift's own comparison takes for a `K`.
struct LookAlikes {
    static let kelvin = "\u{212A}"

    @Test func aLabelIsFoundByItsBytes() {
        let contact = Contact(
            id: "c", account: .init(id: "a", externalIDs: [ByteText(Self.kelvin): "1"]),
            customFields: [ByteText(Self.kelvin): .single("1")],
            externalIDs: [ByteText(Self.kelvin): "1"])
        for path in ["account.external_ids.", "custom_fields.", "external_ids."] {
            #expect(FieldPath(path + "K").flatMap { contact[$0] } == nil)
            #expect(FieldPath(path + Self.kelvin).flatMap { contact[$0] } == .text("1"))
        }
    }

    @Test func contactsThatDifferInBytesDiffer() {
        #expect(Contact(id: "c", name: "K") != Contact(id: "c", name: Self.kelvin))
        #expect(Contact(id: "K") != Contact(id: Self.kelvin))
        #expect(Contact(id: "c", emails: ["a", "b"]) == Contact(id: "c", emails: ["b", "a"]))
    }

    @Test func patchesThatDifferInBytesDiffer() {
        #expect(ContactPatch([.name: "K"]) != ContactPatch([.name: Self.kelvin]))
        #expect(ContactPatch([.name: "K"]) == ContactPatch([.name: "K"]))
        #expect(ContactPatch([.name: "K"]) != ContactPatch())
        #expect(!ContactPatch([.name: "K"]).notYet(in: Contact(id: "c", name: Self.kelvin)).isEmpty)
    }
}
