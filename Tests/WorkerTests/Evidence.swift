import Contacts
import Foundation
import Postgres
import Sandbox
internal import Store
import Testing
import Worker

/// The log of the workspace `default`, to be held against the requests that the sandbox saw.
struct Evidence: Sendable {
    struct Event: Sendable {
        let seq: Int
        let kind: String
        let contactID: String?
        let actionID: Int?
        let body: JSON

        func member<Value: Decodable>(_ name: String, as type: Value.Type = Value.self) -> Value? {
            (try? body.decode(as: [String: Loose<Value>].self))?[name]?.value
        }
    }

    /// A value that may as well be of another type.
    struct Loose<Value: Decodable>: Decodable {
        let value: Value?

        init(from decoder: any Decoder) throws {
            value = try? decoder.singleValueContainer().decode(Value.self)
        }
    }

    struct Read: Decodable { let found: [String: FieldValue]? }

    let events: [Event]
    /// The PATCHes that the sandbox saw.
    let seen: [SeenRequest]

    init(_ world: World) async throws {
        events = try await world.rows(
            """
            SELECT seq, kind, contact_id, action_id, body FROM usher.event
            WHERE workspace = 'default' ORDER BY seq
            """
        ) { row in
            Event(
                seq: try row.get("seq"), kind: try row.get("kind"),
                contactID: try row.get("contact_id"), actionID: try row.get("action_id"),
                body: try row.get("body"))
        }
        seen = world.sandbox.requests(to: .update).requests
    }

    func count(_ kind: String) -> Int { events.count { $0.kind == kind } }

    /// PATCHes that the sandbox saw more often than they had been intended.
    var unintended: [String] {
        let intents = Dictionary(grouping: events.filter { $0.kind == "patch.intended" }) {
            $0.contactID ?? ""
        }
        return Dictionary(grouping: seen) { $0.contactID ?? "" }
            .filter { $0.value.count > intents[$0.key]?.count ?? 0 }.keys.sorted()
    }

    /// Contacts with more PATCHes than the log tells of: by request id, or as attempts without an
    /// answer whose outcome was settled.
    var unaccounted: [String] {
        let byID = Set(events.compactMap { $0.member("request_id", as: String.self) })
        let settled = Dictionary(grouping: attemptsSettledWithoutAnswer) { $0 }
        return Dictionary(grouping: seen.filter { !byID.contains($0.requestID) }) {
            $0.contactID ?? ""
        }.filter { $0.value.count > settled[$0.key]?.count ?? 0 }.keys.sorted()
    }

    /// The contact of each attempt that nobody answered and that was settled by reading back.
    private var attemptsSettledWithoutAnswer: [String] {
        let attempts = Dictionary(grouping: events) {
            "\($0.actionID ?? 0)/\($0.member("attempt", as: Int.self) ?? 0)"
        }
        return attempts.values.compactMap { events in
            guard events.contains(where: { $0.kind == "patch.intended" }),
                events.allSatisfy({ $0.member("request_id", as: String.self) == nil }),
                events.contains(where: { $0.member("read", as: Read.self)?.found != nil })
            else { return nil }
            return events[0].contactID
        }
    }

    /// Intents to set a value that the log already knew to be there, or over another value than it
    /// knew of.
    var blindIntents: [String] {
        var known: [String: [String: FieldValue]] = [:]
        var blind: [String] = []
        for event in events {
            guard let id = event.contactID else { continue }
            switch event.kind {
            case "contact.created", "contact.restored":
                known[id] = event.body.contactAfter?.fields
            case "contact.updated":
                let after = event.member("after", as: [String: FieldValue].self) ?? [:]
                for field in event.member("changed", as: [String].self) ?? [] {
                    known[id, default: [:]][field] = after[field]
                }
            case "patch.intended":
                let before = event.member("before", as: [String: FieldValue].self) ?? [:]
                for (field, value) in event.member("values", as: [String: String].self) ?? [:] {
                    let now = known[id]?[field]
                    guard now == .text(value) || now != before[field] else { continue }
                    blind.append("#\(event.seq) \(field) \(value)")
                }
            case "patch.applied", "patch.confirmed":
                let after = event.member("after", as: [String: FieldValue].self) ?? [:]
                known[id, default: [:]].merge(after) { $1 }
            default: break
            }
            for (field, value) in event.member("read", as: Read.self)?.found ?? [:] {
                known[id, default: [:]][field] = value
            }
        }
        return blind
    }

    /// Holds all of it at once.
    func expectComplete(sourceLocation: SourceLocation = #_sourceLocation) {
        #expect(unintended.isEmpty, "sent without an intent", sourceLocation: sourceLocation)
        #expect(unaccounted.isEmpty, "not on record", sourceLocation: sourceLocation)
        #expect(blindIntents.isEmpty, "sent again", sourceLocation: sourceLocation)
    }
}

extension JSON {
    /// The contact under `after`.
    var contactAfter: Contact? {
        let after = JSONCutter(bytes: bytes).members(of: 0..<bytes.count)
            .first { bytes[$0.key].elementsEqual(#""after""#.utf8) }
        return after.flatMap { try? Contact(json: bytes[$0.value]) }
    }
}
