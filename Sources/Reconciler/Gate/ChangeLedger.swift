package import Contacts

/// What a change counts against.
package enum LimitScope: Hashable, Sendable, CustomStringConvertible {
    case workspace
    /// A rule as written, or one row of its table.
    case rule(String)

    package var description: String {
        switch self {
        case .workspace: "workspace"
        case .rule(let id): "rule:\(id)"
        }
    }
}

/// How many contacts became actions within the last hour and the last day, and those added since.
package struct ChangeLedger: Sendable {
    package struct Count: Sendable {
        package var hour: Int
        package var day: Int

        package init(hour: Int = 0, day: Int = 0) { (self.hour, self.day) = (hour, day) }
    }

    package struct Key: Hashable, Sendable {
        package let scope: String
        package let kind: ChangeClass

        package init(scope: String, kind: ChangeClass) { (self.scope, self.kind) = (scope, kind) }
    }

    /// Contacts that are known, for percentages.
    package let contacts: Int
    private var counts: [Key: Count]
    package private(set) var added: [Key: Int] = [:]

    package init(contacts: Int, counts: [Key: Count] = [:]) {
        self.contacts = contacts
        self.counts = counts
    }

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
            case .rule(let id): "\(name), of the rule \(id)"
            }
        }
    }
}
