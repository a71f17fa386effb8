/// Reads comma-separated values with the place of every cell.
///
/// As RFC 4180 says: cells with `"`, commas or line ends stand in quotes, a quote in them is
/// doubled. Where the first line holds no comma, semicolons or tabs separate, as spreadsheets write
/// them. Lines end in LF or CRLF; blank lines, lines of empty cells and lines that begin with `#`
/// are left out.
struct CSVReader {
    struct Cell {
        let text: String
        let place: Place
    }

    private let file: String
    private let bytes: [UInt8]
    private var index = 0
    private let separator: UInt8
    private var line = 1
    /// The column of `counted`, which is somewhere in the line.
    private var column = 1
    private var counted = 0

    init(_ text: String, file: String) {
        self.file = file
        bytes = Array(text.utf8)
        separator = Self.separator(in: text)
    }

    /// What separates the cells of the first line that is neither blank nor a remark.
    private static func separator(in text: String) -> UInt8 {
        let comma = UInt8(ascii: ",")
        let separators = [comma, UInt8(ascii: ";"), UInt8(ascii: "\t")]
        let lines = text.utf8.lazy.split { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }
        guard let header = lines.first(where: { $0.first != UInt8(ascii: "#") }) else {
            return comma
        }
        var isQuoted = false
        let found = header.filter { byte in
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            return !isQuoted && separators.contains(byte)
        }
        return found.contains(comma) ? comma : found.first ?? comma
    }

    /// The next record; nil at the end.
    mutating func next() throws(CSVProblem) -> [Cell]? {
        while index < bytes.count {
            if isLineEnd {
                endLine()
            } else if bytes[index] == UInt8(ascii: "#") {
                while index < bytes.count, !isLineEnd { index += 1 }
            } else {
                let cells = try record()
                if cells.contains(where: { !$0.text.allSatisfy(\.isWhitespace) }) { return cells }
            }
        }
        return nil
    }

    private mutating func record() throws(CSVProblem) -> [Cell] {
        var cells: [Cell] = []
        while true {
            cells.append(try cell())
            guard index < bytes.count else { return cells }
            if bytes[index] == separator {
                index += 1
                continue
            }
            endLine()
            return cells
        }
    }

    private mutating func cell() throws(CSVProblem) -> Cell {
        let place = place()
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < bytes.count, bytes[index] != separator, !isLineEnd {
                guard bytes[index] != UInt8(ascii: "\"") else {
                    throw CSVProblem(
                        message: "a quote within a cell: the whole cell stands in quotes then",
                        place: self.place())
                }
                index += 1
            }
            return Cell(text: String(decoding: bytes[start..<index], as: UTF8.self), place: place)
        }
        index += 1
        var text: [UInt8] = []
        while index < bytes.count {
            let byte = bytes[index]
            if byte != UInt8(ascii: "\"") {
                if byte == UInt8(ascii: "\n") {
                    beginLine(at: index + 1)
                }
                text.append(byte)
                index += 1
            } else if index + 1 < bytes.count, bytes[index + 1] == byte {
                text.append(byte)
                index += 2
            } else {
                index += 1
                guard index == bytes.count || bytes[index] == separator || isLineEnd else {
                    throw CSVProblem(message: "text behind the closing quote", place: self.place())
                }
                return Cell(text: String(decoding: text, as: UTF8.self), place: place)
            }
        }
        throw CSVProblem(message: "the quote that begins here is never closed", place: place)
    }

    private var isLineEnd: Bool {
        bytes[index] == UInt8(ascii: "\n")
            || bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count
                && bytes[index + 1] == UInt8(ascii: "\n")
    }

    private mutating func endLine() {
        if bytes[index] == UInt8(ascii: "\r") { index += 1 }
        index += 1
        beginLine(at: index)
    }

    private mutating func beginLine(at index: Int) {
        line += 1
        (counted, column) = (index, 1)
    }

    /// Columns count Unicode scalars, as everywhere.
    private mutating func place() -> Place {
        column += bytes[counted..<index].count { $0 & 0xC0 != 0x80 }
        counted = index
        return Place(file: file, line: line, column: column)
    }
}

/// Why a text is not comma-separated values.
struct CSVProblem: Error {
    let message: String
    let place: Place
}
