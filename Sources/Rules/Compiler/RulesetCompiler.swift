internal import Contacts

/// Compiles the syntax trees of a workspace's rule files to the parts of a ruleset.
struct RulesetCompiler: CompilerStage {
    let compilation: Compilation
    private let files: [RuleFileTree]
    private(set) var rules: [CompiledRule] = []
    private(set) var guardrails: [Guardrail] = []
    private(set) var exceptions: [Exception] = []
    private(set) var tests: [RuleTest] = []
    /// Of the workspace.
    private(set) var limits = ChangeLimits.standard
    private(set) var names = RuleNames(bases: [], rules: [])
    /// Where each id is given, also by rules with problems, so that one problem is told once.
    private var ids: [String: Place] = [:]

    /// Reads and compiles rule files; nil where they cannot be read. What is wrong is reported.
    static func compile(
        _ sources: [RuleSource], repeatedLimits: RepeatedLimits,
        _ diagnostics: DiagnosticCollector
    ) -> RulesetCompiler? {
        guard let files = RuleFileReader(diagnostics: diagnostics).read(sources) else { return nil }
        let data = sources.filter { RuleSource.isDataFile($0.path) }.map { ($0.path, $0.content) }
        var compiler = RulesetCompiler(
            files, data: Dictionary(data) { first, _ in first }, diagnostics)
        compiler.compileLimits(repeatedLimits)
        compiler.compile()
        return compiler
    }

    /// - Parameter data: By name, the texts of files of values beside the rules.
    private init(
        _ files: [RuleFileTree], data: [String: String], _ diagnostics: DiagnosticCollector
    ) {
        self.files = files
        var declarations = DeclarationCompiler(diagnostics, data: data)
        compilation = Compilation(
            diagnostics: diagnostics, declarations: declarations.compile(files),
            numbering: Numbering(), mentions: Mentions())
    }

    /// Rules first, since exceptions and tests name them; then the checks that need all of them.
    private mutating func compile() {
        compileRules()
        let identity = IdentityCheck(compilation, rules)
        identity.refuseUnknownPeople()
        let columns = TableColumnCheck(compilation: compilation)
        columns.refuseMisspeltKeys()
        compileRenames()
        for file in files {
            compileExceptions(of: file)
            compileRetirements(of: file)
        }
        for file in files { compileTests(of: file) }
        let unused = UnusedNameCheck(compilation: compilation)
        unused.warnOfUndeclaredFields()
        if diagnostics.hasErrors { return }
        unused.warnOfUnusedNames()
        columns.warn()
        RoleMentionCheck(compilation: compilation).warn(rules: names.rules, guardrails: guardrails)
        identity.warnOfClaims()
        if ids.isEmpty {
            error("there is no rule in any file", at: Place(file: files.first?.name ?? ""))
        }
    }

    /// The limits of the workspace, which one of its files may have.
    private mutating func compileLimits(_ repeated: RepeatedLimits) {
        var first: Place?
        for file in files {
            guard let node = file["limits"] else { continue }
            let (said, place) = (changeLimits(node, rest: .standard), file.place(of: "limits"))
            guard let known = first else {
                (limits, first) = (said ?? .standard, place)
                continue
            }
            switch repeated {
            case .mostGenerous: limits = limits.or(said ?? .standard)
            case .refused:
                error(
                    "the limits of the workspace are at \(known.file):\(known.line) already; "
                        + "write them once", at: place, offending: "limits")
            }
        }
    }

    private mutating func compileRules() {
        var bases: Set<String> = []
        for file in files {
            for item in items(of: file, "rules") {
                if exceeds(RuleLimits.rules, ids.count, "rules", at: item) { break }
                guard let values = keys(of: item, in: Vocabulary.ruleKeys, of: "a rule")
                else { continue }
                let id = newID(values)
                if let id { bases.insert(id) }
                var compiler = RuleCompiler(compilation, item, id: id, values: values)
                rules += compiler.compile()
            }
            compileGuardrails(of: file)
        }
        names = RuleNames(bases: bases, rules: rules.map(\.rule))
    }

    private mutating func compileGuardrails(of file: RuleFileTree) {
        let compiler = GuardrailCompiler(compilation: compilation)
        for item in items(of: file, "guardrails") {
            if exceeds(RuleLimits.guardrails, guardrails.count, "guardrails", at: item) { return }
            guard let values = keys(of: item, in: Vocabulary.guardrailKeys, of: "a guardrail"),
                let guardrail = compiler.compile(item, id: newID(values), values: values)
            else { continue }
            guardrails.append(guardrail)
        }
    }

    private mutating func compileRenames() {
        let compiler = RenameCompiler(compilation: compilation)
        var renames: [DeclaredRename] = []
        for file in files {
            for item in items(of: file, "renamed") {
                if exceeds(RuleLimits.renames, renames.count, "renamed rules", at: item) { break }
                if let rename = compiler.compile(item) { renames.append(rename) }
            }
        }
        compiler.refuseUnclear(renames, names.bases)
        names.renamed = Dictionary(renames.map { ($0.from, $0.to) }) { first, _ in first }
    }

    private mutating func compileExceptions(of file: RuleFileTree) {
        let compiler = ExceptionCompiler(compilation: compilation, names: names)
        for item in items(of: file, "exceptions") {
            if exceeds(RuleLimits.exceptions, exceptions.count, "exceptions", at: item) { return }
            guard let values = keys(of: item, in: Vocabulary.exceptionKeys, of: "an exception"),
                let exception = compiler.compile(item, id: newID(values), values: values)
            else { continue }
            exceptions.append(exception)
        }
    }

    private mutating func compileRetirements(of file: RuleFileTree) {
        for item in items(of: file, "retired") {
            let count = names.retired.count
            if exceeds(RuleLimits.retirements, count, "retired rules", at: item) { return }
            let compiler = RetirementCompiler(compilation: compilation, names: names)
            if let rule = compiler.compile(item) { names.retired[rule.id] = rule }
        }
    }

    private mutating func compileTests(of file: RuleFileTree) {
        if let mode = file["as"], isWord(Vocabulary.enforced, mode, what: "`as`"),
            file["tests"] == nil
        {
            error("`as` says how the tests of the file run, and it has none", at: mode)
        }
        let compiler = TestCompiler(compilation: compilation, names: names)
        for item in items(of: file, "tests") {
            if exceeds(RuleLimits.tests, tests.count, "tests", at: item) { return }
            if let test = compiler.compile(item, isEnforced: file["as"] != nil) {
                tests.append(test)
            }
        }
    }

    /// What a file has under a key that takes a list.
    private func items(of file: RuleFileTree, _ key: String) -> [YAMLNode] {
        file[key].map { sequence($0, what: "`\(key)`") } ?? []
    }

    /// Whether there are as many as there may be already; another one is an error.
    private func exceeds(
        _ limit: Int, _ count: Int, _ what: String, at item: YAMLNode
    ) -> Bool {
        if count < limit { return false }
        error("more than \(limit) \(what)", at: item)
        return true
    }

    /// The `id` of a rule, a guardrail or an exception; one that is given already is an error.
    private mutating func newID(_ values: [String: YAMLNode]) -> String? {
        guard let node = values["id"], let id = identifier(node, what: "`id`") else { return nil }
        if let first = ids[id] {
            error("the id `\(id)` is already in \(first.file), line \(first.line)", at: node)
            return nil
        }
        ids[id] = node.place
        return id
    }
}
