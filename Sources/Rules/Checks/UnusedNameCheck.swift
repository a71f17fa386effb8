/// Warns of names that are declared and never used, and of fields that are used and not declared.
struct UnusedNameCheck: CompilerStage {
    let compilation: Compilation

    /// Warns of each custom field once, unless it is an error somewhere.
    func warnOfUndeclaredFields() {
        let errors = Set(diagnostics.diagnostics.filter { $0.severity == .error }.map(\.place))
        diagnostics.report(
            mentions.undeclaredFields.values.filter { !errors.contains($0.place) })
    }

    func warnOfUnusedNames() {
        for list in declarations.lists.values where !mentions.lists.contains(list.name) {
            warn(of: "list", list.name, at: list.place)
        }
        for table in declarations.tables.values where !mentions.tables.contains(table.name) {
            warn(of: "table", table.name, at: table.place)
        }
    }

    private func warn(of what: String, _ name: String, at place: Place) {
        diagnostics.report(
            RuleDiagnostic(
                .warning, at: place, "no rule names the \(what) `\(name)`", offending: name))
    }
}
