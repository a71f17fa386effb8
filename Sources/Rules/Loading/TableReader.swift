internal import Contacts

/// A table that a rule names: each row is a rule of its own.
struct Table {
    struct Row {
        /// The key cells with commas between them, for the rule's id.
        let key: String
        let cells: [CSVReader.Cell]
    }

    struct Key {
        let column: Int
        /// Where the column's name stands.
        let place: Place
        let path: FieldPath
        let kind: FieldKind
    }

    let origin: RulesetReader.Origin
    let name: String
    /// The CSV file.
    let file: String
    let columns: [String]
    /// Where they stand.
    let header: [Place]
    /// The columns that are matched, all together.
    let keys: [Key]
    let rows: [Row]
    var isUsed = false

    /// The columns that templates may name.
    var valueColumns: [String] {
        columns.indices.filter { column in !keys.contains { $0.column == column } }
            .map { columns[$0] }
    }
}

extension RulesetReader {
    mutating func readTables(_ node: YAMLNode) {
        for entry in mapping(node, what: "`tables`") {
            guard let origin = newName(entry, what: "table"),
                let (data, text) = dataFile(entry.value, of: "table `\(entry.key)`")
            else {
                brokenTables.insert(entry.key)
                continue
            }
            let user = file
            file = data
            if let table = table(entry.key, origin: origin, text: text) {
                tables[entry.key] = table
            } else {
                brokenTables.insert(entry.key)
            }
            file = user
        }
    }

    /// A name in the one namespace of lists and tables.
    mutating func newName(_ entry: YAMLNode.Entry, what: String) -> Origin? {
        guard Self.isIdentifier(entry.key), entry.key.utf8.count <= RuleLimits.idBytes else {
            error(
                "a \(what)'s name must be of a–z, 0–9, - and _, and begin with a letter or digit",
                at: entry.place, offending: entry.key)
            return nil
        }
        if let first = lists[entry.key]?.origin ?? tables[entry.key]?.origin {
            error(
                "the \(what) `\(entry.key)` is already in \(first.file), line \(first.place.line)",
                at: entry.place, offending: entry.key)
            return nil
        }
        return Origin(file: file, place: entry.place)
    }

    /// The text of a file beside the rules, named by `{ file: … }`.
    mutating func dataFile(_ node: YAMLNode, of what: String) -> (file: String, text: String)? {
        guard let values = keys(of: node, in: Vocabulary.dataFileKeys, of: what),
            let node = values["file"], let name = text(node, what: "`file`")
        else { return nil }
        guard RuleSource.isDataFile(name), !name.contains("/") else {
            error(
                "`file` names a .csv or .txt file directly in the rules folder, without a path",
                at: node, suggestion: nearest(to: name, among: data.keys.sorted()))
            return nil
        }
        guard let source = data[name] else {
            error(
                "there is no file `\(name)` beside the rules", at: node,
                suggestion: nearest(to: name, among: data.keys.sorted()))
            return nil
        }
        guard source.utf8.count <= RuleLimits.fileBytes else {
            error("`\(name)` is larger than \(RuleLimits.fileBytes) bytes", at: node)
            return nil
        }
        return (name, source)
    }

    private mutating func table(_ name: String, origin: Origin, text: String) -> Table? {
        var reader = CSVReader(text)
        do throws(CSVReader.Problem) {
            guard var header = try reader.next() else {
                error("the table is empty", at: Place(line: 1, column: 1))
                return nil
            }
            // Spreadsheets write the empty columns beside a table, too.
            header.removeLast(header.reversed().prefix { $0.text.isEmpty }.count)
            guard !header.contains(where: \.text.isPadded) else {
                refusePadding(of: header)
                return nil
            }
            let columns = header.map(\.text)
            let keys = keyColumns(header)
            guard !keys.isEmpty else { return nil }
            var rows: [Table.Row] = []
            var (known, isEmpty) = (KnownKeys(), true)
            while let cells = try reader.next() {
                guard rows.count < RuleLimits.tableRows else {
                    error("more than \(RuleLimits.tableRows) rows", at: cells[0].place)
                    return nil
                }
                isEmpty = false
                if let row = row(cells, columns: columns, keys: keys, known: &known) {
                    rows.append(row)
                }
            }
            if isEmpty { error("the table has no row", at: Place(line: 1, column: 1)) }
            return Table(
                origin: origin, name: name, file: file, columns: columns,
                header: header.map(\.place), keys: keys, rows: rows)
        } catch {
            self.error(error.message, at: error.place)
            return nil
        }
    }

    private mutating func keyColumns(
        _ header: [CSVReader.Cell]
    ) -> [Table.Key] {
        var seen: Set<String> = []
        var keys: [Table.Key] = []
        let problems = diagnostics.count
        for (column, cell) in header.enumerated() {
            guard !cell.text.isEmpty, seen.insert(cell.text).inserted else {
                error(
                    cell.text.isEmpty ? "a column without a name" : "two columns of this name",
                    at: cell.place, offending: cell.text)
                continue
            }
            let name = cell.text == "domain" ? "email.domain" : cell.text
            guard Self.isKeyColumn(name),
                let (path, row) = field(name, at: cell.place, for: .read)
            else { continue }
            var kind = row.kind
            if case .customField(let slug) = path { kind = declarations[slug]?.kind ?? kind }
            guard kind != .list else {
                error("`\(cell.text)` holds several values and is no key", at: cell.place)
                continue
            }
            keys.append(Table.Key(column: column, place: cell.place, path: path, kind: kind))
        }
        // A column that is wrong may have been meant as the key.
        if keys.isEmpty, diagnostics.count == problems { refuseMissingKey(header) }
        return keys
    }

    private mutating func refusePadding(of header: [CSVReader.Cell]) {
        for cell in header where cell.text.isPadded {
            error(
                "the column `\(cell.text)` begins or ends with a blank; no line has blanks around "
                    + "its cells", at: cell.place, offending: cell.text)
        }
    }

    private mutating func refuseMissingKey(_ header: [CSVReader.Cell]) {
        for cell in header {
            guard let near = nearestKey(to: cell.text) else { continue }
            return error(
                "`\(cell.text)` is no key column, and the table has no other", at: cell.place,
                offending: cell.text, suggestion: near)
        }
        error(
            "the table has no key column: \(Self.keyColumns)", at: Place(line: 1, column: 1))
    }

    private mutating func row(
        _ cells: [CSVReader.Cell], columns: [String], keys: [Table.Key],
        known: inout KnownKeys
    ) -> Table.Row? {
        let beside = cells.dropFirst(columns.count)
        let cells = beside.allSatisfy(\.text.isEmpty) ? Array(cells.prefix(columns.count)) : cells
        guard cells.count == columns.count else {
            error(
                "\(cells.count) \(cells.count == 1 ? "cell" : "cells"), but the table has "
                    + "\(columns.count) columns",
                at: cells[0].place, offending: cells[0].text)
            return nil
        }
        let key = keys.map { cells[$0.column].text }.joined(separator: ",")
        if let empty = keys.first(where: { cells[$0.column].text.isEmpty }) {
            error("`\(columns[empty.column])` is empty", at: cells[empty.column].place)
            return nil
        }
        let values = keys.map { Operand.canonical(cells[$0.column].text, for: $0.kind) }
        if let first = known.line(of: values, named: key, at: cells[0].place.line) {
            error(
                "the key `\(key)` is already in line \(first)", at: cells[0].place, offending: key)
            return nil
        }
        return Table.Row(key: key, cells: cells)
    }

    /// What a contact must be for a row to be about it.
    mutating func condition(for row: Table.Row, of table: Table) -> [Condition]? {
        let tests = table.keys.map { key -> Condition? in
            let cell = row.cells[key.column]
            let node = YAMLNode(place: cell.place, content: .text(cell.text, isPlain: false))
            guard let text = text(node, what: "`\(table.columns[key.column])`") else {
                return nil
            }
            takesIn = key.path
            if case .customField(let slug) = key.path { declared = declarations[slug] }
            defer { (takesIn, declared) = (nil, nil) }
            guard let bytes = operand(text, node, .is, for: key.kind) else { return nil }
            warnOfPatterns(node, .is, on: key.path, key.kind)
            return .predicate(
                Predicate(
                    field: fields.position(of: key.path), name: .is,
                    comparison: Self.comparison(.is, bytes, key.kind), operand: [text]))
        }
        return tests.contains { $0 == nil } ? nil : tests.compactMap(\.self)
    }
}

/// The keys of the rows that were read, as their fields compare them and as rules are named by
/// them.
private struct KnownKeys {
    private var values: [[Bytes]: Int] = [:]
    private var names: [Bytes: Int] = [:]

    /// The line of the first row with the same key, if this one is not the first.
    mutating func line(of values: [Bytes], named name: String, at line: Int) -> Int? {
        if let first = self.values[values] ?? names[Bytes(of: name)] { return first }
        self.values[values] = line
        names[Bytes(of: name)] = line
        return nil
    }
}
