internal import Contacts
package import Foundation
package import Rules

/// Runs the tests of a ruleset; pure.
package struct RuleTestRunner {
    private let ruleset: Ruleset
    /// For the tests that say so, the same with rules in shadow enforced.
    private let enforced: Ruleset
    private let lapseFinder: LapseFinder
    private let today: Instant?

    /// - Parameter today: What has ended by then is told of tests without a time of their own.
    package init(_ ruleset: Ruleset, today: Date? = nil) {
        self.ruleset = ruleset
        enforced = ruleset.tests.contains(where: \.isEnforced) ? ruleset.enforcing() : ruleset
        lapseFinder = LapseFinder(ruleset)
        self.today = today?.timeIntervalSinceReferenceDate
    }

    /// What the rules make of the test's contact.
    func evaluate(_ test: RuleTest) -> Evaluation {
        Evaluation(
            of: test.isEnforced ? enforced : ruleset, on: test.given,
            memory: ContactMemory(grants: test.grants), now: test.now)
    }

    package func run(_ test: RuleTest) -> RuleTestOutcome {
        let decision = evaluate(test).decision
        return RuleTestOutcome(
            name: test.name, file: test.file, line: test.line,
            differences: differences(from: test, decision), notes: notes(on: test, decision))
    }

    private func differences(from test: RuleTest, _ decision: Decision) -> [String] {
        let expected = test.expectation
        let (matched, shadow) = (decision.matched.map(\.rule), decision.shadow.map(\.rule))
        let beaten = Self.names(decision.beaten.map(\.rule))
        var differences = expected.set.map { $0.differences(from: decision) } ?? []
        differences += expected.matched.filter { !Self.names(matched + shadow).contains($0) }
            .map { "`\($0)` did not match\(isOff($0) ? ": it is off" : "")" }
        differences += expected.notMatched.filter { Self.names(matched + shadow).contains($0) }
            .map { "`\($0)` matched\(Self.names(shadow).contains($0) ? ", in shadow" : "")" }
        differences += expected.beaten.filter { !beaten.contains($0) }
            .map { "`\($0)` was not beaten" }
        if let held = expected.held {
            differences += heldDifferences(held, waitingRules(in: decision, of: test))
        }
        differences += expected.after.differences(from: test.given.applying(decision.changes))
        let status = test.given.emailAddress.status
        if let wanted = expected.status, wanted != status {
            differences.append("email.status: expected \(wanted.rawValue), is \(status.rawValue)")
        }
        return differences
    }

    /// A rule of a table may be named as a whole, or one of its rows.
    private static func names(_ ids: [String]) -> Set<String> {
        Set(ids.flatMap { [$0, Rule.base(of: $0)] })
    }

    private func isOff(_ id: String) -> Bool {
        ruleset.rules.contains { [$0.id, $0.base].contains(id) && $0.mode == .off }
    }

    private func heldDifferences(_ expected: [String], _ waiting: [String]) -> [String] {
        if expected.isEmpty {
            return waiting.map { "expected nothing to be held, but `\($0)` would be" }
        }
        let names = Self.names(waiting)
        return expected.filter { !names.contains($0) }.map { "expected `\($0)` to be held" }
    }

    /// The rules whose change waits until a person has agreed to it. Whatever had set something was
    /// agreed to then.
    private func waitingRules(in decision: Decision, of test: RuleTest) -> [String] {
        let approved = Set(test.grants.values.flatMap(\.rules))
        let changes = decision.wishes.filter { $0.state == .change }.flatMap(\.rules)
        let reverts = (decision.reverted ?? []).filter { $0.needsPerson == true }.map(\.rule)
        return changes.filter { id in
            !approved.contains(id) && ruleset.rule(id)?.terms.needsApproval == true
        } + reverts
    }

    private func notes(on test: RuleTest, _ decision: Decision) -> [String] {
        let enforced = decision.matched.filter { ruleset.rule($0.rule)?.mode == .shadow }
            .map { "`\($0.rule)` is in shadow, and taken as enforced here" }
        let shadow = decision.shadow.map {
            "`\($0.rule)` matches in shadow, so \($0.field): \($0.value.visible) is not sent"
        }
        let drift = decision.wishes.filter { $0.state == .drift }.map {
            "\($0.field) was \($0.value.visible) by \($0.rules.joined(separator: ", ")) and has "
                + "been changed since, so it is left alone"
        }
        let conflicts = decision.conflicts.map(\.description)
        var lapses: [Lapse] = []
        if let time = test.now ?? today {
            lapses = lapseFinder.lapses(for: test.given, at: time)
        }
        return enforced + shadow + drift + conflicts + lapses.map(\.description)
    }
}

extension [(field: SettableField, value: String)] {
    /// Where these are not what fields hold in the end.
    fileprivate func differences(from end: Contact) -> [String] {
        compactMap { field, value in
            let held = if case .text(let text)? = end[field.path] { text } else { "" }
            if held.hasSameBytes(as: value), end.holds(value, in: field) { return nil }
            return "\(field): expected \(value.orNothing) in the end, would hold \(held.orNothing)"
        }
    }

    /// Where these are not exactly what would be sent.
    fileprivate func differences(from decision: Decision) -> [String] {
        let missing = compactMap { field, value -> String? in
            guard let sent = decision.changes[field] else {
                return "\(field): expected \(value.orNothing), but nothing would be sent"
            }
            if sent.hasSameBytes(as: value) { return nil }
            return "\(field): expected \(value.orNothing), got \(sent.orNothing)"
        }
        let unexpected = decision.changes.fields.filter { field in
            !contains { $0.field == field }
        }.map { field in
            let sent = decision.changes[field] ?? ""
            return sent.isEmpty
                ? "\(field): expected nothing to be sent, but it would be unset"
                : "\(field): expected nothing, but \(sent.visible) would be sent"
        }
        return missing + unexpected
    }
}
