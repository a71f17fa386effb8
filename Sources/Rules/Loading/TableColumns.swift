/// The columns of tables that nothing would look at.
extension RulesetReader {
    /// Refuses columns that were meant to be keys: without them a row would be about more contacts.
    mutating func refuseMisspeltKeys() {
        let names =
            ["domain", "account_id", "email"]
            + declarations.keys.sorted().map { "custom_fields.\($0)" }
        for (table, column) in unnamedColumns {
            let name = table.columns[column]
            let meant = name.trimmed
            // A field of a contact that no table is matched by would be passed over.
            let isField =
                meant.contains(".") && Vocabulary.fields.contains { $0.covers(meant) }
            let near = Nearest.name(to: meant, among: names)
            guard isField || near != nil else { continue }
            diagnostics.append(
                RuleDiagnostic(
                    file: table.file, at: table.header[column],
                    "`\(name)` is no key column (domain, account_id, email or custom_fields.<slug>), "
                        + "and no rule names it: nothing would look at it",
                    offending: name, suggestion: near))
        }
    }

    /// Warns of columns that nothing looks at.
    mutating func warnOfUnnamedColumns() {
        for (table, column) in unnamedColumns {
            let name = table.columns[column]
            diagnostics.append(
                RuleDiagnostic(
                    .warning, file: table.file, at: table.header[column],
                    "the column `\(name)` is no key and no rule names it: nothing looks at it",
                    offending: name))
        }
    }

    /// The columns that are neither keys nor named by a rule, of tables that rules name.
    private var unnamedColumns: [(table: Table, column: Int)] {
        tables.values.filter(\.isUsed).flatMap { table in
            table.columns.indices.filter { column in
                !table.keys.contains { $0.column == column }
                    && !namedColumns.contains("\(table.name).\(table.columns[column])")
            }.map { (table, $0) }
        }
    }
}
