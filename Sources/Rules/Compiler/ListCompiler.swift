internal import Contacts

/// A list that conditions name.
struct ValueList {
    let place: Place
    let name: String
    let values: [ListValue]
}

struct ListValue {
    let text: String
    let node: YAMLNode
    /// From then on it tells nothing any more.
    var expires: Instant?
}

extension DeclarationCompiler {
    /// The values of a list, which stand in the rule file or in a file of their own.
    func listValues(_ node: YAMLNode, name: String) -> [ListValue] {
        guard case .mapping = node.content else { return inlineValues(node, name: name) }
        return dataFile(node, of: "list `\(name)`").map { lines(of: $0, name: name) } ?? []
    }

    /// One value a line; blank lines and lines that begin with `#` are left out.
    private func lines(of file: RuleSource, name: String) -> [ListValue] {
        var values: [ListValue] = []
        let lines = file.text.split(omittingEmptySubsequences: false) { $0.isNewline }
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            let node = YAMLNode(String(line), at: Place(file: file.path, line: index + 1))
            guard values.count < RuleLimits.listValues else {
                error("list `\(name)` has more than \(RuleLimits.listValues) values", at: node)
                break
            }
            if line.isPadded || line.contains(" #") {
                error(
                    "a line holds one value, without blanks at its ends; a remark has a line of "
                        + "its own", at: node)
            } else if let text = text(node, what: "a value of list `\(name)`") {
                values.append(ListValue(text: text, node: node))
            }
        }
        if values.isEmpty {
            error("list `\(name)` has no value", at: Place(file: file.path))
        }
        return values
    }

    private func inlineValues(_ node: YAMLNode, name: String) -> [ListValue] {
        let items = sequence(node, what: "list `\(name)`")
        guard items.count <= RuleLimits.listValues else {
            error("list `\(name)` has more than \(RuleLimits.listValues) values", at: node)
            return []
        }
        return items.compactMap { item in
            guard case .mapping = item.content else {
                return text(item, what: "a value of list `\(name)`").map {
                    ListValue(text: $0, node: item)
                }
            }
            guard let keys = keys(of: item, in: Vocabulary.listValueKeys, of: "a value of a list"),
                let node = keys["value"], let text = text(node, what: "`value`")
            else { return nil }
            _ = keys["evidence"].flatMap { prose($0, what: "`evidence`") }
            let expires = keys["expires"].flatMap { instant($0, what: "`expires`", isEnd: true) }
            return ListValue(text: text, node: node, expires: expires)
        }
    }
}
