/// Rules that have another id now.
extension RulesetReader {
    /// What one entry says.
    struct Rename {
        let from: String
        let to: String
        let file: String
        /// Of each of the ids.
        let fromNode: YAMLNode
        let toNode: YAMLNode
    }

    mutating func readRenames(_ node: YAMLNode) {
        for item in sequence(node, what: "`renamed`") {
            guard renames.count < RuleLimits.renames else {
                error("more than \(RuleLimits.renames) renamed rules", at: item)
                return
            }
            guard let values = keys(of: item, in: Vocabulary.renameKeys, of: "a renamed rule"),
                let fromNode = values["from"], let from = identifier(fromNode, what: "`from`"),
                let toNode = values["to"], let to = identifier(toNode, what: "`to`")
            else { continue }
            renames.append(
                Rename(from: from, to: to, file: file, fromNode: fromNode, toNode: toNode))
        }
    }

    /// Refuses renames that do not say which rule stands for which.
    mutating func refuseUnclearRenames() {
        let user = file
        defer { file = user }
        var (olds, news): (Set<String>, Set<String>) = ([], [])
        for rename in renames {
            file = rename.file
            if bases.contains(rename.from) {
                error(
                    "the rule `\(rename.from)` is still there: only one that is gone was renamed",
                    at: rename.fromNode)
            } else if !olds.insert(rename.from).inserted {
                error("`\(rename.from)` is renamed already", at: rename.fromNode)
            }
            if let next = renames.first(where: { $0.from == rename.to }), !bases.contains(rename.to)
            {
                error(
                    "`\(rename.to)` has been renamed in its turn: name what it is called now",
                    at: rename.toNode, suggestion: next.to)
            } else if !bases.contains(rename.to) {
                error(
                    "there is no rule `\(rename.to)`", at: rename.toNode,
                    suggestion: nearest(to: rename.to, among: bases.sorted()))
            } else if !news.insert(rename.to).inserted {
                error("another rule is already renamed to `\(rename.to)`", at: rename.toNode)
            }
        }
    }

    /// The rule that an id was given up for.
    func renamed(_ id: String) -> String? { renames.first { $0.from == id }?.to }
}
