import Contacts
import Foundation
import Rules
import Testing

/// The addresses of Fixtures, each with its status.
struct EmailDomainCases {
    struct Case: Decodable, CustomTestStringConvertible {
        let email: String
        let domain: String
        let match: Bool
        let status: String

        private enum CodingKeys: String, CodingKey {
            case email, match, status
            case domain = "domain_is"
        }

        var testDescription: String { email.debugDescription }
    }

    static let all: [Case] = {
        let lines = (try? fixture("email-domain-cases.jsonl"))?.split(separator: "\n") ?? []
        return lines.compactMap { try? JSONDecoder().decode(Case.self, from: Data($0.utf8)) }
    }()

    @Test func allCasesAreHere() { #expect(Self.all.count == 59) }

    @Test(arguments: all)
    func aDomainMatchesExactlyItsOwnAddresses(_ address: Case) throws {
        let ruleset = try ruleset(when: "{ email.domain: \(address.domain) }")
        let contact = Contact.sample(address.email, role: "member")
        #expect(ruleset.decide(contact).isEmpty != address.match)
        #expect(contact.emailAddress.status.rawValue == address.status)
    }

    @Test(arguments: all)
    func whatMatchesNoDomainDoesNotMatchItsNegationEither(_ address: Case) throws {
        guard address.status != "ok" else { return }
        let ruleset = try ruleset(
            when: "{ any: [ { email.domain: { is_not: b.com } }, { not: { email.local: x } } ] }")
        #expect(ruleset.decide(.sample(address.email)).isEmpty)
    }
}
