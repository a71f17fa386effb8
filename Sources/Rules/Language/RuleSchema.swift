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

    private typealias JSONObject = [String: Any]

    /// YAML tools read `1.10` and `no` as other things than text; Usher takes them as written.
    private static var text: JSONObject { ["type": ["string", "number", "boolean"]] }

    private static func reference(_ name: String) -> JSONObject { ["$ref": "#/$defs/\(name)"] }

    private static func list(of items: JSONObject) -> JSONObject {
        ["type": "array", "items": items, "minItems": 1]
    }

    private static func object(_ rows: [KeyRow]) -> JSONObject {
        var properties: JSONObject = [:]
        for row in rows {
            guard row.presence == .mandatory || row.presence == .optional else { continue }
            properties[row.name] = schema(row.shape).merging(["description": row.summary]) { $1 }
        }
        return [
            "type": "object", "properties": properties, "additionalProperties": false,
            "required": rows.filter { $0.presence == .mandatory }.map(\.name),
        ]
    }

    private static func map(_ names: JSONObject, to values: JSONObject) -> JSONObject {
        ["type": "object", "propertyNames": names, "additionalProperties": values]
    }

    private static func schema(_ shape: KeyRow.ValueShape) -> JSONObject {
        switch shape {
        case .version: ["const": Vocabulary.version]
        case .declarations:
            map(["type": "string"], to: object(Vocabulary.declarationKeys))
                .merging(["minProperties": 1]) { $1 }
        case .tables:
            map(identifier, to: object(Vocabulary.dataFileKeys)).merging(["minProperties": 1]) {
                $1
            }
        case .guardrails: list(of: object(Vocabulary.guardrailKeys))
        case .instant: ["type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}(T.+)?$"]
        case .exceptions: list(of: object(Vocabulary.exceptionKeys))
        case .retirements: list(of: object(Vocabulary.retirementKeys))
        case .renames: list(of: object(Vocabulary.renameKeys))
        case .settableFields: list(of: reference("text"))
        case .limits: object(Vocabulary.limitKeys).merging(["minProperties": 1]) { $1 }
        case .limitClass: object(Vocabulary.limitClassKeys).merging(["minProperties": 1]) { $1 }
        case .count: ["type": "integer", "minimum": 0, "maximum": RuleLimits.changes]
        case .percent: ["type": "integer", "minimum": 0, "maximum": 100]
        case .approval: ["const": Vocabulary.required]
        case .onDrift: ["enum": Vocabulary.onDrift, "default": Vocabulary.onDrift[0]]
        case .onUnmatch: ["enum": Vocabulary.onUnmatch, "default": Vocabulary.onUnmatch[0]]
        case .effectsOfText: expectedValues.merging(["minProperties": 1]) { $1 }
        case .fileName: ["type": "string", "pattern": "^[^/.][^/]*\\.(csv|txt)$"]
        case .denials: denials.merging(["minProperties": 1]) { $1 }
        case .role: ["type": "string"]
        case .yes: ["const": true]
        case .fieldType: ["enum": DeclaredField.ValueType.allCases.map(\.rawValue)]
        case .values: list(of: text)
        case .lists:
            map(
                identifier,
                to: [
                    "anyOf": [
                        list(of: ["anyOf": [reference("text"), object(Vocabulary.listValueKeys)]]),
                        object(Vocabulary.dataFileKeys),
                    ]
                ]
            ).merging(["minProperties": 1]) { $1 }
        case .rules: list(of: object(Vocabulary.ruleKeys))
        case .tests: list(of: object(Vocabulary.testKeys))
        case .id: identifier
        case .ids: list(of: ruleName)
        case .idsOrNone: schema(.ids).merging(["minItems": 0]) { $1 }
        case .ruleNames: ["anyOf": [text, list(of: text)]]
        case .testMode: ["const": Vocabulary.enforced]
        case .grants:
            fields(settable) { _ in object(Vocabulary.grantKeys) }
                .merging(["minProperties": 1]) { $1 }
        case .prose: text
        case .priority:
            [
                "type": "integer", "minimum": RuleLimits.priorities.lowerBound,
                "maximum": RuleLimits.priorities.upperBound,
                "default": RuleLimits.defaultPriority,
            ]
        case .mode: ["enum": Rule.Mode.allCases.map(\.rawValue), "default": "shadow"]
        case .condition: reference("condition")
        case .effects: effects.merging(["minProperties": 1]) { $1 }
        case .expectedValues: expectedValues
        case .endState: expectedValues.merging(["minProperties": 1]) { $1 }
        case .contact:
            object(Vocabulary.givenKeys).merging(
                ["patternProperties": labelled(Vocabulary.fields) { _ in [:] }]) { $1 }
        case .expectation: object(Vocabulary.expectKeys).merging(["minProperties": 1]) { $1 }
        case .status: ["enum": Operand.statuses]
        case .anyText: anyText
        case .anyTexts: ["type": ["array", "null"], "items": anyText]
        case .account: object(Vocabulary.accountKeys).merging(["type": ["object", "null"]]) { $1 }
        case .customFields, .labels: ["type": ["object", "null"]]
        }
    }

    private static var anyText: JSONObject { ["type": ["string", "number", "boolean", "null"]] }

    private static var identifier: JSONObject { name(of: "[a-z0-9][a-z0-9_-]*") }

    /// The id of a rule, or of one row of a table, which ends in the row's key.
    private static var ruleName: JSONObject {
        name(of: "[a-z0-9][a-z0-9_-]*(\\[[\\s\\S]*\\])?")
    }

    private static func name(of pattern: String) -> JSONObject {
        text.merging(["pattern": "^\(pattern)$", "maxLength": RuleLimits.idBytes]) { $1 }
    }

    private static var settable: [FieldRow] { Vocabulary.fields.filter { $0.access == .set } }

    private static var effects: JSONObject {
        fields(settable) { row in
            if row.prefix == "custom_fields." { return clearable }
            guard row.name == "portal_role" else { return reference("text") }
            let bound = object(Vocabulary.bounds).merging(["maxProperties": 1, "minProperties": 1])
            {
                $1
            }
            return ["anyOf": [reference("text"), bound]]
        }
    }

    private static var expectedValues: JSONObject {
        fields(settable) { $0.prefix == "custom_fields." ? clearable : reference("text") }
    }

    /// A value, or that there is to be none.
    private static var clearable: JSONObject {
        let clear: JSONObject = [
            "type": "object", "required": [Vocabulary.clear], "additionalProperties": false,
            "properties": [Vocabulary.clear: ["const": true]],
        ]
        return ["anyOf": [reference("text"), clear]]
    }

    private static var denials: JSONObject {
        fields(settable) { _ in ["anyOf": [reference("text"), reference("values")]] }
    }

    /// A mapping with these fields as keys.
    private static func fields(
        _ rows: [FieldRow], _ value: (FieldRow) -> JSONObject
    ) -> JSONObject {
        var properties: JSONObject = [:]
        for row in rows where row.prefix == nil {
            properties[row.name] = value(row).merging(["description": row.summary]) { $1 }
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
            patterns[pattern] = value(row).merging(["description": row.summary]) { $1 }
        }
        return patterns
    }

    private static var condition: JSONObject {
        let combinators = Vocabulary.combinators.map { row -> JSONObject in
            let parts =
                row.name == .not ? reference("condition") : list(of: reference("condition"))
            return [
                "type": "object", "required": [row.name.rawValue], "additionalProperties": false,
                "properties": [
                    row.name.rawValue: parts.merging(["description": row.summary]) { $1 }
                ],
            ]
        }
        var tests = fields(Vocabulary.fields) { row in
            // What a custom field holds is declared in the file, which a schema cannot follow.
            let isDeclarable = row.prefix == "custom_fields."
            let kinds = isDeclarable ? [.text, .list, .integer] : [row.kind]
            return ["anyOf": kinds.flatMap(operations)]
        }
        tests["properties"] = (tests["properties"] as? JSONObject ?? [:])
            .merging([Vocabulary.why: text, Vocabulary.inTable: identifier]) { $1 }
        return ["anyOf": combinators + [tests.merging(["minProperties": 1]) { $1 }]]
    }

    /// A mapping with one operator, or a value or values by themselves.
    private static func operations(_ kind: FieldKind) -> [JSONObject] {
        let rows = Vocabulary.operators.filter { $0.kinds.contains(kind) }
        let operators = rows.map { row -> JSONObject in
            [
                "type": "object", "required": [row.name.rawValue], "additionalProperties": false,
                "properties": [
                    row.name.rawValue: operand(row, on: kind).merging(
                        ["description": row.summary]) { $1 }
                ],
            ]
        }
        guard rows.contains(where: { $0.name == .is }) else { return operators }
        return [value(of: kind), list(of: value(of: kind))] + operators
    }

    private static func operand(_ row: OperatorRow, on kind: FieldKind) -> JSONObject {
        switch row.operand {
        case .text: value(of: kind)
        case .texts: list(of: value(of: kind))
        case .bounds:
            list(of: value(of: kind)).merging(["minItems": 2, "maxItems": 2]) { $1 }
        case .listName: identifier
        case .duration: ["type": "string", "pattern": "^[0-9]+[mhd]$"]
        case .yes: ["const": true]
        }
    }

    private static func value(of kind: FieldKind) -> JSONObject {
        Operand.choices(kind).map { ["enum": $0] } ?? reference("text")
    }
}
