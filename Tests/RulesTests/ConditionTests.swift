import Contacts
import Testing

@testable import Rules

struct Conditions {
    static let contact: Contact = {
        var contact = Contact.sample("Ana.Ruiz@Sub.ACME.com", role: "member", ["tier": "gold"])
        contact.name = "Ana Ruiz"
        contact.emails = ["ana@acme.com"]
        contact.account = .init(id: "a1", externalIDs: ["crm": "0015e00002", "Sales Force": "7"])
        contact.externalIDs = ["erp": "77"]
        contact.customFields["products"] = .multiple(["portal", "api"])
        contact.customFields["note"] = .single("no")
        contact.customFields["version"] = .single("1.10")
        return contact
    }()

    @Test(arguments: [
        ("{ name: Ana Ruiz }", true),
        ("{ name: ana ruiz }", false),
        ("{ name: [Bob, Ana Ruiz] }", true),
        ("{ name: { is_not: Bob } }", true),
        ("{ name: { not_in: [Bob, Ana Ruiz] } }", false),
        ("{ name: { starts_with: Ana } }", true),
        ("{ name: { ends_with: iz } }", true),
        ("{ name: { ends_with: Ana Ruiz and more } }", false),
        ("{ name: { contains: a R } }", true),
        ("{ name: { contains: aR } }", false),
        ("{ name: { in_list: names } }", true),
        ("{ name: { not_in_list: names } }", false),
        ("{ email: ana.ruiz@SUB.acme.com }", true),
        ("{ email.local: ANA.RUIZ }", true),
        ("{ email.local: { starts_with: ANA. } }", true),
        ("{ email.domain: acme.com }", false),
        ("{ email.domain: { under: ACME.com } }", true),
        ("{ email.domain: { under: sub.acme.com } }", true),
        ("{ email.domain: { under: cme.com } }", false),
        ("{ email.domain: { under: b.sub.acme.com } }", false),
        ("{ email.domain: { in_list: names } }", false),
        ("{ email.status: ok }", true),
        ("{ email.status: { is_not: ok } }", false),
        ("{ emails: { present: true } }", true),
        ("{ phone_numbers: { absent: true } }", true),
        ("{ phone_numbers: { present: true } }", false),
        ("{ account_id: a1 }", true),
        ("{ account.external_ids.crm: \"0015e00002\" }", true),
        ("{ account.external_ids.Sales Force: 7 }", true),
        ("{ external_ids.erp: 77 }", true),
        ("{ custom_fields.note: no }", true),
        ("{ custom_fields.note: [yes, no] }", true),
        ("{ custom_fields.version: 1.10 }", true),
        ("{ custom_fields.version: 1.1 }", false),
        ("{ custom_fields.products: { present: true } }", true),
        ("{ custom_fields.products: portal }", false),
        ("{ custom_fields.products: { is_not: portal } }", false),
        ("{ custom_fields.seats: { absent: true } }", true),
        ("{ custom_fields.seats: { is_not: \"5\" } }", false),
        ("{ not: { custom_fields.seats: \"5\" } }", false),
        ("{ none: [ { custom_fields.seats: \"5\" }, { name: Bob } ] }", false),
        ("{ none: [ { name: Eve }, { name: Bob } ] }", true),
        ("{ portal_role: member, custom_fields.tier: gold }", true),
        ("{ portal_role: member, custom_fields.tier: silver }", false),
        ("{ any: [ { custom_fields.seats: \"5\" }, { name: Ana Ruiz } ] }", true),
        ("{ all: [ { custom_fields.seats: \"5\" }, { name: Ana Ruiz } ] }", false),
    ])
    func aConditionIsTrueExactlyWhenItSaysSo(_ condition: String, _ isTrue: Bool) throws {
        let lists = "lists: { names: [Ana Ruiz, x.example] }"
        let usesList = condition.contains("in_list: names")
        // The names are no domains, so that list is made for each kind of field.
        let domains = "lists: { names: [b.example, acme.com] }"
        let ruleset = try ruleset(
            when: condition,
            lists: usesList ? (condition.contains("domain") ? domains : lists) : "")
        #expect(ruleset.decide(Self.contact).isEmpty != isTrue)
    }

    @Test(arguments: [
        "{ name: K }", "{ name: { starts_with: K } }", "{ name: { contains: K } }",
        "{ name: { in: [K, k] } }", "{ external_ids.K: x }", "{ name: \"e\\u0301\" }",
    ])
    func lookAlikesAreOtherTexts(_ condition: String) throws {
        let kelvin = Contact(id: "c", name: "\u{212A}", externalIDs: ["\u{212A}": "x"])
        let composed = Contact(id: "c", name: "\u{E9}")
        let ruleset = try ruleset(when: condition)
        #expect(ruleset.decide(kelvin).isEmpty)
        #expect(ruleset.decide(composed).isEmpty)
    }

    @Test func theAbsenceOfAMalformedAddressIsNotItsPresence() throws {
        let contact = Contact.sample("eve@")
        #expect(try !ruleset(when: "{ email: { present: true } }").decide(contact).isEmpty)
        #expect(try ruleset(when: "{ email: { absent: true } }").decide(contact).isEmpty)
        #expect(try !ruleset(when: "{ email.domain: { absent: true } }").decide(contact).isEmpty)
        #expect(try ruleset(when: "{ email: { is_not: a@b.com } }").decide(contact).isEmpty)
    }

    @Test func aWrongAdminIsNotMadeByTheAbsenceOfARole() throws {
        let ruleset = try ruleset(when: "{ none: [ { portal_role: { is: admin } } ] }")
        #expect(ruleset.decide(.sample()).isEmpty)
        #expect(!ruleset.decide(.sample(role: "member")).isEmpty)
    }
}

struct KleeneLogic {
    static let values: [Truth] = [.true, .false, .unknown]

    /// The weaker of two, in the order false, unknown, true.
    static func weaker(_ one: Truth, _ other: Truth) -> Truth {
        let order: [Truth] = [.false, .unknown, .true]
        return order.first { $0 == one || $0 == other } ?? .true
    }

    @Test(arguments: values, values)
    func allIsTheWeakestAndAnyTheStrongest(_ one: Truth, _ other: Truth) {
        #expect(Truth.all([one, other]) { $0 } == Self.weaker(one, other))
        #expect(Truth.any([one, other]) { $0 } == !Self.weaker(!one, !other))
    }

    @Test func notUnknownIsUnknown() {
        #expect(!Truth.unknown == .unknown)
        #expect(!Truth.true == .false)
        #expect(!Truth.false == .true)
    }
}
