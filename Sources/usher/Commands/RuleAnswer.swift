import Contacts
import Foundation
internal import Reconciler
import RuleLint
import Rules
import Store
import Worker

/// Why a rule did, or did not do, something for a contact at a moment.
struct RuleAnswer: Encodable {
    let contactID: String
    let email: String?
    let at: Date
    let rulesetHash: String
    let inForceSince: Date?
    /// The last decision on record until then.
    let decision: RecordedResult?
    let explanation: RuleExplanation
    /// What kept the rule's wishes from being sent.
    let waiting: [String]

    struct RecordedResult: Encodable {
        let seq: Int
        let decidedAt: Date
        let result: String
        let rulesetHash: String

        enum CodingKeys: String, CodingKey {
            case seq, result
            case decidedAt = "decided_at"
            case rulesetHash = "ruleset_hash"
        }
    }

    enum CodingKeys: String, CodingKey {
        case at, email, decision, waiting
        case explanation = "account"
        case contactID = "contact_id"
        case rulesetHash = "ruleset_hash"
        case inForceSince = "in_force_since"
    }

    /// - Throws: `RuleAnswerMissing`, which says why the record does not tell.
    init(_ state: HistoricalState, rule id: String, at moment: Date, in store: Store) async throws {
        guard let contact = state.contact, !state.isDeleted else {
            throw RuleAnswerMissing(
                state.isDeleted
                    ? "contact \(state.contactID.word) was deleted by \(moment.formatted(.iso8601))"
                    : "contact \(state.contactID.word) was not known at "
                        + moment.formatted(.iso8601)
            )
        }
        guard let hash = state.rulesetHash else {
            throw RuleAnswerMissing("no ruleset was active at \(moment.formatted(.iso8601))")
        }
        guard case .usable(let ruleset) = try await store.compiledRuleset(hash: hash) else {
            throw RuleAnswerMissing(
                "this version of Usher interprets the ruleset of that time (\(hash.prefix(12))) "
                    + "differently")
        }
        let memory = state.decision?.body.basis?.memory ?? ContactMemory()
        guard let explanation = ruleset.explain(rule: id, on: contact, memory: memory, now: moment)
        else {
            throw RuleAnswerMissing(
                "the ruleset of that time (\(hash.prefix(12))) has \(ruleset.missing(id))")
        }
        contactID = state.contactID
        email = contact.email
        at = moment
        rulesetHash = hash
        inForceSince = state.inForceSince
        decision = state.decision.map {
            RecordedResult(
                seq: $0.seq, decidedAt: $0.recordedAt, result: $0.body.result,
                rulesetHash: $0.body.rulesetHash)
        }
        self.explanation = explanation
        let ids = Set(explanation.rules.map(\.rule) + [id])
        waiting = state.waiting(for: ids)
    }

    var lines: [String] {
        let since = inForceSince.map { ", active since \($0.formatted(.iso8601))" } ?? ""
        var lines =
            [
                contactTitle(contactID, email).strong,
                "at \(at.formatted(.iso8601)), rules \(rulesetHash.prefix(12))\(since)",
                "",
            ] + explanation.lines
        lines += waiting.map { "- \($0)" }
        lines.append(
            decision?.text(under: rulesetHash) ?? "no decision on record: no rule had matched")
        return lines
    }
}

extension RuleAnswer.RecordedResult {
    /// - Parameter hash: The rules in force; a decision stays on record while others say the same.
    fileprivate func text(under hash: String) -> String {
        "last decision on record: #\(seq) at \(decidedAt.formatted(.iso8601)), result: \(result)"
            + (rulesetHash == hash ? "" : ", made with rules \(rulesetHash.prefix(12))")
    }
}

/// Why the record does not answer.
struct RuleAnswerMissing: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

extension HistoricalState {
    /// What kept the wishes of these rules from being sent, in words.
    fileprivate func waiting(for rules: Set<String>) -> [String] {
        func slots(_ bySlot: [String: [String]]) -> String {
            bySlot.filter { !rules.isDisjoint(with: $0.value) }.keys.sorted().map(\.word)
                .joined(separator: ", ")
        }
        var lines: [String] = []
        if let decision, case let held = slots(decision.body.held ?? [:]), !held.isEmpty {
            lines.append("\(held) was held in #\(decision.seq); see: usher approvals")
        }
        for waiting in waiting {
            let kept = slots(waiting.rules)
            guard !kept.isEmpty else { continue }
            let what = waiting.kind == .actionBlocked ? "was blocked" : "was held"
            lines.append(
                "\(kept) \(what) since #\(waiting.seq), \(waiting.since.formatted(.iso8601)): "
                    + waiting.reason)
        }
        return lines
    }
}
