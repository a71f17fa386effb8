internal import Contacts

/// A table that a rule names: each row is a rule of its own.
struct Table {
    struct KeyColumn {
        let column: Int
        /// Where the column's name stands.
        let place: Place
        let field: NamedField
    }

    let place: Place
    let name: String
    let columns: [String]
    /// Where they stand.
    let header: [Place]
    /// The columns that are matched, all together.
    let keys: [KeyColumn]
    let rows: [TableRow]
}

struct TableRow {
    /// The key cells with commas between them, for the rule's id.
    let key: String
    let cells: [CSVReader.Cell]
}

/// Compiles the text of a CSV file to a table.
struct TableCompiler: CompilerStage {
    let compilation: Compilation
    let file: RuleSource

    /// - Parameter entry: The table's name and the mapping that names the file.
    func compile(_ entry: YAMLNode.MappingEntry) -> Table? {
        var reader = CSVReader(file.text, file: file.path)
        do throws(CSVProblem) {
            guard var header = try reader.next() else {
                error("the table is empty", at: start)
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
            guard !keys.isEmpty, let rows = try rows(&reader, columns: columns, keys: keys)
            else { return nil }
            return Table(
                place: entry.place, name: entry.key, columns: columns, header: header.map(\.place),
                keys: keys, rows: rows)
        } catch {
            self.error(error.message, at: error.place)
            return nil
        }
    }

    private var start: Place { Place(file: file.path) }

    private func keyColumns(_ header: [CSVReader.Cell]) -> [Table.KeyColumn] {
        var seen: Set<String> = []
        let problems = diagnostics.count
        let keys = header.enumerated().compactMap { column, cell -> Table.KeyColumn? in
            guard !cell.text.isEmpty, seen.insert(cell.text).inserted else {
                error(
                    cell.text.isEmpty ? "a column without a name" : "two columns of this name",
                    at: cell.place, offending: cell.text)
                return nil
            }
            return keyColumn(cell, at: column)
        }
        // A column that is wrong may have been meant as the key.
        if keys.isEmpty, diagnostics.count == problems { refuseMissingKey(header) }
        return keys
    }

    /// nil for a column of values.
    private func keyColumn(_ cell: CSVReader.Cell, at column: Int) -> Table.KeyColumn? {
        let name = cell.text == "domain" ? "email.domain" : cell.text
        guard KeyColumns.contain(name), var named = field(name, at: cell.place, for: .read)
        else { return nil }
        if case .customField(let slug) = named.path {
            named.declaration = declarations.fields[slug]
        }
        guard named.kind != .list else {
            error("`\(cell.text)` holds several values and is no key", at: cell.place)
            return nil
        }
        return Table.KeyColumn(column: column, place: cell.place, field: named)
    }

    private func refusePadding(of header: [CSVReader.Cell]) {
        for cell in header where cell.text.isPadded {
            error(
                "the column `\(cell.text)` has leading or trailing whitespace; no cell may have it",
                at: cell.place, offending: cell.text)
        }
    }

    private func refuseMissingKey(_ header: [CSVReader.Cell]) {
        let known = KeyColumns(declarations, numbering)
        for cell in header {
            guard let near = known.nearest(to: cell.text) else { continue }
            return error(
                "`\(cell.text)` is no key column, and the table has no other", at: cell.place,
                offending: cell.text, suggestion: near)
        }
        error("the table has no key column: \(KeyColumns.summary)", at: start)
    }

    /// nil where there are too many.
    private func rows(
        _ reader: inout CSVReader, columns: [String], keys: [Table.KeyColumn]
    ) throws(CSVProblem) -> [TableRow]? {
        var rows: [TableRow] = []
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
        if isEmpty { error("the table has no row", at: start) }
        return rows
    }

    private func row(
        _ cells: [CSVReader.Cell], columns: [String], keys: [Table.KeyColumn],
        known: inout KnownKeys
    ) -> TableRow? {
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
        let values = keys.map { Operand.canonical(cells[$0.column].text, for: $0.field.kind) }
        if let first = known.line(of: values, named: key, at: cells[0].place.line) {
            error(
                "the key `\(key)` is already in line \(first)", at: cells[0].place, offending: key)
            return nil
        }
        return TableRow(key: key, cells: cells)
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
