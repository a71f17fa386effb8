import Contacts
import Foundation
import Rules

@testable import Reconciler

/// What a member of a body holds.
indirect enum MemberShape: Equatable, Sendable {
    case text, number, boolean, time, object
    /// A text, or several where a field holds several.
    case value
    /// A contact as the API sent it.
    case contact
    case list(MemberShape)
    /// An object whose names are fields, rules and the like.
    case byName(MemberShape)
    case orNull(MemberShape)
}

/// A member of an event's body, as the Swift type of the body has it.
struct BodyMember: Equatable {
    /// As in PostgreSQL's jsonpath: `decision.matched[*].rule`, `basis.grants.*.value`.
    let path: String
    let shape: MemberShape
    /// Whether the object that holds it may lack it.
    let isOptional: Bool
    /// The texts that it may hold, where its type is an enum.
    let choices: [String]

    /// The members that a type's decoding asks for, in order.
    static func all(of type: any Decodable.Type) throws -> [BodyMember] {
        let record = MemberRecord()
        _ = try type.init(from: MemberRecorder(record: record, path: ""))
        return record.members
    }

    /// The members of bodies of several types: what one of them lacks is optional.
    static func all(of types: [any Decodable.Type]) throws -> [BodyMember] {
        let bodies = try types.map { try all(of: $0) }
        var paths: Set<String> = []
        return bodies.joined().filter { paths.insert($0.path).inserted }.map { member in
            let isOptional = bodies.contains { body in
                body.contains { $0.container == member.container || member.container.isEmpty }
                    && !body.contains { $0.path == member.path && !$0.isOptional }
            }
            return BodyMember(
                path: member.path, shape: member.shape, isOptional: isOptional,
                choices: member.choices)
        }
    }

    /// The path of the object that holds it; empty for the body itself.
    var container: String {
        path.lastIndex(of: ".").map { String(path[..<$0]) } ?? ""
    }
}

/// The members that a decoding has asked for so far.
private final class MemberRecord {
    var members: [BodyMember] = []
}

/// A type that is not described by its own decoding, and a value of it.
private struct Leaf: Sendable {
    let shape: MemberShape
    let value: any Decodable & Sendable
    var choices: [String] = []

    init(_ value: some Decodable & Sendable, _ shape: MemberShape) {
        (self.value, self.shape) = (value, shape)
    }

    init<Choice: Decodable & Sendable & CaseIterable & RawRepresentable<String>>(_ choice: Choice) {
        (value, shape) = (choice, .text)
        choices = Choice.allCases.map(\.rawValue)
    }

    static let all: [Leaf] = [
        Leaf("", .text), Leaf(0, .number), Leaf(false, .boolean), Leaf(Date.distantPast, .time),
        Leaf(FieldValue.text(""), .value), Leaf(FieldPath.name, .text),
        Leaf(SettableField.name, .text), Leaf(ContactPatch(), .byName(.text)),
        Leaf(CreationBody.RecordedContact(id: "c1"), .contact), Leaf(Wish.State.change),
        Leaf(Conflict.Kind.tie),
    ]
}

/// Answers every question of a type's decoding, and records it.
private struct MemberRecorder: Decoder {
    struct Unexpected: Error { let type: String, path: String }

    let record: MemberRecord
    let path: String
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy _: Key.Type) -> KeyedDecodingContainer<Key> {
        KeyedDecodingContainer(Members(recorder: self))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw Unexpected(type: "a list", path: path)
    }

    func singleValueContainer() throws -> any SingleValueDecodingContainer {
        throw Unexpected(type: "a single value", path: path)
    }

    /// Records the members of a type.
    func value<Value: Decodable>(_ type: Value.Type) throws -> (Value, MemberShape, [String]) {
        if let type = type as? any Composed.Type {
            let (value, shape) = try type.recorded(by: self)
            if let value = value as? Value { return (value, shape, []) }
        }
        for leaf in Leaf.all where Swift.type(of: leaf.value) == type {
            if let value = leaf.value as? Value { return (value, leaf.shape, leaf.choices) }
        }
        return (try Value(from: self), .object, [])
    }

    func at(_ suffix: String) -> MemberRecorder {
        MemberRecorder(record: record, path: path + suffix)
    }

    func member<Value: Decodable>(
        _ type: Value.Type, _ key: some CodingKey, isOptional: Bool
    ) throws -> Value {
        let name = path.isEmpty ? key.stringValue : ".\(key.stringValue)"
        let place = record.members.count
        let (value, shape, choices) = try at(name).value(type)
        record.members.insert(
            BodyMember(
                path: path + name, shape: shape, isOptional: isOptional, choices: choices),
            at: place)
        return value
    }
}

/// A type that is made of others.
private protocol Composed {
    static func recorded(by recorder: MemberRecorder) throws -> (Any, MemberShape)
}

extension Array: Composed where Element: Decodable {
    fileprivate static func recorded(by recorder: MemberRecorder) throws -> (Any, MemberShape) {
        let (element, shape, _) = try recorder.at("[*]").value(Element.self)
        return ([element], .list(shape))
    }
}

extension Dictionary: Composed where Key == String, Value: Decodable {
    fileprivate static func recorded(by recorder: MemberRecorder) throws -> (Any, MemberShape) {
        let (element, shape, _) = try recorder.at(".*").value(Value.self)
        return (["": element], .byName(shape))
    }
}

extension Optional: Composed where Wrapped: Decodable {
    fileprivate static func recorded(by recorder: MemberRecorder) throws -> (Any, MemberShape) {
        let (element, shape, _) = try recorder.value(Wrapped.self)
        return (Optional(element) as Any, .orNull(shape))
    }
}

/// The members of one object. What is optional is asked for as what is not, and said to be there.
private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: MemberRecorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_: Key) -> Bool { true }
    func decodeNil(forKey _: Key) -> Bool { false }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try recorder.member(type, key, isOptional: false)
    }

    func decodeIfPresent<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value? {
        try recorder.member(type, key, isOptional: true)
    }

    // The protocol has methods of its own for these, which ask in two steps.

    func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? {
        try recorder.member(type, key, isOptional: true)
    }

    func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? {
        try recorder.member(type, key, isOptional: true)
    }

    func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? {
        try recorder.member(type, key, isOptional: true)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy _: Nested.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> { throw unexpected(key) }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw unexpected(key)
    }

    func superDecoder() throws -> any Decoder { recorder }
    func superDecoder(forKey key: Key) throws -> any Decoder { throw unexpected(key) }

    private func unexpected(_ key: Key) -> MemberRecorder.Unexpected {
        MemberRecorder.Unexpected(type: "a nested container", path: key.stringValue)
    }
}
