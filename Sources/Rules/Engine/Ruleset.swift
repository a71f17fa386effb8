package import Contacts
internal import Crypto
internal import Foundation

/// What becomes of `limits` in more than one file.
package enum RepeatedLimits {
    case refused
    /// For a ruleset on record that an earlier version put in force, when each file had its own.
    case mostGenerous
}

/// All rule files of a workspace, checked and compiled together.
package final class Ruleset: Sendable {
    /// SHA-256 over the sources, in hex: its name.
    package let hash: String
    /// By path.
    package let sources: [RuleSource]
    /// By id.
    package let rules: [Rule]
    private let positions: [String: Int]
    /// By file and line.
    package let tests: [RuleTest]
    package let warnings: [RuleDiagnostic]

    package let guardrails: [Guardrail]
    /// Of the workspace.
    package let limits: ChangeLimits
    /// By the id of the rule as written, for those that have limits of their own.
    package let ownLimits: [String: ChangeLimits]
    package let exceptions: [Exception]
    /// Rules that are gone and whose values are reverted, by id.
    package let retired: [String: Rule]
    /// The ids that rules had as written → those that they have now.
    package let renames: [String: String]
    /// The moments at which time alone can change a decision, in order.
    let instants: [Instant]
    /// In seconds.
    let ageLimits: [Double]

    package let enforcing: [Rule]
    /// Over `enforcing`.
    package let index: RuleIndex
    package let shadowed: [Rule]
    /// Every field that rules read or set; conditions and effects name them by position.
    package let fields: [FieldPath]
    /// The positions of those whose value rules can change.
    let changeable: [Int]
    /// The positions of those that another account takes along.
    let accountFields: [Int]
    /// Whether any rule reverts what it has set.
    let hasReverts: Bool
    /// Whether a change of those makes other rules possible.
    let isIndexChangeable: Bool

    /// Compiles rule files; their order does not matter.
    ///
    /// - Throws: Every error of every file at once.
    package init(
        sources: [RuleSource], repeatedLimits: RepeatedLimits = .refused
    ) throws(RuleProblems) {
        self.sources = sources.sorted { $0.path.precedesInBytes($1.path) }
        let diagnostics = DiagnosticCollector()
        let compiled = RulesetCompiler.compile(
            self.sources, repeatedLimits: repeatedLimits, diagnostics)
        warnings = diagnostics.diagnostics.inOrder()
        guard let compiled, !diagnostics.hasErrors else { throw RuleProblems(warnings) }
        hash = Self.hash(self.sources)
        rules = compiled.rules.map(\.rule).sorted { $0.id < $1.id }
        positions = Dictionary(
            zip(rules.map(\.id), rules.indices), uniquingKeysWith: { first, _ in first })
        tests = compiled.tests
        guardrails = compiled.guardrails.sorted { $0.id < $1.id }
        limits = compiled.limits
        ownLimits = Dictionary(
            rules.compactMap { rule in rule.terms.limits.map { (rule.base, $0) } },
            uniquingKeysWith: { first, _ in first })
        exceptions = compiled.exceptions.sorted { $0.id < $1.id }
        (retired, renames) = (compiled.names.retired, compiled.names.renamed)
        var predicates: [Predicate] = []
        for rule in rules { rule.condition.addPredicates(to: &predicates) }
        for guardrail in guardrails { guardrail.condition.addPredicates(to: &predicates) }
        let ends = rules.compactMap(\.from) + rules.compactMap(\.until) + exceptions.map(\.until)
        instants = Set(ends + predicates.flatMap(\.expires.values)).sorted()
        ageLimits = Set(predicates.compactMap(\.comparison.age)).sorted()
        enforcing = rules.filter { $0.mode == .enforce }
        hasReverts = enforcing.contains(where: \.terms.reverts) || !retired.isEmpty
        index = RuleIndex(enforcing)
        shadowed = rules.filter { $0.mode == .shadow }
        fields = compiled.numbering.fields
        changeable = fields.indices.filter { [fields] position in
            fields[position].isOfAccount || SettableField(fields[position]) != nil
        }
        accountFields = fields.indices.filter { [fields] in fields[$0].isOfAccount }
        isIndexChangeable = index.depends(on: changeable)
    }

    /// The same ruleset with another rule in the place of one that is not off: what its tests are
    /// tried against.
    package convenience init(_ other: Ruleset, replacing rule: Rule, by mutant: Rule) {
        let rules = other.rules.map { $0 === rule ? mutant : $0 }
        self.init(other, rules: rules) { enforcing in
            guard mutant.mode == rule.mode else { return RuleIndex(enforcing) }
            var index = other.index
            index.replaced = enforcing.firstIndex { $0 === mutant }.map(Int32.init)
            return index
        }
    }

    /// The same ruleset with each rule as another one of its id. It keeps its hash and its
    /// instants.
    ///
    /// - Parameter index: That of the rules that are enforced.
    package init(
        _ other: Ruleset, rules: [Rule], index: ([Rule]) -> RuleIndex = { RuleIndex($0) }
    ) {
        (hash, sources, warnings) = (other.hash, other.sources, other.warnings)
        (tests, guardrails, exceptions) = (other.tests, other.guardrails, other.exceptions)
        (limits, ownLimits, positions) = (other.limits, other.ownLimits, other.positions)
        (instants, fields, ageLimits) = (other.instants, other.fields, other.ageLimits)
        (changeable, accountFields) = (other.changeable, other.accountFields)
        (retired, renames) = (other.retired, other.renames)
        self.rules = rules
        shadowed = rules.filter { $0.mode == .shadow }
        enforcing = rules.filter { $0.mode == .enforce }
        hasReverts = enforcing.contains(where: \.terms.reverts) || !retired.isEmpty
        self.index = index(enforcing)
        isIndexChangeable = self.index.depends(on: changeable)
    }

    /// The same ruleset with rules in shadow enforced: what they would do together.
    ///
    /// It keeps its name, its files and its tests.
    ///
    /// - Parameter bases: The ids of rules as written; nil is every rule in shadow.
    package func enforcing(_ bases: Set<String>? = nil) -> Ruleset {
        Ruleset(
            self,
            rules: rules.map { rule in
                let isMeant = rule.mode == .shadow && bases?.contains(rule.base) ?? true
                return isMeant ? rule.with(mode: .enforce) : rule
            })
    }

    package func rule(_ id: String) -> Rule? { positions[id].map { rules[$0] } ?? retired[id] }

    /// The rules that a rule as written stands for: itself, or the rows of its table.
    package func rows(of base: String) -> [Rule] { rules.filter { $0.base == base } }

    /// The rule that may revert what one of this id has set; that of a table, for a row that is
    /// gone.
    package func reverter(of id: String) -> Rule? {
        retired[id] ?? retired[Rule.base(of: id)] ?? rule(id)
    }

    /// The exceptions that leave a contact out of rules now.
    func exceptions(for contact: Contact, at now: Instant?) -> [Exception] {
        if exceptions.isEmpty { return [] }
        return exceptions.filter { now ?? -.infinity < $0.until && $0.isFor(contact) }
    }

    /// Each part is preceded by its length, so that no text can pass for two.
    private static func hash(_ sources: [RuleSource]) -> String {
        var hash = SHA256()
        for part in sources.flatMap({ [$0.path, $0.text] }) {
            withUnsafeBytes(of: UInt64(part.utf8.count).littleEndian) {
                hash.update(bufferPointer: $0)
            }
            hash.update(data: Data(part.utf8))
        }
        // What the lists of domains say is part of what the rules mean.
        hash.update(data: Data(DomainData.digest))
        return hash.finalize().hexadecimal
    }
}

extension FieldPath {
    fileprivate var isOfAccount: Bool {
        if case .accountExternalID = self { true } else { false }
    }
}
