internal import Contacts
internal import Crypto
internal import Foundation

extension Ruleset {
    /// SHA-256 of what a rule means, in hex: comments, layout and the order of files do not matter,
    /// neither do its mode, its limits and who has to agree to it.
    ///
    /// The values of its lists are part of it, and so is when they expire.
    package func hash(of rule: Rule) -> String {
        var writer = CanonicalWriter()
        writer.add(rule.id)
        writer.add("\(rule.priority)")
        writer.add("\(rule.from ?? -.infinity) \(rule.until ?? .infinity)")
        writer.add("\(rule.terms.reverts) \(rule.terms.reasserts)")
        for (field, value) in rule.terms.revertTo.sorted(by: {
            $0.key.description < $1.key.description
        }) { writer.add("\(field)", value) }
        add(rule.condition, to: &writer)
        for effect in rule.effects {
            writer.add("\(effect.field) \(effect.kindName)", effect.value)
            // What was written names the columns of a table; this is what stands in the row.
            if case .template(let segments) = effect.kind { add(segments, to: &writer) }
        }
        return writer.digest
    }

    /// What a rule as written means, with all rows of its table; nil where there is none.
    package func hash(ofBase base: String) -> String? {
        let rows = rules.filter { $0.base == base }
        guard !rows.isEmpty else { return nil }
        var writer = CanonicalWriter()
        for row in rows { writer.add(hash(of: row)) }
        return writer.digest
    }

    private func add(_ segments: [Effect.Segment], to writer: inout CanonicalWriter) {
        for segment in segments {
            switch segment {
            case .text(let text): writer.add("text", text)
            case .field(let position): writer.add("field", fields[position].description)
            }
        }
    }

    private func add(_ condition: Condition, to writer: inout CanonicalWriter) {
        func add(_ name: CombinatorName, _ parts: [Condition]) {
            writer.add(name.rawValue, "\(parts.count)")
            for part in parts { self.add(part, to: &writer) }
        }
        switch condition {
        case .all(let parts): add(.all, parts)
        case .any(let parts): add(.any, parts)
        case .none(let parts): add(.none, parts)
        case .not(let part): add(.not, [part])
        case .test(let test):
            writer.add(fields[test.field].description, test.name.rawValue, "\(test.operand.count)")
            for value in test.operand { writer.add(value) }
            // What was declared of the field decides how it is compared.
            if case .within(let scale, _) = test.check { writer.add("\(scale)") }
            for value in test.check.values.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
                writer.add(value)
                writer.add(test.expires[value].map { "\($0)" } ?? "")
            }
        }
    }
}

/// Texts one after another, each preceded by its length, so that no two can pass for one.
private struct CanonicalWriter {
    private(set) var bytes: Bytes = []

    var digest: String {
        SHA256.hash(data: Data(bytes)).map { byte in
            (byte < 16 ? "0" : "") + String(byte, radix: 16)
        }.joined()
    }

    mutating func add(_ texts: String...) {
        for text in texts { add(Bytes(of: text)) }
    }

    mutating func add(_ text: Bytes) {
        bytes += Bytes(of: "\(text.count):")
        bytes += text
    }
}

extension Test.Check {
    /// The values of a list, of which `operand` has the name alone.
    fileprivate var values: Set<Bytes> { if case .among(let values) = self { values } else { [] } }
}

extension Effect {
    fileprivate var kindName: String {
        switch kind {
        case .exact: "is"
        case .atLeast: "at_least"
        case .atMost: "at_most"
        case .template: "template"
        }
    }
}
