internal import Contacts

/// Reads the nodes of a syntax tree as what they are expected to be, and reports what they are not.
protocol NodeReading {
    var diagnostics: DiagnosticCollector { get }
}

extension NodeReading {
    func error(
        _ message: String, at place: Place, offending: String = "", suggestion: String? = nil
    ) {
        diagnostics.report(
            RuleDiagnostic(at: place, message, offending: offending, suggestion: suggestion))
    }

    func error(_ message: String, at node: YAMLNode, suggestion: String? = nil) {
        error(message, at: node.place, offending: node.excerpt, suggestion: suggestion)
    }

    /// An error at the key of an entry.
    func error(_ message: String, at entry: YAMLNode.MappingEntry, suggestion: String? = nil) {
        error(message, at: entry.place, offending: entry.key, suggestion: suggestion)
    }

    func warn(_ message: String, at node: YAMLNode, suggestion: String? = nil) {
        diagnostics.report(
            RuleDiagnostic(
                .warning, at: node.place, message, offending: node.excerpt, suggestion: suggestion))
    }

    /// The name that was probably meant, for as many problems as are shown: to look for it takes
    /// time.
    func nearest(
        to text: String, among names: @autoclosure () -> some Sequence<String>
    ) -> String? {
        diagnostics.count < RuleLimits.diagnostics
            ? Suggestion.name(to: text, among: names()) : nil
    }

    /// A mapping's entries; anything else, and an empty one, is an error.
    func mapping(_ node: YAMLNode, what: String) -> [YAMLNode.MappingEntry] {
        let entries = entries(of: node, what: what)
        if entries?.isEmpty == true { error("\(what) is empty", at: node) }
        return entries ?? []
    }

    /// A mapping's entries, which may be none; anything else is an error.
    func entries(of node: YAMLNode, what: String) -> [YAMLNode.MappingEntry]? {
        if case .mapping(let entries) = node.content { return entries }
        error("\(what) must be a mapping, not \(node.kindName)", at: node)
        return nil
    }

    /// A list's items; anything else, and an empty one, is an error.
    func sequence(_ node: YAMLNode, what: String) -> [YAMLNode] {
        guard case .sequence(let items) = node.content else {
            error("\(what) must be a list, not \(node.kindName)", at: node)
            return []
        }
        if items.isEmpty { error("\(what) is empty", at: node) }
        return items
    }

    /// The items of a list, or of one item the item itself.
    func oneOrSequence(_ node: YAMLNode, what: String) -> [YAMLNode] {
        if case .sequence = node.content { sequence(node, what: what) } else { [node] }
    }

    /// The values of a mapping with fixed keys.
    ///
    /// - Parameter meant: The key that another one was meant to be, where the table does not tell.
    func keys(
        of node: YAMLNode, in table: [KeyRow], of what: String,
        meant: (String) -> String? = { _ in nil }
    ) -> [String: YAMLNode]? {
        guard let entries = entries(of: node, what: what) else { return nil }
        var values: [String: YAMLNode] = [:]
        for entry in entries {
            switch table.first(where: { $0.name.hasSameBytes(as: entry.key) })?.presence {
            case .mandatory, .optional:
                values[entry.key] = entry.value
            case .later(let feature):
                error("`\(entry.key)`: \(feature) are not in this version", at: entry)
            case nil:
                error(
                    "`\(entry.key)` is not a key of \(what)", at: entry,
                    suggestion: meant(entry.key)
                        ?? nearest(to: entry.key, among: table.map(\.name)))
            }
        }
        for row in table where row.presence == .mandatory && values[row.name] == nil {
            let isThere = entries.contains { $0.key == row.name }
            if !isThere { error("\(what) must have `\(row.name)`", at: node) }
        }
        return values
    }

    /// An id or the name of a list.
    func identifier(_ node: YAMLNode, what: String) -> String? {
        guard let text = text(node, what: what, atMost: RuleLimits.idBytes) else { return nil }
        guard text.isIdentifier else {
            error(
                "\(what) must be of a–z, 0–9, - and _, and begin with a letter or digit", at: node)
            return nil
        }
        return text
    }

    /// One of a few words.
    func choice(_ node: YAMLNode, of names: [String], what: String) -> String? {
        guard let text = text(node, what: what) else { return nil }
        if names.contains(text) { return text }
        error(
            "\(what) must be one of \(names.joined(separator: ", "))", at: node,
            suggestion: nearest(to: text, among: names))
        return nil
    }

    /// Whether a value is `true`; nothing else is allowed.
    func isTrue(_ node: YAMLNode, what: String) -> Bool {
        if case .text("true", isPlain: true) = node.content { return true }
        error("\(what) takes only `true`", at: node)
        return false
    }

    /// Whether a value is just this word; nothing else is allowed.
    func isWord(_ word: String, _ node: YAMLNode, what: String) -> Bool {
        if case .text(word, isPlain: _) = node.content { return true }
        error("\(what) takes only `\(word)`", at: node)
        return false
    }

    func wholeNumber(_ node: YAMLNode, what: String, in range: ClosedRange<Int>) -> Int? {
        guard case .text(let text, isPlain: true) = node.content, let number = Int(text),
            text.hasSameBytes(as: String(number)), range.contains(number)
        else {
            error(
                "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: node)
            return nil
        }
        return number
    }

    /// A day or a moment; of a day, its beginning or its end.
    func instant(_ node: YAMLNode, what: String, isEnd: Bool) -> Instant? {
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
}

extension String {
    /// Whether it is of a–z, 0–9, `-` and `_`, and begins with a letter or a digit.
    var isIdentifier: Bool {
        func isWordByte(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            default: false
            }
        }
        return utf8.first.map(isWordByte) == true
            && utf8.allSatisfy {
                isWordByte($0) || [UInt8(ascii: "-"), UInt8(ascii: "_")].contains($0)
            }
    }
}
