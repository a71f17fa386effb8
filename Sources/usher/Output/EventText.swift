import Contacts
import Postgres
internal import Reconciler
import Store

/// What an event says, in a few lines of words.
struct EventText {
    let lines: [String]

    init(_ event: HistoryEvent) throws {
        let body = try event.body.decode(as: AnyJSON.self)
        lines =
            switch event.kind {
            case .contactCreated: ["first seen"]
            case .contactRestored: ["seen again"]
            case .contactUpdated: ["by \(Self.author(body))"] + Self.changes(body)
            case .contactDeleted: ["deletion confirmed" + Self.merge(body)]
            case .decisionMade: Self.decision(body)
            case .patchIntended: ["attempt \(body.text("attempt")) sets \(body.display("values"))"]
            default: Self.particulars(body) + Self.changes(body)
            }
    }

    private static func author(_ body: AnyJSON) -> String {
        body.text("by") == "usher" ? "Usher, by an earlier request" : "another party"
    }

    private static func merge(_ body: AnyJSON) -> String {
        body["merged_into"].map { ", merged into \($0.plain)" } ?? ""
    }

    private static func changes(_ body: AnyJSON) -> [String] {
        (body["changed"]?.elements ?? []).map { field in
            guard case .text(let name) = field else { return field.display }
            let before = body["before"]?[name]?.display ?? "nothing"
            let after = body["after"]?[name]?.display ?? "nothing"
            return "\(name.word): \(before) → \(after)"
        }
    }

    /// Empty for a rule whose condition reads no field.
    private static func evidence(of match: AnyJSON) -> String {
        let evidence = match.display("evidence")
        return evidence.isEmpty ? "" : " on \(evidence)"
    }

    private static func decision(_ body: AnyJSON) -> [String] {
        let decision = body["decision"] ?? .null
        var lines = [
            "result: \(body.text("result")), ruleset \(body.text("ruleset_hash").prefix(12))"
        ]
        for match in decision["matched"]?.elements ?? [] {
            lines.append("rule \(match.text("rule")) matched\(Self.evidence(of: match))")
        }
        for wish in decision["wishes"]?.elements ?? [] {
            let rules = (wish["rules"]?.elements ?? []).map(\.plain).joined(separator: ", ")
            let field = wish.text("field")
            lines.append(
                wish.text("state") == "already_so"
                    ? "\(field) is already \(wish.display("value")), as \(rules) requires"
                    : "wants \(field) \(wish.display("value")), was \(wish.display("from")) "
                        + "(\(wish.text("state"))), by \(rules)")
        }
        for beaten in decision["beaten"]?.elements ?? [] {
            let by = (beaten["by"]?.elements ?? []).map(\.plain).joined(separator: ", ")
            lines.append(
                "rule \(beaten.text("rule")) wanted \(beaten.text("field")) "
                    + "\(beaten.display("value")), beaten by \(by)")
        }
        for conflict in decision["conflicts"]?.elements ?? [] {
            let rules = (conflict["contenders"]?.elements ?? []).map { $0.text("rule") }
            lines.append(
                "conflict (\(conflict.text("kind"))) on \(conflict.text("slot")) between "
                    + Set(rules).sorted().joined(separator: ", "))
        }
        for denied in decision["denied"]?.elements ?? [] {
            lines.append(
                "rule \(denied.text("rule")) wanted \(denied.text("field")) "
                    + "\(denied.display("value")), forbidden by guardrail \(denied.text("guardrail"))"
            )
        }
        for excepted in decision["excepted"]?.elements ?? [] {
            lines.append(
                "rule \(excepted.text("rule")) would match, but for exception "
                    + excepted.text("exception"))
        }
        for reverted in decision["reverted"]?.elements ?? [] {
            lines.append(
                "rule \(reverted.text("rule")) no longer matches and reverts "
                    + "\(reverted.text("field")) to \(reverted.display("value"))"
                    + Self.evidence(of: reverted))
        }
        for guardrail in decision["violated"]?.elements ?? [] {
            lines.append("guardrail \(guardrail.plain) is violated; access is not lowered")
        }
        for (slot, rules) in body["held"]?.members ?? [] {
            let rules = rules.elements.map(\.plain).joined(separator: ", ")
            lines.append(
                "\(slot.word) is held, because rule \(rules) is held; see: usher approvals")
        }
        for shadow in decision["shadow"]?.elements ?? [] {
            lines.append(
                "in shadow, rule \(shadow.text("rule")) would set \(shadow.text("field")) "
                    + shadow.display("value"))
        }
        return lines
    }

    /// Everything but what `changes` tells, one line each.
    private static func particulars(_ body: AnyJSON) -> [String] {
        body.members.filter { !["changed", "before", "after"].contains($0.key) }
            .map { "\($0.key.word): \($0.value.display)" }
    }
}

extension AnyJSON {
    fileprivate func text(_ key: String) -> String { self[key]?.plain ?? "" }
    fileprivate func display(_ key: String) -> String { self[key]?.display ?? "nothing" }
}
