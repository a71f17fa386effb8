internal import Contacts

/// The administrators of accounts, now and after a plan.
struct AccountAdmins: Sendable {
    private struct Count {
        var now = 0
        /// Under the rules that the plan compares with; without any, as many as now.
        var otherwise = 0
        var planned = 0
        /// The rules that do it; at most `maxRules`.
        var rules: Set<String> = []

        mutating func merge(_ other: Count) {
            now += other.now
            otherwise += other.otherwise
            planned += other.planned
            add(rules: other.rules.sorted())
        }

        mutating func add(rules names: [String]) {
            for rule in names where rules.count < AccountAdmins.maxRules { rules.insert(rule) }
        }
    }

    private var counts: [ByteText: Count] = [:]
    /// There are more accounts with administrators than are counted.
    private var isCut = false

    private let maxAccounts: Int
    /// Rules that are named for one account.
    private static let maxRules = 3

    init(maxAccounts: Int = Plan.countedAccounts) { self.maxAccounts = maxAccounts }

    /// - Parameters:
    ///   - planned: What would be changed.
    ///   - otherwise: What the rules that the plan compares with would change; nil is nothing.
    ///   - rules: By slot, who wants what is planned.
    mutating func add(
        _ contact: Contact, planned: ContactPatch, otherwise: ContactPatch?,
        rules: [String: [String]]
    ) {
        // Most contacts are no administrators, and working out their future would cost time.
        let isConcerned =
            contact.isAdmin || planned.makesAdmin || otherwise.map(\.makesAdmin) ?? false
        guard isConcerned else { return }
        let now = contact.administeredAccount
        let then = contact.after(planned).administeredAccount
        count(now) { $0.now += 1 }
        count(contact.after(otherwise ?? ContactPatch()).administeredAccount) {
            $0.otherwise += 1
        }
        count(then) { $0.planned += 1 }
        guard now.map({ ByteText($0) }) != then.map({ ByteText($0) }) else { return }
        count(now) { count in
            count.add(rules: Contact.administrationSlots.flatMap { rules[$0] ?? [] })
        }
    }

    mutating func merge(_ other: AccountAdmins) {
        for (account, count) in other.counts { self.count(account.text) { $0.merge(count) } }
        isCut = isCut || other.isCut
    }

    private mutating func count(_ account: String?, _ change: (inout Count) -> Void) {
        guard let account else { return }
        guard counts.count < maxAccounts || counts[account] != nil else {
            isCut = true
            return
        }
        change(&counts[account, default: Count()])
    }

    /// The accounts that would be left without an administrator.
    func loss(_ names: AccountNames = AccountNames()) -> Plan.AdminLoss {
        let accounts = counts.filter { _, count in
            count.now > 0 && count.otherwise > 0 && count.planned == 0
        }.map { account, count in
            Plan.AdminLoss.Account(
                account: Plan.AccountReference(id: account.text, name: names[account.text]),
                admins: count.now, rules: count.rules.sorted())
        }.sorted {
            ($1.admins, ByteText($0.account.id)) < ($0.admins, ByteText($1.account.id))
        }
        return Plan.AdminLoss(
            accounts: accounts.count, isCut: isCut,
            examples: Array(accounts.prefix(Plan.shownAccounts)))
    }
}

extension Contact {
    /// The slots that decide whether a contact administers its account.
    fileprivate static let administrationSlots = [
        FieldPath.portalRole.description, FieldPath.accountID.description,
    ]

    /// The account whose administrator the contact is.
    fileprivate var administeredAccount: String? {
        isAdmin ? account?.id : nil
    }

    fileprivate var isAdmin: Bool { portalRole == PortalRole.names.last }

    fileprivate func after(_ patch: ContactPatch) -> Contact {
        patch.isEmpty ? self : applying(patch)
    }
}

extension ContactPatch {
    fileprivate var makesAdmin: Bool { self[.portalRole] == PortalRole.names.last }
}
