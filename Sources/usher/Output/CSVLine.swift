import Contacts

/// One line of CSV, fit for a spreadsheet. Source: RFC 4180.
struct CSVLine: CustomStringConvertible {
    let cells: [String]

    /// What a spreadsheet takes for the beginning of a formula.
    /// Source: https://owasp.org/www-community/attacks/CSV_Injection
    private static let formulaStarts: Set<Unicode.Scalar> = [
        "=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠",
    ]

    var description: String { cells.map(Self.cell).joined(separator: ",") }

    /// Nothing in a cell is run by a spreadsheet, or obeyed by a terminal.
    private static func cell(_ text: String) -> String {
        let isFormula = text.unicodeScalars.first.map(formulaStarts.contains) ?? false
        let cell = (isFormula ? "'" : "") + text.visible
        guard cell.utf8.contains(where: { $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") })
        else { return cell }
        return "\"" + cell.replacing("\"", with: "\"\"") + "\""
    }
}
