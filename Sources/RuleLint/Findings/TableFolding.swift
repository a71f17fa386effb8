package import Rules

/// How many rows of a table an entry is about.
package struct RowCount: Sendable, Codable, Equatable {
    package let count: Int
    /// The rows of the table; nil where it no longer has all of those counted.
    package let total: Int?

    package init(count: Int, total: Int?) {
        self.count = count
        self.total = total
    }
}

extension RowCount: CustomStringConvertible {
    package var description: String {
        let rows = (total ?? count) == 1 ? "row" : "rows"
        return total.map { "\(count) of \($0) \(rows)" } ?? "\(count) \(rows)"
    }
}

/// An entry of a report about a rule, or about rows of the rule's table.
package protocol RuleEntry {
    /// The rule's id; as written, where the rows of its table are folded.
    var rule: String { get }
    /// The folded rows; nil where the entry is about one rule or one row.
    var rows: RowCount? { get }
}

extension RuleEntry {
    /// The rule, such as `staff`, `customers[acme.com]`, or `customers: 3 of 300 rows`.
    package var label: String { rows.map { "\(rule): \($0)" } ?? rule }
}

/// Folds what a report says of the rows of a table into one entry.
package struct TableFolding: Sendable {
    private let isFolding: Bool
    private let rows: Set<String>
    /// By the id of the rule as written.
    private let totals: [String: Int]

    /// Leaves every row an entry of its own.
    package static let none = TableFolding(isFolding: false, rows: [])

    package init(_ ruleset: Ruleset) {
        self.init(
            isFolding: true,
            rows: Set(ruleset.rules.filter { $0.id != $0.base }.map(\.id)))
    }

    private init(isFolding: Bool, rows: Set<String>) {
        self.isFolding = isFolding
        self.rows = rows
        totals = Dictionary(grouping: rows, by: Rule.base(of:)).mapValues(\.count)
    }

    /// The name under which an entry about a rule or a row is folded.
    package func name(of id: String) -> String { isFolding ? Rule.base(of: id) : id }

    /// Entries about the same rule as written, of the same kind.
    package struct Group<Entry>: RuleEntry {
        package let rule: String
        package let rows: RowCount?
        /// At least one.
        package let entries: [Entry]
    }

    private struct GroupKey<Kind: Hashable>: Hashable {
        let rule: String
        let kind: Kind
    }

    /// Groups entries by rule and kind, in the order of the first of each group.
    package func fold<Entry, Kind: Hashable>(
        _ entries: [Entry], by rule: (Entry) -> String, kind: (Entry) -> Kind
    ) -> [Group<Entry>] {
        var order: [GroupKey<Kind>] = []
        var grouped: [GroupKey<Kind>: [Entry]] = [:]
        for entry in entries {
            let id = rule(entry)
            let key = GroupKey(rule: name(of: id), kind: kind(entry))
            if grouped[key] == nil { order.append(key) }
            grouped[key, default: []].append(entry)
        }
        return order.map { key in
            let entries = grouped[key] ?? []
            return Group(
                rule: key.rule, rows: count(Set(entries.map(rule)), of: key.rule),
                entries: entries)
        }
    }

    /// Groups entries by rule.
    package func fold<Entry>(_ entries: [Entry], by rule: (Entry) -> String) -> [Group<Entry>] {
        fold(entries, by: rule, kind: { _ in true })
    }

    private func count(_ ids: Set<String>, of rule: String) -> RowCount? {
        guard ids != [rule] else { return nil }
        return RowCount(count: ids.count, total: rows.isSuperset(of: ids) ? totals[rule] : nil)
    }
}
