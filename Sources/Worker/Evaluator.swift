package import Contacts
package import Foundation
internal import Logging
internal import Postgres
package import Rules
package import Store

/// Decides what the rules want for every contact that changed.
struct Evaluator: Sendable {
    let store: Store
    let rulesets: ActiveRuleset
    let announcer: Announcer
    let logger: Logger
    /// Woken when there may be something to send.
    let dispatch: Signal

    /// Between looks for events that another process recorded.
    static let poll: Duration = .seconds(1)

    /// Evaluates one batch of what has changed.
    ///
    /// - Returns: How long to wait for the next pass.
    func evaluate() async throws -> Duration {
        guard let ruleset = try await rulesets.current(in: store) else { return Self.poll }
        if ruleset.dependsOnTime {
            try await store.recheckWhenDue(
                rulesetHash: ruleset.hash, nextInstant: ruleset.nextInstant)
        }
        guard
            let lease = try await store.acquire(.evaluate),
            let result = try await store.evaluate(
                under: lease, rulesetHash: ruleset.hash,
                terms: RulesetTerms(ruleset, cap: rulesets.cap), decide: ruleset.verdict)
        else { return Self.poll }
        if result.needsCount { return try await count(ruleset, under: lease) }
        for alert in result.alerts { announcer.announce(alert) }
        if result.actions > 0 { dispatch.send() }
        return result.hasMore ? .zero : Self.poll
    }

    /// Counts all that a new ruleset would change, before any of it is done.
    private func count(_ ruleset: Ruleset, under lease: Lease) async throws -> Duration {
        let count = try await store.countChanges(
            under: lease, rulesetHash: ruleset.hash,
            terms: RulesetTerms(ruleset, cap: rulesets.cap), decide: ruleset.verdict)
        guard case .counted(let alerts) = count else { return Self.poll }
        for alert in alerts { announcer.announce(alert) }
        return .zero
    }
}

extension Ruleset {
    /// What the rules say about a contact, for the store.
    package func verdict(
        on contact: Contact, _ grants: [String: GrantRecord], at now: Date
    ) throws -> Verdict {
        try Verdict(evaluate(contact, grants: grants.compactMapValues(Grant.init), now: now))
    }
}

extension RulesetTerms {
    /// - Parameter cap: What the operator allows at most; nil is anything.
    package init(_ ruleset: Ruleset, cap: ChangeLimits?) {
        self.init(
            granted: Granted(files: ruleset.limits, rules: ruleset.ownLimits), cap: cap,
            rule: { id in
                ruleset.rule(id).map { rule in
                    Rule(
                        base: rule.base, file: rule.terms.file,
                        needsApproval: rule.terms.needsApproval)
                }
            },
            hash: { id in
                ruleset.rule(id).map { ruleset.hash(of: $0) } ?? ruleset.hash(ofBase: id)
            })
    }
}

extension Grant {
    /// nil where the field cannot be set any more: what cannot be set cannot drift.
    package init?(_ record: GrantRecord) {
        guard let field = SettableField(record.field) else { return nil }
        self.init(
            field: field, value: record.value, rules: record.rules, from: record.from,
            mayRaise: record.mayRaise ?? false)
    }
}

extension Verdict {
    /// What the store records of the rules' decision, and acts upon.
    package init(_ evaluation: Evaluation) throws {
        let decision = evaluation.decision
        self.init(
            changes: decision.changes,
            wishes: decision.wishes.map {
                Wish(
                    field: $0.field, value: $0.value, rules: $0.rules, isDrift: $0.state == .drift)
            },
            reverts: (decision.reverted ?? []).map {
                Revert(
                    field: $0.field, value: $0.value, rules: [$0.rule],
                    needsPerson: $0.needsPerson ?? false)
            },
            matched: Set(decision.matched.map(\.rule)),
            grantsThatCounted: evaluation.grantsThatCounted,
            conflicts: decision.conflicts.map(Alert.init(_:)),
            violations: (decision.violated ?? []).map(Alert.init(guardrail:)),
            isExempted: !evaluation.exempted.isEmpty,
            isShadowOnly: decision.matched.isEmpty && !decision.shadow.isEmpty,
            isEmpty: decision.isEmpty, decision: try Self.record(of: decision))
    }

    /// The decision as JSON whose keys are in order, so that equal decisions are equal bytes.
    private static func record(of decision: Decision) throws -> JSON {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return JSON(bytes: Array(try encoder.encode(decision)))
    }
}

extension Alert {
    /// The same text for every contact that a guardrail does not let through as it is.
    init(guardrail id: String) {
        self.init(
            code: .guardrail,
            message: "contacts hold a value already that the guardrail \(id) denies, and it lowers "
                + "nobody; docs/audit-queries.md tells how to list them")
    }

    /// Rules that cannot agree; the same text for every contact that meets them.
    init(_ conflict: Conflict) {
        let rules = Set(conflict.contenders.map(\.rule)).sorted().joined(separator: ", ")
        switch conflict.kind {
        case .tie:
            self.init(
                code: .conflict,
                message: "rules \(rules) want different values for \(conflict.slot) with the same "
                    + "priority, so nothing is done to it; give one of them a higher priority")
        case .unsettled:
            self.init(
                code: .unsettledRules,
                message: "rules \(rules) undo each other, so the contact is left alone; "
                    + "see: usher rules explain")
        }
    }
}
