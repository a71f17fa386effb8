import Testing

/// Two values may go together without a name for both; of three or more, a struct says what they are.
@Suite struct TupleTests {
    @Test func noResultAndNoPropertyIsALongTuple() throws {
        let files = try Checkout.files(under: "Sources", ending: ".swift")
            .filter { !$0.path.contains("/Data/") }
        let found = files.flatMap(Self.longTuples)
        #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    }

    @Test(arguments: [
        "func rows() -> (Int, Int, Int) {}",
        "func rows() async throws -> [(key: String, from: Int, to: Int)]? {}",
        "func rows() -> Result<[Int], (Int, Int, Int)> {}",
        "func rows() -> (Int, (Int, Int, Int)) {}",
        "func read(_ row: (Row) -> (Int, Int, Int)) {}",
        "let rows = lines.map { line -> (Int, Int, Int) in line }",
        "func rows() -> some Sequence<(Int, Pair<Int, Int>, Int)> {}",
        "subscript(row: Int) -> (Int, Int, Int) { row }",
        "typealias Row = (Int, Int, Int)",
        "func rows() { typealias Row = [(Int, Int, Int)] }",
        "var row: (Int, Int, Int)",
        "struct Table { private let rows: [String: (Int, [Int], Int)] }",
        "struct Table { var row: (Int, Int, Int) { (1, 2, 3) } }",
        "extension Table { static let rows = [(1, 2, 3)] }",
        "struct Table { var row = (1, 2, 3) }",
        "let text = \"\\(rows { row -> (Int, Int, Int) in row })\"",
    ])
    func aLongTupleIsSeen(source: String) {
        #expect(Self.longTuples(of: Self.file(source)) == ["a.swift:1"])
    }

    @Test(arguments: [
        "func rows() -> (Int, Int) {}", "func rows() -> (Int, (Int, Int)) {}",
        "func rows(_ a: Int, _ b: Int, _ c: Int) -> Int {}",
        "func rows() -> (Pair<Int, Int>, [Int]) {}",
        "let read: (Int, Int, Int) -> Int", "let read: [(Int, Int, Int) async throws -> Int]",
        "func read() -> @Sendable (Int, Int, Int) throws -> (Int, Int) {}",
        "enum Row { case cells(Int, Int, Int) }",
        "func rows() { let (a, b, c) = (1, 2, 3) }", "func rows() { let a = (1, 2, 3) }",
        "func rows() { if let a: (Int, Int, Int) = b {} }",
        "func rows() -> [Int] { [sum(1, 2, 3)] }", "struct Row { let a = sum(1, 2, 3) }",
        "struct Row {\n    let a: Int\n    init(_ a: Int, _ b: Int, _ c: Int) {}\n}",
        "// func rows() -> (Int, Int, Int) {}", "let text = \"-> (Int, Int, Int)\"",
    ])
    func whatIsNoLongTupleIsAccepted(source: String) {
        #expect(Self.longTuples(of: Self.file(source)) == [])
    }

    static func file(_ text: String) -> Checkout.File { Checkout.File(path: "a.swift", text: text) }

    /// The places of tuples with more than two elements that functions and closures return, and that
    /// properties and names of types stand for.
    static func longTuples(of file: Checkout.File) -> [String] {
        let code = SwiftCode(file.text)
        var found: Set<Int> = []
        for (index, token) in code.tokens.enumerated() {
            if token.text == "->" { found.formUnion(code.longTuples(inTypeAt: index + 1)) }
            if token.text == "typealias" { found.formUnion(code.longTuples(inTypeAt: index + 3)) }
        }
        for property in code.properties {
            switch code.text(property + 2) {
            case ":": found.formUnion(code.longTuples(inTypeAt: property + 3))
            case "=": found.formUnion(code.longTuple(beginningValueAt: property + 3))
            default: break
            }
        }
        return Set(found.map { "\(file.path):\(code.tokens[$0].line)" }).sorted()
    }
}

extension SwiftCode {
    /// The indexes of the parentheses that open tuples in a type.
    fileprivate func longTuples(inTypeAt start: Int) -> [Int] {
        (start..<endOfType(from: start)).filter { isLongTuple($0) }
    }

    /// The same of a literal, alone or as the first of an array.
    fileprivate func longTuple(beginningValueAt start: Int) -> [Int] {
        let first = text(start) == "[" ? start + 1 : start
        return isLongTuple(first) ? [first] : []
    }

    /// Whether a tuple begins here, rather than the parameters of a function's type or of a call.
    private func isLongTuple(_ open: Int) -> Bool {
        guard text(open) == "(" else { return false }
        let end = closing(open)
        guard !["->", "async", "throws"].contains(text(end + 1)) else { return false }
        var (index, elements) = (open + 1, 1)
        while index < end {
            if ["(", "[", "{", "<"].contains(text(index)) { index = closing(index) }
            if text(index) == "," { elements += 1 }
            index += 1
        }
        return elements > 2
    }

    private func endOfType(from start: Int) -> Int {
        var index = start
        while index < tokens.count, index == start || !beginsAnother(index) {
            switch text(index) {
            case "(", "[", "<": index = closing(index)
            case "{", "}", ")", "]", ">", ",", "=", ":", "where", "in": return index
            default: break
            }
            index += 1
        }
        return index
    }
}
