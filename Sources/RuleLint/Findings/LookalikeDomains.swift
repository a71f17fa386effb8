internal import Contacts
internal import Rules

/// Addresses that look like those of a domain and belong to another one.
enum LookalikeDomains {
    /// Addresses that a rule about `domain` must not match.
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

/// A look-alike address that a rule takes for one of its domain.
package struct LookalikeMatch: Sendable, Codable, Equatable {
    package let rule: String
    package let domain: String
    package let address: String
}

/// How rules hold against look-alikes of the domains that they name.
package struct LookalikeReport: Sendable, Codable, Equatable {
    package var domains = 0
    package var addresses = 0
    /// At most one for each domain of a rule.
    package var matches: [LookalikeMatch] = []
}

extension Ruleset {
    /// Tries every domain that a rule names against its look-alikes.
    package func tryLookalikes() -> LookalikeReport {
        var report = LookalikeReport()
        for rule in rules {
            for predicate in rule.condition.predicates where fields[predicate.field] == .emailDomain
            {
                let domains = predicate.domains
                for domain in domains {
                    report.domains += 1
                    let lookalike = LookalikeDomains.addresses(
                        of: domain, takesSubdomains: predicate.takesSubdomains
                    ).first { address in
                        report.addresses += 1
                        let contact = Contact(id: "lookalike", email: address)
                        // Another domain that the rule names as well is no look-alike.
                        guard !domains.contains(contact.emailAddress.domain ?? "") else {
                            return false
                        }
                        return predicate.truth(of: EvaluationContext(contact, fields: fields))
                            == .true
                    }
                    if let lookalike {
                        report.matches.append(
                            LookalikeMatch(
                                rule: rule.id, domain: domain, address: lookalike))
                    }
                }
            }
        }
        return report
    }
}

extension Predicate {
    /// The domains that the predicate takes contacts in by.
    fileprivate var domains: Set<String> {
        let domains: [Bytes] =
            switch (name, comparison) {
            case (.is, .is(let domain)), (.under, .under(let domain)): [domain]
            case (.in, .among(let domains)), (.inList, .among(let domains)): Array(domains)
            case (.startsWith, .startsWith(let part)), (.contains, .contains(let part)): [part]
            case (.endsWith, .endsWith(let end)): [isBelow(end) ? Bytes(end.dropFirst()) : end]
            default: []
            }
        return Set(domains.map { String(decoding: $0, as: UTF8.self) })
    }

    fileprivate var takesSubdomains: Bool {
        switch comparison {
        case .under: true
        case .endsWith(let end): isBelow(end)
        default: false
        }
    }

    /// `.acme.com`, at the end, is what `under` says in other words.
    private func isBelow(_ end: Bytes) -> Bool { end.first == UInt8(ascii: ".") }
}
