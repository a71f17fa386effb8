package import Contacts
package import Foundation

/// Work still to be done on one contact.
///
/// A value: what an answer means for it is decided here, without a database.
package struct Action: Sendable, Equatable {
    package enum State: String, Sendable { case ready, sending, unknown, blocked }

    package let actionID: Int
    package let contactID: String
    package var state: State
    /// Empty once its contact was evaluated again while its request was under way.
    package var rulesetHash: String
    /// What is still to be set.
    package var desired: ContactPatch
    /// Slot → the rules on whose account it is set.
    package var rules: [String: [String]]
    /// The slots that are reverted.
    package var reverts: [String]
    /// The values of the request under way, and what those fields held when it was sent.
    package var sent: ContactPatch?
    package var sentBefore: [String: FieldValue]?
    /// Field → how the API refused it.
    package var refused: [String: Refusal]
    /// A patch of several fields was refused, so they go singly.
    package var oneByOne: Bool
    /// A newer change, which waits for the outcome.
    package var next: NextChange?
    package var sendOrder: SendOrder
    package var dueAt: Date
    /// Requests intended so far.
    package var attempt: Int
    /// Answers in a row that settled nothing.
    package var unsettled: Int
    package var fence: Int
    /// What the next event about it follows from: the intent under way, or what blocked it.
    package var causeSeq: Int?
    /// The failure that repeats; it is on record since it began.
    package var failing: RepeatedFailure?
    /// Until when the request of unknown outcome may still change the contact.
    package var landsUntil: Date?

    package init(
        actionID: Int, contactID: String, state: State, rulesetHash: String,
        desired: ContactPatch, rules: [String: [String]], reverts: [String] = [],
        sent: ContactPatch? = nil, sentBefore: [String: FieldValue]? = nil,
        refused: [String: Refusal] = [:], oneByOne: Bool = false, next: NextChange? = nil,
        sendOrder: SendOrder, dueAt: Date, attempt: Int = 0, unsettled: Int = 0, fence: Int = 0,
        causeSeq: Int? = nil, failing: RepeatedFailure? = nil, landsUntil: Date? = nil
    ) {
        self.actionID = actionID
        self.contactID = contactID
        self.state = state
        self.rulesetHash = rulesetHash
        self.desired = desired
        self.rules = rules
        self.reverts = reverts
        self.sent = sent
        self.sentBefore = sentBefore
        self.refused = refused
        self.oneByOne = oneByOne
        self.next = next
        self.sendOrder = sendOrder
        self.dueAt = dueAt
        self.attempt = attempt
        self.unsettled = unsettled
        self.fence = fence
        self.causeSeq = causeSeq
        self.failing = failing
        self.landsUntil = landsUntil
    }

    /// Answers in a row that settle nothing, after which an action is blocked: at most a quarter of
    /// an hour of attempts.
    package static let maxUnsettled = 12

    /// A request may still change the contact: it is under way, to be settled, or could not be.
    package var isInFlight: Bool { sent != nil }

    /// Tries again: what was refused is sent, and what could not be settled is read back.
    package mutating func unblock(at now: Date) {
        (unsettled, dueAt) = (0, now)
        guard !isInFlight else { return state = .unknown }
        (state, causeSeq) = (.ready, nil)
        (refused, oneByOne) = ([:], false)
    }

    /// Why reading back told nothing.
    package enum FailedRead: Sendable {
        /// No usable answer came.
        case noAnswer
        /// The contact is there, and the answer cannot be read.
        case unreadable
        /// The API refuses to show this contact.
        case refused
    }

    /// What follows a read-back that told nothing.
    package enum UnsettledStep: Sendable, Equatable { case readAgain, sendAgain, block }

    /// Unreadable or refused answers in a row after which waiting will not help.
    private static let definiteReads = 3

    /// What follows a read-back that told nothing, which is counted in `unsettled` already.
    ///
    /// What takes access away is sent again although nobody could read what came of it, so that
    /// nobody keeps access by becoming unreadable.
    package func step(after failure: FailedRead, on contact: Contact) -> UnsettledStep {
        if unsettled >= Self.maxUnsettled { return .block }
        guard failure != .noAnswer, unsettled % Self.definiteReads == 0 else { return .readAgain }
        if onlyLowers(contact) { return .sendAgain }
        return failure == .refused ? .block : .readAgain
    }

    /// Whether what was sent takes access away and gives none.
    private func onlyLowers(_ contact: Contact) -> Bool {
        let effects = (sent?.values ?? [:]).map { contact.accessEffect(of: $0, $1) }
        return effects.contains(.lowers) && !effects.contains(where: \.isLimitedAsGrant)
    }

    /// The ruleset under which a value became an action, or waits to be one; nil where it did not.
    package func wants(_ field: SettableField, _ value: String) -> String? {
        func holds(_ patch: ContactPatch) -> Bool {
            patch[field].map { $0.hasSameBytes(as: value) } ?? false
        }
        if let next { return holds(next.desired) ? next.rulesetHash : nil }
        // What is under way is taken for done; what is wanted beyond that is new.
        return !isInFlight && holds(desired) ? rulesetHash : nil
    }

    /// Whether a rule's part in it went through the gate under a ruleset and is not sent yet.
    func isUnderWay(for rule: String, _ slot: String, under ruleset: String) -> Bool {
        !isInFlight && rulesetHash == ruleset && rules[slot]?.contains(rule) == true
    }

    /// The values of the next request: those `contact` lacks and the API did not refuse.
    package func sendable(to contact: Contact) -> ContactPatch {
        let open = remaining(in: contact)
        guard oneByOne, let first = open.fields.first else { return open }
        return ContactPatch([first: open[first] ?? ""])
    }

    /// All that `contact` does not hold yet and the API did not refuse.
    package func remaining(in contact: Contact) -> ContactPatch {
        ContactPatch(
            desired.notYet(in: contact).values.filter { refused[$0.key.description] == nil })
    }

    /// Takes a refusal in: of one field it is final, of several it says only that they go singly.
    package mutating func refuse(status: Int, code: String?, message: String) {
        let fields = sent?.fields ?? []
        guard fields.count == 1, let field = fields.first else {
            oneByOne = true
            return
        }
        refused[field.description] = Refusal(status: status, code: code, message: message)
    }

    /// The slots of which only these rules are owners.
    package func slots(ownedOnlyBy isMeant: (String) -> Bool) -> Set<String> {
        Set(rules.filter { !$0.value.isEmpty && $0.value.allSatisfy(isMeant) }.keys)
    }
}

/// The order in which actions are sent: what takes access away goes first.
package enum SendOrder: Int, Sendable, Codable {
    case lowering, neutral, granting

    package init(_ changes: ContactPatch, of contact: Contact) {
        let effects = changes.values.map { contact.accessEffect(of: $0, $1) }
        self =
            effects.contains(where: \.isSentFirst)
            ? .lowering : effects.contains(.grants) ? .granting : .neutral
    }
}

/// How the API refused a field.
package struct Refusal: Codable, Sendable, Equatable {
    /// The status of the answer.
    package var status: Int
    package var code: String?
    /// The API's sentence, bounded.
    package var message: String

    package init(status: Int, code: String? = nil, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }
}

/// A change decided while the action before it was under way.
package struct NextChange: Codable, Sendable, Equatable {
    package var actionID: Int
    package var rulesetHash: String
    package var desired: ContactPatch
    package var rules: [String: [String]]
    package var reverts: [String]
    package var sendOrder: SendOrder

    package init(
        actionID: Int, rulesetHash: String, desired: ContactPatch, rules: [String: [String]],
        reverts: [String], sendOrder: SendOrder
    ) {
        self.actionID = actionID
        self.rulesetHash = rulesetHash
        self.desired = desired
        self.rules = rules
        self.reverts = reverts
        self.sendOrder = sendOrder
    }

    enum CodingKeys: String, CodingKey {
        case actionID = "action_id"
        case rulesetHash = "ruleset_hash"
        case sendOrder = "send_order"
        case desired, rules, reverts
    }
}

extension Action {
    package init(_ next: NextChange, contactID: String, dueAt: Date) {
        self.init(
            actionID: next.actionID, contactID: contactID, state: .ready,
            rulesetHash: next.rulesetHash, desired: next.desired, rules: next.rules,
            reverts: next.reverts, sendOrder: next.sendOrder, dueAt: dueAt)
    }
}
