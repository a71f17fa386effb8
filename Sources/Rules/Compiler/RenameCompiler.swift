/// An entry of `renamed`, with the node of each of its ids.
struct DeclaredRename {
    let from: String
    let to: String
    let fromNode: YAMLNode
    let toNode: YAMLNode
}

/// Compiles entries of `renamed`.
struct RenameCompiler: CompilerStage {
    let compilation: Compilation

    func compile(_ node: YAMLNode) -> DeclaredRename? {
        guard let values = keys(of: node, in: Vocabulary.renameKeys, of: "a renamed rule"),
            let fromNode = values["from"], let from = identifier(fromNode, what: "`from`"),
            let toNode = values["to"], let to = identifier(toNode, what: "`to`")
        else { return nil }
        return DeclaredRename(from: from, to: to, fromNode: fromNode, toNode: toNode)
    }

    /// Refuses renames that do not say which rule stands for which.
    func refuseUnclear(_ renames: [DeclaredRename], _ bases: Set<String>) {
        var (olds, news): (Set<String>, Set<String>) = ([], [])
        for rename in renames {
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
}
