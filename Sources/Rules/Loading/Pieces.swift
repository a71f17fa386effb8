internal import Contacts

/// The pieces that all parts of a rule file are made of.
extension RulesetReader {
    mutating func error(
        _ message: String, at place: Place, offending: String = "", suggestion: String? = nil
    ) {
        diagnostics.append(
            RuleDiagnostic(
                file: file, at: place, message, offending: offending, suggestion: suggestion))
    }

    mutating func error(_ message: String, at node: YAMLNode, suggestion: String? = nil) {
        error(message, at: node.place, offending: node.excerpt, suggestion: suggestion)
    }

    mutating func warn(_ message: String, at node: YAMLNode, suggestion: String? = nil) {
        diagnostics.append(
            RuleDiagnostic(
                .warning, file: file, at: node.place, message, offending: node.excerpt,
                suggestion: suggestion))
    }

    /// A mapping's entries; anything else, and an empty one, is an error.
    mutating func mapping(_ node: YAMLNode, what: String) -> [YAMLNode.Entry] {
        guard case .mapping(let entries) = node.content else {
            error("\(what) must be a mapping, not \(node.kindName)", at: node)
            return []
        }
        if entries.isEmpty { error("\(what) is empty", at: node) }
        return entries
    }

    /// A list's items; anything else, and an empty one, is an error.
    mutating func sequence(_ node: YAMLNode, what: String) -> [YAMLNode] {
        guard case .sequence(let items) = node.content else {
            error("\(what) must be a list, not \(node.kindName)", at: node)
            return []
        }
        if items.isEmpty { error("\(what) is empty", at: node) }
        return items
    }

    /// The values of a mapping with fixed keys.
    mutating func keys(
        of node: YAMLNode, in table: [KeyRow], of what: String
    ) -> [String: YAMLNode]? {
        guard case .mapping(let entries) = node.content else {
            error("\(what) must be a mapping, not \(node.kindName)", at: node)
            return nil
        }
        var values: [String: YAMLNode] = [:]
        for entry in entries {
            switch table.first(where: { $0.name.hasSameBytes(as: entry.key) })?.presence {
            case .mandatory, .optional:
                values[entry.key] = entry.value
            case .later(let feature):
                error(
                    "`\(entry.key)`: \(feature) are not in this version", at: entry.place,
                    offending: entry.key)
            case nil:
                error(
                    "`\(entry.key)` is not a key of \(what)", at: entry.place,
                    offending: entry.key,
                    suggestion: nearestKey(to: entry.key, in: table))
            }
        }
        for row in table where row.presence == .mandatory && values[row.name] == nil {
            let isThere = entries.contains { $0.key == row.name }
            if !isThere { error("\(what) must have `\(row.name)`", at: node) }
        }
        return values
    }

    /// What a text may begin and end with.
    enum Edges {
        /// What one sees: at the ends of a whole value nobody sees a blank.
        case visible
        /// Blanks too, as in a piece of a text.
        case blanks
        /// Line ends too, as YAML puts them behind a block of text.
        case any
    }

    /// Text for people.
    mutating func prose(_ node: YAMLNode, what: String) -> String? {
        text(node, what: what, atMost: RuleLimits.proseBytes, edges: .any)
    }

    /// Text as written: not empty, nothing that YAML reads as null, no templates.
    mutating func text(
        _ node: YAMLNode, what: String, atMost bytes: Int = RuleLimits.valueBytes,
        edges: Edges = .visible
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
                Self.edgeProblem(text, edges).map { "\(what) \($0)" }
            }
        if let problem { error(problem, at: node) }
        if problem == nil, edges != .any { warnOfTypographicQuotes(text, at: node) }
        return problem == nil ? text : nil
    }

    /// What word processors make of `"` and `'` is part of a text.
    mutating func warnOfTypographicQuotes(_ text: String, at node: YAMLNode) {
        let quotes = "“”„‟«»‘’‚‛"
        guard text.count > 2, let first = text.first, let last = text.last,
            quotes.contains(first), quotes.contains(last)
        else { return }
        warn(
            "the quotes of `\(text)` are part of the value; YAML's own quotes are \" and '",
            at: node)
    }

    /// What is wrong with the ends of a text.
    static func edgeProblem(_ text: String, _ edges: Edges) -> String? {
        if edges == .any { return nil }
        if text.first?.isNewline == true || text.last?.isNewline == true {
            return
                "begins or ends with a line end; a block of text ends without one by `|-` or `>-`"
        }
        return edges == .visible && text.isPadded ? "begins or ends with a blank" : nil
    }

    /// A day or a moment; of a day, its beginning or its end.
    mutating func instant(_ node: YAMLNode, what: String, isEnd: Bool) -> Instant? {
        guard let text = text(node, what: what) else { return nil }
        if let day = OrderedKind.date.point(of: Bytes(of: text)) {
            return isEnd ? day + 86_400 : day
        }
        if let moment = OrderedKind.time.point(of: Bytes(of: text)) { return moment }
        error(
            OrderedKind.missingDay(in: text).map { "\(what): the calendar has no day `\($0)`" }
                ?? "\(what) must be a date, such as 2026-11-23, or a time, such as "
                + "2026-11-23T10:00:00Z",
            at: node)
        return nil
    }

    /// The name that was probably meant, for as many problems as are shown: to look for it takes
    /// time.
    func nearest<Names: Sequence<String>>(
        to text: String, among names: @autoclosure () -> Names
    ) -> String? {
        diagnostics.count < RuleLimits.diagnostics ? Suggestion.name(to: text, among: names()) : nil
    }

    /// The key that was probably meant; where custom fields may stand, a declared slug is one.
    private func nearestKey(to key: String, in table: [KeyRow]) -> String? {
        let isContact = table.contains { if case .customFields = $0.shape { true } else { false } }
        if isContact, declarations[key] != nil { return Self.customField(key) }
        return nearest(to: key, among: table.map(\.name))
    }

    /// An id or the name of a list.
    mutating func identifier(_ node: YAMLNode, what: String) -> String? {
        guard let text = text(node, what: what, atMost: RuleLimits.idBytes) else { return nil }
        guard Self.isIdentifier(text) else {
            error(
                "\(what) must be of a–z, 0–9, - and _, and begin with a letter or digit", at: node)
            return nil
        }
        return text
    }

    static func isIdentifier(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-"), first != UInt8(ascii: "_")
        else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
    }
}
