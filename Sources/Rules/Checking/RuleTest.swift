package import Contacts

/// A test of a rule file: a contact, and what the rules must do with it.
package struct RuleTest: Sendable {
    package let name: String
    package let file: String
    package let line: Int
    package let given: Contact
    /// The time; without it, time decides nothing.
    let now: Instant?

    let expectation: Expectation

    struct Expectation: Sendable {
        /// Exactly what would be sent.
        var set: [(field: SettableField, value: String)]?
        /// What fields hold in the end.
        var after: [(field: SettableField, value: String)] = []
        var matched: [String] = []
        var notMatched: [String] = []
        var beaten: [String] = []
        /// Rules whose change would wait for an approval.
        var held: [String] = []
        var status: EmailAddress.Status?
    }
}

/// What became of a test.
package struct RuleTestOutcome: Sendable, Codable, Equatable, Located {
    package let name: String
    package var file: String
    package let line: Int
    /// What was not as expected, a line each; none when the test passed.
    package let differences: [String]
    /// What else is worth knowing, such as matches in shadow.
    package let notes: [String]

    package var isPassed: Bool { differences.isEmpty }
}

extension RuleTestOutcome: CustomStringConvertible {
    package var description: String {
        let head = "\(isPassed ? "ok  " : "FAIL") \(file):\(line): \(name)"
        return ([head] + differences.map { "     \($0)" } + notes.map { "     note: \($0)" })
            .joined(separator: "\n")
    }
}

extension Ruleset {
    /// Evaluates a test's contact; pure.
    package func run(_ test: RuleTest) -> RuleTestOutcome {
        let decision = Evaluation(of: self, on: test.given, now: test.now).decision
        let expected = test.expectation
        // A rule of a table may be named as a whole, or one of its rows.
        func names(_ ids: [String]) -> Set<String> {
            Set(ids.flatMap { [$0, Rule.base(of: $0)] })
        }
        let enforced = names(decision.matched.map(\.rule))
        let shadow = names(decision.shadow.map(\.rule))
        let beaten = names(decision.beaten.map(\.rule))
        var differences = expected.set.map { setDifferences($0, decision) } ?? []
        for rule in expected.matched where !enforced.contains(rule) && !shadow.contains(rule) {
            let isOff = rules.contains { [$0.id, $0.base].contains(rule) && $0.mode == .off }
            differences.append("`\(rule)` did not match\(isOff ? ": it is off" : "")")
        }
        for rule in expected.notMatched where enforced.contains(rule) || shadow.contains(rule) {
            differences.append("`\(rule)` matched\(shadow.contains(rule) ? ", in shadow" : "")")
        }
        for rule in expected.beaten where !beaten.contains(rule) {
            differences.append("`\(rule)` was not beaten")
        }
        let waiting = names(waitingRules(in: decision))
        for rule in expected.held where !waiting.contains(rule) {
            differences.append("`\(rule)` would not wait for an approval")
        }
        differences += endDifferences(expected.after, test.given.applying(decision.changes))
        let status = test.given.emailAddress.status
        if let wanted = expected.status, wanted != status {
            differences.append("email.status: expected \(wanted.rawValue), is \(status.rawValue)")
        }
        return RuleTestOutcome(
            name: test.name, file: test.file, line: test.line, differences: differences,
            notes: decision.shadow.map {
                "`\($0.rule)` matches in shadow, so \($0.field): \($0.value) is not sent"
            } + decision.conflicts.map(\.description))
    }

    /// The rules whose change waits until a person has agreed to them.
    private func waitingRules(in decision: Decision) -> [String] {
        decision.wishes.filter { $0.state == .change }.flatMap(\.rules).filter { id in
            rule(id)?.terms.needsApproval == true
        }
    }

    private func endDifferences(
        _ expected: [(field: SettableField, value: String)], _ end: Contact
    ) -> [String] {
        expected.compactMap { field, value in
            let held = if case .text(let text)? = end[field.path] { text } else { "" }
            if held.sameBytes(as: value), end.holds(value, in: field.path) { return nil }
            return "\(field): expected \(value.orNothing) in the end, would hold \(held.orNothing)"
        }
    }

    private func setDifferences(
        _ expected: [(field: SettableField, value: String)], _ decision: Decision
    ) -> [String] {
        var differences = expected.compactMap { field, value -> String? in
            guard let sent = decision.changes[field] else {
                return "\(field): expected \(value.orNothing), but nothing would be sent"
            }
            if sent.sameBytes(as: value) { return nil }
            return "\(field): expected \(value.orNothing), would be \(sent.orNothing)"
        }
        for field in decision.changes.fields where !expected.contains(where: { $0.field == field })
        {
            let sent = decision.changes[field] ?? ""
            differences.append(
                sent.isEmpty
                    ? "\(field): expected nothing to be sent, but it would be unset"
                    : "\(field): expected nothing, but \(sent) would be sent")
        }
        return differences
    }
}

extension Conflict: CustomStringConvertible {
    package var description: String {
        let names = contenders.map { "`\($0.rule)` (\($0.field): \($0.value))" }
            .joined(separator: ", ")
        return switch kind {
        case .tie: "conflict over \(slot), nothing is done to it: \(names)"
        case .unsettled: "rules that chase each other, nothing is done: \(names)"
        }
    }
}
