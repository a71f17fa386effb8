import Contacts
import Postgres
internal import Reconciler
import RuleLint
import Rules
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
            case .decisionMade: (try? Self.decision(event)) ?? Self.particulars(body)
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

    private static func decision(_ event: HistoryEvent) throws -> [String] {
        let sealed = try event.body.decode(as: SealedDecision.self)
        let (body, decision) = (sealed.body, sealed.decision)
        let held = (body.held ?? [:]).sorted { $0.key < $1.key }.map { slot, rules in
            "\(slot.word) is held, because rule \(rules.joined(separator: ", ")) is held; see: "
                + "usher approvals"
        }
        return ["result: \(body.result), ruleset \(body.rulesetHash.prefix(12))"]
            + decision.matched.map(\.description) + decision.statements + held
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
