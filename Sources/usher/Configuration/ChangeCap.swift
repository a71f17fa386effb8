import Contacts

extension ChangeLimits {
    private static let counts = ["per_hour", "per_day", "percent_of_contacts"]

    /// What rule files may change at most, in the words of the rule language; what it does not say
    /// is not capped.
    ///
    /// - Parameter problems: Takes what is wrong with it.
    init(cap mapping: SettingsMapping, problems: inout [String]) {
        var mapping = mapping
        let kinds = ChangeClass.allCases.filter { $0 != .all }
        self.init(all: Self.limit(&mapping, besides: kinds.map(\.rawValue)))
        for kind in kinds {
            guard var inner = mapping.mapping(kind.rawValue) else { continue }
            self[of: kind] = Self.limit(&inner)
            problems += inner.problems
        }
        problems += mapping.problems
    }

    private static func limit(
        _ mapping: inout SettingsMapping, besides others: [String] = []
    ) -> ChangeLimit {
        mapping.accept(only: counts + others)
        return ChangeLimit(
            perHour: mapping.number(counts[0], upTo: .max),
            perDay: mapping.number(counts[1], upTo: .max),
            percentOfContacts: mapping.number(counts[2], upTo: 100))
    }
}
