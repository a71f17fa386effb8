internal import Contacts
internal import Foundation

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
        guard let scope = scope(values, at: node), let id, let until, let reason,
            !names.isEmpty
        else { return }
        exceptions.append(
            Exception(id: id, reason: reason, rules: Set(names), scope: scope, until: until))
    }

    private mutating func scope(
        _ values: [String: YAMLNode], at node: YAMLNode
    ) -> Exception.Scope? {
        switch (anyText(values["contact"]), anyText(values["account"])) {
        case (let contact?, nil): return self.contact(contact, at: values["contact"] ?? node)
        case (nil, let account?): return .account(id: account)
        default:
            error("an exception is for one `contact` or one `account`", at: node)
            return nil
        }
    }

    private mutating func contact(_ text: String, at node: YAMLNode) -> Exception.Scope {
        if let address = EmailAddress(text).address { return .address(address) }
        if UUID(uuidString: text) == nil {
            warn(
                "`\(text)` is neither the id of a contact, which is a UUID, nor an address",
                at: node)
        }
        return .contact(id: text)
    }
}
