import Contacts
import Foundation
import Rules

@testable import Reconciler

/// The moment at which the tables take place.
let noon = GateTests.now

extension Contact {
    /// A contact of acme.com, `c1` unless it is another one.
    static func sample(
        _ role: String? = nil, id: String = "c1", roleID: String? = nil, tier: String? = nil,
        name: String? = nil, account: String? = nil
    ) -> Contact {
        Contact(
            id: id, name: name, email: "\(id)@acme.com", account: account.map { .init(id: $0) },
            customFields: tier.map { ["tier": .single($0)] } ?? [:], portalRole: role,
            portalRoleID: roleID)
    }

    /// The contact as the API answers with it.
    var document: ContactDocument {
        get throws {
            var object: [String: Any] = ["id": id]
            object["name"] = name
            object["email"] = email
            object["account"] = account.map { ["id": $0.id] }
            object["portal_role"] = portalRole
            object["portal_role_id"] = portalRoleID
            var fields: [String: Any] = [:]
            for case (let slug, .single(let text)) in customFields {
                fields[slug.text] = ["slug": slug.text, "value": text]
            }
            object["custom_fields"] = fields
            let json = try JSONSerialization.data(
                withJSONObject: object, options: .sortedKeys)
            return try ContactDocument(Array(json))
        }
    }
}

extension KnownContact {
    /// A contact as it is stored: alive, readable and changed by the event 10.
    static func sample(
        _ contact: Contact, isDeleted: Bool = false, mergedInto: String? = nil,
        isAside: Bool = false, record: ContactRecord = ContactRecord(),
        late: [String: LateValue] = [:], decision: [UInt8]? = nil, alerts: Set<String> = []
    ) -> KnownContact {
        KnownContact(
            contactID: contact.id, ref: 7, contact: contact, isDeleted: isDeleted,
            mergedInto: mergedInto, isAside: isAside, changedSeq: 10, touchedSeq: 0,
            record: record, late: late, decisionDigest: decision, alerts: alerts, readAt: noon)
    }
}

extension Action {
    /// The action 1 of `c1` under the ruleset `r1`, on account of the rule `staff`.
    ///
    /// Where it is being sent or its outcome is unknown, it was sent to a member.
    static func sample(
        _ state: State = .ready, _ desired: [SettableField: String] = [.portalRole: "admin"],
        id: Int = 1, contact: String = "c1", _ change: (inout Action) -> Void = { _ in }
    ) -> Action {
        let isSent = state == .sending || state == .unknown
        let slots = desired.keys.map { ($0.slot, ["staff"]) }
        var action = Action(
            actionID: id, contactID: contact, state: state, rulesetHash: "r1",
            desired: ContactPatch(desired), rules: Dictionary(uniqueKeysWithValues: slots),
            sent: isSent ? ContactPatch(desired) : nil,
            sentBefore: isSent ? ["portal_role": .text("member")] : nil, sendOrder: .granting,
            dueAt: noon, attempt: isSent ? 1 : 0, causeSeq: isSent ? 40 : nil)
        change(&action)
        return action
    }

    /// The same with a change that waits behind it.
    func followed(by desired: [SettableField: String], ruleset: String = "r1") -> Action {
        var action = self
        action.next = NextChange(
            actionID: actionID + 1, rulesetHash: ruleset, desired: ContactPatch(desired),
            rules: ["portal_role": ["leavers"]], reverts: [], sendOrder: .lowering)
        return action
    }
}

extension NewEvent {
    /// The text of a member of its body; nil where there is none.
    func text(_ member: String) throws -> String? { try object[member] as? String }

    /// The number of a member of its body; nil where there is none.
    func number(_ member: String) throws -> Int? { try object[member] as? Int }

    /// Its body.
    var object: [String: Any] {
        get throws {
            let object = try JSONSerialization.jsonObject(with: Data(body.bytes))
            return object as? [String: Any] ?? [:]
        }
    }

    /// The action that it names.
    var action: Int? { if case .action(let id) = actionID { id } else { nil } }
}

extension [NewEvent] {
    /// The kinds in their order, as the log has them.
    var kinds: [String] { map(\.kind.rawValue) }
}

extension Reconciliation {
    /// What goes on, by field, in one line.
    var words: String { patch.words }
}

extension ContactPatch {
    /// `portal_role: admin, name: Ana`.
    var words: String {
        fields.map { "\($0): \(self[$0] ?? "")" }.joined(separator: ", ")
    }
}

extension GateVerdict {
    /// The verdict in a few words, as the tables write it.
    var words: String {
        switch self {
        case .alreadyUnderWay: "under way"
        case .approved(let change): "approved by \(change.who ?? "nobody")"
        case .admitted(let rules, let obstacles):
            (["admitted by \(rules.joined(separator: " and "))"] + obstacles.map(\.words))
                .joined(separator: ", ")
        case .held(let obstacles): obstacles.map(\.words).joined(separator: ", ")
        case .heldForContact(let reason): "held for the contact: \(reason.rawValue)"
        }
    }
}

extension Obstacle {
    fileprivate var words: String {
        hold.map { $0.rejectedAt == nil ? $0.key : "rejected \($0.key)" } ?? "\(rule) declined"
    }
}
