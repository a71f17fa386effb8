import Contacts
import Testing

@testable import Planning

/// The accounts that a plan leaves without an administrator.
@Suite struct AccountAdminsTests {
    private static func admin(_ id: String, of account: String?) -> Contact {
        var contact = Contact(id: id, email: "\(id)@\(account ?? "x").com", portalRole: "admin")
        contact.account = account.map { Contact.Account(id: $0) }
        return contact
    }

    private static let lowered = ContactPatch([.portalRole: "member"])
    private static let rules = ["portal_role": ["cap"], "name": ["label"]]

    /// Contacts of one account may be on different pages, in any order.
    @Test func anAccountLosesItsAdminsOnlyIfNoPageLeavesOne() {
        let (ana, bob) = (Self.admin("ana", of: "a"), Self.admin("bob", of: "a"))
        for keepsBob in [true, false] {
            var (one, two) = (AccountAdmins(), AccountAdmins())
            one.add(ana, planned: Self.lowered, otherwise: nil, rules: Self.rules)
            let planned = keepsBob ? ContactPatch() : Self.lowered
            two.add(bob, planned: planned, otherwise: nil, rules: Self.rules)
            for (first, second) in [(one, two), (two, one)] {
                var merged = first
                merged.merge(second)
                #expect(merged.loss().examples.map(\.account.id) == (keepsBob ? [] : ["a"]))
                #expect(merged.loss().examples.allSatisfy { $0.admins == 2 && $0.rules == ["cap"] })
            }
        }
    }

    @Test func aNewAdminInsteadIsEnough() {
        var admins = AccountAdmins()
        admins.add(
            Self.admin("ana", of: "a"), planned: Self.lowered, otherwise: nil, rules: Self.rules)
        var member = Self.admin("bob", of: "a")
        member.portalRole = "member"
        admins.add(
            member, planned: ContactPatch([.portalRole: "admin"]), otherwise: nil, rules: [:])
        #expect(admins.loss().accounts == 0)
    }

    @Test func aLossUnderTheOtherRulesetAsWellDoesNotCount() {
        var admins = AccountAdmins()
        admins.add(
            Self.admin("ana", of: "a"), planned: Self.lowered, otherwise: Self.lowered,
            rules: Self.rules)
        admins.add(
            Self.admin("bob", of: "b"), planned: Self.lowered, otherwise: ContactPatch(),
            rules: Self.rules)
        #expect(admins.loss().examples.map(\.account.id) == ["b"])
    }

    @Test func contactsWithoutAnAccountDoNotCountAndAccountsAreBounded() {
        var admins = AccountAdmins(maxAccounts: 2)
        admins.add(
            Self.admin("ana", of: nil), planned: Self.lowered, otherwise: nil, rules: Self.rules)
        #expect(admins.loss().accounts == 0 && !admins.loss().isCut)
        for account in ["a", "b"] {
            admins.add(
                Self.admin("x", of: account), planned: Self.lowered, otherwise: nil,
                rules: Self.rules)
        }
        #expect(!admins.loss().isCut)
        admins.add(Self.admin("x", of: "c"), planned: Self.lowered, otherwise: nil, rules: [:])
        #expect(admins.loss().isCut && admins.loss().examples.map(\.account.id) == ["a", "b"])
    }
}
