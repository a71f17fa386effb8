extension RulesetReader {
    mutating func readExceptions(_ node: YAMLNode) {
        for item in sequence(node, what: "`exceptions`") {
            guard exceptions.count < RuleLimits.exceptions else {
                error("more than \(RuleLimits.exceptions) exceptions", at: item)
                return
            }
            readException(item)
        }
    }

    private mutating func readException(_ node: YAMLNode) {
        guard let values = keys(of: node, in: Vocabulary.exceptionKeys, of: "an exception")
        else { return }
        let id = values["id"].flatMap { ruleID($0) }
        let names = values["rules"].map { rules($0, "rules") } ?? []
        let until = values["until"].flatMap { instant($0, what: "`until`", isEnd: true) }
        let reason = values["reason"].flatMap {
            prose($0, what: "`reason`")
        }
        let (contact, account) = (anyText(values["contact"]), anyText(values["account"]))
        guard (contact == nil) != (account == nil) else {
            error("an exception is for one `contact` or one `account`", at: node)
            return
        }
        guard let id, let until, let reason, !names.isEmpty else { return }
        exceptions.append(
            Exception(
                id: id, reason: reason, rules: Set(names), contactID: contact, accountID: account,
                until: until))
    }
}
