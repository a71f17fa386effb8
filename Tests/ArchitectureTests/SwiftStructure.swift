/// Where what a file declares begins and ends.
extension SwiftCode {
    struct Function {
        let name: String
        /// The type that it belongs to; nil is none.
        let type: String?
        /// From the line of its keyword to that of its closing brace.
        let lines: ClosedRange<Int>
        /// The indexes of its body's tokens, with the braces.
        let body: ClosedRange<Int>
    }

    private static let types: Set = ["struct", "enum", "class", "actor", "protocol", "extension"]
    private static let declarations: Set = types.union([
        "func", "init", "deinit", "subscript", "var", "let", "case", "typealias", "associatedtype",
    ])
    private static let accessors: Set = ["get", "set", "willSet", "didSet", "_read", "_modify"]
    /// What stands before the `let` and `var` of a condition or a pattern, which are no properties.
    private static let bindings: Set = [
        "if", "guard", "while", "for", "case", "catch", ",", "(", ".",
    ]

    /// Functions, initialisers, subscripts and accessors, and the properties that have a body or are
    /// initialised by a closure.
    var functions: [Function] {
        let types = typeBodies
        return tokens.indices.compactMap { index in
            guard let open = functionBody(at: index) else { return nil }
            let end = closing(open)
            return Function(
                name: name(at: index), type: types.last { $0.body.contains(index) }?.name,
                lines: tokens[index].line...tokens[end].line, body: open...end)
        }
    }

    /// The indexes of the keywords of properties: variables that are none of a function's own.
    var properties: [Int] {
        let types = Set(typeBodies.map(\.body.lowerBound))
        var open: [Int] = []
        return tokens.indices.filter { index in
            switch text(index) {
            case "{", "(": open.append(index)
            case "}", ")": _ = open.popLast()
            case "let", "var":
                return open.last.map(types.contains) ?? true && !isBinding(index)
            default: break
            }
            return false
        }
    }

    /// The types and extensions, each with the indexes of its braces.
    private var typeBodies: [(name: String, body: ClosedRange<Int>)] {
        tokens.indices.compactMap { index in
            guard Self.types.contains(text(index)), let open = body(after: index + 1) else {
                return nil
            }
            return (text(index + 1), open...closing(open))
        }
    }

    /// The index of the bracket that closes the one at an index, or that of the last token.
    func closing(_ open: Int) -> Int {
        let pairs = ["(": ")", "[": "]", "{": "}", "<": ">"]
        let opening = text(open)
        var depth = 0
        for index in open..<tokens.count {
            if text(index) == opening { depth += 1 }
            if text(index) == pairs[opening] { depth -= 1 }
            if depth == 0 { return index }
        }
        return tokens.count - 1
    }

    /// The text of a token; empty outside of the file.
    func text(_ index: Int) -> String { tokens.indices.contains(index) ? tokens[index].text : "" }

    /// Whether the token begins a line and does not go on with the expression or type before it.
    func beginsAnother(_ index: Int) -> Bool {
        guard tokens[index].line > tokens[index - 1].line else { return false }
        let goesOn = ["{", "->", "&", ".", ",", ">", ")", "]"].contains(text(index))
        return !goesOn
            && ![":", "->", "&", ".", ",", "<", "=", "some", "any"].contains(text(index - 1))
    }

    private func isBinding(_ index: Int) -> Bool { Self.bindings.contains(text(index - 1)) }

    private func name(at keyword: Int) -> String {
        switch text(keyword) {
        case "func", "var", "let": text(keyword + 1)
        default: text(keyword)
        }
    }

    private func functionBody(at index: Int) -> Int? {
        switch text(index) {
        case "func": return body(after: index + 2)
        case "init" where text(index - 1) != "." && ["(", "<", "?", "!"].contains(text(index + 1)),
            "subscript", "deinit":
            return body(after: index + 1)
        case "var" where !isBinding(index), "let" where !isBinding(index):
            return propertyBody(after: index + 1)
        case let word where Self.accessors.contains(word):
            return accessorBody(after: index + 1)
        default: return nil
        }
    }

    /// The brace that opens the body of a function or type; nil where it has none.
    private func body(after start: Int) -> Int? {
        var index = start
        while index < tokens.count {
            switch text(index) {
            case "{": return index
            case "(", "[": index = closing(index)
            case "}", ")": return nil
            case let word where Self.declarations.contains(word) && text(index - 1) != ".":
                return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    private func propertyBody(after start: Int) -> Int? {
        var index = start
        while index < tokens.count, !beginsAnother(index) {
            switch text(index) {
            case "{": return index
            case "=": return text(index + 1) == "{" ? index + 1 : nil
            case "(", "[": index = closing(index)
            case "}", ")": return nil
            default: break
            }
            index += 1
        }
        return nil
    }

    private func accessorBody(after start: Int) -> Int? {
        var index = start
        if text(index) == "(" { index = closing(index) + 1 }
        while ["async", "throws"].contains(text(index)) { index += 1 }
        return text(index) == "{" ? index : nil
    }
}
