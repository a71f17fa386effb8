internal import Contacts

/// Compiles what a rule sets, for one row of its table if it has one.
struct EffectCompiler: CompilerStage {
    let compilation: Compilation
    let table: Table?
    let row: TableRow?

    init(_ compilation: Compilation, table: Table? = nil, row: TableRow? = nil) {
        (self.compilation, self.table, self.row) = (compilation, table, row)
    }

    /// The values that a rule sets, by slot.
    func compile(_ node: YAMLNode) -> [Effect] {
        var effects: [Effect] = []
        for entry in mapping(node, what: "`set`") {
            guard let field = settable(entry),
                let value = value(entry, of: field, declaration(of: field.path, named: entry))
            else { continue }
            let effect = numbering.effect(field, value)
            if effects.contains(where: { $0.slot == effect.slot }) {
                refuseSecondRole(entry)
                continue
            }
            effects.append(effect)
        }
        return effects.sorted { $0.field.slot < $1.field.slot }
    }

    /// The value of an entry of `set`.
    private func value(
        _ entry: YAMLNode.MappingEntry, of field: SettableField, _ declaration: DeclaredField?
    ) -> EffectValue? {
        guard case .mapping(let entries) = entry.value.content else {
            return template(entry.value, of: field, named: entry.key, declaration)
        }
        if let clear = clearing(entry.value) {
            return cleared(clear, of: field, named: entry.key).map { EffectValue(.exact, $0) }
        }
        if field == .portalRole { return bound(entry, count: entries.count) }
        if case .customField = field, entries.count == 1,
            Suggestion.name(to: entries[0].key, among: [Vocabulary.clear]) != nil
        {
            error(
                "`\(entries[0].key)` is not a key of `\(entry.key)`", at: entries[0],
                suggestion: Vocabulary.clear)
            return nil
        }
        error("the value of `\(entry.key)` must be text, not a mapping", at: entry.value)
        return nil
    }

    /// `{ at_least: … }` or `{ at_most: … }`.
    private func bound(_ entry: YAMLNode.MappingEntry, count: Int) -> EffectValue? {
        guard let bounds = keys(of: entry.value, in: Vocabulary.bounds, of: "`\(entry.key)`"),
            bounds.count == count
        else { return nil }
        guard bounds.count == 1, let (bound, node) = bounds.first else {
            error("`portal_role` takes one bound; write each in a rule of its own", at: entry.value)
            return nil
        }
        guard let role = template(node, of: .portalRole, named: bound, nil)?.text
        else { return nil }
        return EffectValue(bound == "at_least" ? .atLeast : .atMost, role)
    }

    /// A value as written, or put together by `${…}` from the row of a table or from the contact.
    private func template(
        _ node: YAMLNode, of field: SettableField, named name: String,
        _ declaration: DeclaredField?
    ) -> EffectValue? {
        guard case .text(let written, _) = node.content, written.utf8.contains(UInt8(ascii: "$"))
        else {
            return text(node, what: "the value of `\(name)`")
                .flatMap { checked($0, node, of: field, named: name, declaration) }
                .map { EffectValue(.exact, $0) }
        }
        guard let template = wellFormed(written, node, named: name) else { return nil }
        var (segments, cell): ([Effect.Segment], CSVReader.Cell?) = ([], nil)
        for part in template.parts {
            switch part {
            case .text(let text): segments.append(.text(text))
            case .name(let reference):
                cell = self.cell(named: Self.parts(of: reference)) ?? cell
                guard let segment = segment(reference, at: node, of: field, declaration)
                else { return nil }
                segments.append(segment)
            }
        }
        let texts = segments.compactMap { if case .text(let text) = $0 { text } else { nil } }
        guard texts.count == segments.count else {
            return EffectValue(.template(segments), written)
        }
        // All of it is known now; what is wrong with it stands in the table, if it came from there.
        let known = YAMLNode(texts.joined(), at: cell?.place ?? node.place)
        guard texts.contains(where: { !$0.isEmpty }) else {
            error("the value of `\(name)` is empty", at: known)
            return nil
        }
        return checked(texts.joined(), known, of: field, named: name, declaration)
            .map { EffectValue(.exact, $0) }
    }

    private func wellFormed(_ text: String, _ node: YAMLNode, named name: String) -> Template? {
        guard text.utf8.count <= RuleLimits.valueBytes else {
            error("the value of `\(name)` is longer than \(RuleLimits.valueBytes) bytes", at: node)
            return nil
        }
        if let problem = TextEdges.visible.problem(in: text) {
            error("the value of `\(name)` \(problem)", at: node)
            return nil
        }
        let template = Template(text)
        if template == nil {
            error("a `${` that no `}` closes; `$${` is a plain `${`", at: node)
        }
        return template
    }

    /// What a name in `${…}` stands for.
    private func segment(
        _ name: String, at node: YAMLNode, of field: SettableField, _ declaration: DeclaredField?
    ) -> Effect.Segment? {
        let parts = Self.parts(of: name)
        if declarations.brokenTables.contains(parts.first ?? "") { return nil }
        if parts.count == 2, let named = declarations.tables[parts[0]] {
            return segment(parts[1], of: named, at: node)
        }
        if let table = misspeltTable(parts, name) {
            error(
                "there is no table `\(parts[0])`", at: node,
                suggestion: "${\(table).\(parts[1])}")
            return nil
        }
        return contactSegment(name, at: node, of: field, declaration)
    }

    /// The text in a column of the row.
    private func segment(
        _ column: String, of named: Table, at node: YAMLNode
    ) -> Effect.Segment? {
        guard table?.name == named.name else {
            error("the rule does not say `in_table: \(named.name)`", at: node)
            return nil
        }
        guard let cell = cell(named: [named.name, column]) else {
            error(
                "the table `\(named.name)` has no column `\(column)`", at: node,
                suggestion: nearest(to: column, among: named.columns)
                    .map { "${\(named.name).\($0)}" })
            return nil
        }
        mentions.columns.insert("\(named.name).\(column)")
        // An empty cell is told of with the whole value.
        if cell.text.isEmpty { return .text("") }
        return text(YAMLNode(cell.text, at: cell.place), what: "`\(column)`").map { .text($0) }
    }

    /// `table.column`, or a field with its label.
    private static func parts(of name: String) -> [String] {
        name.split(separator: ".", maxSplits: 1).map(String.init)
    }

    /// The cell of the row that a table and a column name; nil where there is none.
    private func cell(named parts: [String]) -> CSVReader.Cell? {
        guard parts.count == 2, let table, let row, table.name == parts[0],
            let column = table.columns.firstIndex(of: parts[1])
        else { return nil }
        return row.cells[column]
    }

    /// What a field of the contact holds.
    private func contactSegment(
        _ name: String, at node: YAMLNode, of field: SettableField, _ declaration: DeclaredField?
    ) -> Effect.Segment? {
        let holdsAnyText =
            switch field {
            case .name: true
            case .customField: declaration.map { $0.kind == .text && $0.values.isEmpty } ?? true
            default: false
            }
        guard holdsAnyText else {
            error(
                "`${\(name)}`: values from the contact go only into `name` and custom fields that "
                    + "hold any text", at: node)
            return nil
        }
        guard let named = self.field(name, at: node.place, for: .read) else { return nil }
        guard Set.comparable.contains(named.row.kind) else {
            error("`${\(name)}` holds several values", at: node)
            return nil
        }
        return .field(numbering.position(of: named.path))
    }

    /// The table that was probably meant by the first part of a name that is no field.
    private func misspeltTable(_ parts: [String], _ name: String) -> String? {
        guard parts.count == 2, !Vocabulary.fields.contains(where: { $0.covers(name) })
        else { return nil }
        return nearest(to: parts[0], among: declarations.tables.keys.sorted())
    }
}

extension NodeReading {
    func refuseSecondRole(_ entry: YAMLNode.MappingEntry) {
        error("`portal_role` and `portal_role_id` are one thing: set one of them", at: entry)
    }
}
