internal import Contacts

/// What all compilers of a workspace's rule files share.
struct Compilation {
    let diagnostics: DiagnosticCollector
    /// What the files declare; known before the first rule is compiled.
    let declarations: Declarations
    let numbering: Numbering
    let mentions: Mentions
}

/// A compiler of one part of the syntax trees.
protocol CompilerStage: NodeReading {
    var compilation: Compilation { get }
}

extension CompilerStage {
    var diagnostics: DiagnosticCollector { compilation.diagnostics }
    var declarations: Declarations { compilation.declarations }
    var numbering: Numbering { compilation.numbering }
    var mentions: Mentions { compilation.mentions }
}

/// Custom fields, lists and tables, by the names under which rules ask for them.
struct Declarations {
    /// By slug.
    var fields: [String: DeclaredField] = [:]
    var lists: [String: ValueList] = [:]
    var tables: [String: Table] = [:]
    /// Tables with problems of their own, which are told once.
    var brokenTables: Set<String> = []
}

/// Numbers fields, slots and values, each in the order in which it is first named.
final class Numbering {
    private(set) var fields: [FieldPath] = []
    private var positions: [Bytes: Int] = [:]
    private var slots: [String: Int] = [:]
    private var choices: [Bytes: Int] = [:]
    /// By choice: most rules of a large ruleset want one of a few values.
    private var exactEffects: [Int: Effect] = [:]

    /// Every ruleset reads the role, since bounds are on what the contact holds.
    init() {
        for path in EvaluationContext.roleFields { _ = position(of: path) }
    }

    func position(of path: FieldPath) -> Int {
        let name = Bytes(of: path.description)
        if let position = positions[name] { return position }
        positions[name] = fields.count
        fields.append(path)
        return fields.count - 1
    }

    func effect(_ field: SettableField, _ value: EffectValue) -> Effect {
        let slot = slots[field.slot] ?? slots.count
        slots[field.slot] = slot
        let bytes = Bytes(of: "\(field)=\(value.text)")
        let choice = choices[bytes] ?? choices.count
        choices[bytes] = choice
        if case .exact = value.kind, let known = exactEffects[choice] { return known }
        let effect = Effect(
            field: field, value: value.text, position: position(of: field.path), slot: slot,
            choice: choice, kind: value.kind)
        if case .exact = value.kind { exactEffects[choice] = effect }
        return effect
    }
}

/// What rules and guardrails mention, for the checks that follow once all of them are compiled.
final class Mentions {
    /// Custom fields that nobody declared, by slug, each with its warning.
    var undeclaredFields: [String: RuleDiagnostic] = [:]
    /// Roles that no workspace must have.
    var roles: [RoleMention] = []
    var lists: Set<String> = []
    var tables: Set<String> = []
    /// As `table.column`.
    var columns: Set<String> = []
    /// The sets that operators test, by list and for each kind of field.
    var listSets: [String: [FieldKind: Set<Bytes>]] = [:]
    /// Lists in whose values patterns were looked for, and for which of them.
    var searchedLists: Set<String> = []
}
