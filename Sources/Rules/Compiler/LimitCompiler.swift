internal import Contacts

extension NodeReading {
    /// How many contacts may be changed; what is not said is as in `rest`.
    func changeLimits(_ node: YAMLNode, rest: ChangeLimits) -> ChangeLimits? {
        let problems = diagnostics.count
        guard !mapping(node, what: "`limits`").isEmpty,
            let values = keys(of: node, in: Vocabulary.limitKeys, of: "`limits`")
        else { return nil }
        var limits = rest
        limits.all = limit(values, rest: rest.all)
        for kind in ChangeClass.allCases {
            guard let node = values[kind.rawValue] else { continue }
            let what = "`\(kind.rawValue)`"
            guard !mapping(node, what: what).isEmpty,
                let values = keys(of: node, in: Vocabulary.limitClassKeys, of: what)
            else { continue }
            limits[of: kind] = limit(values, rest: rest[of: kind])
        }
        return diagnostics.count == problems ? limits : nil
    }

    private func limit(_ values: [String: YAMLNode], rest: ChangeLimit) -> ChangeLimit {
        func value(_ key: String, atMost most: Int, _ rest: Int?) -> Int? {
            values[key].flatMap { wholeNumber($0, what: "`\(key)`", in: 0...most) } ?? rest
        }
        return ChangeLimit(
            perHour: value("per_hour", atMost: RuleLimits.changes, rest.perHour),
            perDay: value("per_day", atMost: RuleLimits.changes, rest.perDay),
            percentOfContacts: value("percent_of_contacts", atMost: 100, rest.percentOfContacts))
    }
}
