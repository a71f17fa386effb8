internal import Contacts
internal import Crypto
internal import Foundation

extension Ruleset {
    /// SHA-256 of a rule's id and of what it means, in hex.
    package func hash(of rule: Rule) -> String {
        hash(ofMeaning: meaning(of: rule), under: rule.id)
    }

    /// The hash of a rule of this meaning under another id.
    package func hash(ofMeaning meaning: String, under id: String) -> String {
        var writer = CanonicalWriter()
        writer.add(id, meaning)
        return writer.digest
    }

    /// SHA-256 of what a rule means apart from its id, in hex.
    ///
    /// Comments, layout, files, the order of keys, conditions and values, capitals in domains and
    /// the names of lists do not matter; neither do its mode, its limits and who has to agree to
    /// it. The values of its lists are part of it, and so is when they expire.
    package func meaning(of rule: Rule) -> String {
        var writer = CanonicalWriter()
        writer.add("\(rule.priority)")
        writer.add("\(rule.from ?? -.infinity) \(rule.until ?? .infinity)")
        writer.add("\(rule.terms.reverts) \(rule.terms.reasserts)")
        for (field, value) in rule.terms.revertTo.sorted(by: {
            $0.key.description < $1.key.description
        }) { writer.add("\(field)", value) }
        writer.add(canonical(rule.condition))
        for effect in rule.effects.sorted(by: { $0.field.description < $1.field.description }) {
            let kind = effect.bound ?? (effect.isTemplate ? "template" : "is")
            writer.add("\(effect.field) \(kind)", effect.value)
            // What was written names the columns of a table; this is what stands in the row.
            if case .template(let segments) = effect.kind { add(segments, to: &writer) }
        }
        return writer.digest
    }

    /// What a rule as written means, with all rows of its table; nil where there is none.
    package func hash(ofBase base: String) -> String? { hash(ofBase: base, under: base) }

    /// The hash of a rule as written under another id.
    package func hash(ofBase base: String, under id: String) -> String? {
        let rows = rules.filter { $0.base == base }
        guard !rows.isEmpty else { return nil }
        var writer = CanonicalWriter()
        for row in rows {
            let rowID = id + row.id.dropFirst(base.count)
            writer.add(hash(ofMeaning: meaning(of: row), under: rowID))
        }
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

    /// Equal for conditions that are true of the same contacts by the same predicates.
    private func canonical(_ condition: Condition) -> Bytes {
        switch condition {
        case .all(let parts): combined(.all, parts.flatMap(\.conjuncts).map(canonical))
        case .any(let parts): combined(.any, parts.flatMap(\.disjuncts).map(canonical))
        case .none(let parts): negated(combined(.any, parts.flatMap(\.disjuncts).map(canonical)))
        case .not(let part): negated(canonical(part))
        case .predicate(let predicate): canonical(predicate)
        }
    }

    private func combined(_ name: CombinatorName, _ parts: [Bytes]) -> Bytes {
        let parts = Set(parts).sorted { $0.lexicographicallyPrecedes($1) }
        if parts.count == 1 { return parts[0] }
        var writer = CanonicalWriter()
        writer.add(name.rawValue)
        for part in parts { writer.add(part) }
        return writer.bytes
    }

    private func negated(_ part: Bytes) -> Bytes {
        var writer = CanonicalWriter()
        writer.add(CombinatorName.not.rawValue)
        writer.add(part)
        return writer.bytes
    }

    private func canonical(_ predicate: Predicate) -> Bytes {
        var writer = CanonicalWriter()
        writer.add(
            fields[predicate.field].description, predicate.comparison.kindName,
            "\(predicate.isNegated)")
        for value in predicate.comparison.values.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            writer.add(value)
            writer.add(predicate.expires[value].map { "\($0)" } ?? "")
        }
        return writer.bytes
    }
}

extension Condition {
    fileprivate var conjuncts: [Condition] {
        if case .all(let parts) = self { parts.flatMap(\.conjuncts) } else { [self] }
    }

    fileprivate var disjuncts: [Condition] {
        if case .any(let parts) = self { parts.flatMap(\.disjuncts) } else { [self] }
    }
}

/// Texts one after another, each preceded by its length, so that no two can pass for one.
private struct CanonicalWriter {
    private(set) var bytes: Bytes = []

    var digest: String { SHA256.hash(data: Data(bytes)).hexadecimal }

    mutating func add(_ texts: String...) {
        for text in texts { add(Bytes(of: text)) }
    }

    mutating func add(_ text: Bytes) {
        bytes += Bytes(of: "\(text.count):")
        bytes += text
    }
}

extension Predicate.Comparison {
    /// One value and a list of one value are the same.
    fileprivate var kindName: String {
        switch self {
        case .is, .among: "among"
        case .startsWith: "starts_with"
        case .endsWith: "ends_with"
        case .contains: "contains"
        case .under: "under"
        case .isCI: "is_ci"
        case .hasAny: "has_any"
        case .hasAll: "has_all"
        // What was declared of the field decides how it is compared.
        case .within(let ordered, _): "within \(ordered)"
        case .age: "age"
        case .present: "present"
        }
    }

    fileprivate var values: Set<Bytes> {
        switch self {
        case .is(let value), .startsWith(let value), .endsWith(let value), .contains(let value),
            .under(let value), .isCI(let value):
            [value]
        case .among(let values), .hasAny(let values), .hasAll(let values): values
        case .within(_, let range): [Bytes(of: range.canonicalText)]
        case .age(let least): [Bytes(of: "\(least)")]
        case .present: []
        }
    }
}

extension OrderedKind.Range {
    fileprivate var canonicalText: String {
        switch self {
        case .below(let bound, let orEqual): "below \(bound) \(orEqual)"
        case .above(let bound, let orEqual): "above \(bound) \(orEqual)"
        case .between(let first, let last): "between \(first) \(last)"
        case .among(let points): "among \(points.sorted())"
        }
    }
}
