import Contacts
import Testing

/// Accounts as people recognise them.
struct AccountNames {
    @Test(
        arguments: [
            ([:], nil, "a1"),
            (["crm": .single("0015e00001")], nil, "a1 (crm 0015e00001)"),
            (["crm": .single("0015e00001")], "acme.com", "a1 (acme.com)"),
            (["erp": .single("7"), "crm": .multiple(["1", "2"])], nil, "a1 (crm 1, 2, erp 7)"),
            (["c": .single("3"), "a": .single("1"), "b": .single("2")], nil, "a1 (a 1, b 2, …)"),
            (["crm": .single("x\u{9B}2J\"")], nil, #"a1 (crm "x\u{9B}2J\"")"#),
            (
                ["crm": .single(String(repeating: "x", count: 1_000))], nil,
                "a1 (crm " + String(repeating: "x", count: 60) + "…)"
            ),
        ] as [([ByteText: Contact.CustomValue], String?, String)])
    func anAccountHasItsDomainOrElseItsExternalIDs(
        externalIDs: [ByteText: Contact.CustomValue], domain: String?, text: String
    ) {
        let account = Contact.Account(id: "a1", externalIDs: externalIDs)
        #expect(AccountName(account, domain: domain).description == text)
    }
}
