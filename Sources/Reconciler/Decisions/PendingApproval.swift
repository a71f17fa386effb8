package import Contacts
package import Foundation

/// Something that waits for an operator's decision, or on which one was made that can be changed.
package struct PendingApproval: Codable, Sendable, Equatable {
    package enum Kind: String, Codable, Sendable, CaseIterable {
        case ruleHold = "rule_hold"
        case contactHold = "contact_hold"
        case drift
        case blockedAction = "blocked_action"
        case massDelete = "mass_delete"
        case organisation
    }

    package enum State: String, Codable, Sendable { case waiting, rejected, expired }

    /// What the changes do, and to how many contacts: `portal_role: no_access → admin` → 3.
    package typealias Transitions = [String: Int]

    /// A contact as operators know it.
    package struct Person: Codable, Sendable, Equatable {
        package let contact: String
        package let email: String?

        package init(contact: String, email: String?) {
            (self.contact, self.email) = (contact, email)
        }
    }

    /// What `usher approve` and `usher reject` take.
    package let id: String
    package let kind: Kind
    package let state: State
    /// The event that placed the hold.
    package private(set) var hold: Int?
    package private(set) var action: Int?
    /// The rule that is held.
    package private(set) var rule: String?
    /// The rules that want the change of a contact.
    package private(set) var rules: [String]?
    package private(set) var contact: String?
    package private(set) var email: String?
    package private(set) var field: String?
    package let reason: String
    /// Which limit, or what asks for the approval; what is held of one contact.
    package let detail: String
    package private(set) var contacts = 1
    /// The first of several contacts.
    package private(set) var firstContacts: [Person] = []
    package private(set) var transitions: Transitions = [:]
    package let placedAt: Date
    package private(set) var refusedAt: Date?
    package private(set) var expiredAt: Date?
    /// When it expires without a decision.
    package private(set) var expiresAt: Date?
    /// What an approval does, in words.
    package private(set) var approve = ""
    /// What a rejection does, in words; nil where there can be none.
    package private(set) var reject: String?
    /// Tells changes of the same number of contacts apart; not part of the JSON.
    private var fingerprint = 0

    enum CodingKeys: String, CodingKey {
        case id, kind, state, hold, action, rule, rules, contact, email, field, reason, detail
        case contacts, transitions, approve, reject
        case firstContacts = "first_contacts"
        case placedAt = "placed_at"
        case refusedAt = "refused_at"
        case expiredAt = "expired_at"
        case expiresAt = "expires_at"
    }

    private init(
        _ id: ApprovalID, _ kind: Kind, state: State = .waiting, reason: String, detail: String,
        placedAt: Date
    ) {
        self.id = id.description
        self.kind = kind
        self.state = state
        self.reason = reason
        self.detail = detail
        self.placedAt = placedAt
    }
}

/// What holds on rules keep back, summed up for one of them.
package struct HeldChangeSummary: Sendable {
    package var contacts = 0
    package var first: [PendingApproval.Person] = []
    package var transitions: PendingApproval.Transitions = [:]
    /// Of all the changes together, in whatever order.
    package var fingerprint = 0

    package init() {}
}

extension PendingApproval {
    /// Contacts of an item that are named.
    package static let namedContacts = 3

    package init(_ hold: RuleHold, keepingBack held: HeldChangeSummary) {
        self.init(
            .hold(hold.placedSeq), .ruleHold,
            state: hold.rejectedAt == nil ? .waiting : .rejected, reason: hold.reason.rawValue,
            detail: hold.detail, placedAt: hold.placedAt)
        self.hold = hold.placedSeq
        rule = hold.ruleID
        contacts = held.contacts
        firstContacts = held.first
        transitions = held.transitions
        fingerprint = held.fingerprint
        refusedAt = hold.rejectedAt
        expiresAt = hold.rejectedAt == nil ? hold.placedAt + RuleHold.timeToLive : nil
        let changes = "sends the held changes of \(held.contacts.count(of: "contact"))"
        let name = "rule \(hold.ruleID.word)"
        approve =
            RuleApprovals.follow(from: [hold]) ? "approves \(name), and \(changes)" : changes
        reject = Self.rejecting(rule: hold.ruleID)
    }

    /// What a rejection of a rule does, in words.
    package static func rejecting(rule: String) -> String {
        "stops rule \(rule.word) until its meaning changes or it is approved, and supersedes "
            + "queued actions that only it wants"
    }

    /// - Parameter from: What the contact holds now.
    package init(
        _ hold: ContactHold, email: String?, from: FieldValue?, placedAt: Date,
        refusedAt: Date?, expiredAt: Date?
    ) {
        let state: State = refusedAt != nil ? .rejected : expiredAt != nil ? .expired : .waiting
        self.init(
            .hold(hold.placedSeq), .contactHold, state: state, reason: hold.reason.rawValue,
            detail: "\(hold.wish.field): \(hold.wish.value)", placedAt: placedAt)
        self.hold = hold.placedSeq
        rules = hold.wish.rules.sorted()
        (contact, self.email) = (hold.contactID, email)
        field = hold.wish.field.description
        self.refusedAt = refusedAt
        self.expiredAt = expiredAt
        expiresAt = state == .waiting ? placedAt + RuleHold.timeToLive : nil
        let name = hold.wish.field.description.word
        transitions = [Self.transition(hold.wish.field, from: from, to: hold.wish.value): 1]
        approve = "sets \(name) of contact \(hold.contactID.word) to \(hold.wish.value.quoted)"
        reject =
            "leaves \(name) of contact \(hold.contactID.word) as it is until the rules want "
            + "another value"
    }

    /// - Parameter drifts: Those of one slot that wait, by rule; the newest value of several stands
    ///   for them.
    package init?(_ drifts: [String: Drift], slot: String, of person: Person) {
        let ordered = drifts.sorted { ($0.value.since, $1.key) > ($1.value.since, $0.key) }
        guard let record = ordered.first?.value else { return nil }
        let rules = drifts.keys.sorted()
        let names = rules.map(\.word).joined(separator: ", ")
        let found = record.found?.plain.quoted ?? "nothing"
        let name = record.field.description.word
        self.init(
            .drift(contact: person.contact, slot: slot), .drift, reason: "drift",
            detail: "\(name): \(names) \(rules.count == 1 ? "wants" : "want") "
                + "\(record.value.quoted), found \(found)",
            placedAt: record.since)
        self.rules = rules
        (contact, email) = (person.contact, person.email)
        field = record.field.description
        transitions = [Self.transition(record.field, from: record.found, to: record.value): 1]
        approve =
            "lets \(names) set \(name) of contact \(person.contact.word) to "
            + record.value.quoted
        reject =
            "leaves \(name) of contact \(person.contact.word) as it is until another party "
            + "changes it or the rules change"
    }

    /// - Parameters:
    ///   - contact: As it is stored.
    ///   - blockedAt: When it was blocked.
    package init(_ action: Action, on contact: Contact, email: String?, blockedAt: Date) {
        self.init(
            .action(action.actionID), .blockedAction, reason: "blocked",
            detail: action.whyBlocked, placedAt: blockedAt)
        self.action = action.actionID
        rules = Set(action.rules.values.flatMap(\.self)).sorted()
        (self.contact, self.email) = (action.contactID, email)
        let open = action.desired.notYet(in: contact)
        for field in open.fields {
            let text = Self.transition(
                field, from: contact[field.path], to: open[field] ?? "")
            transitions[text] = 1
        }
        let name = "contact \(action.contactID.word)"
        approve =
            action.isInFlight
            ? "reads \(name) back, and sends what it does not hold"
            : "sends the changes of \(name) again"
        reject =
            "ends the action; its values are not sent until the field or the rules change"
    }

    /// - Parameters:
    ///   - missing: Contacts that are held as missing now.
    ///   - first: The first of them.
    ///   - fingerprint: Of all of them together.
    package init(_ hold: MassDeleteHold, missing: Int, first: [Person], fingerprint: Int) {
        self.init(
            .massDelete, .massDelete, state: hold.refusedAt == nil ? .waiting : .rejected,
            reason: "mass_delete", detail: hold.missing.count(of: "missing contact"),
            placedAt: hold.placedAt)
        self.hold = hold.placedSeq
        contacts = missing
        firstContacts = first
        self.fingerprint = fingerprint
        refusedAt = hold.refusedAt
        approve =
            "deletes \(missing.count(of: "missing contact")), each once the API confirms that "
            + "it is gone"
        reject =
            "keeps the contacts; it waits for a decision again if a sweep finds more of them "
            + "missing, and ends once a sweep finds them"
    }

    /// - Parameter own: The workspace's own organisation; nil where none is on record.
    package init(otherThan own: String?, pausedAt: Date) {
        let name = own?.visible ?? "the one on record"
        self.init(
            .organisation, .organisation, reason: "organisation",
            detail: "the token belongs to another organisation than \(name)", placedAt: pausedAt)
        contacts = 0
        approve =
            "accepts the organisation of the token as the workspace's own; its contacts are read, "
            + "and the rules act on them"
    }
}

extension PendingApproval {
    /// The reason in words.
    package var cause: String {
        switch kind {
        case .ruleHold: RuleHold.Reason(rawValue: reason)?.words ?? reason.word
        case .contactHold: ContactHold.Reason(rawValue: reason)?.words ?? reason.word
        case .drift: "another party changed the value of a rule"
        case .blockedAction: "the action is blocked"
        case .massDelete: "too many contacts are gone at once"
        case .organisation: "the workspace is paused"
        }
    }

    /// A change in words. Of most fields only the field is told: as many values as contacts would
    /// tell nobody anything.
    package static func transition(_ field: SettableField, from: FieldValue?, to: String) -> String
    {
        let name = field.description.word
        guard field == .portalRole || field == .portalRoleID else { return name }
        return "\(name): \(from?.plain.word ?? "nothing") → \(to.word)"
    }

    /// The transitions of a plan's changes.
    package static func transitions(of changes: [ApprovableChange]) -> Transitions {
        changes.reduce(into: [:]) {
            $0[transition($1.field, from: $1.from, to: $1.to), default: 0] += 1
        }
    }
}

extension Action {
    /// Why it is blocked, in words.
    fileprivate var whyBlocked: String {
        guard !refused.isEmpty else { return "no answer has settled what was sent" }
        return refused.sorted { $0.key < $1.key }.map { field, refusal in
            let status = refusal.status == 200 ? "" : "HTTP \(refusal.status) "
            return "\(field.word): \(status)\(refusal.message.quoted)"
        }.joined(separator: ", ")
    }
}
