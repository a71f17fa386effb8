import Planning
import Rules
import Store
import Worker

extension Bench {
    /// Rules of a plan. Source: docs/measurements.md, “Usher”.
    private static let plannedRules = 1_000

    /// How long a plan over all stored contacts takes, and the most memory that this process ever had.
    func measurePlan() async throws -> [Figure] {
        let ruleset = try Ruleset(sources: [
            RuleSource(path: "rules.yaml", text: Self.rules(Self.plannedRules))
        ])
        let store = Store(database: database, workspace: WorkspaceName("sweep")!, holder: "bench")
        let planner = Planner(store: store, ruleset: ruleset, comparedWith: nil, cap: nil)
        let start = ContinuousClock.now
        let plan = try await planner.plan()
        let elapsed = ContinuousClock.now - start
        // One of the customers has no rule that raises its people.
        let expected = plan.contacts - plan.contacts / BenchmarkRules.customers
        guard plan.contacts > 0, abs(plan.changed - expected) <= 1 else {
            throw BenchmarkFailed("\(plan.changed) of \(plan.contacts) contacts to be changed")
        }
        return [
            Figure(name: Benchmark.plan.rawValue, value: elapsed.seconds, unit: "s"),
            Figure(
                name: Benchmark.plan.rawValue + "-memory", value: try Self.peakMegabytes(),
                unit: "MB"),
        ]
    }

    /// Rules that make members of each customer's people and take access from its leavers; all but a
    /// few customers have no contacts.
    private static func rules(_ count: Int) -> String {
        let rules = (0..<count / 2).map { customer in
            """
              - id: people-of-\(customer)
                mode: enforce
                when: { email.domain: \(ContactText.domain(ofCustomer: customer + 1)) }
                set: { portal_role: { at_least: member } }
              - id: leavers-of-\(customer)
                priority: 200
                mode: enforce
                when:
                  email.domain: \(ContactText.domain(ofCustomer: customer + 1))
                  custom_fields.status: left
                set: { portal_role: no_access }

            """
        }
        return "version: 1\nfields: { status: { type: text } }\nrules:\n" + rules.joined()
    }
}
