package import Rules

/// The rules of a ruleset that have another id than before, for what is kept under the old ones.
///
/// An id is carried over whatever the rule means now, as if it had been changed in place; what
/// people agreed to or rejected is bound to the meaning, and carried over only with it.
package struct RuleRenames: Sendable {
    /// The ids as written: old → new.
    package let bases: [String: String]
    /// By the old id of a rule, of a row, and of a rule as written.
    private let meanings: [String: Meaning]

    /// One meaning under both ids.
    private struct Meaning: Sendable {
        let old: String
        let new: String
    }

    package init(of ruleset: Ruleset) {
        bases = ruleset.renames
        let news = Set(bases.values)
        let rows = Dictionary(
            grouping: ruleset.rules.filter { news.contains($0.base) }, by: \.base)
        var meanings: [String: Meaning] = [:]
        for (old, new) in bases {
            if let oldHash = ruleset.hash(ofBase: new, under: old),
                let newHash = ruleset.hash(ofBase: new)
            {
                meanings[old] = Meaning(old: oldHash, new: newHash)
            }
            for row in rows[new] ?? [] {
                let id = old + row.id.dropFirst(new.count)
                meanings[id] = Meaning(
                    old: ruleset.hash(ofMeaning: ruleset.meaning(of: row), under: id),
                    new: ruleset.hash(of: row))
            }
        }
        self.meanings = meanings
    }

    /// Whether a rule, or a row of its table, has another id now.
    package func isRenamed(_ id: String) -> Bool { bases[Rule.base(of: id)] != nil }

    /// The id that a rule, or a row of its table, has now.
    package func newID(of id: String) -> String {
        let base = Rule.base(of: id)
        return bases[base].map { $0 + id.dropFirst(base.count) } ?? id
    }

    /// What the rule means under its new id; nil where it kept its id or changed its meaning.
    package func newHash(of hash: String, under id: String) -> String? {
        meanings[id].flatMap { $0.old == hash ? $0.new : nil }
    }

    /// The ids that rules have now, each once.
    package func newIDs(of ids: [String]) -> [String] {
        var known: Set<String> = []
        return ids.map(newID).filter { known.insert($0).inserted }
    }

    package func renamed(_ rules: [String: [String]]) -> [String: [String]] {
        rules.mapValues(newIDs)
    }

    package func renamed(_ record: ContactRecord) -> ContactRecord {
        var record = record
        record.grants = record.grants.mapValues { grant in
            var grant = grant
            grant.rules = newIDs(of: grant.rules)
            return grant
        }
        record.drifts = record.drifts.mapValues { byRule in
            // What a rule of the new id remembers itself comes first.
            Dictionary(
                byRule.sorted { !isRenamed($0.key) && isRenamed($1.key) }
                    .map { (newID(of: $0.key), renamed($0.value, of: $0.key)) }
            ) { own, _ in own }
        }
        record.held = record.held.map { change in
            var change = renamed(change)
            change.by = change.by.map(newKey)
            return change
        }
        record.approved = record.approved.map(renamed)
        record.declined = record.declined.map(renamed)
        return record
    }

    package func renamed(_ late: [String: LateValue]) -> [String: LateValue] {
        late.mapValues { value in
            var value = value
            value.rules = newIDs(of: value.rules)
            return value
        }
    }

    /// The drift of a rule; its rejection lasts if the rule means the same under its new id.
    private func renamed(_ drift: Drift, of rule: String) -> Drift {
        var drift = drift
        drift.rejection = drift.rejection.map {
            Drift.Rejection(
                who: $0.who, seq: $0.seq,
                ruleHash: newHash(of: $0.ruleHash, under: rule) ?? $0.ruleHash)
        }
        return drift
    }

    private func renamed<Status>(_ change: BoundChange<Status>) -> BoundChange<Status> {
        var change = change
        change.rules = newMeanings(of: change.rules)
        return change
    }

    /// The same hold under the new id; nil where the rule kept its id or changed its meaning.
    package func renamed(_ hold: RuleHold) -> RuleHold? {
        newHash(of: hold.ruleHash, under: hold.ruleID).map { hash in
            RuleHold(
                ruleID: newID(of: hold.ruleID), reason: hold.reason, ruleHash: hash,
                detail: hold.detail, placedSeq: hold.placedSeq, placedAt: hold.placedAt,
                rejectedAt: hold.rejectedAt)
        }
    }

    /// Rules with their meanings; one that means something else now keeps its unused old id.
    private func newMeanings(of rules: [String: String]) -> [String: String] {
        Dictionary(
            rules.map { id, hash in
                newHash(of: hash, under: id).map { (newID(of: id), $0) } ?? (id, hash)
            }
        ) { first, _ in first }
    }

    /// The key of a hold, which names its rule.
    private func newKey(of key: String) -> String {
        guard let colon = key.firstIndex(of: ":") else { return key }
        let id = key[key.index(after: colon)...]
        return key[...colon] + newID(of: String(id))
    }
}

extension HeldWish {
    package func renamed(by renames: RuleRenames) -> HeldWish {
        HeldWish(field: field, value: value, rules: renames.newIDs(of: rules))
    }
}

extension Action {
    /// The same action and the wish behind it, on account of the rules' new ids.
    package func renamed(by renames: RuleRenames) -> Action {
        var action = self
        action.rules = renames.renamed(rules)
        action.next = next.map { next in
            var next = next
            next.rules = renames.renamed(next.rules)
            return next
        }
        return action
    }
}
