import Testing

/// A line fits beside another file, and a function on one screen.
@Suite struct LengthTests {
    static let columns = 100
    static let lines = 50

    /// Lists of domains are as long as their origin has them.
    @Test(arguments: [".swift", ".h", ".c", ".cpp"])
    func everyLineFits(ending: String) throws {
        let files = try Checkout.files(under: "Sources", ending: ending)
            .filter { !$0.path.contains("/Data/") }
        let long = files.flatMap(Self.longLines)
        #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
    }

    @Test(arguments: ["Sources", "Tests/TestSupport"])
    func everyFunctionFits(directory: String) throws {
        let files = try Checkout.files(under: directory, ending: ".swift")
            .filter { !$0.path.contains("/Data/") }
        let long = files.flatMap(Self.longFunctions)
        #expect(long.isEmpty, "\(long.joined(separator: "\n"))")
    }

    @Test(arguments: [
        (String(repeating: "a", count: 100), []), (String(repeating: "a", count: 101), [1]),
        (String(repeating: "ä", count: 100), []), (String(repeating: "ä", count: 101), [1]),
        ("a\n/// " + String(repeating: "a", count: 97) + "\na", [2]),
        ("let a = \"\"\"\n    " + String(repeating: "a", count: 97) + "\n    \"\"\"", [2]),
    ])
    func aLineThatIsTooLongIsSeen(text: String, found: [Int]) {
        #expect(Self.longLines(of: Self.file(text)) == found.map { "a.swift:\($0)" })
    }

    /// A source with `BODY` where a function has its lines, the function's name, and how many lines it
    /// has beside those.
    static let functions = [
        ("func add() {\nBODY\n}", "add", 2),
        ("struct Sum {\n    mutating func add() {\nBODY\n    }\n\n    let a = 1\n}", "add", 2),
        ("func add(\n    _ one: Int, _ other: Int\n) async throws -> [Int] {\nBODY\n}", "add", 4),
        ("func add<Sum>(_ sum: Sum) where Sum: Sendable {\nBODY\n}", "add", 2),
        ("func add(_ body: () -> Void = { print() }) {\nBODY\n}", "add", 2),
        ("func add() {\n    func sum() { }\n    rows.map {\nBODY\n    }\n}", "add", 5),
        ("func add() {\n    print(\"}\")  // }\nBODY\n}", "add", 3),
        ("func + (one: Int, other: Int) -> Int {\nBODY\n}", "+", 2),
        ("init?(_ one: Int) throws(SumError) {\nBODY\n}", "init", 2),
        ("init<Sum>(_ one: Sum) {\nBODY\n}", "init", 2),
        ("deinit {\nBODY\n}", "deinit", 2),
        ("subscript(index: Int) -> Int {\nBODY\n}", "subscript", 2),
        ("var sum: Int {\nBODY\n}", "sum", 2),
        ("static var sum: (one: [Int], other: Int) {\nBODY\n}", "sum", 2),
        ("var sum:\n    Result<\n        Int, Never\n    >\n{\nBODY\n}", "sum", 6),
        ("let sum: Int = {\nBODY\n}()", "sum", 2),
        ("var sum = 0 {\n    didSet {\nBODY\n    }\n}", "didSet", 2),
        ("var sum = 0 {\n    willSet(new) {\nBODY\n    }\n}", "willSet", 2),
        ("protocol Adding {\n    func add()\n}\nfunc sum() {\nBODY\n}", "sum", 2),
    ]

    @Test(arguments: functions)
    func aFunctionThatIsTooLongIsSeen(source: String, name: String, lines: Int) throws {
        func found(_ count: Int) -> [String] {
            let body = Array(repeating: "    print()", count: count - lines).joined(separator: "\n")
            return Self.longFunctions(of: Self.file(source.replacing("BODY", with: body)))
        }
        #expect(found(Self.lines) == [])
        let long = try #require(found(Self.lines + 1).first)
        #expect(long.contains(" \(name): \(Self.lines + 1) lines"), "\(long)")
    }

    @Test(arguments: [
        "struct Sum {\nBODY\n}", "extension Sum {\nBODY\n}", "protocol Adding {\nBODY\n}",
        "let sum = [\nBODY\n]", "let sum: [Int] = [\nBODY\n]",
        "protocol Adding {\n    func add()\n    init(one: Int)\n    var sum: Int { get }\nBODY\n}",
        "protocol Adding {\n    func add()\n}\nstruct Sum {\nBODY\n}",
        "struct Sum {\n    let one: Int\n    struct Other {\nBODY\n    }\n}",
        "struct Sum {\n    var one: Int\n    @frozen enum Other {\nBODY\n    }\n}",
        "// func add() {\nBODY\n// }",
        "let text = \"\"\"\n    func add() {\nBODY\n    }\n    \"\"\"",
        "if let sum {\nBODY\n}", "if case .sum(let one) = other {\nBODY\n}",
        "do {\n} catch let error as SumError where error.isSum {\nBODY\n}",
        "for var one in sum {\nBODY\n}",
        "switch sum {\ncase let one where one > 1:\n    do {\nBODY\n    }\n}",
        "let sum = numbers.map {\nBODY\n}", "self.init(one: 1)\ndo {\nBODY\n}",
    ])
    func whatIsNoFunctionMayBeLong(source: String) {
        let body = Array(repeating: "", count: 200).joined(separator: "\n")
        #expect(Self.longFunctions(of: Self.file(source.replacing("BODY", with: body))) == [])
    }

    static func file(_ text: String) -> Checkout.File { Checkout.File(path: "a.swift", text: text) }

    static func longLines(of file: Checkout.File) -> [String] {
        file.lines.enumerated().filter { $0.element.count > columns }
            .map { "\(file.path):\($0.offset + 1)" }
    }

    static func longFunctions(of file: Checkout.File) -> [String] {
        SwiftCode(file.text).functions.filter { $0.lines.count > lines }.map {
            "\(file.path):\($0.lines.lowerBound) \($0.name): \($0.lines.count) lines"
        }
    }
}
