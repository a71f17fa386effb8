internal import Contacts

/// Operands that were probably meant as wildcards or regular expressions.
extension RulesetReader {
    /// Warns of them in the operand of a test on a field that may hold any text.
    mutating func warnOfPatterns(
        _ operand: YAMLNode, _ name: OperatorName, on path: FieldPath, _ kind: FieldKind
    ) {
        // What a declared field may hold is what it holds.
        guard kind == .text || kind == .list, declared?.values.isEmpty ?? true,
            let shapes = Self.shapes(on: path)
        else { return }
        let fix: Fix? =
            if kind == .list {
                nil
            } else if [.isNot, .notIn, .notInList].contains(name) {
                .denied
            } else {
                .plain
            }
        switch operand.content {
        case .sequence(let items):
            for item in items { warnOfPattern(item, shapes, fix) }
        case .text(let list, _) where [.inList, .notInList].contains(name):
            warnOfPatterns(inList: list, shapes, fix)
        case .text: warnOfPattern(operand, shapes, fix)
        case .mapping: break
        }
    }

    /// What can be written instead.
    private enum Fix { case plain, denied }

    /// The values of a list, once for all fields that are looked at in the same way.
    private mutating func warnOfPatterns(
        inList name: String, _ shapes: [PatternShape], _ fix: Fix?
    ) {
        guard let list = lists[name], listsSearched.insert("\(name) \(shapes)").inserted
        else { return }
        let user = file
        file = list.file
        defer { file = user }
        for value in list.values { warnOfPattern(value.node, shapes, fix) }
    }

    private mutating func warnOfPattern(
        _ node: YAMLNode, _ shapes: [PatternShape], _ fix: Fix?
    ) {
        guard case .text(let text, _) = node.content, let shape = PatternShape(text),
            shapes.contains(shape)
        else { return }
        let what = shape == .wildcard ? "wildcards" : "regular expressions"
        var hint = ""
        if let fix, let test = shape.plain(text) {
            hint = "; write `\(test)`" + (fix == .denied ? " within a `not`" : "")
        }
        warn("`\(text)` is compared as it stands: rules have no \(what)\(hint)", at: node)
    }

    /// The shapes that no text on a field is likely to have by itself; nil where it may have any.
    ///
    /// Parts of addresses never hold such characters, which is an error. Names may hold stars.
    private static func shapes(on path: FieldPath) -> [PatternShape]? {
        switch path {
        case .name: [.expression]
        case .avatarURL: nil
        default: [.wildcard, .expression]
        }
    }
}
