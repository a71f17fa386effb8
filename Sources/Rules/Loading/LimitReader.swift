internal import Contacts

extension RulesetReader {
    /// How many contacts a file or a rule may change; what it does not say is as in `rest`.
    mutating func changeLimits(_ node: YAMLNode, rest: ChangeLimits) -> ChangeLimits? {
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

    private mutating func limit(_ values: [String: YAMLNode], rest: ChangeLimit) -> ChangeLimit {
        func value(_ key: String, atMost most: Int, _ rest: Int?) -> Int? {
            values[key].flatMap { wholeNumber($0, what: "`\(key)`", in: 0...most) } ?? rest
        }
        return ChangeLimit(
            perHour: value("per_hour", atMost: RuleLimits.changes, rest.perHour),
            perDay: value("per_day", atMost: RuleLimits.changes, rest.perDay),
            percentOfContacts: value("percent_of_contacts", atMost: 100, rest.percentOfContacts))
    }

    /// Whether a person has to agree to the rule before it changes anything.
    mutating func isApprovalRequired(_ node: YAMLNode) -> Bool {
        if case .text(Vocabulary.required, isPlain: _) = node.content { return true }
        error("`approval` takes only `\(Vocabulary.required)`", at: node)
        return false
    }

    mutating func wholeNumber(
        _ node: YAMLNode, what: String, in range: ClosedRange<Int>
    ) -> Int? {
        guard case .text(let text, isPlain: true) = node.content, let number = Int(text),
            text.hasSameBytes(as: String(number)), range.contains(number)
        else {
            error(
                "\(what) must be a whole number from \(range.lowerBound) to \(range.upperBound)",
                at: node)
            return nil
        }
        return number
    }
}
