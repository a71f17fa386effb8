internal import Foundation

/// The JSON Schema of rule files, for editors that complete and check while one types.
///
/// It is made from `Vocabulary` and accepts every file that `Ruleset` accepts; what a schema cannot
/// say, such as that a list exists, only `Ruleset` checks.
package enum RuleSchema {
    /// Draft 2020-12, with sorted keys.
    package static func json() -> String {
        var schema = object(Vocabulary.fileKeys)
        schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
        schema["title"] = "Usher rules"
        schema["$defs"] = [
            "condition": condition, "text": text, "values": list(of: reference("text")),
        ]
        let data = try? JSONSerialization.data(
            withJSONObject: schema, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// YAML tools read `1.10` and `no` as other things than text; Usher takes them as written.
    private static var text: JSONObject { ["type": ["string", "number", "boolean"]] }

    private static func reference(_ name: String) -> JSONObject { ["$ref": "#/$defs/\(name)"] }

    private static func list(of items: JSONObject) -> JSONObject {
        ["type": "array", "items": items, "minItems": 1]
    }

    /// - Parameter isWhole: It holds at least one key.
    private static func object(_ rows: [KeyRow], isWhole: Bool = false) -> JSONObject {
        var properties: JSONObject = [:]
        for row in rows {
            guard row.presence == .mandatory || row.presence == .optional else { continue }
            properties[row.name] = schema(row.shape).with("description", row.summary)
        }
        let required = rows.filter { $0.presence == .mandatory }.map(\.name)
        let object: JSONObject = [
            "type": "object", "properties": properties, "additionalProperties": false,
            "required": required,
        ]
        return isWhole && required.isEmpty ? object.with("minProperties", 1) : object
    }

    private static func map(_ names: JSONObject, to values: JSONObject) -> JSONObject {
        [
            "type": "object", "propertyNames": names, "additionalProperties": values,
            "minProperties": 1,
        ]
    }

    private static func schema(_ shape: KeyRow.ValueShape) -> JSONObject {
        switch shape {
        case .object(let keys): object(keys, isWhole: true)
        case .objects(let keys): list(of: object(keys))
        case .declarations: map(["type": "string"], to: object(Vocabulary.declarationKeys))
        case .tables: map(identifier, to: object(Vocabulary.dataFileKeys))
        case .lists: map(identifier, to: ["anyOf": [listValues, object(Vocabulary.dataFileKeys)]])
        case .choice(let words, let hasDefault):
            hasDefault ? ["enum": words, "default": words[0]] : ["enum": words]
        case .word(let word): ["const": word]
        case .yes: ["const": true]
        case .version: ["const": Vocabulary.version]
        case .number(let range, let preset):
            ["type": "integer", "minimum": range.lowerBound, "maximum": range.upperBound]
                .with("default", preset)
        case .prose: text
        case .anyText: anyText
        case .anyTexts: ["type": ["array", "null"], "items": anyText]
        case .texts: list(of: text)
        // A bound may be a template.
        case .role: ["type": "string"]
        case .instant: ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$"]
        case .fileName: ["type": "string", "pattern": "^[^/.][^/]*\\.(csv|txt)$"]
        case .id: identifier
        case .ids: list(of: ruleName)
        case .idsOrNone: schema(.ids).with("minItems", 0)
        case .ruleNames: ["anyOf": [text, list(of: text)]]
        case .condition: reference("condition")
        case .effects: effects.with("minProperties", 1)
        case .denials:
            fields(settable) { _ in ["anyOf": [reference("text"), reference("values")]] }
                .with("minProperties", 1)
        case .grants:
            fields(settable) { _ in object(Vocabulary.grantKeys) }.with("minProperties", 1)
        case .expectedValues(let orNone): expectedValues.with("minProperties", orNone ? nil : 1)
        case .contact:
            object(Vocabulary.givenKeys)
                .with("patternProperties", labelled(Vocabulary.fields) { _ in [:] })
        case .account: object(Vocabulary.accountKeys).with("type", ["object", "null"])
        case .labels: ["type": ["object", "null"]]
        }
    }

    private static var listValues: JSONObject {
        list(of: ["anyOf": [reference("text"), object(Vocabulary.listValueKeys)]])
    }

    private static var anyText: JSONObject { ["type": ["string", "number", "boolean", "null"]] }

    private static var identifier: JSONObject { name(of: "[a-z0-9][a-z0-9_-]*") }

    /// The id of a rule, or of one row of a table, which ends in the row's key.
    private static var ruleName: JSONObject {
        name(of: "[a-z0-9][a-z0-9_-]*(\\[[\\s\\S]*\\])?")
    }

    private static func name(of pattern: String) -> JSONObject {
        text.with("pattern", "^\(pattern)$").with("maxLength", RuleLimits.idBytes)
    }

    private static var settable: [FieldRow] { Vocabulary.fields.filter { $0.access == .set } }

    private static var effects: JSONObject {
        fields(settable) { row in
            if row.prefix == "custom_fields." { return clearable }
            guard row.name == "portal_role" else { return reference("text") }
            let bound = object(Vocabulary.bounds, isWhole: true).with("maxProperties", 1)
            return ["anyOf": [reference("text"), bound]]
        }
    }

    private static var expectedValues: JSONObject {
        fields(settable) { $0.prefix == "custom_fields." ? clearable : reference("text") }
    }

    /// A value, or that there is to be none.
    private static var clearable: JSONObject {
        ["anyOf": [reference("text"), single(Vocabulary.clear, ["const": true])]]
    }

    /// A mapping with one key.
    private static func single(_ key: String, _ value: JSONObject) -> JSONObject {
        [
            "type": "object", "required": [key], "additionalProperties": false,
            "properties": [key: value],
        ]
    }

    /// A mapping with these fields as keys.
    private static func fields(
        _ rows: [FieldRow], _ value: (FieldRow) -> JSONObject
    ) -> JSONObject {
        var properties: JSONObject = [:]
        for row in rows where row.prefix == nil {
            properties[row.name] = value(row).with("description", row.summary)
        }
        return [
            "type": "object", "properties": properties, "additionalProperties": false,
            "patternProperties": labelled(rows, value),
        ]
    }

    private static func labelled(
        _ rows: [FieldRow], _ value: (FieldRow) -> JSONObject
    ) -> JSONObject {
        var patterns: JSONObject = [:]
        for row in rows {
            guard let prefix = row.prefix else { continue }
            let pattern = "^" + prefix.replacing(".", with: "\\.") + "."
            patterns[pattern] = value(row).with("description", row.summary)
        }
        return patterns
    }

    private static var condition: JSONObject {
        let combinators = Vocabulary.combinators.map { row in
            let part = reference("condition")
            return single(
                row.name.rawValue,
                (row.name == .not ? part : list(of: part)).with("description", row.summary))
        }
        var tests = fields(Vocabulary.fields) { row in
            // What a custom field holds is declared in the file, which a schema cannot follow.
            let isDeclarable = row.prefix == "custom_fields."
            let kinds = isDeclarable ? [.text, .list, .integer] : [row.kind]
            return ["anyOf": kinds.flatMap(operations)]
        }
        tests["properties"] = (tests["properties"] as? JSONObject ?? [:])
            .with(Vocabulary.why, text).with(Vocabulary.inTable, identifier)
        return ["anyOf": combinators + [tests.with("minProperties", 1)]]
    }

    /// A mapping with one operator, or a value or values by themselves.
    private static func operations(_ kind: FieldKind) -> [JSONObject] {
        let rows = Vocabulary.operators.filter { $0.kinds.contains(kind) }
        let operators = rows.map { row in
            single(row.name.rawValue, operand(row, on: kind).with("description", row.summary))
        }
        guard rows.contains(where: { $0.name == .is }) else { return operators }
        return [value(of: kind), list(of: value(of: kind))] + operators
    }

    private static func operand(_ row: OperatorRow, on kind: FieldKind) -> JSONObject {
        switch row.operand {
        case .text: value(of: kind)
        case .texts: list(of: value(of: kind))
        case .bounds: list(of: value(of: kind)).with("minItems", 2).with("maxItems", 2)
        case .listName: identifier
        case .duration: ["type": "string", "pattern": "^[0-9]+[mhd]$"]
        case .yes: ["const": true]
        }
    }

    private static func value(of kind: FieldKind) -> JSONObject {
        Operand.choices(kind).map { ["enum": $0] } ?? reference("text")
    }
}

private typealias JSONObject = [String: Any]

extension JSONObject {
    /// The same with another key; nil leaves it as it is.
    fileprivate func with(_ key: String, _ value: Any?) -> JSONObject {
        var object = self
        if let value { object[key] = value }
        return object
    }
}
