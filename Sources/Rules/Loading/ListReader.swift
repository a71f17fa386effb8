/// A list that conditions name.
struct NamedList {
    let origin: RulesetReader.Origin
    let name: String
    let values: [(text: String, node: YAMLNode)]
    /// The sets that operators test, once for each kind of field.
    var sets: [FieldKind: Set<Bytes>] = [:]
}

extension RulesetReader {
    mutating func readLists(_ node: YAMLNode) {
        for entry in mapping(node, what: "`lists`") {
            guard Self.isIdentifier(entry.key), entry.key.utf8.count <= RuleLimits.idBytes else {
                error(
                    "a list's name must be of a–z, 0–9, - and _, and begin with a letter or digit",
                    at: entry.place, offending: entry.key)
                continue
            }
            if let first = lists[entry.key]?.origin {
                error(
                    "the list `\(entry.key)` is already in \(first.file), line \(first.place.line)",
                    at: entry.place, offending: entry.key)
                continue
            }
            lists[entry.key] = NamedList(
                origin: Origin(file: file, place: entry.place), name: entry.key,
                values: listValues(entry.value, name: entry.key))
        }
    }

    private mutating func listValues(
        _ node: YAMLNode, name: String
    ) -> [(text: String, node: YAMLNode)] {
        if case .mapping = node.content {
            error("list `\(name)`: lists from files are not in this version", at: node)
            return []
        }
        let items = sequence(node, what: "list `\(name)`")
        guard items.count <= RuleLimits.listValues else {
            error("list `\(name)` has more than \(RuleLimits.listValues) values", at: node)
            return []
        }
        return items.compactMap { item in
            if case .mapping = item.content {
                error("list `\(name)`: `evidence` and `expires` are not in this version", at: item)
                return nil
            }
            return text(item, what: "a value of list `\(name)`").map { ($0, item) }
        }
    }

    /// The values of a list as a field of this kind may hold them; nil without such a list.
    mutating func values(ofList node: YAMLNode, for kind: FieldKind) -> Set<Bytes>? {
        guard let name = text(node, what: "the name of a list") else { return nil }
        guard let list = lists[name] else {
            error(
                "there is no list `\(name)`", at: node,
                suggestion: Nearest.name(to: name, among: lists.keys.sorted()))
            return nil
        }
        if let known = list.sets[kind] { return known }
        let user = file
        file = list.origin.file
        defer { file = user }
        let values = list.values.compactMap { operand($0.text, $0.node, .is, for: kind) }
        let set = Set(values)
        lists[name]?.sets[kind] = set
        return set
    }

    mutating func warnOfUnusedLists() {
        for list in lists.values where list.sets.isEmpty {
            diagnostics.append(
                RuleDiagnostic(
                    .warning, file: list.origin.file, at: list.origin.place,
                    "no rule names the list `\(list.name)`", offending: list.name))
        }
    }
}
