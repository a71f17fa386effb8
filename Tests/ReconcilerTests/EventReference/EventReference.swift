import Foundation

@testable import Reconciler

/// The reference of events: docs/event-reference.md.
enum EventReference {
    static func markdown() throws -> String {
        let samples = try EventSamples.all.get()
        let sections = try EventDescription.all.map { description in
            let example =
                withExample.contains(description.kind)
                ? samples.first { $0.kind == description.kind } : nil
            return try section(description, example: example)
        }
        return ([introduction, kinds] + sections).joined(separator: "\n\n") + "\n"
    }

    /// The kinds that tell most of a change: what was seen, decided, sent and answered, and who agreed.
    private static let withExample: [EventKind] = [
        .contactUpdated, .decisionMade, .patchIntended, .patchApplied, .operatorActed,
    ]

    private static let introduction = """
        # Reference of events

        Generated from the Swift types of the events' bodies by `make reference`; do not edit.

        Everything that Usher observes, decides and does is an event: a row of `usher.event`, which is
        never changed. Auditors read the events through the views of the schema `audit`
        ([audit-queries.md](audit-queries.md)), which take their columns from the members below. The
        table itself can be read by the login that owns it and by the worker, not by members of
        `usher_auditor`. [data-model.md](data-model.md) shows it beside the other tables, and the
        [glossary](glossary.md) explains the terms.

        | column | content |
        |---|---|
        | `workspace` | the name of the workspace |
        | `seq` | the number of the event in the workspace's log: 1, 2, 3 … without a gap, in the order of commits |
        | `recorded_at` | the time of the database's clock at which it was recorded |
        | `kind` | one of the kinds below |
        | `contact_id` | the contact that it is about; null otherwise |
        | `action_id` | the action that it is about; null otherwise |
        | `cause_seq` | the event of the same log that led to it; null if there is none |
        | `body` | a JSON object (`jsonb`) with the members that the kind has |

        The first three columns, `kind` and `body` are always set; of the other three, each kind has
        those that its section lists.

        A member is named by its path, as in PostgreSQL's jsonpath: `read.http_status` is
        `body #>> '{read,http_status}'`; `decision.matched[*].rule` is the `rule` of every element of
        `decision.matched`, as in `jsonb_path_query(body, '$.decision.matched[*].rule')`; and in
        `approvals.*.who`, `*` is any name. A member is always present, or only in the cases that the
        table names: what does not apply is left out, not null. Of an object's members, that is said
        for the bodies that have the object.

        Earlier versions wrote no other members. The tables mark those that are always present now and
        were not written by all earlier versions; others may be absent in their events, too.

        | type | content |
        |---|---|
        | text | a text |
        | number | a whole number |
        | boolean | `true` or `false` |
        | time | a text in ISO 8601, in UTC with milliseconds: `2027-01-15T08:00:00.000Z` |
        | value | what a contact has in a field: a text, or a list of texts if the field holds several values |
        | object | an object, whose members follow in the table |
        | list of … | a list of these |
        | … by field | an object whose names are fields, such as `portal_role` or `custom_fields.team` |
        | … by slot | the same with slots: `portal_role` stands for `portal_role_id`, too |
        """

    private static var kinds: String {
        let entries = EventDescription.all.map { description in
            let name = description.kind.rawValue
            return "[`\(name)`](#\(name.filter { $0 != "." }))"
        }
        return wrapped("Kinds: \(entries.joined(separator: ", ")).")
    }

    /// Prose in lines of at most 100 columns.
    private static func wrapped(_ text: String) -> String {
        text.split(separator: " ").reduce(into: [""]) { lines, word in
            let line = lines[lines.count - 1]
            if line.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if line.count + 1 + word.count <= 100 {
                lines[lines.count - 1] = "\(line) \(word)"
            } else {
                lines.append(String(word))
            }
        }.joined(separator: "\n")
    }

    private static func section(
        _ description: EventDescription, example: NewEvent?
    ) throws -> String {
        let members = try BodyMember.all(of: description.kind.contents)
        var parts = ["## `\(description.kind.rawValue)`", wrapped(description.meaning)]
        if !description.columns.isEmpty {
            parts.append(
                table(
                    ["column", "set", "content"],
                    description.columns.map { ["`\($0.name)`", $0.presence.words, $0.meaning] }))
        }
        parts.append(
            table(
                ["member of `body`", "type", "present", "content"],
                description.members.map { entry in
                    let member = members.first { $0.path == entry.name }
                    let type = member.map { $0.shape.words(by: entry.names) } ?? ""
                    return ["`\(entry.name)`", type, entry.presence.words, entry.meaning]
                }))
        if let example {
            let layout = JSONLayout(try example.value).text
            parts.append("For example:\n\n```json\n\(layout)\n```")
        }
        return parts.joined(separator: "\n\n")
    }

    private static func table(_ head: [String], _ rows: [[String]]) -> String {
        let lines = [head, head.map { _ in "---" }] + rows
        return lines.map { "| \($0.joined(separator: " | ")) |" }.joined(separator: "\n")
    }
}

extension EventDescription.Presence {
    fileprivate var words: String {
        switch self {
        case .always: "always"
        case .only(let cases): cases
        case .alwaysNow: "always; not in events of earlier versions"
        }
    }
}

extension MemberShape {
    /// - Parameter names: What the names of an object's members are.
    fileprivate func words(by names: String?) -> String {
        switch self {
        case .text: "text"
        case .number: "number"
        case .boolean: "boolean"
        case .time: "time"
        case .object, .contact: "object"
        case .value: "value"
        case .list(let element): "list of \(element.words(by: nil))s"
        case .byName(let element):
            element.words(by: nil) + (names.map { " by \($0)" } ?? "")
        case .orNull(let element): "\(element.words(by: nil)) or null"
        }
    }
}

/// JSON for readers: members in the order of their names, and what fits into a line in one line.
struct JSONLayout: Equatable {
    let text: String

    private static let width = 96

    init(_ value: Any) { text = Self.lines(of: value, indented: 0) }

    private static func lines(of value: Any, indented depth: Int) -> String {
        let line = compact(value)
        if line.count + 2 * depth <= width { return line }
        let (inner, outer) = (indentation(depth + 1), indentation(depth))
        switch value {
        case let object as [String: Any]:
            let members = object.sorted { $0.key < $1.key }.map { name, value in
                "\(inner)\"\(name)\": \(lines(of: value, indented: depth + 1))"
            }
            return "{\n\(members.joined(separator: ",\n"))\n\(outer)}"
        case let list as [Any]:
            let elements = list.map { inner + lines(of: $0, indented: depth + 1) }
            return "[\n\(elements.joined(separator: ",\n"))\n\(outer)]"
        default: return line
        }
    }

    private static func indentation(_ depth: Int) -> String {
        String(repeating: "  ", count: depth)
    }

    private static func compact(_ value: Any) -> String {
        switch value {
        case let object as [String: Any]:
            guard !object.isEmpty else { return "{}" }
            let members = object.sorted { $0.key < $1.key }.map { "\"\($0)\": \(compact($1))" }
            return "{ \(members.joined(separator: ", ")) }"
        case let list as [Any]: return "[\(list.map(compact).joined(separator: ", "))]"
        default:
            let data = try? JSONSerialization.data(
                withJSONObject: value, options: [.fragmentsAllowed, .withoutEscapingSlashes])
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
    }
}

extension NewEvent {
    /// Its body as JSON.
    var value: Any {
        get throws { try JSONSerialization.jsonObject(with: Data(body.bytes)) }
    }
}
