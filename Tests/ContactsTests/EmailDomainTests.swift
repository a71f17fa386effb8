import Contacts
import Testing

struct EmailDomains {
    static let classes: [(host: String, domainClass: DomainClass)] = [
        ("acme.com", .corporate), ("acme.co.uk", .corporate), ("mail.acme.com", .corporate),
        ("acme.github.io", .corporate), ("xn--bcher-kva.de", .corporate),
        ("gmail.com", .public), ("outlook.com", .public), ("web.de", .public), ("qq.com", .public),
        ("privaterelay.appleid.com", .public), ("appleid.com", .corporate),
        ("mailinator.com", .disposable), ("yopmail.com", .disposable),
        ("co.uk", .publicSuffix), ("github.io", .publicSuffix), ("com", .publicSuffix),
        ("acme.kobe.jp", .publicSuffix), ("unheard-of", .publicSuffix),
        ("example.com", .reserved), ("acme.test", .reserved),
    ]

    @Test(arguments: classes)
    func aDomainHasOneClass(_ host: String, _ domainClass: DomainClass) {
        #expect(EmailDomain(host)?.domainClass == domainClass)
    }

    static let subdomains: [(host: String, domainClass: DomainClass)] = [
        ("eu.gmail.com", .public), ("a.b.c.gmail.com", .public),
        ("anything.mailinator.com", .disposable), ("a.b.mailinator.com", .disposable),
        ("www.example.org", .reserved),
    ]

    @Test(arguments: subdomains)
    func aSubdomainIsOfTheClassOfTheListedDomain(_ host: String, _ domainClass: DomainClass) {
        #expect(EmailDomain(host)?.domainClass == domainClass)
    }

    @Test(arguments: [
        "notgmail.com", "gmail.com.acme.com", "gmail.co", "gmail-com.acme.com", "mailinator.com.de",
        "mymailinator.com", "example.com.au", "example.co.uk", "test.com", "localhost.acme.com",
    ])
    func aDomainThatOnlyLooksLikeAListedOneIsNotListed(_ host: String) {
        #expect(EmailDomain(host)?.domainClass == .corporate)
    }

    /// Sources: see `ReservedDomains.swift`.
    @Test(arguments: [
        "alt", "arpa", "corp", "example", "example.com", "example.net", "example.org", "home",
        "home.arpa", "in-addr.arpa", "internal", "intranet", "invalid", "lan", "local", "localhost",
        "mail", "onion", "private", "test",
    ])
    func namesOfSpecialUseAreNobodys(_ name: String) {
        for host in [name, "acme.\(name)", "mail.acme.\(name)"] {
            #expect(EmailDomain(host)?.domainClass == .reserved)
        }
    }

    static let label = String(repeating: "a", count: 63)

    @Test(arguments: [
        "", ".", "..", ".com", "acme.com.", ".acme.com", "acme..com", "Acme.com", "ACME.COM",
        "acme.com\n", " acme.com", "acme com", "acme.com\0", "b\u{FC}cher.de", "\u{212A}pmg.com",
        "gmail\u{3002}com", "a_b.com", "*.ck", "!www.ck", "# Source", "-acme.com", "acme-.com",
        "acme.com-", "-", "127.0.0.1", "acme.1", "1", "[127.0.0.1]", "user@acme.com",
        "\(label)a.com", String(repeating: "a.", count: 126) + "com",
    ])
    func whatIsNoHostHasNoClass(_ text: String) {
        #expect(EmailDomain(text) == nil)
    }

    @Test func whatIsVeryLongIsNoHost() {
        for part in ["a", ".", "a.", "\u{E4}"] {
            #expect(EmailDomain(String(repeating: part, count: 1_000_000)) == nil)
            #expect(EmailDomain(String(repeating: part, count: 1_000_000) + "com") == nil)
        }
    }

    @Test(arguments: [
        "\(label).com", String(repeating: "a.", count: 125) + "com", "1.com", "a--b.com", "0.0.0.a",
        "acme.a1",
    ])
    func whatIsJustAllowedHasAClass(_ host: String) {
        #expect(EmailDomain(host)?.domainClass == .corporate)
    }

    @Test func theNamesOfTheClassesAreThoseOfTheRules() {
        #expect(
            DomainClass.allCases.map(\.rawValue)
                == ["corporate", "public", "disposable", "public_suffix", "reserved"])
    }
}

struct DomainsOfAddresses {
    @Test func anAddressHasTheSiteAndTheClassOfItsDomain() {
        let address = EmailAddress("Bob@Mail.Acme.CO.UK")
        #expect(address.site == "acme.co.uk")
        #expect(address.domainClass == .corporate)
        #expect(EmailAddress("bob@GMAIL.com").domainClass == .public)
    }

    @Test func anAddressAtAPublicSuffixHasNoSite() {
        #expect(EmailAddress("bob@co.uk").site == nil)
        #expect(EmailAddress("bob@co.uk").domainClass == .publicSuffix)
    }

    @Test(arguments: [
        "", "bob", "bob@localhost", "\"bob\"@acme.com", "b\u{F6}b@acme.com", "bob@acme.com.",
        "bob@127.0.0.1", "bob@acme.com@gmail.com", String(repeating: "a", count: 65) + "@acme.com",
    ])
    func whatIsNoPlainAddressHasNeither(_ text: String) {
        #expect(EmailAddress(text).site == nil)
        #expect(EmailAddress(text).domainClass == nil)
    }
}
