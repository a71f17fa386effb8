/// A text as a key: compared, hashed and sorted by its bytes, as the database does (`COLLATE "C"`).
///
/// Swift's own `String` is equal by Unicode equivalence, where "é" in one code point and in two are
/// one key. Whatever comes from outside (contact ids, slugs, labels, names of rules) has this key.
package struct ByteText: Hashable, Comparable, Sendable {
    package let text: String

    package init(_ text: String) { self.text = text }

    package static func == (one: ByteText, other: ByteText) -> Bool {
        one.text.hasSameBytes(as: other.text)
    }

    package static func < (one: ByteText, other: ByteText) -> Bool {
        one.text.utf8.lexicographicallyPrecedes(other.text.utf8)
    }

    package func hash(into hasher: inout Hasher) {
        var text = text
        text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}

extension ByteText: ExpressibleByStringLiteral, CustomStringConvertible {
    package init(stringLiteral text: String) { self.init(text) }

    package var description: String { text }
}

extension Dictionary where Key == ByteText {
    package subscript(text: String) -> Value? {
        get { self[ByteText(text)] }
        set { self[ByteText(text)] = newValue }
    }

    package subscript(text: String, default value: @autoclosure () -> Value) -> Value {
        get { self[ByteText(text), default: value()] }
        set { self[ByteText(text)] = newValue }
    }
}

extension Set where Element == ByteText {
    package init(texts: some Sequence<String>) { self = Set(texts.lazy.map { ByteText($0) }) }

    package func contains(_ text: String) -> Bool { contains(ByteText(text)) }

    /// - Returns: Whether it was not there before.
    @discardableResult
    package mutating func insert(_ text: String) -> Bool { insert(ByteText(text)).inserted }
}

extension Sequence<String> {
    /// In the order of the bytes, as the database sorts.
    package func sortedByBytes() -> [String] {
        sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}
