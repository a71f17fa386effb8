import Contacts
import Foundation
import Testing

@testable import Reconciler

/// docs/event-reference.md: the Swift types of events' bodies, their descriptions, and events as they
/// are recorded say the same.
@Suite struct EventReferenceTests {
    private static let page = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "docs/event-reference.md")

    /// `scripts/write-reference` writes it anew.
    @Test func thePageSaysWhatTheTypesSay() throws {
        let text = try EventReference.markdown()
        if ProcessInfo.processInfo.environment["USHER_WRITE_REFERENCE"] != nil {
            try text.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == text)
    }

    @Test func everyKindIsDescribedOnce() {
        let described = EventDescription.all.map(\.kind.rawValue)
        #expect(described.sorted() == EventKind.allCases.map(\.rawValue).sorted())
    }

    @Test(arguments: EventDescription.all.map(\.kind))
    func everyDescriptionIsOfAMember(_ kind: EventKind) throws {
        let description = try #require(EventDescription.all.first { $0.kind == kind })
        let members = try BodyMember.all(of: kind.contents)
        #expect(Set(description.members.map(\.name)).count == description.members.count)
        for entry in description.members {
            guard let member = members.first(where: { $0.path == entry.name }) else {
                Issue.record("\(kind) has no member \(entry.name): its types are \(kind.contents)")
                continue
            }
            let path = "\(kind.rawValue): \(entry.name)"
            #expect(entry.meaning.contains { $0.isLetter }, "\(path) has no explanation")
            #expect((entry.names != nil) == member.shape.isByName, "\(path): “by” what?")
            for choice in member.choices {
                #expect(entry.meaning.contains("`\(choice)`"), "\(path) may be \(choice)")
            }
            // What its type says is always there cannot be absent.
            if case .only(let cases) = entry.presence {
                #expect(member.isOptional, "\(path) is always there")
                #expect(cases.hasPrefix("if "), "\(path): present when?")
            }
        }
    }

    /// Of a type that several kinds share, each kind has the members that apply to it.
    @Test func everyMemberOfATypeIsDescribed() throws {
        var described: [String: Set<String>] = [:]
        for description in EventDescription.all {
            for type in description.kind.contents {
                described["\(type)", default: []]
                    .formUnion(description.members.map(\.name) + description.unrecorded)
            }
        }
        for type in EventKind.allCases.flatMap(\.contents) {
            for member in try BodyMember.all(of: type) {
                #expect(
                    described["\(type)"]?.contains(member.path) == true,
                    "\(member.path) of \(type) has no explanation in Tests/ReconcilerTests/EventReference"
                )
            }
        }
    }

    @Test(arguments: EventKind.allCases)
    func recordedEventsHaveTheMembersThatAreDescribed(_ kind: EventKind) throws {
        let description = try #require(EventDescription.all.first { $0.kind == kind })
        let shapes = Dictionary(
            try BodyMember.all(of: kind.contents).map { ($0.path, $0.shape) }
        ) { first, _ in first }
        let samples = try EventSamples.all.get().filter { $0.kind == kind }
        try #require(!samples.isEmpty)
        var found = Occurrences()
        for sample in samples {
            found.add(columns: sample)
            found.add(try sample.value, at: "", as: .object, shapes)
        }
        let entries = description.columns + description.members
        #expect(found.mismatches == [])
        #expect(found.paths.subtracting(entries.map(\.name)) == [], "not described")
        for entry in entries {
            #expect(found.paths.contains(entry.name), "\(entry.name) is in no sample")
            let isLacking = found.isLacking(entry.name)
            switch entry.presence {
            case .always, .alwaysNow: #expect(!isLacking, "\(entry.name) is not always there")
            case .only: #expect(isLacking, "\(entry.name) is in all samples")
            }
        }
    }

    /// What writes a body and what reads it are of one type: decoded and encoded, it is the same.
    @Test(arguments: EventKind.allCases) func everyBodyIsReadAsItWasWritten(_ kind: EventKind)
        throws
    {
        for sample in try EventSamples.all.get() where sample.kind == kind {
            #expect(
                try kind.contents.contains { try Self.isReadBack(sample, as: $0) },
                "\(kind): \(String(decoding: sample.body.bytes, as: UTF8.self))")
        }
    }

    private static func isReadBack<Body: EventContent>(
        _ event: NewEvent, as type: Body.Type
    ) throws -> Bool {
        guard let body = try? JSONCoding.decode(event.body.bytes, as: type) else { return false }
        // Two types only read: their bodies are written from parts that are JSON already.
        guard let body = body as? any Encodable else { return true }
        let again = NewEvent(event.kind, body: EventBody(bytes: try JSONCoding.encode(body)))
        return try JSONLayout(event.value) == JSONLayout(again.value)
    }

    /// The views take from bodies only what is described.
    @Test func theViewsReadDescribedMembers() throws {
        let schema = Self.page.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "migrations/schema.sql")
        let text = try String(contentsOf: schema, encoding: .utf8)
        let described = Set(EventDescription.all.flatMap { $0.members.map(\.name) })
        let read = text.matches(of: #/body (?:->>?|\?) '(\w+)'/#).map { String($0.1) }
        let nested = text.matches(of: #/body #>>? '\{([\w,]+)\}'/#).map { String($0.1) }
        #expect(read.count > 20 && nested.count > 5)
        #expect(Set(read).subtracting(described) == [])
        for path in nested {
            let names = path.split(separator: ",")
            // The last names may be fields or slots of an object by name.
            let isDescribed = (1...names.count).contains { count in
                described.contains(names.prefix(count).joined(separator: "."))
            }
            #expect(isDescribed, "\(path)")
        }
    }
}

extension MemberShape {
    fileprivate var isByName: Bool { if case .byName = self { true } else { false } }
}

/// Which members the bodies of some events have, and which they lack.
private struct Occurrences {
    private(set) var paths: Set<String> = []
    private(set) var mismatches: [String] = []
    private var objects: [String: Int] = [:]
    private var members: [String: Int] = [:]

    mutating func add(columns event: NewEvent) {
        if event.contactID != nil { count("contact_id") }
        if case .none = event.actionID {} else { count("action_id") }
        if event.causeSeq != nil { count("cause_seq") }
    }

    /// - Parameter path: As `BodyMember` has it.
    mutating func add(
        _ value: Any, at path: String, as shape: MemberShape, _ shapes: [String: MemberShape]
    ) {
        switch (shape, value) {
        case (.object, let object as [String: Any]):
            objects[path, default: 0] += 1
            for (name, value) in object {
                let member = path.isEmpty ? name : "\(path).\(name)"
                count(member)
                if let shape = shapes[member] { add(value, at: member, as: shape, shapes) }
            }
        case (.byName(let shape), let object as [String: Any]):
            for value in object.values { add(value, at: path + ".*", as: shape, shapes) }
        case (.list(let shape), let list as [Any]):
            for value in list { add(value, at: path + "[*]", as: shape, shapes) }
        case (.orNull, is NSNull), (.contact, is [String: Any]), (.text, is String),
            (.value, is String), (.value, is [String]), (.number, is Int), (.boolean, is Bool):
            break
        case (.orNull(let shape), _): add(value, at: path, as: shape, shapes)
        case (.time, let text as String) where (try? Date(text, strategy: Self.time)) != nil: break
        default: mismatches.append("\(path) is not \(shape): \(value)")
        }
    }

    private static let time = Date.ISO8601FormatStyle(includingFractionalSeconds: true)

    private mutating func count(_ path: String) {
        paths.insert(path)
        members[path, default: 0] += 1
    }

    /// Whether any object lacks a member that others have.
    func isLacking(_ path: String) -> Bool {
        let container = path.lastIndex(of: ".").map { path[..<$0] } ?? ""
        return members[path, default: 0] < objects[String(container), default: 0]
    }
}
