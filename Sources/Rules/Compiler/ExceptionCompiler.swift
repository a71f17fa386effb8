internal import Contacts
internal import Foundation

/// Compiles one entry of `exceptions`.
struct ExceptionCompiler: CompilerStage {
    let compilation: Compilation
    let names: RuleNames

    func compile(_ node: YAMLNode, id: String?, values: [String: YAMLNode]) -> Exception? {
        let rules = values["rules"].map { ruleIDs($0, "rules", of: names) } ?? []
        let until = values["until"].flatMap { instant($0, what: "`until`", isEnd: true) }
        let reason = values["reason"].flatMap { prose($0, what: "`reason`") }
        guard let scope = scope(values, at: node), let id, let until, let reason, !rules.isEmpty
        else { return nil }
        return Exception(id: id, reason: reason, rules: Set(rules), scope: scope, until: until)
    }

    private func scope(_ values: [String: YAMLNode], at node: YAMLNode) -> Exception.Scope? {
        switch (anyText(values["contact"]), anyText(values["account"])) {
        case (let contact?, nil): return self.contact(contact, at: values["contact"] ?? node)
        case (nil, let account?): return .account(id: account)
        default:
            error("an exception is for one `contact` or one `account`", at: node)
            return nil
        }
    }

    private func contact(_ text: String, at node: YAMLNode) -> Exception.Scope {
        if let address = EmailAddress(text).address { return .address(address) }
        if UUID(uuidString: text) == nil {
            warn(
                "`\(text)` is neither the id of a contact, which is a UUID, nor an address",
                at: node)
        }
        return .contact(id: text)
    }
}
