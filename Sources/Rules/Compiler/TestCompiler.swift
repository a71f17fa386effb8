internal import Contacts

/// Compiles one entry of `tests`.
struct TestCompiler: CompilerStage {
    let compilation: Compilation
    let names: RuleNames

    func compile(_ node: YAMLNode, isEnforced: Bool) -> RuleTest? {
        guard let values = keys(of: node, in: Vocabulary.testKeys, of: "a test") else { return nil }
        let name = values["name"].flatMap { prose($0, what: "`name`") }
        let given = values["given"].flatMap {
            ContactCompiler(compilation: compilation).compile($0)
        }
        let expectation = values["expect"].flatMap { self.expectation($0) }
        let now = values["now"].flatMap { instant($0, what: "`now`", isEnd: false) }
        let grants =
            values["granted"].map {
                GrantCompiler(compilation: compilation, names: names).compile($0)
            } ?? [:]
        guard let name, let given, let expectation else { return nil }
        return RuleTest(
            name: name, file: node.place.file, line: node.place.line, given: given,
            grants: grants, now: now, isEnforced: isEnforced, expectation: expectation)
    }

    private func expectation(_ node: YAMLNode) -> RuleTest.Expectation? {
        guard let values = keys(of: node, in: Vocabulary.expectKeys, of: "`expect`")
        else { return nil }
        if node.isEmptyMapping { error("the test asserts nothing", at: node) }
        func ids(_ key: String) -> [String]? {
            values[key].map { ruleIDs($0, key, of: names) }
        }
        var expectation = RuleTest.Expectation()
        expectation.set = values["set"].flatMap { expectedValues($0, "set") }
        expectation.after = values["after"].flatMap { expectedValues($0, "after") } ?? []
        if let node = values["after"], node.isEmptyMapping {
            error("`after` must say what a field holds in the end", at: node)
        }
        expectation.held = values["held"]?.isEmptySequence == true ? [] : ids("held")
        expectation.matched = ids("matched") ?? []
        expectation.notMatched = ids("not_matched") ?? []
        expectation.beaten = ids("beaten") ?? []
        if let node = values["email.status"], let text = text(node, what: "`email.status`"),
            operand(text, node, .is, kind: .status) != nil
        {
            expectation.status = EmailAddress.Status(rawValue: text)
        }
        return expectation
    }

    /// What a test expects to be sent, or to be there in the end; `{}` is nothing.
    private func expectedValues(
        _ node: YAMLNode, _ key: String
    ) -> [(field: SettableField, value: String)]? {
        entries(of: node, what: "`\(key)`")?.compactMap { entry in
            guard let field = settable(entry) else { return nil }
            return expectedValue(entry.value, of: field, named: entry.key).map { (field, $0) }
        }
    }
}

extension CompilerStage {
    /// A value, or `{ clear: true }` for none.
    func expectedValue(
        _ node: YAMLNode, of field: SettableField, named name: String
    ) -> String? {
        if let clear = clearing(node) { return cleared(clear, of: field, named: name) }
        return text(node, what: "the value of `\(name)`", edges: .any)
    }
}

extension YAMLNode {
    fileprivate var isEmptyMapping: Bool {
        if case .mapping(let entries) = content { entries.isEmpty } else { false }
    }

    fileprivate var isEmptySequence: Bool {
        if case .sequence(let items) = content { items.isEmpty } else { false }
    }
}
