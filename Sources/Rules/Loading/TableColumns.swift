internal import Contacts

/// Which columns of tables are keys, and the columns that nothing would look at.
extension RulesetReader {
    /// The columns that are matched, in words.
    static let keyColumns =
        "domain, email, account_id, account.external_ids.<label>, external_ids.<label> or "
        + "custom_fields.<slug>"

    private static let keyNames = ["domain", "email.domain", "email", "account_id"]

    /// Whether a column of this name is matched, and not a value.
    static func isKeyColumn(_ name: String) -> Bool {
        keyNames.contains(name) || labelledKeys.contains { $0.covers(name) }
    }

    /// The fields with a label that may be keys.
    private static let labelledKeys = Vocabulary.fields.filter { $0.prefix != nil }

    /// Refuses columns that were meant to be keys: without them a row would be about more contacts.
    mutating func refuseMisspeltKeys() {
        for (table, column) in unnamedColumns {
            let name = table.columns[column]
            // A field of a contact that no table is matched by would be passed over.
            let isField =
                name.contains(".") && Vocabulary.fields.contains { $0.covers(name) }
            let near = nearestKey(to: name)
            guard isField || near != nil else { continue }
            diagnostics.append(
                RuleDiagnostic(
                    file: table.file, at: table.header[column],
                    "`\(name)` is no key column (\(Self.keyColumns)), and no rule names it: nothing "
                        + "would look at it",
                    offending: name, suggestion: near))
        }
    }

    /// The key column that a name was probably meant to be.
    func nearestKey(to name: String) -> String? {
        let labelled = labelledNames
        return Self.field(of: name, among: labelled)
            ?? Suggestion.name(to: name, among: Self.keyNames + labelled)
    }

    /// The custom fields that are declared, and the labels that rules ask for.
    private var labelledNames: [String] {
        let slugs = declarations.keys.sorted().map { "custom_fields.\($0)" }
        let tested = fields.paths.map(\.description).filter { name in
            Self.labelledKeys.contains { $0.access == .read && $0.covers(name) }
        }
        return slugs + tested.sorted()
    }

    /// The field whose label alone is the name of a column, with or without an `id` at its end.
    private static func field(of column: String, among names: [String]) -> String? {
        func words(_ text: some StringProtocol) -> [String] {
            let words = String(text).asciiLowercased.split {
                $0.isWhitespace || $0 == "-" || $0 == "_"
            }
            return (words.last == "id" ? words.dropLast() : words[...]).map(String.init)
        }
        return names.first { name in
            let prefix = labelledKeys.first { $0.covers(name) }?.prefix ?? ""
            return words(name.dropFirst(prefix.count)) == words(column)
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
