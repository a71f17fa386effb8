internal import Contacts

/// Warns of operands that were probably meant as wildcards or regular expressions, on a field that
/// may hold any text.
struct PatternCheck: CompilerStage {
    let compilation: Compilation
    let name: OperatorName
    let field: NamedField

    func warn(of operand: YAMLNode) {
        // What a declared field may hold is what it holds.
        guard field.kind == .text || field.kind == .list,
            field.declaration?.values.isEmpty ?? true, let shapes
        else { return }
        switch operand.content {
        case .sequence(let items):
            for item in items { warn(of: item, shapes) }
        case .text(let list, _) where [.inList, .notInList].contains(name):
            warn(ofList: list, shapes)
        case .text: warn(of: operand, shapes)
        case .mapping: break
        }
    }

    /// The shapes that no text on the field is likely to have by itself; nil where it may have any.
    ///
    /// Parts of addresses never hold such characters, which is an error. Names may hold stars.
    private var shapes: [PatternShape]? {
        switch field.path {
        case .name: [.expression]
        case .avatarURL: nil
        default: [.wildcard, .expression]
        }
    }

    /// The values of a list, once for all fields that are looked at in the same way.
    private func warn(ofList name: String, _ shapes: [PatternShape]) {
        guard let list = declarations.lists[name],
            mentions.searchedLists.insert("\(name) \(shapes)").inserted
        else { return }
        for value in list.values { warn(of: value.node, shapes) }
    }

    private func warn(of node: YAMLNode, _ shapes: [PatternShape]) {
        guard case .text(let text, _) = node.content, let shape = PatternShape(text),
            shapes.contains(shape)
        else { return }
        let what = shape == .wildcard ? "wildcards" : "regular expressions"
        var hint = ""
        if field.kind != .list, let plain = shape.plain(text) {
            let isDenied = [.isNot, .notIn, .notInList].contains(name)
            hint = "; write `\(plain)`" + (isDenied ? " within a `not`" : "")
        }
        warn("`\(text)` is compared as it stands: rules have no \(what)\(hint)", at: node)
    }
}
