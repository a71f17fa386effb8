internal import Contacts

/// A field that a rule file names, and what is known of it.
struct NamedField {
    let path: FieldPath
    let row: FieldRow
    /// Of a custom field.
    var declaration: DeclaredField?

    /// What it holds: as declared, if it is.
    var kind: FieldKind { declaration?.kind ?? row.kind }
}

extension CompilerStage {
    /// The field of this name; an error where there is none.
    func field(_ name: String, at place: Place, for access: FieldRow.Access) -> NamedField? {
        if let row = Vocabulary.fields.first(where: { $0.covers(name) }),
            let path = FieldPath(name)
        {
            if let problem = row.labelProblem(in: name) {
                error(problem, at: place, offending: name)
                return nil
            }
            return NamedField(path: path, row: row)
        }
        let rows = Vocabulary.fields.filter { access == .read || $0.access == .set }
        if let row = rows.first(where: { row in
            guard let prefix = row.prefix else { return false }
            return name == prefix || name + "." == prefix
        }) {
            error("`\(name)` needs a name after it: `\(row.name)`", at: place, offending: name)
            return nil
        }
        error(
            "there is no field `\(name)`", at: place, offending: name,
            suggestion: nearestField(to: name, among: rows))
        return nil
    }

    /// The field that an entry of `set`, or of the like, names.
    func settable(_ entry: YAMLNode.MappingEntry) -> SettableField? {
        guard let named = field(entry.key, at: entry.place, for: .set) else { return nil }
        guard named.row.access == .set, let field = SettableField(named.path) else {
            error("`\(entry.key)` cannot be set", at: entry)
            return nil
        }
        return field
    }

    /// The declaration of a custom field; a warning where it has none.
    func declaration(
        of path: FieldPath, named entry: YAMLNode.MappingEntry
    ) -> DeclaredField? {
        guard case .customField(let slug) = path else { return nil }
        if let declared = declarations.fields[slug] { return declared }
        if mentions.undeclaredFields[slug] == nil {
            mentions.undeclaredFields[slug] = RuleDiagnostic(
                .warning, at: entry.place,
                "`\(slug)` is not declared in `fields`, so nothing about it can be checked",
                offending: entry.key, suggestion: nearestDeclared(to: slug))
        }
        return nil
    }

    /// The declared field whose slug was probably meant.
    func nearestDeclared(to slug: String) -> String? {
        nearest(to: slug, among: declarations.fields.keys.sorted()).map(FieldRow.customField)
    }

    /// A declared slug by itself is its field. Fields with a label are compared by what stands
    /// before it.
    private func nearestField(to name: String, among rows: [FieldRow]) -> String? {
        let last = name.drop { $0 != "." }.dropFirst()
        if let slug = [name, String(last)].first(where: { declarations.fields[$0] != nil }) {
            return FieldRow.customField(slug)
        }
        var candidates = rows.filter { $0.prefix == nil }.map(\.name)
        for prefix in rows.compactMap(\.prefix) {
            let heads = Self.heads(of: name, like: prefix)
            if let head = heads.first(where: { Suggestion.name(to: $0, among: [prefix]) != nil }) {
                candidates.append(prefix + name.dropFirst(head.count))
            }
        }
        if let last = candidates.first(where: { $0.hasSuffix("." + name) }) { return last }
        return nearest(to: name, among: candidates) ?? nearestDeclared(to: name)
    }

    /// What may have been meant as the prefix: up to the same dot, or with a dot left out.
    private static func heads(of name: String, like prefix: String) -> [String] {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        let dots = prefix.count { $0 == "." }
        let lengths = [parts.prefix(dots).reduce(0) { $0 + $1.count + 1 }, prefix.count - 1]
        return lengths.filter { $0 < name.count }.map { String(name.prefix($0)) }
    }
}

extension FieldRow {
    static func customField(_ slug: String) -> String { "custom_fields.\(slug)" }

    /// What is wrong with the label in a name: slugs are ASCII words, labels may be anything that
    /// can be seen.
    fileprivate func labelProblem(in text: String) -> String? {
        guard let prefix else { return nil }
        let label = text.utf8.dropFirst(prefix.utf8.count)
        if label.count > RuleLimits.labelBytes {
            return "a label or slug is at most \(RuleLimits.labelBytes) bytes long"
        }
        if label.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return "`\(name)`: the name holds a control character"
        }
        if String(label)?.isPadded == true {
            return "`\(name)`: the name has leading or trailing whitespace"
        }
        guard access == .set else { return nil }
        let isSlug = label.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                UInt8(ascii: "."):
                true
            default: false
            }
        }
        return isSlug ? nil : "a slug is of letters, digits, `-`, `_` and `.`"
    }
}
