import Contacts
import Rainbow
import TextTable

/// Colours, on a terminal only and never against `NO_COLOR`.
extension String {
    var strong: String { Terminal.isOutput ? bold : self }
    var warning: String { Terminal.isOutput ? yellow : self }
    var removed: String { Terminal.isOutput ? red : self }
    var added: String { Terminal.isOutput ? green : self }
}

/// A contact as people recognise it, fit for a terminal.
func contactTitle(_ id: String, _ email: String?) -> String {
    "\(id.word)  \(email?.quoted ?? "no address")"
}

/// Prints rows as a table whose columns are these.
func printTable<Row>(_ rows: [Row], columns: @escaping (Row) -> [(title: String, value: String)]) {
    guard !rows.isEmpty else { return }
    let table = TextTable<Row> { row in
        columns(row).map { Column(title: $0.title, value: $0.value.visible) }
    }
    let lines = (table.string(for: rows, style: Style.plain) ?? "").split(separator: "\n")
    for line in lines { print(String(line.replacing(/\s+$/, with: ""))) }
}
