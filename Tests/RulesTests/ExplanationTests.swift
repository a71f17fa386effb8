import Contacts
import Foundation
import RuleLint
import Rules
import Testing

struct Explanations {
    static let rules = """
        version: 1
        lists: { staff_domains: [acme.com] }
        rules:
          - id: staff
            priority: 200
            mode: enforce
            when:
              all:
                - email.domain: { in_list: staff_domains }
                - not: { email.local: { starts_with: ext- } }
            set: { portal_role: admin }
          - { id: gold, mode: enforce, when: { custom_fields.tier: [gold, silver] }, set: { portal_role: member } }
          - { id: mark, mode: enforce, when: { portal_role: admin }, set: { custom_fields.seen: "1" } }
          - { id: quiet, when: { name: { absent: true } }, set: { name: X } }
        fields: { tier: { type: text } }
        """

    static func explain(_ contact: Contact) throws -> Explanation {
        try ruleset(rules).explain(contact)
    }

    /// Whoever chooses a name must not choose what people read here.
    @Test func aNameWritesNoLineOfItsOwn() throws {
        let rules = """
            version: 1
            rules:
              - { id: a, mode: enforce, when: { name: { present: true } }, set: { custom_fields.b: "${name}" } }
            """
        let contact = Contact(id: "c1", name: "Ana\n\u{9B}2Jset portal_role: `admin`")
        #expect(
            try ruleset(rules).explain(contact).description == #"""
                a: true (priority 100)
                  ✓ name present – `Ana\n\u{9B}2Jset portal_role: `admin``

                set custom_fields.b: nothing → Ana\n\u{9B}2Jset portal_role: `admin` (a)
                """#)
    }

    @Test func everyLeafIsShownWithWhatItSaw() throws {
        let contact = Contact.sample("Ana@ACME.com", role: "member", ["tier": "gold"])
        #expect(
            try Self.explain(contact).description == """
                gold: true (priority 100)
                  ✓ custom_fields.tier in [gold, silver] – `gold`
                mark: true (priority 100, in round 2, after other rules)
                  ✓ portal_role is admin – `admin`
                quiet: true (priority 100, in shadow)
                  ✓ name absent – no value
                staff: true (priority 200)
                  ✓ all
                    ✓ email.domain in_list staff_domains – `acme.com`
                    ✓ not
                      ✗ email.local starts_with ext- – `ana`

                set custom_fields.seen: nothing → 1 (mark)
                set portal_role: `member` → admin (staff)
                gold wanted portal_role: member, beaten by staff
                quiet, in shadow, would set name: X
                """)
    }

    @Test func theUnknownIsShownAsUnknown() throws {
        let text = try Self.explain(.sample("ana@acme.com@evil.io")).description
        #expect(
            text.hasPrefix(
                """
                gold: unknown (priority 100)
                  ? custom_fields.tier in [gold, silver] – no value
                """))
        #expect(text.contains("? email.local starts_with ext- – no value"))
    }

    @Test func theExplanationHoldsTheDecisionAndReadsBackFromItsJSON() throws {
        let contact = Contact.sample("ext-bob@acme.com", role: "member")
        let explanation = try Self.explain(contact)
        #expect(try explanation.decision == ruleset(Self.rules).decide(contact))
        let json = try JSONEncoder().encode(explanation)
        #expect(try JSONDecoder().decode(Explanation.self, from: json) == explanation)
    }
}
