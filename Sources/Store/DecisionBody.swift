internal import Contacts
internal import Crypto
internal import Foundation
internal import Postgres

/// The body of `drift.found`.
struct DriftBody: Encodable {
    let field: String
    let value: String
    let found: FieldValue?
    let rules: [String: [String]]
}

/// The body of `hold.placed`.
struct HoldBody: Encodable {
    let field: String
    let reason: String
    let wish: HeldWish
    let rules: [String: [String]]

    init(_ hold: Hold, rules: [String: [String]]) {
        (field, reason, wish) = (hold.field, hold.reason.rawValue, hold.wish)
        self.rules = rules
    }
}

/// The body of `decision.made`.
struct DecisionBody: Encodable {
    let rulesetHash: String
    let email: String?
    let result: String
    let changes: ContactPatch
    let before: [String: FieldValue]
    let rules: [String: [String]]
    /// The rules whose wish waits for a person, by slot; nil is none.
    let held: [String: [String]]?
    /// nil where an earlier version made the decision.
    let basis: DecisionBasis?

    /// - Parameters:
    ///   - contact: As the rules took it to be.
    ///   - changes: What goes on of what the rules want to change.
    init(
        rulesetHash: String, _ verdict: Verdict, of contact: Contact, changes: ContactPatch,
        held: [String: [String]]?, basis: DecisionBasis?
    ) {
        self.rulesetHash = rulesetHash
        email = contact.searchableEmail
        result = verdict.result(changes: changes)
        self.changes = changes
        before = contact.values(of: changes)
        rules = verdict.rulesBySlot(of: changes)
        self.held = held
        self.basis = basis
    }

    enum CodingKeys: String, CodingKey {
        case rulesetHash = "ruleset_hash"
        case email, result, changes, before, rules, held, basis
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

extension Verdict {
    var digest: [UInt8] { Array(SHA256.hash(data: Data(decision.bytes))) }

    /// Slot → the rules that want its new value.
    func rulesBySlot(of changes: ContactPatch) -> [String: [String]] {
        let slots = Set(changes.fields.map(\.slot))
        return Dictionary(
            wishes.filter { slots.contains($0.field.slot) }.map { ($0.field.slot, $0.rules) }
        ) { first, _ in first }
    }

    /// The slots of `changes` in which something is given back.
    func revertedSlots(of changes: ContactPatch) -> [String] {
        changes.values.filter { field, value in
            reverts.contains { $0.field == field && $0.value.utf8.elementsEqual(value.utf8) }
        }.map(\.key.slot).sorted()
    }

    /// The gravest thing that can be said of the decision.
    func result(changes: ContactPatch) -> String {
        if !changes.isEmpty { return "action" }
        if !self.changes.isEmpty || reverts.contains(where: \.needsPerson) { return "held" }
        if !conflicts.isEmpty { return "conflict" }
        if wishes.contains(where: \.isDrift) { return "drift" }
        if isShadowOnly { return "shadow" }
        return matched.isEmpty ? "none" : "already_so"
    }
}

extension Contact {
    /// 0 lowers access, 2 grants it, 1 is anything else: what takes access away goes first.
    func priority(of changes: ContactPatch) -> Int {
        let ranks = ["no_access": 0, "member": 1, "admin": 2]
        guard let field = changes.fields.first(where: { $0.slot == "portal_role" }) else {
            return 1
        }
        guard field == .portalRole, let wanted = changes[field].flatMap({ ranks[$0] }) else {
            return 2
        }
        // Whoever has no role, or a custom one, may have any access: only no_access surely lowers it.
        guard let now = portalRole.flatMap({ ranks[$0] }) else { return wanted == 0 ? 0 : 2 }
        return wanted < now ? 0 : 2
    }
}
