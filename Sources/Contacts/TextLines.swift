/// A text for people, line by line.
///
/// A line may quote anything: what nobody sees in it is escaped when it is shown, line ends too, so
/// that no text of a file, of a contact or of the database can begin a line of its own.
package protocol TextLines: CustomStringConvertible {
    var lines: [String] { get }
}

extension TextLines {
    package var description: String { lines.map(\.visible).joined(separator: "\n") }
}
