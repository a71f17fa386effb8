import Contacts
import Foundation
import Postgres
import Store
import Testing

/// The log read event by event, as somebody would who knows none of the views: who has what by whom,
/// and what waits or was approved.
struct RecordFold {
    struct Person {
        var fields: [String: FieldValue]
        var isGone = false
        var bornSeq: Int
        /// The event that showed the role.
        var role: Event
        var origin: ContactAccess.Origin
        /// Of the role, where Usher gave it.
        var intent: Event?
        var ground: Event?
        /// The newest decision since the contact came.
        var newest: Event?
    }

    struct Event: Sendable {
        let seq: Int
        let recordedAt: Date
        let kind: String
        let contactID: String?
        let actionID: Int?
        let causeSeq: Int?
        let body: JSON

        func member<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
            (try? body.decode(as: [String: Evidence.Loose<Value>].self))?[name]?.value
        }
    }

    /// What of a decision is looked at.
    struct Decision: Decodable {
        struct Match: Decodable {
            let rule: String
            let evidence: [String: FieldValue?]
        }
        struct Shadow: Decodable {
            let rule: String
            let field: String
            let value: String
        }
        struct Wish: Decodable {
            let field: String
            let state: String
        }

        let matched: [Match]
        let reverted: [Match]?
        let shadow: [Shadow]
        let wishes: [Wish]
        let excepted: [AccessException]?
    }

    private(set) var people: [String: Person] = [:]
    /// The holds that nothing has ended.
    private(set) var openHolds: [Int: Event] = [:]
    private(set) var events: [Event] = []
    private var isSwept = false
    private var intents: [String: [Event]] = [:]
    private var decisions: [String: [Event]] = [:]

    init(_ world: World, until moment: Date? = nil) async throws {
        events = try await world.rows(
            """
            SELECT seq, recorded_at, kind, contact_id, action_id, cause_seq, body
            FROM usher.event
            WHERE \(moment)::timestamptz IS NULL OR recorded_at <= \(moment)
            ORDER BY seq
            """
        ) { row in
            Event(
                seq: try row.get("seq"), recordedAt: try row.get("recorded_at"),
                kind: try row.get("kind"), contactID: try row.get("contact_id"),
                actionID: try row.get("action_id"), causeSeq: try row.get("cause_seq"),
                body: try row.get("body"))
        }
        for event in events { try take(event) }
    }

    var living: [String: Person] { people.filter { !$0.value.isGone } }

    private mutating func take(_ event: Event) throws {
        switch event.kind {
        case "sweep.completed": isSwept = true
        case "hold.placed": openHolds[event.seq] = event
        case "hold.released", "hold.withdrawn", "hold.refused", "hold.expired":
            let seq = event.causeSeq ?? 0
            if openHolds[seq]?.contactID == event.contactID { openHolds[seq] = nil }
        default: break
        }
        guard let id = event.contactID else { return }
        switch event.kind {
        case "contact.created", "contact.restored":
            let contact = try #require(event.body.contactAfter)
            let isOld = event.kind == "contact.created" && !isSwept
            people[id] = Person(
                fields: contact.fields, bornSeq: event.seq, role: event,
                origin: isOld ? .beforeUsher : .somebodyElse)
        case "contact.deleted": people[id]?.isGone = true
        case "contact.updated", "patch.applied", "patch.confirmed", "patch.not_taken":
            change(id, by: event)
        case "patch.intended": intents[id, default: []].append(event)
        case "decision.made":
            decisions[id, default: []].append(event)
            people[id]?.newest = event
        default: break
        }
    }

    private mutating func change(_ id: String, by event: Event) {
        let after = event.member("after", as: [String: FieldValue].self) ?? [:]
        let changed = event.member("changed", as: [String].self) ?? []
        let brought = event.member("brought", as: [String: FieldValue?].self) ?? [:]
        people[id]?.isGone = false
        for name in changed {
            people[id]?.fields[name] = after[name] == .text("") ? nil : after[name]
        }
        for (name, value) in brought { people[id]?.fields[name] = value }
        guard changed.contains(where: { $0.hasPrefix("portal_role") }) else { return }
        people[id]?.role = event
        people[id]?.intent = nil
        people[id]?.ground = nil
        let isOurs = event.kind != "contact.updated" || event.member("by") == "usher"
        people[id]?.origin = isOurs ? .usher : .somebodyElse
        guard isOurs, let fields = people[id]?.fields else { return }
        let intent = intents[id]?.last { intent in
            let values = intent.member("values", as: [String: FieldValue].self) ?? [:]
            return ["portal_role", "portal_role_id"].contains { name in
                values[name] != nil && values[name] == fields[name]
            }
        }
        people[id]?.intent = intent
        people[id]?.ground = decisions[id]?.last { $0.seq < intent?.seq ?? 0 }
    }
}
