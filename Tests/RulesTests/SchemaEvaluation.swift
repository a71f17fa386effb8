@testable import Rules

/// Tries values against the JSON Schema of rule files, by the keywords that it uses.
struct SchemaEvaluation {
    private let root: JSONValue
    private let patterns: [String: Regex<AnyRegexOutput>]

    init(_ schema: String) throws {
        // JSON is YAML.
        let diagnostics = DiagnosticCollector()
        var reader = YAMLReader(file: "schema.json", diagnostics: diagnostics)
        guard let node = reader.read(schema) else { throw RuleProblems(diagnostics.diagnostics) }
        root = JSONValue(node)
        var patterns: [String: Regex<AnyRegexOutput>] = [:]
        try Self.visit(root) { schema in
            for pattern in schema["pattern"]?.strings ?? [] {
                patterns[pattern] = try Regex(pattern)
            }
            guard case .object(let members)? = schema["patternProperties"] else { return }
            for pattern in members.keys { patterns[pattern] = try Regex(pattern) }
        }
        self.patterns = patterns
    }

    /// Why a value is refused, the innermost reason first; nil where it is accepted.
    func refusal(of value: JSONValue) -> String? { refusal(of: value, by: root, at: "") }

    private static func visit(_ schema: JSONValue, _ body: (JSONValue) throws -> Void) rethrows {
        try body(schema)
        switch schema {
        case .object(let members): for member in members.values { try visit(member, body) }
        case .array(let items): for item in items { try visit(item, body) }
        default: break
        }
    }

    private func refusal(of value: JSONValue, by schema: JSONValue, at path: String) -> String? {
        guard case .object(let keywords) = schema else { return "no schema at \(path)" }
        for (keyword, operand) in keywords.sorted(by: { $0.key < $1.key }) {
            if let refusal = refusal(of: value, by: keyword, operand, at: path) { return refusal }
        }
        guard case .object(let members) = value else { return nil }
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            if let refusal = refusal(of: member, named: name, by: schema, at: "\(path)/\(name)") {
                return refusal
            }
        }
        return nil
    }

    private func refusal(
        of value: JSONValue, by keyword: String, _ operand: JSONValue, at path: String
    ) -> String? {
        func refused(unless isAccepted: Bool) -> String? {
            isAccepted ? nil : "\(path): \(keyword) \(operand)"
        }
        func bounded(_ measure: (JSONValue) -> Double?, _ holds: (Double, Double) -> Bool)
            -> String?
        {
            guard let measured = measure(value), case .number(let bound) = operand else {
                return nil
            }
            return refused(unless: holds(measured, bound))
        }
        switch (keyword, operand) {
        case ("$ref", .string(let name)):
            guard let schema = root["$defs"]?[String(name.dropFirst("#/$defs/".count))] else {
                return "no schema \(name)"
            }
            return refusal(of: value, by: schema, at: path)
        case ("anyOf", .array(let schemas)):
            let refusals = schemas.map { refusal(of: value, by: $0, at: path) }
            return refusals.contains(nil) ? nil : refusals.last ?? nil
        case ("type", _): return refused(unless: !value.types.isDisjoint(with: operand.strings))
        case ("const", _): return refused(unless: value == operand)
        case ("enum", .array(let choices)): return refused(unless: choices.contains(value))
        case ("pattern", .string(let pattern)):
            guard case .string(let text) = value else { return nil }
            return refused(unless: patterns[pattern].map { text.contains($0) } ?? false)
        case ("maxLength", _): return bounded({ Self.length($0) }, <=)
        case ("minimum", _): return bounded({ Self.number($0) }, >=)
        case ("maximum", _): return bounded({ Self.number($0) }, <=)
        case ("minItems", _): return bounded({ Self.items($0) }, >=)
        case ("maxItems", _): return bounded({ Self.items($0) }, <=)
        case ("minProperties", _): return bounded({ Self.members($0) }, >=)
        case ("maxProperties", _): return bounded({ Self.members($0) }, <=)
        case ("items", _):
            guard case .array(let items) = value else { return nil }
            return items.enumerated().lazy
                .compactMap { refusal(of: $0.element, by: operand, at: "\(path)/\($0.offset)") }
                .first
        case ("required", _):
            guard case .object(let members) = value else { return nil }
            return refused(unless: operand.strings.allSatisfy { members[$0] != nil })
        case ("propertyNames", _):
            guard case .object(let members) = value else { return nil }
            return members.keys.lazy
                .compactMap { refusal(of: .string($0), by: operand, at: "\(path)/\($0)") }.first
        case ("properties", _), ("patternProperties", _), ("additionalProperties", _): return nil
        case ("description", _), ("title", _), ("default", _), ("$schema", _), ("$defs", _):
            return nil
        default: return "\(path): an unknown keyword \(keyword)"
        }
    }

    /// By its name, or else by the patterns that it meets, or else by what stands for all others.
    private func refusal(
        of member: JSONValue, named name: String, by schema: JSONValue, at path: String
    ) -> String? {
        var schemas = [schema["properties"]?[name]].compactMap(\.self)
        if case .object(let byPattern)? = schema["patternProperties"] {
            schemas +=
                byPattern.filter { pattern, _ in
                    patterns[pattern].map { name.contains($0) } ?? false
                }.values
        }
        if schemas.isEmpty {
            switch schema["additionalProperties"] {
            case .bool(false)?: return "\(path): not a property"
            case let rest?: schemas = [rest]
            case nil: break
            }
        }
        return schemas.lazy.compactMap { refusal(of: member, by: $0, at: path) }.first
    }

    private static func number(_ value: JSONValue) -> Double? {
        if case .number(let number) = value { number } else { nil }
    }

    private static func length(_ value: JSONValue) -> Double? {
        if case .string(let text) = value { Double(text.unicodeScalars.count) } else { nil }
    }

    private static func items(_ value: JSONValue) -> Double? {
        if case .array(let items) = value { Double(items.count) } else { nil }
    }

    private static func members(_ value: JSONValue) -> Double? {
        if case .object(let members) = value { Double(members.count) } else { nil }
    }
}
