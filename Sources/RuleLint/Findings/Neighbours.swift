internal import Contacts
internal import Rules

/// Addresses that look like those of a domain and are somebody else's.
package enum Neighbours {
    /// Addresses of strangers whom a rule about `domain` must not take for its people.
    ///
    /// - Parameter takesSubdomains: The rule means everything under the domain.
    static func addresses(of domain: String, takesSubdomains: Bool) -> [String] {
        let labels = domain.split(separator: ".").map(String.init)
        let first = labels.first ?? domain
        let rest = labels.dropFirst().joined(separator: ".")
        var addresses = [
            // Another host that begins, ends or goes on like it.
            "ana@xneighbour\(domain)", "ana@xneighbour-\(domain)", "ana@\(domain)xneighbour",
            "ana@\(domain).xneighbour.example", "ana@\(first)-xneighbour.\(rest)",
            "ana@\(first)xneighbour.\(rest)", "ana@\(first).xneighbour.\(rest)",
            "ana@\(domain).", "ana@.\(domain)", "ana@ \(domain)", "ana@\(domain) ",
            // Two addresses in one.
            "ana@\(domain)@xneighbour.example", "ana@xneighbour.example@\(domain)",
            "ana%\(domain)@xneighbour.example", "ana@xneighbour.example,ana@\(domain)",
            "\"ana@\(domain)\"@xneighbour.example", "ana(@\(domain))@xneighbour.example",
            "<ana@\(domain)>@xneighbour.example", "ana@\(domain)\\@xneighbour.example",
            "ana@xneighbour.example\u{0}@\(domain)", "ana\n@\(domain)",
            // Letters that look alike.
            "ana@\(domain.replacing("a", with: "\u{0430}"))",
            "ana@\(domain.replacing("e", with: "\u{0435}"))",
            "ana@\(domain.replacing("o", with: "\u{03BF}"))",
            "ana@\(domain.replacing("k", with: "\u{212A}"))",
            "ana@\(domain.replacing(".", with: "\u{3002}"))",
            "ana@\(domain)\u{200B}",
        ]
        for (letter, other) in [("o", "0"), ("l", "1"), ("m", "rn"), ("i", "l")]
        where domain.contains(letter) {
            addresses.append("ana@\(domain.replacing(letter, with: other, maxReplacements: 1))")
        }
        if !takesSubdomains { addresses.append("ana@xneighbour.\(domain)") }
        return addresses.filter { $0 != "ana@\(domain)" }
    }
}

/// How rules hold against strangers whose addresses look like those of their domains.
package struct NeighbourReport: Sendable, Codable, Equatable {
    package struct Match: Sendable, Codable, Equatable {
        package let rule: String
        package let domain: String
        package let address: String
    }

    package var domains = 0
    package var addresses = 0
    /// Strangers that a rule takes for its people, at most one for each of its domains.
    package var matches: [Match] = []
}

extension Ruleset {
    /// Tries every domain that a rule names against its neighbours.
    package func tryNeighbours() -> NeighbourReport {
        var report = NeighbourReport()
        for rule in rules {
            for test in rule.condition.tests where fields[test.field] == .emailDomain {
                let domains = test.domains
                for domain in domains {
                    report.domains += 1
                    let stranger = Neighbours.addresses(
                        of: domain, takesSubdomains: test.takesSubdomains
                    ).first { address in
                        report.addresses += 1
                        let contact = Contact(id: "neighbour", email: address)
                        // Another domain that the rule names as well is no stranger.
                        guard !domains.contains(contact.emailAddress.domain ?? "") else {
                            return false
                        }
                        return test.truth(of: Reading(contact, fields: fields)) == .true
                    }
                    if let stranger {
                        report.matches.append(
                            NeighbourReport.Match(
                                rule: rule.id, domain: domain, address: stranger))
                    }
                }
            }
        }
        return report
    }
}

extension Test {
    /// The domains that the test takes contacts in by.
    fileprivate var domains: Set<String> {
        let domains: [Bytes] =
            switch (name, check) {
            case (.is, .is(let domain)), (.under, .under(let domain)): [domain]
            case (.in, .among(let domains)), (.inList, .among(let domains)): Array(domains)
            case (.startsWith, .startsWith(let part)), (.contains, .contains(let part)): [part]
            case (.endsWith, .endsWith(let end)): [isBelow(end) ? Bytes(end.dropFirst()) : end]
            default: []
            }
        return Set(domains.map { String(decoding: $0, as: UTF8.self) })
    }

    fileprivate var takesSubdomains: Bool {
        switch check {
        case .under: true
        case .endsWith(let end): isBelow(end)
        default: false
        }
    }

    /// `.acme.com`, at the end, is what `under` says in other words.
    private func isBelow(_ end: Bytes) -> Bool { end.first == UInt8(ascii: ".") }
}
