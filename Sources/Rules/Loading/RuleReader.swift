internal import Contacts
internal import Foundation

extension RulesetReader {
    mutating func readRule(_ node: YAMLNode) {
        guard let values = keys(of: node, in: Vocabulary.ruleKeys, of: "a rule") else { return }
        let id = values["id"].flatMap { ruleID($0) }
        if let id { bases.insert(id) }
        let description = values["description"].flatMap {
            prose($0, what: "`description`")
        }
        let priority = values["priority"].map { self.priority($0) } ?? RuleLimits.defaultPriority
        let mode = values["mode"].map { self.mode($0) } ?? .shadow
        (tableOfRule, publicOperands, undeclaredTests) = (nil, [], [])
        owner = Origin(file: file, place: node.place)
        let condition = values["when"].flatMap {
            self.condition($0, depth: 0, part: .needed)
        }
        let table = tableOfRule.flatMap { tables[$0] }
        let origin = RuleOrigin(
            file: file, when: values["when"]?.place ?? node.place,
            undeclared: undeclaredTests + undeclaredKeys(of: table))
        guard let set = values["set"], let id, let condition, let priority, let mode else {
            if let set = values["set"], table == nil { _ = effects(set) }
            return
        }
        let isAllowed = allowance(values)
        let terms = terms(values)
        let from = values["from"].flatMap { instant($0, what: "`from`", isEnd: false) }
        let until = values["until"].flatMap { instant($0, what: "`until`", isEnd: true) }
        if let from, let until, from >= until {
            error("the rule ends before it begins", at: node)
        }
        func add(
            _ id: String, of base: String, at place: Place, _ condition: Condition,
            _ effects: [Effect]
        ) {
            guard !effects.isEmpty else { return }
            refusePublicOperands(effects, condition, isAllowed)
            origins.append(origin)
            rules.append(
                Rule(
                    id: id, base: base, description: description, priority: priority, mode: mode,
                    file: file, place: place, condition: condition, from: from, until: until,
                    effects: effects, terms: terms))
        }
        refuseUndoing(terms, condition, values["on_unmatch"], set)
        guard let table else {
            return add(id, of: id, at: node.place, condition, effects(set))
        }
        let ofRule = publicOperands
        for row in table.rows {
            let problems = diagnostics.count
            publicOperands = ofRule
            self.row = (table, row)
            let effects = effects(set)
            self.row = nil
            let user = file
            file = table.file
            if let tests = self.condition(for: row, of: table) {
                let isAll = if case .all(let parts) = condition { parts.isEmpty } else { false }
                add(
                    "\(id)[\(row.key)]", of: id, at: row.cells[0].place,
                    .all(isAll ? tests : tests + [condition]), effects)
            }
            file = user
            // What is wrong with the rule itself is wrong with every row.
            if diagnostics[problems...].contains(where: { $0.file == file && $0.severity == .error }
            ) {
                return
            }
        }
    }

    mutating func ruleID(_ node: YAMLNode) -> String? {
        guard let id = identifier(node, what: "`id`") else { return nil }
        if let first = ruleIDs[id] {
            error(
                "the id `\(id)` is already in \(first.file), line \(first.place.line)", at: node)
            return nil
        }
        ruleIDs[id] = Origin(file: file, place: node.place)
        return id
    }

    private mutating func priority(_ node: YAMLNode) -> Int? {
        wholeNumber(node, what: "`priority`", in: RuleLimits.priorities)
    }

    private mutating func mode(_ node: YAMLNode) -> Rule.Mode? {
        guard let text = text(node, what: "`mode`") else { return nil }
        let names = Rule.Mode.allCases.map(\.rawValue)
        guard names.contains(text), let mode = Rule.Mode(rawValue: text) else {
            error(
                "`mode` must be one of \(names.joined(separator: ", "))", at: node,
                suggestion: nearest(to: text, among: names))
            return nil
        }
        return mode
    }
}

extension RulesetReader {
    /// The values that a rule sets, by slot.
    private mutating func effects(_ node: YAMLNode) -> [Effect] {
        var effects: [Effect] = []
        for entry in mapping(node, what: "`set`") {
            guard let field = settable(entry) else { continue }
            declared = declaration(of: field.path, named: entry)
            defer { declared = nil }
            guard let (kind, value) = value(entry, of: field) else { continue }
            let effect = effect(field, value, kind)
            if effects.contains(where: { $0.slot == effect.slot }) {
                error(
                    "`portal_role` and `portal_role_id` are one thing: set one of them",
                    at: entry.place, offending: entry.key)
                continue
            }
            effects.append(effect)
        }
        return effects.sorted { $0.field.slot < $1.field.slot }
    }

    mutating func effect(_ field: SettableField, _ value: String, _ kind: Effect.Kind) -> Effect {
        let slot = slots[field.slot] ?? slots.count
        slots[field.slot] = slot
        let bytes = Bytes(of: "\(field)=\(value)")
        let choice = choices[bytes] ?? choices.count
        choices[bytes] = choice
        if case .exact = kind, let known = exactEffects[choice] { return known }
        let effect = Effect(
            field: field, value: value, position: fields.position(of: field.path), slot: slot,
            choice: choice, kind: kind)
        if case .exact = kind { exactEffects[choice] = effect }
        return effect
    }

    mutating func settable(_ entry: YAMLNode.Entry) -> SettableField? {
        guard let (path, row) = field(entry.key, at: entry.place, for: .set) else { return nil }
        guard row.access == .set, let field = SettableField(path) else {
            error("`\(entry.key)` cannot be set", at: entry.place, offending: entry.key)
            return nil
        }
        return field
    }

    /// The value of an entry of `set`, and how it is meant.
    private mutating func value(
        _ entry: YAMLNode.Entry, of field: SettableField
    ) -> (kind: Effect.Kind, value: String)? {
        guard case .mapping(let entries) = entry.value.content else {
            return template(entry.value, of: field, named: entry.key)
        }
        let key = entries.first?.key ?? ""
        if key == Vocabulary.clear, entries.count == 1 {
            return clearing(entries[0], of: field, named: entry.key)
        }
        guard field == .portalRole else {
            if case .customField = field, entries.count == 1,
                Suggestion.name(to: key, among: [Vocabulary.clear]) != nil
            {
                error(
                    "`\(key)` is not a key of `\(entry.key)`", at: entries[0].place,
                    offending: key, suggestion: Vocabulary.clear)
                return nil
            }
            error(
                "the value of `\(entry.key)` must be text, not a mapping", at: entry.value)
            return nil
        }
        guard let bounds = keys(of: entry.value, in: Vocabulary.bounds, of: "`\(entry.key)`")
        else { return nil }
        guard bounds.count == entries.count else { return nil }
        guard bounds.count == 1, let (bound, node) = bounds.first else {
            error("`portal_role` takes one bound; write each in a rule of its own", at: entry.value)
            return nil
        }
        guard let (_, role) = template(node, of: field, named: bound) else { return nil }
        return (bound == "at_least" ? .atLeast : .atMost, role)
    }

    /// `{ clear: true }`, which unsets a custom field.
    mutating func clearing(
        _ entry: YAMLNode.Entry, of field: SettableField, named name: String
    ) -> (kind: Effect.Kind, value: String)? {
        guard case .customField = field else {
            error(
                "`\(name)` cannot be unset; `clear` is for custom fields", at: entry.place,
                offending: entry.key)
            return nil
        }
        guard case .text("true", isPlain: true) = entry.value.content else {
            error("`clear` takes only `true`", at: entry.value)
            return nil
        }
        return (.exact, "")
    }

    /// A value as written, or put together by `${…}` from the row of a table or from the contact.
    private mutating func template(
        _ node: YAMLNode, of field: SettableField, named name: String
    ) -> (kind: Effect.Kind, value: String)? {
        guard case .text(let written, _) = node.content, written.utf8.contains(UInt8(ascii: "$"))
        else {
            guard let value = text(node, what: "the value of `\(name)`") else { return nil }
            return checked(value, node, of: field, named: name).map { (.exact, $0) }
        }
        guard written.utf8.count <= RuleLimits.valueBytes else {
            error("the value of `\(name)` is longer than \(RuleLimits.valueBytes) bytes", at: node)
            return nil
        }
        if let problem = Self.edgeProblem(written, .visible) {
            error("the value of `\(name)` \(problem)", at: node)
            return nil
        }
        guard let template = Template(written) else {
            error("a `${` that no `}` closes; `$${` is a plain `${`", at: node)
            return nil
        }
        var (segments, cell): ([Effect.Segment], CSVReader.Cell?) = ([], nil)
        for part in template.parts {
            switch part {
            case .text(let text): segments.append(.text(text))
            case .name(let reference):
                guard let segment = segment(reference, at: node, of: field, cell: &cell)
                else { return nil }
                segments.append(segment)
            }
        }
        let texts = segments.compactMap { if case .text(let text) = $0 { text } else { nil } }
        guard texts.count == segments.count else { return (.template(segments), written) }
        // All of it is known now; what is wrong with it stands in the table, if it came from there.
        let user = file
        if cell != nil, let row { file = row.table.file }
        defer { file = user }
        let value = texts.joined()
        let known = YAMLNode(
            place: cell?.place ?? node.place, content: .text(value, isPlain: false))
        guard !value.isEmpty else {
            error("the value of `\(name)` is empty", at: known)
            return nil
        }
        return checked(value, known, of: field, named: name).map { (.exact, $0) }
    }

    /// What a name in `${…}` stands for.
    private mutating func segment(
        _ name: String, at node: YAMLNode, of field: SettableField, cell: inout CSVReader.Cell?
    ) -> Effect.Segment? {
        let parts = name.split(separator: ".", maxSplits: 1).map(String.init)
        if brokenTables.contains(parts.first ?? "") { return nil }
        if parts.count == 2, let table = tables[parts[0]] {
            guard let row, row.table.name == table.name else {
                error("the rule does not say `in_table: \(table.name)`", at: node)
                return nil
            }
            guard let column = table.columns.firstIndex(of: parts[1]) else {
                error(
                    "the table `\(table.name)` has no column `\(parts[1])`", at: node,
                    suggestion: nearest(to: parts[1], among: table.columns)
                        .map { "${\(table.name).\($0)}" })
                return nil
            }
            namedColumns.insert(name)
            let found = row.row.cells[column]
            cell = found
            // An empty cell is told of with the whole value.
            guard !found.text.isEmpty else { return .text("") }
            let user = file
            file = table.file
            defer { file = user }
            let node = YAMLNode(place: found.place, content: .text(found.text, isPlain: false))
            return text(node, what: "`\(parts[1])`").map { .text($0) }
        }
        if let table = misspeltTable(parts, name) {
            error(
                "there is no table `\(parts[0])`", at: node,
                suggestion: "${\(table).\(parts[1])}")
            return nil
        }
        let isText =
            switch field {
            case .name: true
            case .customField: declared.map { $0.kind == .text && $0.values.isEmpty } ?? true
            default: false
            }
        guard isText else {
            error(
                "`${\(name)}`: values from the contact go only into `name` and custom fields that "
                    + "hold any text", at: node)
            return nil
        }
        guard let (path, row) = self.field(name, at: node.place, for: .read) else { return nil }
        guard Set.comparable.contains(row.kind) else {
            error("`${\(name)}` holds several values", at: node)
            return nil
        }
        return .field(fields.position(of: path))
    }

    /// The table that was probably meant by the first part of a name that is no field.
    private func misspeltTable(_ parts: [String], _ name: String) -> String? {
        guard parts.count == 2, !Vocabulary.fields.contains(where: { $0.covers(name) })
        else { return nil }
        return nearest(to: parts[0], among: tables.keys.sorted())
    }

    /// A value that a field can hold.
    mutating func checked(
        _ value: String, _ node: YAMLNode, of field: SettableField, named name: String
    ) -> String? {
        if let declared {
            guard declared.kind != .list else {
                error("`\(field)` holds several values, which cannot be set", at: node)
                return nil
            }
            guard operand(value, node, .is, for: declared.kind) != nil else { return nil }
        }
        let isBound = Vocabulary.bounds.contains { $0.name == name }
        if isBound, !Vocabulary.roles.contains(value) {
            error(
                "`\(name)` takes one of \(Vocabulary.roles.joined(separator: ", ")): custom roles "
                    + "have no order", at: node,
                suggestion: nearest(to: value, among: Vocabulary.roles))
            return nil
        }
        if name == "portal_role", !Vocabulary.roles.contains(value),
            Vocabulary.roles.contains(value.lowercased())
        {
            error("role names are lowercase", at: node, suggestion: value.lowercased())
            return nil
        }
        if name == "portal_role", !Vocabulary.roles.contains(value),
            let role = Suggestion.name(to: value, among: Vocabulary.roles)
        {
            warn(
                "`\(value)` is no role that every workspace has; if it is a custom role, all is well",
                at: node, suggestion: role)
        }
        return value
    }
}

/// Text with names in `${…}`; `$${` is a plain `${`.
struct Template {
    enum Part: Equatable {
        case text(String)
        case name(String)
    }

    let parts: [Part]

    /// nil where a `${` is not closed.
    init?(_ text: String) {
        let dollar = UInt8(ascii: "$")
        let opening = UInt8(ascii: "{")
        var (parts, plain, rest): ([Part], [UInt8], _) = ([], [], text.utf8[...])
        func end() {
            if !plain.isEmpty { parts.append(.text(String(decoding: plain, as: UTF8.self))) }
        }
        while let byte = rest.popFirst() {
            guard byte == dollar, rest.first == opening else {
                plain.append(byte)
                continue
            }
            rest.removeFirst()
            if plain.last == dollar {
                plain.append(opening)
                continue
            }
            guard let close = rest.firstIndex(of: UInt8(ascii: "}")) else { return nil }
            end()
            plain = []
            parts.append(.name(String(rest[..<close]) ?? ""))
            rest = rest[close...].dropFirst()
        }
        end()
        self.parts = parts
    }
}
