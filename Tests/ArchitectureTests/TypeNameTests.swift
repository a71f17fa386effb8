import Testing

/// No name of a type stands for two things: the name of one at the top level of a file is the name
/// of no other type. Nested types may share a general word with each other, such as `Kind`: their
/// qualified names tell them apart.
@Suite struct TypeNameTests {
    @Test func noTypeNameStandsForTwoThings() throws {
        let files = try Checkout.files(under: "Sources", ending: ".swift")
            .filter { !$0.path.contains("/Data/") }
        let names = Self.sharedNames(in: files)
        #expect(names.isEmpty, "\(names.joined(separator: "\n"))")
    }

    @Test(arguments: [
        ("struct Row {}", "enum Row {}"),
        ("struct Row {}", "extension Table { package struct Row: Sendable {} }"),
        ("private indirect enum Row {}", "@frozen public final class Row<Value> {}"),
        ("actor Row {}", "struct Table { typealias Row = [String] }"),
        ("typealias Row = [String]", "func rows() { struct Row {} }"),
        ("protocol Row {}\nstruct Table { struct Row {} }", ""),
        ("struct Row {}", "let text = \"\\(rows.map { struct Row {} })\""),
    ])
    func aNameOfTwoTypesIsSeen(one: String, other: String) {
        #expect(
            Self.sharedNames(in: [one, other].map(Self.file)) == [
                "Row: a.swift:1, a.swift:\(other.isEmpty ? 2 : 1)"
            ])
    }

    @Test(arguments: [
        ("struct Table { enum Kind {} }", "extension Row { enum Kind {} }"),
        ("enum CodingKeys {}", "struct Row { enum CodingKeys {} }"),
        ("struct Row {}", "extension Row { init(rows: [Row]) {} }"),
        ("struct Row {}", "import struct Postgres.Row"),
        ("struct Row {}", "// struct Row {}\n/* struct Row /* {} */ struct Row {} */"),
        ("struct Row {}", "let text = \"struct Row {}\" + #\"\\(struct Row \"{}\"#"),
        ("struct Row {}", "let text = \"\"\"\n    struct Row {}\n    \"\"\""),
        ("struct Row {}", "let expression = /struct Row {}/"),
        ("struct Row {}", "struct Table { class func Row() {} }"),
        ("struct Row {}", "struct Rows {}"),
    ])
    func aNameOfOneTypeIsAccepted(one: String, other: String) {
        #expect(Self.sharedNames(in: [one, other].map(Self.file)) == [])
    }

    static func file(_ text: String) -> Checkout.File { Checkout.File(path: "a.swift", text: text) }

    /// Names of types at the top level that are the names of other types, each with their places.
    static func sharedNames(in files: [Checkout.File]) -> [String] {
        let types = files.flatMap { file in
            declarations(in: SwiftCode(file.text)).map { (type: $0, path: file.path) }
        }
        return Dictionary(grouping: types, by: \.type.name).filter { name, types in
            types.count > 1 && name != "CodingKeys" && types.contains { !$0.type.isNested }
        }.map { name, types in
            "\(name): " + types.map { "\($0.path):\($0.type.line)" }.joined(separator: ", ")
        }.sorted()
    }

    struct Declaration {
        let name: String
        let isNested: Bool
        let line: Int
    }

    static func declarations(in code: SwiftCode) -> [Declaration] {
        let keywords: Set = ["struct", "enum", "class", "actor", "protocol", "typealias"]
        let members: Set = ["func", "var", "let", "subscript", "override"]
        return zip(code.tokens.indices, code.tokens).compactMap { index, token in
            guard keywords.contains(token.text), index + 1 < code.tokens.count else { return nil }
            let name = code.tokens[index + 1]
            let before = index == 0 ? "" : code.tokens[index - 1].text
            guard name.isWord, !members.contains(name.text), ![".", "import"].contains(before)
            else { return nil }
            return Declaration(name: name.text, isNested: token.depth > 0, line: token.line)
        }
    }
}
