internal import Contacts

/// What the changed contacts of a plan tell of their accounts.
struct AccountNames {
    private struct Known {
        let account: Contact.Account
        /// Contacts by the domain of their address, where that is the account's own.
        var domains: [String: Int] = [:]

        /// Domains that are counted separately; most accounts have one or two.
        private static let maxDomains = 8

        init(_ account: Contact.Account) { self.account = account }

        mutating func add(_ address: EmailAddress) {
            guard address.domainClass == .corporate, let domain = address.domain,
                domains.count < Self.maxDomains || domains[domain] != nil
            else { return }
            domains[domain, default: 0] += 1
        }
    }

    private var accounts: [ByteText: Known] = [:]

    /// Accounts that are remembered; a plan shows the largest twenty.
    private static let maxAccounts = 100_000

    mutating func add(_ contact: Contact) {
        guard let account = contact.account else { return }
        guard accounts.count < Self.maxAccounts || accounts[account.id] != nil else { return }
        accounts[account.id, default: Known(account)].add(contact.emailAddress)
    }

    /// The account with the domain that most of its contacts have; nil where none was seen.
    subscript(id: String) -> AccountName? {
        accounts[id].map { known in
            let domain = known.domains.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key
            return AccountName(known.account, domain: domain)
        }
    }
}
