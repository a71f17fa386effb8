/// The syntax tree of one rule file: the values of its keys.
struct RuleFileTree {
    let name: String
    private let values: [String: YAMLNode]

    private let keys: [YAMLNode.MappingEntry]

    init(name: String, root: YAMLNode, values: [String: YAMLNode]) {
        (self.name, self.values) = (name, values)
        keys = if case .mapping(let entries) = root.content { entries } else { [] }
    }

    subscript(key: String) -> YAMLNode? { values[key] }

    /// Where a key stands.
    func place(of key: String) -> Place {
        keys.first { $0.key == key }?.place ?? Place(file: name)
    }
}

/// Reads the texts of rule files to syntax trees.
struct RuleFileReader: NodeReading {
    let diagnostics: DiagnosticCollector

    /// nil where any file cannot be read: what is defined in it is not known, so of the others
    /// nothing can be said.
    func read(_ sources: [RuleSource]) -> [RuleFileTree]? {
        let files = sources.filter { !RuleSource.isDataFile($0.path) }
        let trees = files.map(tree)
        let unreadable = zip(files, trees).filter { $0.1 == nil }.map(\.0.path)
        guard unreadable.isEmpty else {
            diagnostics.keepOnly(in: Set(unreadable))
            return nil
        }
        return trees.compactMap(\.self)
    }

    private func tree(of source: RuleSource) -> RuleFileTree? {
        guard source.text.utf8.count <= RuleLimits.fileBytes else {
            error(
                "the file is larger than \(RuleLimits.fileBytes) bytes",
                at: Place(file: source.path))
            return nil
        }
        var reader = YAMLReader(file: source.path, diagnostics: diagnostics)
        guard let root = reader.read(source.content),
            let values = keys(of: root, in: Vocabulary.fileKeys, of: "a rule file")
        else { return nil }
        if let version = values["version"] { checkVersion(version) }
        return RuleFileTree(name: source.path, root: root, values: values)
    }

    private func checkVersion(_ node: YAMLNode) {
        if case .text("\(Vocabulary.version)", isPlain: true) = node.content { return }
        error("`version` must be \(Vocabulary.version)", at: node)
    }
}
