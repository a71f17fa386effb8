import Contacts
import Foundation
import Testing

@testable import RuleLint
@testable import Rules

/// What looking at all contacts tells about rules.
struct PassedOverContacts {
    private static func warnings(_ rules: String, of contacts: Contact...) throws -> [String] {
        let ruleset = try ruleset(
            "version: 1\nfields: { tier: { type: text }, seats: { type: integer } }\nrules:\n"
                + rules)
        // The same, however the contacts are divided.
        var (references, parts) = (DanglingReferences(ruleset), DanglingReferences(ruleset))
        for contact in contacts {
            references.add(contact)
            var part = parts.empty
            part.add(contact)
            parts.merge(part)
        }
        #expect(references.warnings == parts.warnings)
        #expect(references.errors == parts.errors)
        return references.warnings.map(\.text)
    }

    @Test func contactsThatARulePassesOverAreCountedByWhatTheyLack() throws {
        let rules = """
              - id: only-gold
                when: { email.domain: acme.com, custom_fields.tier: { is_not: gold } }
                set: { portal_role: { at_most: no_access } }
              - id: small
                when: { all: [ { id: [a, b, c, d] }, { not: { custom_fields.seats: { gte: 10 } } } ] }
                set: { portal_role: no_access }
            """
        func contact(_ id: String, _ email: String, _ fields: [ByteText: String] = [:]) -> Contact {
            Contact(id: id, email: email, customFields: fields.mapValues { .single($0) })
        }
        let warnings = try Self.warnings(
            rules,
            of: contact("a", "ana@acme.com"), contact("b", "bob@acme.com", ["tier": "gold"]),
            contact("c", "eva@acme.com", ["seats": "many"]),
            contact("d", "jo@globex.com", ["tier": "tin", "seats": "3"]))
        #expect(
            warnings == [
                "the rule only-gold lowers access and passes over 2 contacts without a readable value "
                    + "in custom_fields.tier; test custom_fields.tier: { absent: true } to reach them",
                "the rule small lowers access and passes over 3 contacts without a readable value in "
                    + "custom_fields.seats; test custom_fields.seats: { absent: true } to reach them",
            ])
    }

    @Test(arguments: [
        ("contact: 0b0e6a52-0c3f-4c53-8f53-0f1f4a9f5d11", nil),
        ("contact: Ana@ACME.com", nil), ("account: a1", nil),
        (
            "contact: 0b0e6a52-0c3f-4c53-8f53-0f1f4a9f5d12",
            "the contact id 0b0e6a52-0c3f-4c53-8f53-0f1f4a9f5d12"
        ),
        ("contact: Bob@acme.com", "the address bob@acme.com"),
        // In a text with two @ there is none.
        ("contact: eve@acme.com", "the address eve@acme.com"),
        ("account: A1", "the account A1"),
    ])
    func anExceptionForWhomThereIsNoContactIsAnError(subject: String, missing: String?) throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules: [ { id: r, when: { email.domain: acme.com }, set: { portal_role: admin } } ]
            exceptions: [ { id: e, rules: [r], \(subject), until: 2027-01-31, reason: x } ]
            """)
        func errors(at now: String) throws -> [String] {
            var references = DanglingReferences(ruleset, at: try Date(now, strategy: .iso8601))
            references.add(
                Contact(
                    id: "0b0e6a52-0c3f-4c53-8f53-0f1f4a9f5d11", email: "ana@Acme.com",
                    account: .init(id: "a1")))
            references.add(Contact(id: "x", email: "eve@acme.com@evil.example"))
            #expect(references.warnings == [])
            return references.errors
        }
        let told = missing.map { "the exception e is for \($0), which no contact has" }
        #expect(try errors(at: "2027-01-31T23:00:00Z") == (told.map { [$0] } ?? []))
        // Once it has ended, nobody needs to be there.
        #expect(try errors(at: "2027-02-01T00:00:00Z") == [])
    }

    @Test func whoIsReachedInAnotherWayIsNotPassedOver() throws {
        let rules = """
              - id: only-gold
                when:
                  any:
                    - { email.domain: acme.com, custom_fields.tier: { is_not: gold } }
                    - { email.domain: acme.com, name: Ana, custom_fields.tier: { absent: true } }
                set: { portal_role: { at_most: no_access } }
            """
        let warnings = try Self.warnings(
            rules,
            of: Contact(id: "a", name: "Ana", email: "ana@acme.com"),
            Contact(id: "b", name: "Bob", email: "bob@acme.com"),
            Contact(id: "c", email: "c@b.com", customFields: ["tier": .single("x")]))
        #expect(
            warnings.map { String($0.prefix { $0 != ";" }) } == [
                "the rule only-gold lowers access and passes over 1 contact without a readable value "
                    + "in custom_fields.tier"
            ])
    }
}
