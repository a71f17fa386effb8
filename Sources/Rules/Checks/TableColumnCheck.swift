internal import Contacts

/// Which columns of a table are keys.
struct KeyColumns {
    /// The columns that are matched, in words.
    static let summary =
        "domain, email, account_id, account.external_ids.<label>, external_ids.<label> or "
        + "custom_fields.<slug>"

    private static let names = ["domain", "email.domain", "email", "account_id"]
    /// The fields with a label that may be keys.
    private static let labelled = Vocabulary.fields.filter { $0.prefix != nil }

    /// The custom fields that are declared, and the labels that rules ask for.
    private let known: [String]

    init(_ declarations: Declarations, _ numbering: Numbering) {
        let tested = numbering.fields.map(\.description).filter { name in
            Self.labelled.contains { $0.access == .read && $0.covers(name) }
        }
        known =
            declarations.fields.keys.sorted().map(FieldRow.customField) + tested.sorted()
    }

    /// Whether a column of this name is matched, and not a value.
    static func contain(_ name: String) -> Bool {
        names.contains(name) || labelled.contains { $0.covers(name) }
    }

    /// The key column that a name was probably meant to be.
    func nearest(to name: String) -> String? {
        known.first { Self.hasLabel($0, like: name) }
            ?? Suggestion.name(to: name, among: Self.names + known)
    }

    /// Whether the label of a field is the name of a column, with or without an `id` at its end.
    private static func hasLabel(_ field: String, like column: String) -> Bool {
        func words(_ text: some StringProtocol) -> [String] {
            let words = String(text).asciiLowercased.split {
                $0.isWhitespace || $0 == "-" || $0 == "_"
            }
            return (words.last == "id" ? words.dropLast() : words[...]).map(String.init)
        }
        let prefix = labelled.first { $0.covers(field) }?.prefix ?? ""
        return words(field.dropFirst(prefix.count)) == words(column)
    }
}

/// Columns of tables that are neither keys nor named by a rule: nothing looks at them.
struct TableColumnCheck: CompilerStage {
    let compilation: Compilation

    private struct Column {
        let name: String
        let place: Place
    }

    /// Of tables that rules name.
    private var unnamed: [Column] {
        declarations.tables.values.filter { mentions.tables.contains($0.name) }.flatMap { table in
            table.columns.indices.filter { column in
                !table.keys.contains { $0.column == column }
                    && !mentions.columns.contains("\(table.name).\(table.columns[column])")
            }.map { Column(name: table.columns[$0], place: table.header[$0]) }
        }
    }

    /// Refuses columns that were meant to be keys: without them a row would be about more contacts.
    func refuseMisspeltKeys() {
        let keys = KeyColumns(declarations, numbering)
        for column in unnamed {
            // A field of a contact that no table is matched by would be passed over.
            let isField =
                column.name.contains(".")
                && Vocabulary.fields.contains { $0.covers(column.name) }
            let near = keys.nearest(to: column.name)
            guard isField || near != nil else { continue }
            error(
                "`\(column.name)` is no key column (\(KeyColumns.summary)), and no rule names it: "
                    + "nothing would look at it", at: column.place, offending: column.name,
                suggestion: near)
        }
    }

    func warn() {
        for column in unnamed {
            diagnostics.report(
                RuleDiagnostic(
                    .warning, at: column.place,
                    "the column `\(column.name)` is no key and no rule names it: nothing looks at "
                        + "it",
                    offending: column.name))
        }
    }
}
