/// Reads comma-separated values with the place of every cell.
///
/// As RFC 4180 says: cells with `"`, commas or line ends stand in quotes, a quote in them is doubled.
/// Lines end in LF or CRLF; blank lines and lines that begin with `#` are left out.
struct CSVReader {
    struct Cell {
        let text: String
        let place: Place
    }

    struct Problem: Error {
        let message: String
        let place: Place
    }

    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var lineStart = 0

    init(_ text: String) { bytes = Array(text.utf8) }

    /// The next record; nil at the end.
    mutating func next() throws(Problem) -> [Cell]? {
        while index < bytes.count {
            if isLineEnd {
                endLine()
            } else if bytes[index] == UInt8(ascii: "#") {
                while index < bytes.count, !isLineEnd { index += 1 }
            } else {
                return try record()
            }
        }
        return nil
    }

    private mutating func record() throws(Problem) -> [Cell] {
        var cells: [Cell] = []
        while true {
            cells.append(try cell())
            guard index < bytes.count else { return cells }
            if bytes[index] == UInt8(ascii: ",") {
                index += 1
                continue
            }
            endLine()
            return cells
        }
    }

    private mutating func cell() throws(Problem) -> Cell {
        let place = place
        guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else {
            let start = index
            while index < bytes.count, bytes[index] != UInt8(ascii: ","), !isLineEnd {
                guard bytes[index] != UInt8(ascii: "\"") else {
                    throw Problem(
                        message: "a quote within a cell: the whole cell stands in quotes then",
                        place: self.place)
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
                    line += 1
                    lineStart = index + 1
                }
                text.append(byte)
                index += 1
            } else if index + 1 < bytes.count, bytes[index + 1] == byte {
                text.append(byte)
                index += 2
            } else {
                index += 1
                guard index == bytes.count || bytes[index] == UInt8(ascii: ",") || isLineEnd else {
                    throw Problem(message: "text behind the closing quote", place: self.place)
                }
                return Cell(text: String(decoding: text, as: UTF8.self), place: place)
            }
        }
        throw Problem(message: "the quote that begins here is never closed", place: place)
    }

    private var isLineEnd: Bool {
        bytes[index] == UInt8(ascii: "\n")
            || bytes[index] == UInt8(ascii: "\r") && index + 1 < bytes.count
                && bytes[index + 1] == UInt8(ascii: "\n")
    }

    private mutating func endLine() {
        if bytes[index] == UInt8(ascii: "\r") { index += 1 }
        index += 1
        line += 1
        lineStart = index
    }

    /// Columns count Unicode scalars, as everywhere.
    private var place: Place {
        let before = bytes[lineStart..<index].count { $0 & 0xC0 != 0x80 }
        return Place(line: line, column: before + 1)
    }
}
