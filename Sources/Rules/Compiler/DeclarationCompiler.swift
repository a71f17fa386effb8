internal import Contacts

/// What `fields` says of a custom field.
struct DeclaredField {
    enum ValueType: String, CaseIterable {
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

    let place: Place
    let slug: String
    let kind: FieldKind
    /// The only values there are; empty is any.
    let values: [String]

    /// Declared values that a message lists: a choice; most fields have fewer.
    private static let shownValues = 8

    /// Why the field can never hold a text.
    func problem(_ text: String, in stage: some NodeReading) -> OperandProblem? {
        guard !values.isEmpty, !values.contains(where: { $0.hasSameBytes(as: text) })
        else { return nil }
        let message = "`\(text)` is none of the declared values of `\(slug)`"
        if let near = stage.nearest(to: text, among: values) {
            return OperandProblem(message: message, suggestion: near)
        }
        let known = values.prefix(Self.shownValues).map { "`\($0)`" }
        let more = values.count > known.count ? ", …" : ""
        return OperandProblem(message: "\(message): \(known.joined(separator: ", "))\(more)")
    }
}

/// Compiles what files declare: custom fields first, since tables have them as keys.
struct DeclarationCompiler: CompilerStage {
    let collector: DiagnosticCollector
    /// By name, the texts of files of values beside the rules.
    let data: [String: String]
    private(set) var declared = Declarations()

    init(_ diagnostics: DiagnosticCollector, data: [String: String]) {
        (collector, self.data) = (diagnostics, data)
    }

    /// With what is declared so far.
    var compilation: Compilation {
        Compilation(
            diagnostics: collector, declarations: declared, numbering: Numbering(),
            mentions: Mentions())
    }

    mutating func compile(_ files: [RuleFileTree]) -> Declarations {
        for file in files { file["fields"].map { compileFields($0) } }
        for file in files {
            file["lists"].map { compileLists($0) }
            file["tables"].map { compileTables($0) }
        }
        return declared
    }

    private mutating func compileFields(_ node: YAMLNode) {
        for entry in mapping(node, what: "`fields`") {
            let name = FieldRow.customField(entry.key)
            guard case .customField(let slug) = field(name, at: entry.place, for: .set)?.path,
                let values = keys(
                    of: entry.value, in: Vocabulary.declarationKeys, of: "a declared field")
            else { continue }
            if let first = declared.fields[slug]?.place {
                error(
                    "the field `\(slug)` is already in \(first.file), line \(first.line)",
                    at: entry)
                continue
            }
            _ = values["description"].flatMap { prose($0, what: "`description`") }
            guard let type = values["type"].flatMap({ valueType($0) }) else { continue }
            declared.fields[slug] = DeclaredField(
                place: entry.place, slug: slug, kind: type.fieldKind,
                values: values["values"].map { declaredValues($0, type) } ?? [])
        }
    }

    private func valueType(_ node: YAMLNode) -> DeclaredField.ValueType? {
        choice(node, of: DeclaredField.ValueType.allCases.map(\.rawValue), what: "`type`")
            .flatMap(DeclaredField.ValueType.init)
    }

    private func declaredValues(_ node: YAMLNode, _ type: DeclaredField.ValueType) -> [String] {
        guard type == .text || type == .texts else {
            error("`values` is for `text` and `texts`, not for `\(type.rawValue)`", at: node)
            return []
        }
        return sequence(node, what: "`values`").compactMap { text($0, what: "a value") }
    }

    private mutating func compileLists(_ node: YAMLNode) {
        for entry in mapping(node, what: "`lists`") {
            guard isNewName(entry, what: "list") else { continue }
            declared.lists[entry.key] = ValueList(
                place: entry.place, name: entry.key,
                values: listValues(entry.value, name: entry.key))
        }
    }

    private mutating func compileTables(_ node: YAMLNode) {
        for entry in mapping(node, what: "`tables`") {
            if isNewName(entry, what: "table"),
                let file = dataFile(entry.value, of: "table `\(entry.key)`"),
                let table = TableCompiler(compilation: compilation, file: file)
                    .compile(entry)
            {
                declared.tables[entry.key] = table
            } else {
                declared.brokenTables.insert(entry.key)
            }
        }
    }

    /// Whether an entry has a name that is none yet in the one namespace of lists and tables.
    private func isNewName(_ entry: YAMLNode.MappingEntry, what: String) -> Bool {
        guard entry.key.isIdentifier, entry.key.utf8.count <= RuleLimits.idBytes else {
            error(
                "a \(what)'s name must be of a–z, 0–9, - and _, and begin with a letter or digit",
                at: entry)
            return false
        }
        if let first = declared.lists[entry.key]?.place ?? declared.tables[entry.key]?.place {
            error(
                "the \(what) `\(entry.key)` is already in \(first.file), line \(first.line)",
                at: entry)
            return false
        }
        return true
    }

    /// A file beside the rules, named by `{ file: … }`.
    func dataFile(_ node: YAMLNode, of what: String) -> RuleSource? {
        guard let values = keys(of: node, in: Vocabulary.dataFileKeys, of: what),
            let node = values["file"], let name = text(node, what: "`file`")
        else { return nil }
        guard RuleSource.isDataFile(name), !name.contains("/") else {
            error(
                "`file` names a .csv or .txt file directly in the rules folder, without a path",
                at: node, suggestion: nearest(to: name, among: data.keys.sorted()))
            return nil
        }
        guard let text = data[name] else {
            error(
                "there is no file `\(name)` beside the rules", at: node,
                suggestion: nearest(to: name, among: data.keys.sorted()))
            return nil
        }
        guard text.utf8.count <= RuleLimits.fileBytes else {
            error("`\(name)` is larger than \(RuleLimits.fileBytes) bytes", at: node)
            return nil
        }
        return RuleSource(path: name, text: text)
    }
}
