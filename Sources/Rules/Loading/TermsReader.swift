internal import Contacts

extension RulesetReader {
    /// How a rule deals with people and with what it has done.
    mutating func terms(_ values: [String: YAMLNode]) -> Rule.Terms {
        let onUnmatch = values["on_unmatch"].flatMap {
            choice($0, of: Vocabulary.onUnmatch, what: "`on_unmatch`")
        }
        let onDrift = values["on_drift"].flatMap {
            choice($0, of: Vocabulary.onDrift, what: "`on_drift`")
        }
        let reverts = onUnmatch == "revert"
        return Rule.Terms(
            file: file,
            limits: values["limits"].flatMap { changeLimits($0, rest: ChangeLimits()) },
            needsApproval: values["approval"].map { isApprovalRequired($0) } ?? false,
            reverts: reverts,
            revertTo: values["revert_to"].map { revertTo($0, values["set"], reverts: reverts) }
                ?? [:],
            reasserts: onDrift == "reassert")
    }

    private mutating func choice(
        _ node: YAMLNode, of names: [String], what: String
    ) -> String? {
        guard let text = text(node, what: what) else { return nil }
        guard names.contains(text) else {
            error(
                "\(what) must be one of \(names.joined(separator: ", "))", at: node,
                suggestion: nearest(to: text, among: names))
            return nil
        }
        return text
    }

    /// What fields are set to once the rule has become false: fields that it sets itself.
    private mutating func revertTo(
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
                    at: entry.place, offending: entry.key,
                    suggestion: nearest(to: entry.key, among: keys))
                continue
            }
            guard let field = settable(entry) else { continue }
            if case .customField(let slug) = field { declared = declarations[slug] }
            defer { declared = nil }
            if case .mapping(let entries) = entry.value.content, entries.count == 1,
                entries[0].key == Vocabulary.clear
            {
                values[field] = clearing(entries[0], of: field, named: entry.key)?.value
            } else {
                values[field] = text(entry.value, what: "the value of `\(entry.key)`").flatMap {
                    checked($0, entry.value, of: field, named: entry.key)
                }
            }
        }
        return values
    }

    /// Refuses a rule that would undo itself: once it is true it sets what makes it false.
    mutating func refuseUndoing(
        _ terms: Rule.Terms, _ condition: Condition, _ node: YAMLNode?, _ set: YAMLNode
    ) {
        guard terms.reverts, let node, case .mapping(let entries) = set.content else { return }
        let read = Set(condition.fields.map { fields.paths[$0].description })
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
