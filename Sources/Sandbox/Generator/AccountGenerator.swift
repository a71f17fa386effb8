/// An account and the domain that its contacts write from.
struct GeneratedAccount {
    let account: SandboxOrganisation.Account
    let domain: String
}

/// Makes accounts: six that are always the same ones, and more as there are more contacts.
enum AccountGenerator {
    /// Domains of the first accounts, in order.
    static let knownDomains = [
        "acme.com", "acme.co.uk", "globex.com", "initech.com", "umbrella.example", "soylent.io",
    ]
    /// One further account for so many contacts.
    private static let contactsPerAccount = 25
    /// Digits of the number in an external id, as in `0015e00002`.
    private static let externalIDDigits = 5

    static func accounts(for contacts: Int, _ random: inout SplitMix64) -> [GeneratedAccount] {
        (0..<knownDomains.count + contacts / contactsPerAccount).map { index in
            let digits = String(index + 1)
            let zeros = String(repeating: "0", count: max(0, externalIDDigits - digits.count))
            let account = SandboxOrganisation.Account(
                id: random.uuid(),
                externalIDs: [.init(externalID: "0015e\(zeros)\(digits)", label: "crm")])
            let domain = index < knownDomains.count ? knownDomains[index] : domain(&random, index)
            return GeneratedAccount(account: account, domain: domain)
        }
    }

    private static func domain(_ random: inout SplitMix64, _ index: Int) -> String {
        let first = random.pick(["north", "blue", "iron", "river", "solar", "quick", "old", "red"])
        let second = random.pick(["works", "labs", "foods", "freight", "bank", "health", "media"])
        return "\(first)\(second)\(index).\(random.pick(["com", "de", "io", "example", "co.jp"]))"
    }
}
