internal import Contacts

/// Reads all files of a workspace into lists, rules and tests, and notes every problem on the way.
struct RulesetReader {
    var diagnostics: [RuleDiagnostic] = []
    var rules: [Rule] = []
    /// Of each of `rules`.
    var origins: [RuleOrigin] = []
    var tests: [RuleTest] = []
    var fields = FieldTable()

    /// The file being read.
    var file = ""
    /// By slug.
    var declarations: [String: Declaration] = [:]
    /// By slug, the warnings of custom fields that nobody declared.
    var undeclared: [String: RuleDiagnostic] = [:]
    /// The same of the rule being read, in case it must not have any.
    var undeclaredTests: [RuleDiagnostic] = []
    /// That of the custom field being read.
    var declared: Declaration?
    var lists: [String: NamedList] = [:]
    var tables: [String: Table] = [:]
    /// Tables with problems of their own, which are told once.
    var brokenTables: Set<String> = []
    /// Lists in whose values patterns were looked for, and for which of them.
    var listsSearched: Set<String> = []
    var guardrails: [Guardrail] = []
    /// By file.
    var limits: [String: ChangeLimits] = [:]
    var exceptions: [Exception] = []
    /// By the id of the rule, or of the row, that is gone.
    var retired: [String: Rule] = [:]
    var renames: [Rename] = []
    /// Ids of rules as written.
    var bases: Set<String> = []
    /// When the values of the list being tested expire.
    var expiriesOfOperand: [Bytes: Instant] = [:]
    /// By name, the files of values beside the rules.
    var data: [String: String] = [:]
    /// Domains of nobody in particular by which the rule being read takes contacts in.
    var publicOperands: [PublicOperand] = []
    /// The field of the test being read, where it takes contacts in by the values that it names.
    var takesIn: FieldPath?
    /// Whether the test being read compares the role as a whole.
    var testsRole = false
    /// Roles that no workspace must have.
    var roleMentions: [RoleMention] = []
    /// Where the rule or the guardrail that is being read begins.
    var owner = Origin(file: "", place: Place(line: 1, column: 1))
    /// The table that the rule being read names.
    var tableOfRule: String?
    /// The columns of tables that rules name, as `table.column`.
    var namedColumns: Set<String> = []
    /// The row that stands for it now.
    var row: (table: Table, row: Table.Row)?
    /// Every rule's id, also of rules with problems, so that one problem is told once.
    var ruleIDs: [String: Origin] = [:]
    /// Numbers the values that rules set.
    var choices: [Bytes: Int] = [:]
    /// By choice: most rules of a large ruleset want one of a few values.
    var exactEffects: [Int: Effect] = [:]
    var slots: [String: Int] = [:]

    /// Where a name was defined.
    struct Origin: Hashable {
        let file: String
        let place: Place
    }

    /// Fields and lists first, since rules name them; then rules, since tests name those.
    mutating func read(_ sources: [RuleSource]) {
        var files: [(file: String, values: [String: YAMLNode])] = []
        var unreadable: Set<String> = []
        for source in sources where RuleSource.isDataFile(source.path) {
            data[source.path] = source.content
        }
        for source in sources where !RuleSource.isDataFile(source.path) {
            file = source.path
            if let values = readFile(source) {
                files.append((file, values))
            } else {
                unreadable.insert(file)
            }
        }
        // What is defined in them is not known, so of the others nothing can be said.
        guard unreadable.isEmpty else {
            diagnostics.removeAll { !unreadable.contains($0.file) }
            return
        }
        for (file, values) in files {
            self.file = file
            if let node = values["fields"] { readDeclarations(node) }
        }
        for (file, values) in files {
            self.file = file
            if let node = values["lists"] { readLists(node) }
            if let node = values["tables"] { readTables(node) }
        }
        for (file, values) in files {
            self.file = file
            limits[file] =
                values["limits"].flatMap { changeLimits($0, rest: .standard) } ?? .standard
            if let node = values["rules"] { readRules(node) }
            if let node = values["guardrails"] { readGuardrails(node) }
        }
        refuseUnknownPeople()
        refuseMisspeltKeys()
        for (file, values) in files {
            self.file = file
            if let node = values["renamed"] { readRenames(node) }
        }
        refuseUnclearRenames()
        for (file, values) in files {
            self.file = file
            if let node = values["exceptions"] { readExceptions(node) }
            if let node = values["retired"] { readRetirements(node) }
        }
        for (file, values) in files {
            self.file = file
            if let node = values["as"] { readTestMode(node, hasTests: values["tests"] != nil) }
            if let node = values["tests"] { readTests(node, isEnforced: values["as"] != nil) }
        }
        warnOfUndeclaredFields()
        if diagnostics.contains(where: { $0.severity == .error }) { return }
        warnOfUnusedNames()
        warnOfUnnamedColumns()
        warnOfUnknownRoles()
        warnOfClaims()
        if ruleIDs.isEmpty {
            file = sources.first?.path ?? ""
            error("there is no rule in any file", at: Place(line: 1, column: 1))
        }
    }

    private mutating func readFile(_ source: RuleSource) -> [String: YAMLNode]? {
        guard source.text.utf8.count <= RuleLimits.fileBytes else {
            error(
                "the file is larger than \(RuleLimits.fileBytes) bytes",
                at: Place(line: 1, column: 1))
            return nil
        }
        var reader = YAMLReader(file: source.path)
        let root = reader.read(source.content)
        diagnostics += reader.diagnostics
        guard let root, let values = keys(of: root, in: Vocabulary.fileKeys, of: "a rule file")
        else { return nil }
        if let version = values["version"] { checkVersion(version) }
        return values
    }

    private mutating func checkVersion(_ node: YAMLNode) {
        if case .text("\(Vocabulary.version)", isPlain: true) = node.content { return }
        error("`version` must be \(Vocabulary.version)", at: node)
    }

    private mutating func readRules(_ node: YAMLNode) {
        for item in sequence(node, what: "`rules`") {
            guard ruleIDs.count < RuleLimits.rules else {
                error("more than \(RuleLimits.rules) rules", at: item)
                return
            }
            readRule(item)
        }
    }

    private mutating func readTests(_ node: YAMLNode, isEnforced: Bool) {
        for item in sequence(node, what: "`tests`") {
            guard tests.count < RuleLimits.tests else {
                error("more than \(RuleLimits.tests) tests", at: item)
                return
            }
            readTest(item, isEnforced: isEnforced)
        }
    }
}

/// The fields that rules read or set, each with a position.
struct FieldTable {
    private(set) var paths: [FieldPath] = []
    private var positions: [Bytes: Int] = [:]

    /// Every ruleset reads the role, since bounds are on what the contact holds.
    init() {
        for path in EvaluationContext.roleFields { _ = position(of: path) }
    }

    mutating func position(of path: FieldPath) -> Int {
        let name = Bytes(of: path.description)
        if let position = positions[name] { return position }
        positions[name] = paths.count
        paths.append(path)
        return paths.count - 1
    }
}
