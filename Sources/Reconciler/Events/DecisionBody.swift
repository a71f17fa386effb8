package import Contacts
internal import Crypto
internal import Foundation
package import Rules

/// The body of `decision.made`, apart from the rules' own account of the decision.
package struct DecisionBody: Codable, Sendable {
    package let rulesetHash: String
    let email: String?
    package let result: String
    /// What goes on of what the rules want to change.
    package let changes: ContactPatch
    let before: [String: FieldValue]
    let rules: [String: [String]]
    /// The rules whose change waits for a person, by slot; nil is none.
    package let held: [String: [String]]?
    /// What keeps that back, as `reason:rule`, by slot; nil is nothing.
    let heldBy: [String: [String]]?
    /// The rules that were passed over since they are held, each with its slots; nil is none.
    let passedOver: [String: [String]]?
    /// The approvals that let changes through, by slot; nil is none.
    let approvals: [String: ApprovalReference]?
    /// nil where an earlier version made the decision.
    package let basis: DecisionBasis?

    /// - Parameter contact: As the rules took it to be.
    init(
        rulesetHash: String, _ evaluation: Evaluation, of contact: Contact, changes: ContactPatch,
        passedOver: PassedOver, held: [String: [String]], heldBy: [String: [String]],
        approvals: [String: ApprovalReference], basis: DecisionBasis?
    ) {
        self.rulesetHash = rulesetHash
        email = contact.searchableEmail
        result = evaluation.result(changes: changes)
        self.changes = changes
        before = contact.values(of: changes)
        let slots = Set(changes.fields.map(\.slot))
        rules = Dictionary(
            evaluation.changes.filter { slots.contains($0.field.slot) }
                .map { ($0.field.slot, $0.rules) }
        ) { first, _ in first }
        self.held = held.isEmpty ? nil : held
        self.heldBy = heldBy.isEmpty ? nil : heldBy
        self.passedOver = passedOver.isEmpty ? nil : passedOver.mapValues { $0.sorted() }
        self.approvals = approvals.isEmpty ? nil : approvals
        self.basis = basis
    }

    enum CodingKeys: String, CodingKey {
        case rulesetHash = "ruleset_hash"
        case heldBy = "held_by"
        case passedOver = "passed_over"
        case email, result, changes, before, rules, held, approvals, basis
    }

    /// The body with the rules' own account of the decision under `decision`.
    func sealed(with decision: EventBody) throws -> EventBody {
        var bytes = Array(try EventBody(encoding: self).bytes.dropLast())
        bytes += Array(#","decision":"#.utf8)
        bytes += decision.bytes
        bytes.append(UInt8(ascii: "}"))
        return EventBody(bytes: bytes)
    }

    /// The body as it would be on record had this been decided. Which rules were held was for
    /// limits and approvals to say, not for the rules.
    ///
    /// - Parameter evaluation: Of all rules.
    /// - Returns: The body as this version records it, and then as earlier ones did, which left out
    ///   the rules that were true only without the held ones.
    package func replayed(_ evaluation: Evaluation, on contact: Contact) throws -> [EventBody] {
        let (held, recorded) = (held ?? [:], passedOver)
        let passedOver = (recorded ?? [:]).mapValues { Set($0) }
        let evaluation = evaluation.passingOver(passedOver)
        // An earlier version left out what was held, and decided nothing without it.
        let isEarlier = recorded == nil && !held.isEmpty
        let changes =
            isEarlier
            ? ContactPatch(evaluation.patch.values.filter { self.changes[$0.key] != nil })
            : evaluation.patch
        let open = evaluation.wanted.filter {
            changes[$0.field]?.hasSameBytes(as: $0.value) != true
        }
        let slots = passedOver.values.reduce(into: Set(open.map(\.field.slot))) {
            $0.formUnion($1)
        }
        let body = DecisionBody(
            rulesetHash: rulesetHash, evaluation, of: contact, changes: changes,
            passedOver: passedOver, held: held.filter { slots.contains($0.key) },
            heldBy: (heldBy ?? [:]).filter { slots.contains($0.key) },
            approvals: (approvals ?? [:]).filter { slot, _ in
                changes.fields.contains { $0.slot == slot }
            }, basis: basis)
        return try [evaluation, evaluation.passingOver([:])].map {
            try body.sealed(with: $0.decision.record)
        }
    }
}

/// The body of `decision.made`: a `DecisionBody` that was sealed with a decision.
package struct SealedDecision: EventContent {
    package let body: DecisionBody
    package let decision: Decision

    private enum CodingKeys: CodingKey { case decision }

    package init(from decoder: any Decoder) throws {
        body = try DecisionBody(from: decoder)
        decision = try decoder.container(keyedBy: CodingKeys.self)
            .decode(Decision.self, forKey: .decision)
    }
}

extension Decision {
    /// As JSON whose keys are in order, so that equal decisions are equal bytes.
    var record: EventBody {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return EventBody(bytes: Array(try encoder.encode(self)))
        }
    }
}

extension EventBody {
    var digest: [UInt8] { Array(SHA256.hash(data: Data(bytes))) }
}

extension Evaluation {
    /// The gravest thing that can be said of the decision.
    func result(changes: ContactPatch) -> String {
        let decision = decision
        if !changes.isEmpty { return "action" }
        if !wanted.isEmpty || !heldReverts.isEmpty { return "held" }
        if !decision.conflicts.isEmpty { return "conflict" }
        if decision.wishes.contains(where: { $0.state == .drift }) { return "drift" }
        if decision.matched.isEmpty, !decision.shadow.isEmpty { return "shadow" }
        return decision.matched.isEmpty ? "none" : "already_so"
    }
}
