internal import Contacts

/// What `fields` says of a custom field.
struct Declaration {
    enum Kind: String, CaseIterable {
        case text, texts, integer, number, date, time

        var fieldKind: FieldKind {
            switch self {
            case .text: .text
            case .texts: .list
            case .integer: .integer
            case .number: .number
            case .date: .date
            case .time: .time
            }
        }
    }

    let origin: RulesetReader.Origin
    let slug: String
    let kind: FieldKind
    /// The only values there are; empty is any.
    let values: [String]
}

extension RulesetReader {
    mutating func readDeclarations(_ node: YAMLNode) {
        for entry in mapping(node, what: "`fields`") {
            let name = Self.customField(entry.key)
            guard case .customField(let slug) = field(name, at: entry.place, for: .set)?.path,
                let values = keys(
                    of: entry.value, in: Vocabulary.declarationKeys, of: "a declared field")
            else { continue }
            if let first = declarations[slug]?.origin {
                error(
                    "the field `\(slug)` is already in \(first.file), line \(first.place.line)",
                    at: entry.place, offending: entry.key)
                continue
            }
            _ = values["description"].flatMap {
                prose($0, what: "`description`")
            }
            guard let kind = values["type"].flatMap({ declaredKind($0) }) else { continue }
            declarations[slug] = Declaration(
                origin: Origin(file: file, place: entry.place), slug: slug, kind: kind.fieldKind,
                values: values["values"].map { declaredValues($0, kind) } ?? [])
        }
    }

    private mutating func declaredKind(_ node: YAMLNode) -> Declaration.Kind? {
        guard let text = text(node, what: "`type`") else { return nil }
        let names = Declaration.Kind.allCases.map(\.rawValue)
        if let kind = Declaration.Kind(rawValue: text) { return kind }
        error(
            "`type` must be one of \(names.joined(separator: ", "))", at: node,
            suggestion: nearest(to: text, among: names))
        return nil
    }

    private mutating func declaredValues(_ node: YAMLNode, _ kind: Declaration.Kind) -> [String] {
        guard kind == .text || kind == .texts else {
            error(
                "`values` is for `text` and `texts`, not for `\(kind.rawValue)`", at: node)
            return []
        }
        return sequence(node, what: "`values`").compactMap { text($0, what: "a value") }
    }

    /// The declaration of a custom field; a warning where it has none.
    mutating func declaration(of path: FieldPath, named entry: YAMLNode.Entry) -> Declaration? {
        guard case .customField(let slug) = path else { return nil }
        if let declaration = declarations[slug] { return declaration }
        let warning =
            undeclared[slug]
            ?? RuleDiagnostic(
                .warning, file: file, at: entry.place,
                "`\(slug)` is not declared in `fields`, so nothing about it can be checked",
                offending: entry.key, suggestion: nearestDeclared(to: slug))
        undeclared[slug] = warning
        undeclaredTests.append(
            RuleDiagnostic(
                file: file, at: entry.place,
                "`\(slug)` is not declared in `fields`, \(Self.mustBeDeclared)",
                offending: entry.key, suggestion: warning.suggestion))
        return nil
    }

    /// The declared field whose slug was probably meant.
    func nearestDeclared(to slug: String) -> String? {
        nearest(to: slug, among: declarations.keys.sorted()).map(Self.customField)
    }

    private static let mustBeDeclared =
        "as it must be for a rule that can give or take access"

    /// The key columns of a table that nobody declared.
    func undeclaredKeys(of table: Table?) -> [RuleDiagnostic] {
        guard let table else { return [] }
        return table.keys.compactMap { key in
            guard case .customField(let slug) = key.path, declarations[slug] == nil
            else { return nil }
            return RuleDiagnostic(
                file: table.file, at: key.place,
                "`\(slug)` is not declared in `fields`, \(Self.mustBeDeclared)",
                offending: table.columns[key.column],
                suggestion: nearestDeclared(to: slug))
        }
    }

    /// Tells of each custom field once, unless it is an error somewhere.
    mutating func warnOfUndeclaredFields() {
        let errors = Set(
            diagnostics.filter { $0.severity == .error }.map {
                [$0.file, "\($0.line):\($0.column)"]
            })
        diagnostics += undeclared.values.filter { warning in
            !errors.contains([warning.file, "\(warning.line):\(warning.column)"])
        }
    }

    /// Why the field of the condition or value being read can never hold a text.
    func declaredProblem(_ text: String) -> Operand.Problem? {
        guard let declared, !declared.values.isEmpty,
            !declared.values.contains(where: { $0.hasSameBytes(as: text) })
        else { return nil }
        let message = "`\(text)` is none of the declared values of `\(declared.slug)`"
        if let near = nearest(to: text, among: declared.values) {
            return Operand.Problem(message: message, suggestion: near)
        }
        let known = declared.values.prefix(Self.shownValues).map { "`\($0)`" }
        let more = declared.values.count > known.count ? ", …" : ""
        return Operand.Problem(message: "\(message): \(known.joined(separator: ", "))\(more)")
    }

    /// Declared values that a message lists; most fields have fewer.
    private static var shownValues: Int { 8 }
}
