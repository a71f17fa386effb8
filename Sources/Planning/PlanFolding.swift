package import RuleLint
internal import Rules

extension Plan {
    /// The same with the rows of each table counted as one rule.
    package func folded(_ folding: TableFolding) -> Plan {
        var plan = self
        plan.rules = rules.folded(folding)
        plan.shadow.rules = shadow.rules.folded(folding)
        plan.unordered = folding.fold(unordered, by: \.rule).map(UnorderedCount.init(folded:))
            .sorted { ($1.contacts, $0.rule) < ($0.contacts, $1.rule) }
        plan.adminLoss.examples = adminLoss.examples.map { $0.naming(folding) }
        plan.orphans = folding.fold(orphans, by: \.rule, kind: { "\($0.field) \($0.state)" })
            .map(OrphanCount.init(folded:))
            .sorted { ($1.contacts, $0.rule, $0.field) < ($0.contacts, $1.rule, $1.field) }
        plan.exempted = exempted.map { $0.naming(folding) }
            .merged {
                "\($0.exception) \($0.rule)"
            } adding: {
                $0.contacts += $1.contacts
            }
            .sorted { ($1.contacts, $0.exception, $0.rule) < ($0.contacts, $1.exception, $1.rule) }
        plan.conflicts = conflicts.map { $0.naming(folding) }
            .merged {
                [$0.kind, $0.slot] + $0.rules
            } adding: {
                $0.contacts += $1.contacts
            }
            .sorted { ($1.contacts, $0.slot, $0.rules[0]) < ($0.contacts, $1.slot, $1.rules[0]) }
        return plan
    }
}

extension [Plan.RuleCount] {
    fileprivate func folded(_ folding: TableFolding) -> Self {
        folding.fold(self, by: \.rule).map { group in
            var count = Plan.RuleCount(folded: group)
            count.held = Plan.RuleCount.held(group.entries)
            return count
        }
        .sorted { ($1.contacts, $0.rule) < ($0.contacts, $1.rule) }
    }
}

extension Plan.AdminLoss.Account {
    /// The same with the tables whose rows bring it about.
    fileprivate func naming(_ folding: TableFolding) -> Self {
        var named = self
        named.rules = Set(rules.map(folding.name)).sorted()
        return named
    }
}

extension Plan.ExemptedCount {
    fileprivate func naming(_ folding: TableFolding) -> Self {
        var named = self
        named.rule = folding.name(of: rule)
        return named
    }
}

extension Plan.ConflictCount {
    /// The same with the tables whose rows bring it about.
    fileprivate func naming(_ folding: TableFolding) -> Self {
        var named = self
        named.rules = Set(rules.map(folding.name)).sorted()
        return named
    }
}

extension Sequence {
    /// One element for each key, in the order of the first; others are added to it.
    fileprivate func merged<Key: Hashable>(
        by key: (Element) -> Key, adding add: (inout Element, Element) -> Void
    ) -> [Element] {
        var merged: [Element] = []
        var positions: [Key: Int] = [:]
        for element in self {
            let key = key(element)
            if let position = positions[key] {
                add(&merged[position], element)
            } else {
                positions[key] = merged.count
                merged.append(element)
            }
        }
        return merged
    }
}

/// A count of contacts by rule, which adds up for the rows of a table.
private protocol FoldedCount: RuleEntry {
    var rule: String { get set }
    var rows: RowCount? { get set }
    mutating func add(_ other: Self)
}

extension FoldedCount {
    /// Adds up rows; the keys of a table are unique, so that no contact is counted by two of them.
    fileprivate init(folded group: TableFolding.Group<Self>) {
        self = group.entries[0]
        guard let rows = group.rows else { return }
        (rule, self.rows) = (group.rule, rows)
        for row in group.entries.dropFirst() { add(row) }
    }
}

extension Plan.RuleCount: FoldedCount {
    fileprivate mutating func add(_ other: Self) {
        contacts += other.contacts
        lowering += other.lowering
        givenBack += other.givenBack
    }

    /// What would hold the rows; where it is not the same for all, how many each holds.
    fileprivate static func held(_ rows: [Plan.RuleCount]) -> String? {
        let counts = Dictionary(grouping: rows.compactMap(\.held)) { $0 }.mapValues(\.count)
        guard let (reason, count) = counts.first else { return nil }
        if count == rows.count { return reason }
        return counts.sorted { $0.key < $1.key }
            .map { "\(RowCount(count: $0.value, total: rows.count)): \($0.key)" }
            .joined(separator: ", ")
    }
}

extension Plan.UnorderedCount: FoldedCount {
    fileprivate mutating func add(_ other: Self) { contacts += other.contacts }
}

extension Plan.OrphanCount: FoldedCount {
    fileprivate mutating func add(_ other: Self) {
        contacts += other.contacts
        examples += other.examples.prefix(Self.maxExamples - examples.count)
    }
}
