import Contacts
import Foundation
import RuleLint
import Rules

/// How fast rules are read and applied, without a database: the work of `peers/work.py`.
enum Decisions {
    static let rules = 10_000
    private static let contacts = 20_000

    /// Contacts a second, on one thread.
    static func measure() throws -> [Figure] {
        let alike = try Ruleset(sources: written(rules))
        let one = try Ruleset(sources: written(1))
        let table = try Ruleset(sources: tabled(rules))
        return [
            Figure(name: "decide-1", value: try rate(one, domains: 1), unit: "contacts/s"),
            Figure(
                name: "decide-10000", value: try rate(alike, domains: rules), unit: "contacts/s"),
            Figure(
                name: "decide-table", value: try rate(table, domains: rules), unit: "contacts/s"),
            Figure(name: "load-10000", value: try milliseconds(written(rules)), unit: "ms"),
            Figure(name: "load-table", value: try milliseconds(tabled(rules)), unit: "ms"),
            Figure(
                name: "lint-10000", value: milliseconds { _ = alike.lint() }, unit: "ms"),
        ]
    }

    /// Rules of the form “the domain is dN.example and the role is not admin”.
    private static func written(_ count: Int) -> [RuleSource] {
        let rules = (0..<count).map { number in
            """
              - id: domain-\(number)
                description: Whoever works for customer \(number) is a member.
                mode: enforce
                when: { email.domain: d\(number).example, portal_role: { is_not: admin } }
                set: { portal_role: member }

            """
        }
        return [RuleSource(path: "rules.yaml", text: "version: 1\nrules:\n" + rules.joined())]
    }

    /// The same as a table.
    private static func tabled(_ count: Int) -> [RuleSource] {
        let rows = (0..<count).map { "d\($0).example,member\n" }
        return [
            RuleSource(
                path: "rules.yaml",
                text: """
                    version: 1
                    tables: { customers: { file: customers.csv } }
                    rules:
                      - id: customers
                        mode: enforce
                        when: { in_table: customers, portal_role: { is_not: admin } }
                        set: { portal_role: "${customers.portal_role}" }
                    """),
            RuleSource(path: "customers.csv", text: "domain,portal_role\n" + rows.joined()),
        ]
    }

    /// Of ten contacts, one is in no rule's domain, one is an admin, and eight match one rule.
    private static func population(domains: Int) -> [Contact] {
        (0..<contacts).map { number in
            let domain = number % 10 == 0 ? "elsewhere" : "d\(number * 7919 % domains)"
            let role = number % 10 == 1 ? "admin" : number % 2 == 0 ? "member" : "no_access"
            return Contact(
                id: "c\(number)", name: "Ana Ruiz", email: "ana\(number)@\(domain).example",
                portalRole: role)
        }
    }

    private static func rate(_ ruleset: Ruleset, domains: Int) throws -> Double {
        let contacts = population(domains: domains)
        var (changed, rounds) = (0, 0)
        let elapsed = ContinuousClock().measure {
            let end = ContinuousClock.now + .seconds(1)
            repeat {
                for contact in contacts where !ruleset.evaluate(contact).changes.isEmpty {
                    changed += 1
                }
                rounds += 1
            } while ContinuousClock.now < end
        }
        // Those without access in a rule's domain, and nobody else.
        guard changed == rounds * contacts.count * 2 / 5 else {
            throw BenchmarkFailed("\(changed) changes in \(rounds) rounds")
        }
        return Double(contacts.count * rounds) / elapsed.seconds
    }

    private static func milliseconds(_ sources: [RuleSource]) throws -> Double {
        try milliseconds { _ = try Ruleset(sources: sources) }
    }

    private static func milliseconds(_ work: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(work).seconds * 1000
    }
}
