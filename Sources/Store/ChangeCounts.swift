internal import Contacts
internal import Foundation
internal import Postgres

/// What a change counts against.
enum LimitScope: Hashable, CustomStringConvertible {
    case workspace
    case file(String)
    /// A rule, or one row of its table.
    case rule(String)

    var breadth: Int {
        switch self {
        case .rule: 0
        case .file: 1
        case .workspace: 2
        }
    }

    var description: String {
        switch self {
        case .workspace: "workspace"
        case .file(let name): "file:\(name)"
        case .rule(let id): "rule:\(id)"
        }
    }
}

/// How many contacts became actions within the last hour and the last day, and those of this
/// transaction.
struct ChangeCounts {
    struct Count {
        var hour = 0
        var day = 0
    }

    private struct Key: Hashable {
        let scope: String
        let kind: ChangeClass
    }

    /// Contacts that are known, for percentages.
    let contacts: Int
    private var counts: [Key: Count] = [:]
    private var added: [Key: Int] = [:]

    init(contacts: Int) { self.contacts = contacts }

    mutating func add(_ kinds: Set<ChangeClass>, to scope: LimitScope) {
        for kind in kinds {
            let key = Key(scope: scope.description, kind: kind)
            counts[key, default: Count()].hour += 1
            counts[key, default: Count()].day += 1
            added[key, default: 0] += 1
        }
    }

    /// Which limit so many more would exceed, in words; nil is none.
    func exceeded(
        _ limits: ChangeLimits, by more: Int = 1, _ kind: ChangeClass, in scope: LimitScope
    ) -> String? {
        let count = counts[Key(scope: scope.description, kind: kind)] ?? Count()
        let bound = limits[of: kind].exceeded(
            hour: count.hour + more, day: count.day + more, contacts: contacts)
        return bound.map { bound in
            let name = kind == .all ? bound : "\(kind.rawValue) \(bound)"
            return switch scope {
            case .workspace: "\(name), of the workspace"
            case .file(let file): "\(name), of \(file)"
            case .rule(let id): "\(name), of the rule \(id)"
            }
        }
    }

    func statement(at now: Date, in workspace: WorkspaceName) -> Statement? {
        guard !added.isEmpty else { return nil }
        let added = Array(added)
        return """
            INSERT INTO usher.change_count AS c (workspace, minute, scope, class, changes)
            SELECT \(workspace), \(now.startOfMinute), n.scope, n.class, n.changes
            FROM unnest(
                \(added.map(\.key.scope))::text[], \(added.map(\.key.kind.rawValue))::text[],
                \(added.map(\.value))::integer[]) AS n (scope, class, changes)
            ON CONFLICT (workspace, minute, scope, class) DO UPDATE
            SET changes = c.changes + EXCLUDED.changes
            """
    }
}

extension ChangeCounts {
    /// A minute counts for as long as any moment of it is within the hour or the day.
    static let hour: Duration = .seconds(3600 + 60)
    static let day: Duration = .seconds(86_400 + 60)

    fileprivate mutating func take(_ count: Count, _ scope: String, _ kind: ChangeClass) {
        counts[Key(scope: scope, kind: kind)] = count
    }
}

extension Transaction {
    func changeCounts(at now: Date, in workspace: WorkspaceName) throws -> ChangeCounts {
        var counts = ChangeCounts(contacts: try knownContacts(in: workspace))
        let rows = try rows(
            """
            SELECT scope, class, sum(changes)::bigint AS day,
                   coalesce(sum(changes) FILTER (WHERE minute > \(now - ChangeCounts.hour)), 0)::bigint
                       AS hour
            FROM usher.change_count
            WHERE workspace = \(workspace) AND minute > \(now - ChangeCounts.day)
            GROUP BY scope, class
            """
        ) { row in
            (
                scope: try row.get("scope", as: String.self),
                kind: try row.named("class") as ChangeClass,
                count: ChangeCounts.Count(hour: try row.get("hour"), day: try row.get("day"))
            )
        }
        for row in rows { counts.take(row.count, row.scope, row.kind) }
        return counts
    }

    /// To count many contacts takes long: of more than this, the last complete sweep knows.
    private static let countedContacts = 10_000

    private func knownContacts(in workspace: WorkspaceName) throws -> Int {
        try row(
            """
            SELECT greatest(
                (SELECT count(*) FROM (
                    SELECT FROM usher.contact
                    WHERE workspace = \(workspace) AND deleted_at IS NULL
                    LIMIT \(Self.countedContacts)) AS few),
                CASE WHEN w.last_ref > \(Self.countedContacts) THEN (
                    SELECT s.contacts FROM usher.sweep s
                    WHERE s.workspace = w.workspace AND s.state = 'completed'
                    ORDER BY s.sweep_id DESC
                    LIMIT 1) END)::bigint AS contacts
            FROM usher.workspace w
            WHERE w.workspace = \(workspace)
            """
        ) { try $0.get("contacts") } ?? 0
    }

    /// Forgets what no limit looks at any more.
    func forgetOldCounts(in workspace: WorkspaceName) throws {
        try execute(
            """
            DELETE FROM usher.change_count
            WHERE workspace = \(workspace) AND minute <= \(try now() - ChangeCounts.day)
            """)
    }
}

extension Date {
    fileprivate var startOfMinute: Date {
        Date(timeIntervalSince1970: (timeIntervalSince1970 / 60).rounded(.down) * 60)
    }
}
