internal import Contacts

/// Compiles how a rule deals with people and with what it has done.
struct TermsCompiler: CompilerStage {
    let compilation: Compilation

    func compile(_ values: [String: YAMLNode]) -> Rule.Terms {
        let onUnmatch = values["on_unmatch"].flatMap {
            choice($0, of: Vocabulary.onUnmatch, what: "`on_unmatch`")
        }
        let onDrift = values["on_drift"].flatMap {
            choice($0, of: Vocabulary.onDrift, what: "`on_drift`")
        }
        let reverts = onUnmatch == "revert"
        return Rule.Terms(
            limits: values["limits"].flatMap { changeLimits($0, rest: ChangeLimits()) },
            needsApproval: values["approval"].map {
                isWord(Vocabulary.required, $0, what: "`approval`")
            } ?? false,
            reverts: reverts,
            revertTo: values["revert_to"].map { revertTo($0, values["set"], reverts: reverts) }
                ?? [:],
            reasserts: onDrift == "reassert")
    }

    /// What fields are set to once the rule has become false: fields that it sets itself.
    private func revertTo(
        _ node: YAMLNode, _ set: YAMLNode?, reverts: Bool
    ) -> [SettableField: String] {
        if !reverts { error("`revert_to` says to what `on_unmatch: revert` goes back", at: node) }
        var keys: [String] = []
        if case .mapping(let entries)? = set?.content { keys = entries.map(\.key) }
        var values: [SettableField: String] = [:]
        for entry in mapping(node, what: "`revert_to`") {
            guard keys.contains(where: { $0.hasSameBytes(as: entry.key) }) else {
                error(
                    "`revert_to` is for what the rule sets, and it does not set `\(entry.key)`",
                    at: entry, suggestion: nearest(to: entry.key, among: keys))
                continue
            }
            if let field = settable(entry) { values[field] = value(entry, of: field) }
        }
        return values
    }

    private func value(_ entry: YAMLNode.MappingEntry, of field: SettableField) -> String? {
        if let clear = clearing(entry.value) {
            return cleared(clear, of: field, named: entry.key)
        }
        let declaration =
            if case .customField(let slug) = field {
                declarations.fields[slug]
            } else {
                DeclaredField?.none
            }
        return text(entry.value, what: "the value of `\(entry.key)`").flatMap {
            checked($0, entry.value, of: field, named: entry.key, declaration)
        }
    }

    /// Refuses a rule that would undo itself: once it is true it sets what makes it false.
    func refuseUndoing(
        _ terms: Rule.Terms, _ condition: Condition, _ node: YAMLNode?, _ set: YAMLNode
    ) {
        guard terms.reverts, let node, case .mapping(let entries) = set.content else { return }
        let read = Set(condition.fields.map { numbering.fields[$0].description })
        for entry in entries {
            let isRead =
                read.contains(entry.key)
                || entry.key.hasPrefix("portal_role")
                    && !read.isDisjoint(with: ["portal_role", "portal_role_id"])
            guard isRead else { continue }
            error(
                "the rule tests `\(entry.key)`, which it sets itself, so to revert would undo it; "
                    + "test another field, or leave `on_unmatch` out", at: node)
        }
    }
}
