/// Makes contacts: the same seed and number give the same ones, byte for byte.
struct ContactGenerator {
    private let accounts: [GeneratedAccount]
    private var random: SplitMix64
    private var localParts: [String: Int] = [:]

    /// 2024-01-01 in milliseconds since 1970: when the first contact was created.
    private static let firstCreation: Int64 = 1_704_067_200_000
    /// The longest time between two contacts, in milliseconds.
    private static let longestGap: Int64 = 600_000

    private static let freeMailDomains = [
        "gmail.com", "outlook.com", "yahoo.co.jp", "gmx.de", "proton.me", "qq.com",
    ]
    private static let departments = [
        "Support", "Engineering", "Finance", "Sales", "Legal", "Forschung & Entwicklung", "営業",
    ]
    private static let products = ["portal", "api", "chat", "analytics"]

    static func book(
        organisationID: String, name: String, contacts: Int, seed: UInt64
    ) -> ContactBook {
        var random = SplitMix64(seed: seed)
        let accounts = AccountGenerator.accounts(for: contacts, &random)
        let organisation = SandboxOrganisation(
            id: organisationID, name: name, accounts: accounts.map(\.account))
        var generator = ContactGenerator(
            accounts: accounts, random: random)
        var book = ContactBook(organisation: organisation)
        book.reserveCapacity(contacts)
        var createdAt = firstCreation
        for number in 0..<contacts {
            createdAt += Int64(generator.random.next() % UInt64(longestGap))
            book.insert(generator.contact(number), createdAt: createdAt)
        }
        return book
    }

    private init(accounts: [GeneratedAccount], random: SplitMix64) {
        self.accounts = accounts
        self.random = random
    }

    private mutating func contact(_ number: Int) -> SandboxContact {
        let person = PersonNames.next(&random)
        let isHostileName = random.happens(0.03)
        var contact = SandboxContact(
            id: random.uuid(),
            name: isHostileName ? HostileText.name(person.written, &random) : person.written)
        setAddress(of: &contact, person, number)
        contact.portalRole = role()
        setCustomFields(of: &contact)
        if random.happens(0.3) {
            contact.externalIDs = [.init(externalID: "0035e\(100_000 + number)", label: "crm")]
        }
        if random.happens(0.25) {
            contact.integrationUserIDs = [.init(id: "U\(1_000_000 + number)", source: "slack")]
        }
        if random.happens(0.3) {
            contact.phoneNumbers = (0..<(random.happens(0.2) ? 2 : 1)).map { _ in
                "49\(1_000_000_000 + random.next() % 9_000_000_000)"
            }
            contact.primaryPhoneNumber = contact.phoneNumbers.first
        }
        if random.happens(0.2) {
            contact.avatarURL = "https://avatars.example.com/\(contact.id).png"
        }
        return contact
    }

    /// Four in a hundred have a hostile address, two none at all.
    private mutating func setAddress(
        of contact: inout SandboxContact, _ person: PersonName, _ number: Int
    ) {
        let choice = random.next() % 100
        let account = account()
        if choice < 4 {
            contact.accountID = random.pick(accounts).account.id
            contact.email = HostileText.email(number, &random)
        } else if choice < 6 {
            contact.accountID = account.account.id
        } else if choice < 20 {
            contact.accountID = random.happens(0.5) ? account.account.id : nil
            contact.email = address(person.local, at: random.pick(Self.freeMailDomains))
        } else {
            contact.accountID = account.account.id
            let isContractor = random.happens(0.08)
            let local = (isContractor ? "ext-" : "") + person.local
            contact.email = address(local, at: account.domain)
        }
        contact.emails = contact.email.map { [$0] } ?? []
        if contact.email != nil, random.happens(0.1) {
            contact.emails.append(
                address("\(person.local).private", at: random.pick(Self.freeMailDomains)))
        }
    }

    /// The known accounts have three contacts in four.
    private mutating func account() -> GeneratedAccount {
        random.happens(0.75)
            ? accounts[Int(random.next() % UInt64(AccountGenerator.knownDomains.count))]
            : random.pick(accounts)
    }

    /// Never the same address twice; one in eight is written with capitals.
    private mutating func address(_ local: String, at domain: String) -> String {
        let wanted = "\(local)@\(domain)"
        let uses = localParts[wanted, default: 0] + 1
        localParts[wanted] = uses
        let unique = uses == 1 ? wanted : "\(local)\(uses)@\(domain)"
        return random.happens(0.125) ? unique.uppercased() : unique
    }

    private mutating func role() -> String? {
        switch random.next() % 100 {
        case 0..<62: "no_access"
        case 62..<82: "member"
        case 82..<87: "admin"
        case 87..<92: random.pick(SandboxOrganisation.ownRoles).slug
        default: nil
        }
    }

    private mutating func setCustomFields(of contact: inout SandboxContact) {
        if random.happens(0.15) { return }
        if random.happens(0.7) {
            contact.customFields["tier"] = .single(
                random.pick(["gold", "silver", "silver", "bronze", "bronze"]))
        }
        if random.happens(0.8) {
            contact.customFields["status"] = .single(random.happens(0.1) ? "left" : "active")
        }
        if random.happens(0.5) {
            contact.customFields["department"] = .single(random.pick(Self.departments))
        }
        if random.happens(0.4) {
            contact.customFields["seats"] = .single(String(1 + random.next() % 500))
        }
        if random.happens(0.4) {
            let used = Self.products.filter { _ in random.happens(0.5) }
            if !used.isEmpty { contact.customFields["products"] = .multiple(used) }
        }
    }
}
