/// How many contacts may be changed; nil is any number.
package struct ChangeLimit: Sendable, Codable, Equatable {
    /// Within any hour.
    package var perHour: Int?
    /// Within any day of 24 hours.
    package var perDay: Int?
    /// Within any day, in percent of the contacts that are known.
    package var percentOfContacts: Int?

    package init(perHour: Int? = nil, perDay: Int? = nil, percentOfContacts: Int? = nil) {
        self.perHour = perHour
        self.perDay = perDay
        self.percentOfContacts = percentOfContacts
    }

    enum CodingKeys: String, CodingKey {
        case perHour = "per_hour"
        case perDay = "per_day"
        case percentOfContacts = "percent_of_contacts"
    }

    /// Contacts that a percentage is never less than, so that a small workspace can be worked on.
    package static let fewestOfPercentage = 10

    /// Which of its bounds so many contacts exceed; nil is none.
    ///
    /// - Parameter contacts: How many are known.
    package func exceeded(hour: Int, day: Int, contacts: Int) -> String? {
        if let perHour, hour > perHour { return "per_hour: \(perHour)" }
        if let perDay, day > perDay { return "per_day: \(perDay)" }
        guard let percentOfContacts else { return nil }
        let most = max(Self.fewestOfPercentage, contacts * percentOfContacts / 100)
        return day > most
            ? "percent_of_contacts: \(percentOfContacts), at most \(most) of \(contacts) "
                + "within a day"
            : nil
    }

    /// What both allow.
    func and(_ other: Self) -> Self {
        ChangeLimit(
            perHour: Self.least(perHour, other.perHour), perDay: Self.least(perDay, other.perDay),
            percentOfContacts: Self.least(percentOfContacts, other.percentOfContacts))
    }

    /// What at least one allows.
    func or(_ other: Self) -> Self {
        func most(_ one: Int?, _ other: Int?) -> Int? {
            one.flatMap { one in other.map { max(one, $0) } }
        }
        return ChangeLimit(
            perHour: most(perHour, other.perHour), perDay: most(perDay, other.perDay),
            percentOfContacts: most(percentOfContacts, other.percentOfContacts))
    }

    private static func least(_ one: Int?, _ other: Int?) -> Int? {
        one.map { min($0, other ?? $0) } ?? other
    }
}

/// What a change is counted as: as `lowering`, or as `all` and possibly as `privileged` too.
package enum ChangeClass: String, Sendable, CaseIterable, Codable {
    case all, privileged, lowering
}

/// How many contacts a rule, a file or a workspace may change.
package struct ChangeLimits: Sendable, Codable, Equatable {
    /// Of changes that take no access away.
    package var all: ChangeLimit
    /// Of those, the ones that give `admin`, a custom role or another account.
    package var privileged: ChangeLimit
    /// Of changes that take access away, counted by rule.
    package var lowering: ChangeLimit

    package init(
        all: ChangeLimit = .init(), privileged: ChangeLimit = .init(),
        lowering: ChangeLimit = .init()
    ) {
        self.all = all
        self.privileged = privileged
        self.lowering = lowering
    }

    /// What holds for a file that says nothing. Source: docs/rules.md, “Limits and approvals”.
    package static let standard = ChangeLimits(
        all: ChangeLimit(perHour: 500, perDay: 5000, percentOfContacts: 20),
        privileged: ChangeLimit(perHour: 20, perDay: 60, percentOfContacts: 1),
        lowering: ChangeLimit(perHour: 100, perDay: 500, percentOfContacts: 5))

    package subscript(of kind: ChangeClass) -> ChangeLimit {
        get {
            switch kind {
            case .all: all
            case .privileged: privileged
            case .lowering: lowering
            }
        }
        set {
            switch kind {
            case .all: all = newValue
            case .privileged: privileged = newValue
            case .lowering: lowering = newValue
            }
        }
    }

    /// What both allow.
    package func and(_ other: Self) -> Self { combined(other) { $0.and($1) } }

    /// What at least one allows.
    package func or(_ other: Self) -> Self { combined(other) { $0.or($1) } }

    private func combined(
        _ other: Self, _ combine: (ChangeLimit, ChangeLimit) -> ChangeLimit
    ) -> Self {
        var limits = self
        for kind in ChangeClass.allCases {
            limits[of: kind] = combine(self[of: kind], other[of: kind])
        }
        return limits
    }
}

extension Contact {
    /// The classes that a change of this contact counts in.
    ///
    /// What lowers access counts as that alone: neither grants nor other contacts use it up.
    ///
    /// - Parameter isExempted: An exception leaves the contact out of a rule that would leave it
    ///   less access: whatever it is given is privileged.
    package func classes(
        of field: SettableField, _ value: String, isExempted: Bool = false
    ) -> Set<ChangeClass> {
        switch accessEffect(of: field, value) {
        case .lowers: return [.lowering]
        case .neutral: return [.all]
        case .unknown: return [.all, .privileged]
        case .grants:
            let isPlain = value.hasSameBytes(as: PortalRole.names[1])
            return isPlain && !isExempted ? [.all] : [.all, .privileged]
        }
    }
}
