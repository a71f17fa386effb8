internal import Contacts
internal import Crypto
internal import Foundation
internal import Postgres
internal import Reconciler
internal import Rules

/// The body of `drift.found`.
struct DriftBody: Encodable {
    let field: String
    let value: String
    let found: FieldValue?
    let rules: [String: [String]]

    init(_ drift: NewDrift) {
        (field, value) = (drift.record.field.description, drift.record.value)
        (found, rules) = (drift.record.found, [drift.slot: drift.rules])
    }
}

/// The body of `hold.placed` for one contact.
struct HoldBody: Encodable {
    let field: String
    let reason: String
    let wish: HeldWish
    let rules: [String: [String]]

    init(_ hold: ContactHold) {
        (field, reason, wish) = (hold.field, hold.reason.rawValue, hold.wish)
        rules = [hold.field: hold.wish.rules]
    }
}

/// The body of `decision.made`.
struct DecisionBody: Encodable {
    let rulesetHash: String
    let email: String?
    let result: String
    /// What goes on of what the rules want to change.
    let changes: ContactPatch
    let before: [String: FieldValue]
    let rules: [String: [String]]
    /// The rules whose change waits for a person, by slot; nil is none.
    let held: [String: [String]]?
    /// What keeps that back, as `reason:rule`, by slot; nil is nothing.
    let heldBy: [String: [String]]?
    /// The rules that were passed over since they are held, each with its slots; nil is none.
    let passedOver: [String: [String]]?
    /// The approvals that let changes through, by slot; nil is none.
    let approvals: [String: ApprovalReference]?
    /// nil where an earlier version made the decision.
    let basis: DecisionBasis?

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

    /// This body with the rules' own account of the decision under `decision`.
    func json(with decision: JSON) throws -> JSON {
        var bytes = Array(try JSON(encoding: self).bytes.dropLast())
        bytes += Array(#","decision":"#.utf8)
        bytes += decision.bytes
        bytes.append(UInt8(ascii: "}"))
        return JSON(bytes: bytes)
    }
}

extension Decision {
    /// As JSON whose keys are in order, so that equal decisions are equal bytes.
    var record: JSON {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return JSON(bytes: Array(try encoder.encode(self)))
        }
    }
}

extension JSON {
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
