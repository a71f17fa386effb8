import Contacts
import Foundation
import Testing

@testable import RuleLint
@testable import Rules

/// Rules that begin and end, values that expire, and exceptions.
struct Times {
    private static func at(_ text: String) throws -> Date {
        try Date(text, strategy: .iso8601)
    }

    private static let rules = """
        version: 1
        lists:
          partners:
            - { value: acme.com, evidence: SEC-118, expires: 2027-05-01 }
            - globex.com
        rules:
          - { id: pilot, mode: enforce, from: 2027-01-10, until: 2027-01-12, when: { name: Ana }, set: { avatar_url: pilot } }
          - { id: hour, mode: enforce, until: 2027-01-10T12:00:00Z, when: { name: Ana }, set: { custom_fields.hour: "1" } }
          - { id: partners, mode: enforce, when: { email.domain: { in_list: partners } }, set: { portal_role: member } }
          - { id: others, mode: enforce, when: { email.domain: { not_in_list: partners } }, set: { custom_fields.partner: "0" } }
        exceptions:
          - { id: ex-ana, rules: [hour], contact: c1, until: 2027-01-01, reason: on leave }
          - { id: ex-globex, rules: [partners, others], account: a9, until: 2027-03-01, reason: audit }
        """

    @Test(arguments: [
        ("2027-01-09T23:59:59Z", ["hour"]),
        ("2027-01-10T00:00:00Z", ["hour", "pilot"]),
        ("2027-01-10T11:59:59Z", ["hour", "pilot"]),
        ("2027-01-10T12:00:00Z", ["pilot"]),
        // The last day counts as a whole.
        ("2027-01-12T23:59:59Z", ["pilot"]),
        ("2027-01-13T00:00:00Z", []),
    ])
    func aRuleHasItsTime(now: String, matched: [String]) throws {
        let ruleset = try ruleset(Self.rules)
        let contact = Contact(id: "c2", name: "Ana")
        let decision = ruleset.decide(contact, now: try Self.at(now))
        #expect(decision.matched.map(\.rule) == matched)
    }

    /// Unknown, not false: what is not on the list any more fires no negation either.
    @Test(arguments: [
        ("ana@acme.com", "2027-05-01T23:59:59Z", ["partners"]),
        ("ana@ACME.com", "2027-05-02T00:00:00Z", []),
        ("ana@globex.com", "2030-01-01T00:00:00Z", ["partners"]),
        ("ana@initech.com", "2030-01-01T00:00:00Z", ["others"]),
    ])
    func anExpiredValueIsUnknown(email: String, now: String, matched: [String]) throws {
        let decision = try ruleset(Self.rules).decide(.sample(email), now: Self.at(now))
        #expect(decision.matched.map(\.rule) == matched)
    }

    @Test func anExceptionLeavesSomebodyOutForAWhile() throws {
        let ruleset = try ruleset(Self.rules)
        let ana = Contact(id: "c1", name: "Ana")
        let before = ruleset.decide(ana, now: try Self.at("2027-01-01T23:59:59Z"))
        #expect(before.matched.isEmpty && before.changes.isEmpty)
        #expect(before.excepted == [Excepted(rule: "hour", exception: "ex-ana")])
        #expect(!before.isEmpty)
        let after = ruleset.decide(ana, now: try Self.at("2027-01-02T00:00:00Z"))
        #expect(after.matched.map(\.rule) == ["hour"] && after.excepted == nil)
        // An account is all its contacts.
        let contact = Contact(id: "c3", email: "jo@globex.com", account: .init(id: "a9"))
        #expect(ruleset.decide(contact, now: try Self.at("2027-02-01T00:00:00Z")).changes.isEmpty)
        #expect(!ruleset.decide(contact, now: try Self.at("2027-03-02T00:00:00Z")).changes.isEmpty)
    }

    @Test(arguments: [
        ("ana@acme.com", true), ("ANA@Acme.com", true), ("ana@acme.com ", false),
        ("ana@acme.com@evil.example", false), ("\u{212A}im@acme.com", false),
        ("bob@acme.com", false),
        (nil, false),
    ])
    func anExceptionMayNameAnAddress(email: String?, isExcepted: Bool) throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules: [ { id: r, mode: enforce, when: { name: Ana }, set: { avatar_url: x } } ]
            exceptions: [ { id: e, rules: [r], contact: Ana@acme.com, until: 2027-01-31, reason: x } ]
            """)
        let decision = ruleset.decide(
            Contact(id: "c9", name: "Ana", email: email), now: try Self.at("2027-01-02T00:00:00Z"))
        #expect(decision.changes.isEmpty == isExcepted)
        #expect(ruleset.warnings.isEmpty)
    }

    /// Who was there from the beginning is older than anything.
    @Test(arguments: [
        (nil, ["old"]),
        ("2027-01-09T12:00:00Z", ["old"]),
        ("2027-01-09T12:00:01Z", ["new"]),
        ("2027-01-10T11:59:00Z", ["new"]),
        // A clock that went back.
        ("2027-01-11T00:00:00Z", ["new"]),
    ])
    func anAgeIsCountedFromTheFirstReading(firstSeen: String?, matched: [String]) throws {
        let ruleset = try ruleset(Self.ages)
        var contact = Contact(id: "c1", name: "Ana")
        contact.firstSeen = try firstSeen.map(Self.at)
        let decision = ruleset.decide(contact, now: try Self.at("2027-01-10T12:00:00Z"))
        #expect(decision.matched.map(\.rule) == matched)
        #expect(ruleset.ages == [.seconds(1800), .seconds(86_400)])
    }

    /// Unknown, whichever way it is asked for.
    @Test func withoutATimeNobodyHasAnAge() throws {
        var contact = Contact(id: "c1", name: "Ana")
        contact.firstSeen = try Self.at("2027-01-09T12:00:00Z")
        #expect(try ruleset(Self.ages).decide(contact).matched.isEmpty)
    }

    private static let ages = """
        version: 1
        rules:
          - { id: old, mode: enforce, when: { first_seen: { older_than: 24h } }, set: { name: Old } }
          - { id: new, mode: enforce, when: { first_seen: { newer_than: 1d } }, set: { name: New } }
        guardrails:
          - { id: at-once, deny: { name: Nobody }, when: { first_seen: { newer_than: 30m } }, reason: Too early. }
        """

    /// Whoever is moved there in the same change is left out, too.
    @Test func anExceptionOfAnAccountHoldsForWhoIsMovedThere() throws {
        let ruleset = try ruleset(
            """
            version: 1
            rules:
              - { id: move, mode: enforce, when: { email.domain: acme.com }, set: { account_id: a2 } }
              - { id: admins, mode: enforce, when: { email.domain: acme.com, account_id: a2 }, set: { portal_role: admin } }
            exceptions:
              - { id: ex-a2, rules: [admins], account: a2, until: 2027-03-01, reason: audit }
            """)
        var contact = Contact.sample("ana@acme.com", role: "member")
        contact.account = .init(id: "a1")
        let during = ruleset.decide(contact, now: try Self.at("2027-02-01T00:00:00Z"))
        #expect(during.changes == ContactPatch([.accountID: "a2"]))
        let after = ruleset.decide(contact, now: try Self.at("2027-03-02T00:00:00Z"))
        #expect(after.changes == ContactPatch([.accountID: "a2", .portalRole: "admin"]))
    }

    @Test func everyMomentThatChangesSomethingIsKnown() throws {
        let ruleset = try ruleset(Self.rules)
        var moments: [String] = []
        var now = try Self.at("2026-12-01T00:00:00Z")
        while let next = ruleset.nextInstant(after: now) {
            moments.append(next.formatted(.iso8601))
            now = next
        }
        #expect(
            moments == [
                "2027-01-02T00:00:00Z", "2027-01-10T00:00:00Z", "2027-01-10T12:00:00Z",
                "2027-01-13T00:00:00Z", "2027-03-02T00:00:00Z", "2027-05-02T00:00:00Z",
            ])
        #expect(ruleset.dependsOnTime)
        #expect(
            try !Rules.Ruleset(sources: [
                RuleSource(
                    path: "a.yaml",
                    text: "version: 1\nrules: [{ id: r, when: { name: A }, set: { name: B } }]")
            ]).dependsOnTime)
    }

    @Test func aTestHasATimeOfItsOwnOrNone() throws {
        let tests = """

            tests:
              - { name: in time, now: 2027-01-11, given: { name: Ana }, expect: { matched: [pilot], not_matched: [hour] } }
              - { name: too late, now: 2027-02-01T10:00:00Z, given: { name: Ana }, expect: { not_matched: [pilot] } }
              - { name: at no time, given: { name: Ana }, expect: { matched: [pilot, hour] } }
            """
        let ruleset = try ruleset(Self.rules + tests)
        #expect(ruleset.tests.map { ruleset.run($0).differences } == [[], [], []])
    }

    @Test func whatHasEndedAndWhatEndsSoonAreTold() throws {
        func expirations(_ now: String) throws -> Expirations {
            Expirations(of: try ruleset(Self.rules), at: try Self.at(now))
        }
        let december = try expirations("2026-12-20T00:00:00Z")
        #expect(december.ended == [])
        #expect(
            december.ending == [
                "the exception ex-ana ends at 2027-01-02T00:00:00Z",
                "the rule hour ends at 2027-01-10T12:00:00Z",
                "the rule pilot ends at 2027-01-13T00:00:00Z",
            ])
        let april = try expirations("2027-04-10T00:00:00Z")
        #expect(
            april.ended == [
                "the exception ex-ana ended at 2027-01-02T00:00:00Z",
                "the rule hour ended at 2027-01-10T12:00:00Z",
                "the rule pilot ended at 2027-01-13T00:00:00Z",
                "the exception ex-globex ended at 2027-03-02T00:00:00Z",
            ])
        let value = "acme.com, in the list partners that others and partners name,"
        #expect(april.ending == ["\(value) expires at 2027-05-02T00:00:00Z"])
        #expect(
            try expirations("2027-05-02T00:00:00Z").ended.last
                == "\(value) expired at 2027-05-02T00:00:00Z")
    }

    /// Each row of a table ends with its rule, which is told once.
    @Test func aTableAndAGuardrailEndAsWell() throws {
        let ruleset = try Ruleset(sources: [
            RuleSource(
                path: "a.yaml",
                text: """
                    version: 1
                    lists: { bad: [ { value: acme.com, expires: 2026-01-31 } ] }
                    tables: { t: { file: t.csv } }
                    rules:
                      - { id: r, until: 2026-02-01, when: { in_table: t }, set: { name: "${t.label}" } }
                    guardrails:
                      - { id: g, deny: { name: x }, when: { email.domain: { in_list: bad } }, reason: y }
                    """),
            RuleSource(path: "t.csv", text: "domain,label\na.example,A\nb.example,B\n"),
        ])
        #expect(
            Expirations(of: ruleset, at: try Self.at("2026-06-01T00:00:00Z")).ended == [
                "acme.com, in the list bad that the guardrail g names, expired at 2026-02-01T00:00:00Z",
                "the rule r ended at 2026-02-02T00:00:00Z",
            ])
    }

    @Test func anExplanationNamesTheDates() throws {
        let ruleset = try ruleset(Self.rules)
        func lines(_ contact: Contact, _ now: String) throws -> [String] {
            try ruleset.explain(contact, now: Self.at(now)).description.split(separator: "\n")
                .map(String.init)
        }
        let ana = Contact(id: "c1", name: "Ana", email: "ana@acme.com")
        let may = try lines(ana, "2027-05-03T00:00:00Z")
        #expect(may.contains("hour: true (priority 100, ended at 2027-01-10T12:00:00Z)"))
        #expect(
            may.suffix(3) == [
                "nothing to set",
                "`acme.com`, in a list that `others` names, expired at 2027-05-02T00:00:00Z",
                "`acme.com`, in a list that `partners` names, expired at 2027-05-02T00:00:00Z",
            ])
        let january = try lines(ana, "2027-01-03T00:00:00Z")
        #expect(january.contains("pilot: true (priority 100, begins at 2027-01-10T00:00:00Z)"))
        #expect(
            january.last == "the exception `ex-ana` to `hour` ended at 2027-01-02T00:00:00Z")
        let explanation = try #require(
            ruleset.explain(rule: "pilot", on: ana, now: Self.at("2027-05-03T00:00:00Z")))
        #expect(explanation.reasons == ["it is not its time: it ended at 2027-01-13T00:00:00Z"])
    }
}
