internal import Contacts

extension Explanation: CustomStringConvertible {
    /// The rules that came near first and in full, then what follows from them.
    package var description: String {
        let stories = rules.flatMap(Self.lines)
        return (stories + [""] + decision.lines).joined(separator: "\n")
    }

    private static func lines(_ story: RuleStory) -> [String] {
        let mode = story.mode == .enforce ? "" : story.mode == .shadow ? ", in shadow" : ", off"
        let round = story.round > 1 ? ", in round \(story.round), after other rules" : ""
        let time = story.isActive ? "" : ", not at this time"
        return [
            "\(story.rule): \(story.truth.rawValue) (priority \(story.priority)\(mode)\(round)\(time))"
        ]
            + lines(story.condition, depth: 1)
    }

    private static func lines(_ part: Part, depth: Int) -> [String] {
        let mark =
            switch part.truth {
            case .true: "✓"
            case .false: "✗"
            case .unknown: "?"
            }
        let value = part.parts.isEmpty ? " – \(part.value.map(\.text) ?? "nothing to read")" : ""
        let indent = String(repeating: "  ", count: depth)
        return ["\(indent)\(mark) \(part.condition)\(value)"]
            + part.parts.flatMap { lines($0, depth: depth + 1) }
    }
}

extension Decision {
    /// What would be set, and who beat whom, in words.
    var lines: [String] {
        let wishes = wishes.map { wish in
            let rules = wish.rules.joined(separator: ", ")
            let from = wish.from.map(\.text) ?? "nothing"
            return switch wish.state {
            case .change: "set \(wish.field): \(from) → \(wish.value) (\(rules))"
            case .alreadySo: "\(wish.field) is already \(wish.value) (\(rules))"
            case .drift:
                "\(wish.field) was \(wish.value) and somebody made it \(from): left alone (\(rules))"
            }
        }
        let beaten = beaten.map {
            "\($0.rule) wanted \($0.field): \($0.value), beaten by \($0.by.joined(separator: ", "))"
        }
        let shadow = shadow.map { "\($0.rule), in shadow, would set \($0.field): \($0.value)" }
        let denied = (denied ?? []).map {
            "\($0.rule) wanted \($0.field): \($0.value), denied by the guardrail \($0.guardrail)"
        }
        let unordered = (unordered ?? []).map {
            "\($0) bounds portal_role, but a custom role has no order: left alone"
        }
        let violated = (violated ?? []).map {
            "the contact does not keep the guardrail \($0), and nothing is lowered for that"
        }
        let excepted = (excepted ?? []).map { "\($0.rule) does nothing here: \($0.exception)" }
        let lines =
            wishes + excepted + beaten + denied + unordered + violated
            + conflicts.map(\.description) + shadow
        return lines.isEmpty ? ["nothing to set"] : lines
    }
}

extension FieldValue {
    fileprivate var text: String {
        switch self {
        case .text(let text): "`\(text)`"
        case .list(let values): "[\(values.joined(separator: ", "))]"
        }
    }
}
