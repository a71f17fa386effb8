internal import Contacts

/// A list that conditions name.
struct NamedList {
    struct Value {
        let text: String
        let node: YAMLNode
        /// From then on it tells nothing any more.
        var expires: Instant?
    }

    let origin: RulesetReader.Origin
    let name: String
    /// Where the values stand.
    let file: String
    let values: [Value]
    /// The sets that operators test, once for each kind of field.
    var sets: [FieldKind: Set<Bytes>] = [:]
}

extension RulesetReader {
    mutating func readLists(_ node: YAMLNode) {
        for entry in mapping(node, what: "`lists`") {
            guard let origin = newName(entry, what: "list") else { continue }
            let (file, values) = listValues(entry.value, name: entry.key)
            lists[entry.key] = NamedList(
                origin: origin, name: entry.key, file: file, values: values)
        }
    }

    /// The values of a list and the file that they stand in.
    private mutating func listValues(
        _ node: YAMLNode, name: String
    ) -> (file: String, values: [NamedList.Value]) {
        if case .mapping = node.content {
            guard let (data, text) = dataFile(node, of: "list `\(name)`") else { return (file, []) }
            return (data, lines(text, of: data, name: name))
        }
        return (file, inlineValues(node, name: name))
    }

    /// One value a line; blank lines and lines that begin with `#` are left out.
    private mutating func lines(
        _ text: String, of data: String, name: String
    ) -> [NamedList.Value] {
        let user = file
        file = data
        defer { file = user }
        var values: [NamedList.Value] = []
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let node = YAMLNode(
                place: Place(line: index + 1, column: 1),
                content: .text(String(line), isPlain: false))
            guard values.count < RuleLimits.listValues else {
                error("list `\(name)` has more than \(RuleLimits.listValues) values", at: node)
                break
            }
            if line.isPadded || line.contains(" #") {
                error(
                    "a line holds one value, without blanks at its ends; a remark has a line of "
                        + "its own", at: node)
            } else if let text = self.text(node, what: "a value of list `\(name)`") {
                values.append(NamedList.Value(text: text, node: node))
            }
        }
        if values.isEmpty {
            error("list `\(name)` has no value", at: Place(line: 1, column: 1))
        }
        return values
    }

    private mutating func inlineValues(
        _ node: YAMLNode, name: String
    ) -> [NamedList.Value] {
        let items = sequence(node, what: "list `\(name)`")
        guard items.count <= RuleLimits.listValues else {
            error("list `\(name)` has more than \(RuleLimits.listValues) values", at: node)
            return []
        }
        return items.compactMap { item in
            guard case .mapping = item.content else {
                return text(item, what: "a value of list `\(name)`").map {
                    NamedList.Value(text: $0, node: item)
                }
            }
            guard let keys = keys(of: item, in: Vocabulary.listValueKeys, of: "a value of a list"),
                let node = keys["value"], let text = text(node, what: "`value`")
            else { return nil }
            _ = keys["evidence"].flatMap {
                prose($0, what: "`evidence`")
            }
            let expires = keys["expires"].flatMap { instant($0, what: "`expires`", isEnd: true) }
            return NamedList.Value(text: text, node: node, expires: expires)
        }
    }

    /// The values of a list as a field of this kind may hold them; nil without such a list.
    mutating func values(ofList node: YAMLNode, for kind: FieldKind) -> Set<Bytes>? {
        guard let name = text(node, what: "the name of a list") else { return nil }
        guard let list = lists[name] else {
            error(
                "there is no list `\(name)`", at: node,
                suggestion: nearest(to: name, among: lists.keys.sorted()))
            return nil
        }
        expiriesOfOperand = expiries(of: list, as: kind)
        if let known = list.sets[kind] {
            for value in list.values {
                if takesIn != nil { notePublic(value.text, value.node, in: list.file) }
                if testsRole { noteRole(value.text, value.node, in: list.file) }
            }
            return known
        }
        let user = file
        file = list.file
        defer { file = user }
        let values = list.values.compactMap { operand($0.text, $0.node, .is, for: kind) }
        let set = Set(values)
        lists[name]?.sets[kind] = set
        return set
    }

    /// When the values of a list expire; one that is there twice holds as long as one of them does.
    private func expiries(of list: NamedList, as kind: FieldKind) -> [Bytes: Instant] {
        guard list.values.contains(where: { $0.expires != nil }) else { return [:] }
        var expiries: [Bytes: Instant] = [:]
        for value in list.values {
            let text = Operand.bytes(of: value.text, for: kind)
            expiries[text] = max(expiries[text] ?? -.infinity, value.expires ?? .infinity)
        }
        return expiries.filter { $0.value < .infinity }
    }

    mutating func warnOfUnusedNames() {
        let lists = lists.values.filter(\.sets.isEmpty).map { ("list", $0.name, $0.origin) }
        let tables = tables.values.filter { !$0.isUsed }.map { ("table", $0.name, $0.origin) }
        for (what, name, origin) in lists + tables {
            diagnostics.append(
                RuleDiagnostic(
                    .warning, file: origin.file, at: origin.place,
                    "no rule names the \(what) `\(name)`", offending: name))
        }
    }
}
