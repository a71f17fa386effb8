internal import Contacts

/// What a text may begin and end with.
enum TextEdges {
    /// What one sees: at the ends of a whole value nobody sees a blank.
    case visible
    /// Blanks too, as in a piece of a text.
    case blanks
    /// Line ends too, as YAML puts them behind a block of text.
    case any

    /// What is wrong with the ends of a text.
    func problem(in text: String) -> String? {
        if self == .any { return nil }
        if text.first?.isNewline == true || text.last?.isNewline == true {
            return
                "begins or ends with a line end; a block of text ends without one by `|-` or `>-`"
        }
        return self == .visible && text.isPadded ? "has leading or trailing whitespace" : nil
    }
}

extension NodeReading {
    /// Text for people.
    func prose(_ node: YAMLNode, what: String) -> String? {
        text(node, what: what, atMost: RuleLimits.proseBytes, edges: .any)
    }

    /// Text as written: not empty, nothing that YAML reads as null, no templates.
    func text(
        _ node: YAMLNode, what: String, atMost bytes: Int = RuleLimits.valueBytes,
        edges: TextEdges = .visible
    ) -> String? {
        guard case .text(let text, _) = node.content, !node.isNull else {
            error("\(what) must be text, not \(node.kindName)", at: node)
            return nil
        }
        let problem: String? =
            if text.isEmpty {
                "\(what) is empty"
            } else if text.utf8.count > bytes {
                "\(what) is longer than \(bytes) bytes"
            } else if text.utf8.contains(where: { $0 < 0x20 && $0 != 0x0A || $0 == 0x7F }) {
                "\(what) holds a control character"
            } else if text.contains("${") {
                "\(what): `${…}` stands only in values that rules set"
            } else {
                edges.problem(in: text).map { "\(what) \($0)" }
            }
        if let problem { error(problem, at: node) }
        if problem == nil, edges != .any { warnOfTypographicQuotes(text, at: node) }
        return problem == nil ? text : nil
    }

    /// Any text; null and the empty text are none.
    func anyText(_ node: YAMLNode?) -> String? {
        guard let node, !node.isNull else { return nil }
        guard case .text(let text, _) = node.content else {
            error("this must be text, not \(node.kindName)", at: node)
            return nil
        }
        warnOfTypographicQuotes(text, at: node)
        return text.isEmpty ? nil : text
    }

    func anyTexts(_ node: YAMLNode?) -> [String] {
        guard let node, !node.isNull else { return [] }
        guard case .sequence(let items) = node.content else {
            error("this must be a list, not \(node.kindName)", at: node)
            return []
        }
        return items.compactMap { anyText($0) }
    }

    /// What word processors make of `"` and `'` is part of a text.
    private func warnOfTypographicQuotes(_ text: String, at node: YAMLNode) {
        let quotes = "“”„‟«»‘’‚‛"
        guard text.count > 2, let first = text.first, let last = text.last,
            quotes.contains(first), quotes.contains(last)
        else { return }
        warn(
            "the quotes of `\(text)` are part of the value; YAML's own quotes are \" and '",
            at: node)
    }
}
