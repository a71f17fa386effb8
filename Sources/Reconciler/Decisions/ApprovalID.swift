internal import Contacts
internal import Foundation

/// The ID of something that waits for a decision, as operators type it.
package enum ApprovalID: Sendable, Equatable {
    /// A hold, by the event that placed it: `4711`.
    case hold(Int)
    /// A blocked action: `action:4700`.
    case action(Int)
    /// A drifted value: `drift:CONTACT:FIELD`.
    case drift(contact: String, slot: String)
    /// `mass-delete`.
    case massDelete
    /// `organisation`.
    case organisation
    /// A rule as written, or one row of its table: every hold on it, and the rule itself. `rule:ID`
    /// names a rule whose id looks like another ID.
    case rule(String)

    /// - Returns: nil where the text looks like an ID of a kind and is none.
    package init?(_ text: String) {
        switch text {
        case "mass-delete": self = .massDelete
        case "organisation": self = .organisation
        default:
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            switch (parts[0], parts.count) {
            case ("action", 2):
                guard let number = Self.number(parts[1]) else { return nil }
                self = .action(number)
            case ("drift", 3):
                guard let contact = parts[1].removingPercentEncoding, !contact.contains("\0"),
                    let name = parts[2].removingPercentEncoding,
                    let field = FieldPath(name).flatMap(SettableField.init)
                else { return nil }
                self = .drift(contact: contact, slot: field.slot)
            case ("action", 2...), ("drift", 2...): return nil
            case ("rule", 2...): self = .rule(String(text.dropFirst("rule:".count)))
            default: self = Self.number(text[...]).map(ApprovalID.hold) ?? .rule(text)
            }
        }
    }

    /// A number in the log, in digits alone.
    private static func number(_ text: Substring) -> Int? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            ? Int(text) : nil
    }
}

extension ApprovalID: CustomStringConvertible {
    /// One word of a shell, whatever a contact's id holds.
    package var description: String {
        switch self {
        case .hold(let seq): "\(seq)"
        case .action(let number): "action:\(number)"
        case .drift(let contact, let slot):
            "drift:\(contact.percentEncoded):\(slot.percentEncoded)"
        case .massDelete: "mass-delete"
        case .organisation: "organisation"
        case .rule(let id): ApprovalID(id) == self ? id : "rule:\(id)"
        }
    }
}

extension ApprovalID {
    /// Whether a decision on it is one on this hold.
    package func means(_ hold: RuleHold) -> Bool {
        switch self {
        case .hold(let seq): hold.placedSeq == seq
        case .rule(let id): hold.ruleID.isRule(id)
        case .action, .drift, .massDelete, .organisation: false
        }
    }

    /// Why a rejection of it could mean nothing, with what to do instead; nil where it can.
    package var obstacleToRejection: String? {
        guard self == .organisation else { return nil }
        return
            "another organisation cannot be rejected: the workspace stays paused until its token "
            + "belongs to its own organisation. Put that token back and the workspace resumes; or "
            + "accept the other organisation: usher approve organisation --reason …"
    }
}

extension String {
    /// Whether this id of a rule, or of a row of its table, is meant by another one.
    func isRule(_ id: String) -> Bool { self == id || hasPrefix(id + "[") }
}
