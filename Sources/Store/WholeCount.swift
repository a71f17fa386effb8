package import Contacts
package import Foundation
internal import Postgres

/// What came of counting all changes at once.
package enum WholeCount: Sendable {
    /// Everything may be decided now; what a person has to look at.
    case counted([Alert])
    /// Before the first complete sweep nobody knows how many there are.
    case waitsForSweep
    /// Another ruleset came into force meanwhile, or another process has counted.
    case outdated
}

extension Store {
    /// Contacts counted in one transaction.
    static let countBatch = 1_000

    /// Counts all changes that a new ruleset wants before any is made: a rule that would exceed a limit
    /// is held as a whole.
    ///
    /// Nothing is written before the end, so a count that is cut short begins anew.
    package func countChanges(
        under lease: Lease, rulesetHash: String, terms: RulesetTerms,
        decide: @escaping @Sendable (Contact, [String: GrantRecord], Date) throws -> Verdict
    ) async throws -> WholeCount {
        guard let start = try await beginCount(rulesetHash) else { return .outdated }
        guard start.isSwept else { return .waitsForSweep }
        var tally = ChangeTally(
            Admission(terms, before: start.before, counts: start.counts, holds: start.holds))
        var last: String? = ""
        while let after = last {
            let page = try await database.transaction { [workspace] db in
                try db.countedContacts(after: after, limit: Store.countBatch, in: workspace)
            }
            for (row, action, holds) in page {
                try tally.add(row, action: action, holds: holds, now: start.now, decide: decide)
            }
            last = page.count == Self.countBatch ? page.last?.row.contactID : nil
            try await renew(lease)
        }
        return try await finishCount(tally.holds(), under: lease, rulesetHash: rulesetHash)
    }

    private struct Start: Sendable {
        let now: Date
        let isSwept: Bool
        let before: RulesetTerms.Granted?
        let counts: ChangeCounts
        let holds: RuleHolds
    }

    private func beginCount(_ rulesetHash: String) async throws -> Start? {
        try await database.transaction { [workspace] db in
            let now = try db.now()
            let head = try db.row(
                """
                SELECT w.limits_before, EXISTS (
                           SELECT FROM usher.sweep s
                           WHERE s.workspace = w.workspace AND s.state = 'completed') AS is_swept
                FROM usher.workspace w
                WHERE w.workspace = \(workspace) AND w.ruleset_hash = \(rulesetHash)
                  AND NOT w.is_counted
                """
            ) { row in
                (
                    before: try row.get("limits_before", as: JSON?.self)?
                        .decode(as: RulesetTerms.Granted.self),
                    isSwept: try row.get("is_swept", as: Bool.self)
                )
            }
            guard let head else { return nil }
            return Start(
                now: now, isSwept: head.isSwept, before: head.before,
                counts: try db.changeCounts(at: now, in: workspace),
                holds: try db.ruleHolds(in: workspace))
        }
    }

    private func finishCount(
        _ holds: [(hold: RuleHold, changes: Int)], under lease: Lease, rulesetHash: String
    ) async throws -> WholeCount {
        try await database.transaction { [workspace, holder] db in
            try db.hold(lease, of: holder, in: workspace)
            // What was placed since the count began stays as it is.
            let placed = try db.ruleHolds(in: workspace).placed
            let new = holds.filter { placed[$0.hold.key] == nil }
            var events = try new.map { try $0.hold.event(changes: $0.changes) }
            var alerts = new.isEmpty ? [] : [Alert.held(new.map(\.hold))]
            alerts = try db.newAlerts(alerts, at: try db.now(), in: workspace)
            events += try alerts.map { try $0.event() }
            let places = try events.isEmpty ? nil : db.append(events, in: workspace)
            for (index, (hold, _)) in new.enumerated() {
                guard let places else { continue }
                try db.execute(
                    hold.insertion(
                        seq: places.first + index, at: places.recordedAt, in: workspace))
            }
            let counted = try db.execute(
                """
                UPDATE usher.workspace SET is_counted = true
                WHERE workspace = \(workspace) AND ruleset_hash = \(rulesetHash) AND NOT is_counted
                """)
            guard counted == 1 else { throw StoreError.evaluationMoved }
            return .counted(alerts)
        }
    }
}

extension Transaction {
    /// The next contacts with what is under way on them.
    fileprivate func countedContacts(
        after id: String, limit: Int, in workspace: WorkspaceName
    ) throws -> [(row: SnapshotRow, action: Action?, holds: [String: Hold])] {
        let found = try rows(
            """
            SELECT contact_id, ref, document, known_since, deleted_at, changed_seq, touched_seq, grants,
                   late, decision_digest, held, approved, clock_timestamp() AS read_at
            FROM usher.contact
            WHERE workspace = \(workspace) AND contact_id > \(id)
            ORDER BY contact_id
            LIMIT \(limit)
            """, decode: SnapshotRow.init(row:))
        let ids = found.map(\.contactID)
        let actions = try lockActions(ofContacts: ids, in: workspace)
        let holds = try holds(ofContacts: ids, in: workspace)
        return found.map { ($0, actions[$0.contactID], holds[$0.contactID] ?? [:]) }
    }
}

/// How many contacts each rule would change.
struct ChangeTally {
    var admission: Admission
    /// By scope and class, the contacts that would be changed.
    private var changes: [LimitScope: [ChangeClass: Int]] = [:]
    /// By the rule as written, what waits for an approval.
    private var unapproved: [String: Int] = [:]
    /// By rule file, the rules as written that would change something, by class.
    private var contributors: [String: [ChangeClass: [String: Int]]] = [:]

    init(_ admission: Admission) { self.admission = admission }

    mutating func add(
        _ row: SnapshotRow, action: Action?, holds: [String: Hold], now: Date,
        decide: (Contact, [String: GrantRecord], Date) throws -> Verdict
    ) throws {
        guard !row.isDeleted else { return }
        let subject = StoredContact(row, action: action, holds: holds)
        let verdict = try decide(subject.contact, row.grants, now)
        let rules = verdict.rulesBySlot(of: verdict.changes)
        add(
            verdict.changes, rules: rules, isExempted: verdict.isExempted, of: subject, now: now)
    }

    /// Counts what rules would change of one contact.
    ///
    /// - Parameters:
    ///   - rules: By slot, who wants it.
    ///   - isExempted: An exception leaves the contact more access than the rules would.
    mutating func add(
        _ changes: ContactPatch, rules: [String: [String]], isExempted: Bool,
        of subject: StoredContact, now: Date
    ) {
        var counted: [(classes: Set<ChangeClass>, rules: [String])] = []
        for (field, value) in changes.values {
            // Counted when it became an action.
            if subject.action?.wants(field, value) != nil { continue }
            let wish = Admission.Wish(
                field: field, value: value, from: subject.contact[field.path],
                rules: rules[field.slot] ?? [],
                classes: subject.contact.classes(of: field, value, isExempted: isExempted))
            if subject.reason(toHold: wish, at: now) != nil { continue }
            if admission.isApproved(wish, subject.approval(of: field, at: now)) { continue }
            let able = wish.rules.filter { !admission.lacksApproval($0) }
            guard !able.isEmpty else {
                for base in Set(wish.rules.compactMap { admission.terms.rule($0)?.base }) {
                    unapproved[base, default: 0] += 1
                }
                continue
            }
            counted.append((wish.classes, able))
        }
        count(counted)
    }

    private mutating func count(_ counted: [(classes: Set<ChangeClass>, rules: [String])]) {
        for (scope, classes) in admission.scopes(of: counted) {
            for kind in classes { changes[scope, default: [:]][kind, default: 0] += 1 }
        }
        var bases: [String: (file: String, classes: Set<ChangeClass>)] = [:]
        for wish in counted {
            for rule in wish.rules.compactMap(admission.terms.rule) {
                bases[rule.base, default: (rule.file, [])].classes.formUnion(wish.classes)
            }
        }
        for (base, (file, classes)) in bases {
            for kind in classes {
                contributors[file, default: [:]][kind, default: [:]][base, default: 0] += 1
            }
        }
    }

    /// The holds that are needed, each with the changes that it holds, in the order of their rules.
    mutating func holds() -> [(hold: RuleHold, changes: Int)] {
        var held: [String: (hold: RuleHold, changes: Int)] = [:]
        func isNew(_ hold: RuleHold) -> Bool { held[hold.key] == nil }
        for (base, changes) in unapproved {
            let hold = admission.hold(on: base, .approval, RuleHold.approvalDetail)
            held[hold.key] = (hold, changes)
        }
        // The narrowest limit is the one that is told.
        let scopes = changes.sorted {
            ($0.key.breadth, "\($0.key)") < ($1.key.breadth, "\($1.key)")
        }
        for (scope, counts) in scopes {
            for kind in ChangeClass.allCases {
                guard let more = counts[kind], let bound = exceeded(by: more, kind, in: scope)
                else { continue }
                for (id, changes) in rules(in: scope, kind, more) {
                    let hold = admission.hold(on: id, .limit, bound)
                    if isNew(hold) { held[hold.key] = (hold, changes) }
                }
            }
        }
        return held.values.sorted { $0.hold.key < $1.hold.key }
    }

    /// The rules of a scope that would change something, and how much.
    private func rules(
        in scope: LimitScope, _ kind: ChangeClass, _ changes: Int
    ) -> [String: Int] {
        switch scope {
        case .rule(let id): [id: changes]
        case .file(let file): contributors[file]?[kind] ?? [:]
        case .workspace:
            contributors.values.reduce(into: [:]) { all, classes in
                all.merge(classes[kind] ?? [:]) { $0 + $1 }
            }
        }
    }

    private func exceeded(by more: Int, _ kind: ChangeClass, in scope: LimitScope) -> String? {
        let limits: ChangeLimits? =
            switch scope {
            case .workspace: admission.limits.workspace
            case .file(let file): admission.limits.limits(ofFile: file)
            case .rule(let id):
                admission.terms.rule(id).flatMap { admission.limits.limits(ofRule: $0.base) }
            }
        return limits.flatMap { admission.counts.exceeded($0, by: more, kind, in: scope) }
    }
}
