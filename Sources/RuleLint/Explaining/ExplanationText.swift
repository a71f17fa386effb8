internal import Contacts
internal import Foundation
internal import Rules

extension Explanation: TextLines {
    /// The rules and tables by id, then what follows from them.
    package var lines: [String] {
        let entries =
            rules.map { (id: $0.rule, lines: $0.lines) }
            + tables.map { (id: $0.rule, lines: $0.lines) }
        let lines = entries.sorted { $0.id < $1.id }.flatMap(\.lines)
        // That a rule has ended stands beside it.
        let lapses = lapses.filter { $0.kind != .rule }.map(\.description)
        return lines + [""] + decision.lines + lapses
    }
}

extension ExplainedRule: TextLines {
    /// How the rule stands, and its condition, leaf by leaf.
    package var lines: [String] {
        let round = round > 1 ? ", in round \(round), after other rules" : ""
        let time = period.map { ", \($0)" } ?? ""
        let head =
            "\(rule): \(truth.rawValue) (priority \(priority)\(mode.words)\(round)\(time))"
        return [head] + Self.lines(condition, depth: 1)
    }

    /// Why it is not its time; nil where it is.
    var period: String? {
        endedAt.map { "ended at \($0.formatted(.iso8601))" }
            ?? beginsAt.map { "begins at \($0.formatted(.iso8601))" }
    }

    private static func lines(_ part: ExplainedCondition, depth: Int) -> [String] {
        let mark =
            switch part.truth {
            case .true: "✓"
            case .false: "✗"
            case .unknown: "?"
            }
        let value = part.parts.isEmpty ? " – \(part.value.map(\.text) ?? "no value")" : ""
        let indent = String(repeating: "  ", count: depth)
        return ["\(indent)\(mark) \(part.condition)\(value)"]
            + part.parts.flatMap { lines($0, depth: depth + 1) }
    }
}

extension ExplainedTable: TextLines {
    /// One line: how many rows are true, and which.
    package var lines: [String] {
        let unknown = unknown > 0 ? ", \(unknown) unknown" : ""
        let time = isActive ? "" : ", not at this time"
        let more = (rows?.count ?? 0) > matched.count ? ", …" : ""
        let names = matched.isEmpty ? "" : ": " + matched.joined(separator: ", ") + more
        return ["\(label) true\(unknown) (priority \(priority)\(mode.words)\(time))\(names)"]
    }
}

extension Rule.Mode {
    fileprivate var words: String {
        switch self {
        case .enforce: ""
        case .shadow: ", in shadow"
        case .off: ", off"
        }
    }
}

extension Decision {
    /// What would be set, and which wish lost to which rule, in words.
    var lines: [String] { statements.isEmpty ? ["nothing to set"] : statements }

    /// The same; none where there is nothing to say.
    package var statements: [String] {
        let excepted = (excepted ?? []).map { "\($0.rule) does nothing here: \($0.exception)" }
        let beaten = beaten.map {
            "\($0.rule) wanted \($0.field): \($0.value.escaped), beaten by "
                + $0.by.joined(separator: ", ")
        }
        let denied = (denied ?? []).map {
            "\($0.rule) wanted \($0.field): \($0.value.escaped), denied by the guardrail "
                + $0.guardrail
        }
        let unordered = (unordered ?? []).map {
            "\($0) bounds portal_role, but a custom role has no order: left alone"
        }
        let violated = (violated ?? []).map {
            "the contact does not keep the guardrail \($0), and nothing is lowered for that"
        }
        let shadow = shadow.map {
            "\($0.rule), in shadow, would set \($0.field): \($0.value.escaped)"
        }
        return wishes.map(\.statement) + (reverted ?? []).map(\.statement) + excepted + beaten
            + denied + unordered + violated + conflicts.map(\.description) + shadow
    }
}

extension Match: CustomStringConvertible {
    /// The rule, and what its condition read.
    package var description: String {
        let evidence = evidence.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value?.text ?? "nothing")" }
        return "\(rule) matched"
            + (evidence.isEmpty ? "" : " on \(evidence.joined(separator: ", "))")
    }
}

extension Wish {
    fileprivate var statement: String {
        let rules = rules.joined(separator: ", ")
        let from = from?.text ?? "nothing"
        let cap = cappedBy.map { ", and no more: at_most by \($0.joined(separator: ", "))" } ?? ""
        return switch state {
        case .change: "set \(field): \(from) → \(value.escaped) (\(rules))\(cap)"
        case .alreadySo: "\(field) is already \(value.escaped) (\(rules))\(cap)"
        case .drift:
            "another party changed \(field) from \(value.escaped) to \(from): left alone (\(rules))"
        }
    }
}

extension Reverted {
    fileprivate var statement: String {
        "\(rule) no longer applies and reverts \(field): \(value.escaped)"
            + (needsPerson == true ? ", which might raise access: it is held" : "")
    }
}

extension FieldValue {
    fileprivate var text: String {
        switch self {
        case .text(let text): "`\(text.escaped)`"
        case .list(let values): "[\(values.map(\.escaped).joined(separator: ", "))]"
        }
    }
}

extension Conflict: CustomStringConvertible {
    package var description: String {
        let names = contenders.map { "`\($0.rule)` (\($0.field): \($0.value.escaped))" }
            .joined(separator: ", ")
        return switch kind {
        case .tie: "conflict over \(slot), nothing is done to it: \(names)"
        case .unsettled: "rules that undo each other in a cycle, nothing is done: \(names)"
        }
    }
}
