import Foundation
import Testing

@testable import Sandbox

@Suite struct GeneratorTests {
    private func book(contacts: Int, seed: UInt64 = 1) -> ContactBook {
        ContactGenerator.book(organisationID: "o", name: "O", contacts: contacts, seed: seed)
    }

    @Test func theSameSeedGivesTheSameBytes() {
        let one = book(contacts: 500).newestFirst.map(\.json)
        #expect(one == book(contacts: 500).newestFirst.map(\.json))
        #expect(one != book(contacts: 500, seed: 2).newestFirst.map(\.json))
    }

    @Test func contactsAreOfEveryKind() {
        let contacts = book(contacts: 5_000).newestFirst.map(\.contact)
        func share(_ is: (SandboxContact) -> Bool) -> Double {
            Double(contacts.count(where: `is`)) / Double(contacts.count)
        }
        #expect((0.55...0.7).contains(share { $0.portalRole == "no_access" }))
        #expect((0.15...0.25).contains(share { $0.portalRole == "member" }))
        #expect((0.03...0.07).contains(share { $0.portalRole == "admin" }))
        #expect(
            (0.03...0.07).contains(
                share { $0.portalRole == "support-lead" || $0.portalRole == "billing-viewer" }))
        #expect((0.05...0.12).contains(share { $0.portalRole == nil }))
        #expect((0.03...0.05).contains(share { $0.email?.contains("eve") == true }))
        #expect((0.01...0.03).contains(share { $0.email == nil }))
        #expect((0.02...0.1).contains(share { $0.email?.lowercased().hasPrefix("ext-") == true }))
        #expect((0.1...0.3).contains(share { $0.customFields.isEmpty }))
        #expect(
            (0.08...0.2).contains(
                share {
                    $0.name.unicodeScalars.allSatisfy {
                        !$0.properties.isAlphabetic || $0.value > 0x24F
                    }
                }))
        #expect(contacts.contains { $0.name.contains("\u{0}") })
        #expect(contacts.contains { $0.email?.contains("\u{0}") == true })
        #expect(contacts.contains { $0.accountID == nil })
        for domain in AccountGenerator.knownDomains {
            #expect(
                share { $0.email?.lowercased().hasSuffix("@\(domain)") == true } > 0.03, "\(domain)"
            )
        }
    }

    @Test func idsAndAddressesAreUnique() {
        let contacts = book(contacts: 5_000).newestFirst.map(\.contact)
        #expect(Set(contacts.map(\.id)).count == contacts.count)
        let addresses = contacts.flatMap(\.emails).map { $0.lowercased() }
        #expect(Set(addresses).count == addresses.count)
        #expect(contacts.allSatisfy { UUID(uuidString: $0.id)?.uuidString.lowercased() == $0.id })
    }

    @Test func theFirstContactsDoNotShowWhenTheyWereCreated() {
        for entry in book(contacts: 50).newestFirst {
            #expect(!String(decoding: entry.json, as: UTF8.self).contains("created"))
        }
    }

    @Test func accountsHaveExternalIDs() {
        let ids = book(contacts: 100).organisation.accounts.flatMap(\.externalIDs)
        #expect(ids.prefix(2).map(\.externalID) == ["0015e00001", "0015e00002"])
        #expect(ids.allSatisfy { $0.label == "crm" })
    }
}
