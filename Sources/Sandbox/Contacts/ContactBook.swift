/// The contacts of one organisation, newest first, each with its JSON ready to send.
struct ContactBook {
    final class Entry: Sendable {
        /// Milliseconds since 1970; never shown, it only orders.
        let createdAt: Int64
        let contact: SandboxContact
        let json: [UInt8]

        init(createdAt: Int64, contact: SandboxContact, json: [UInt8]) {
            self.createdAt = createdAt
            self.contact = contact
            self.json = json
        }

        var position: Position { Position(createdAt: createdAt, id: contact.id) }
    }

    /// Where a contact stands: newest first, then by id.
    struct Position: Equatable {
        let createdAt: Int64
        let id: String

        static func isBefore(_ one: Position, _ other: Position) -> Bool {
            one.createdAt != other.createdAt
                ? one.createdAt > other.createdAt : one.id < other.id
        }
    }

    let organisation: SandboxOrganisation
    /// The list backwards, so that a new contact is an append.
    private var oldestFirst: [Entry] = []
    /// By the bytes of the id: texts that are equal by Unicode only are two ids.
    private var entriesByID: [[UInt8]: Entry] = [:]
    private var emailOwners: [String: String] = [:]
    private var externalIDOwners: [String: String] = [:]
    /// Contacts that are gone → those that they were merged into.
    private var survivors: [String: String] = [:]

    init(organisation: SandboxOrganisation) {
        self.organisation = organisation
    }

    var count: Int { oldestFirst.count }
    var newestFirst: ReversedCollection<[Entry]> { oldestFirst.reversed() }

    subscript(id: String) -> Entry? { entriesByID[Array(id.utf8)] }

    /// A creation time that puts a new contact before all others, even if the clock stood still.
    func nextCreationTime(now: Int64) -> Int64 {
        max(now, (oldestFirst.last?.createdAt ?? 0) + 1)
    }

    mutating func reserveCapacity(_ count: Int) {
        oldestFirst.reserveCapacity(count)
        entriesByID.reserveCapacity(count)
        emailOwners.reserveCapacity(count)
    }

    mutating func insert(_ contact: SandboxContact, createdAt: Int64) {
        let entry = own(contact, createdAt: createdAt)
        oldestFirst.insert(entry, at: countAfter(entry.position))
    }

    /// Puts a changed contact in the place of the one with its id; its rank in the list stays.
    mutating func replace(with contact: SandboxContact) {
        guard let old = self[contact.id] else { return }
        disown(old.contact)
        let new = own(contact, createdAt: old.createdAt)
        oldestFirst[countAfter(new.position)] = new
    }

    /// Has a contact answered with these bytes, whatever they are, until it is changed.
    mutating func spoil(id: String, json: [UInt8]) {
        guard let old = self[id] else { return }
        let entry = Entry(createdAt: old.createdAt, contact: old.contact, json: json)
        entriesByID[Array(id.utf8)] = entry
        oldestFirst[countAfter(entry.position)] = entry
    }

    @discardableResult
    mutating func remove(id: String) -> Bool {
        guard let entry = entriesByID.removeValue(forKey: Array(id.utf8)) else { return false }
        disown(entry.contact)
        oldestFirst.remove(at: countAfter(entry.position))
        return true
    }

    /// Removes a contact for another one, which shows in its place from then on.
    mutating func merge(id: String, into survivor: String) -> Bool {
        guard id != survivor, self[survivor] != nil, remove(id: id) else { return false }
        survivors[id] = survivor
        return true
    }

    /// The contact with an id, or the one that it was merged into.
    func surviving(_ id: String) -> Entry? {
        self[id] ?? survivors[id].flatMap { self[$0] }
    }

    /// Refuses addresses and external ids that another contact has.
    func checkUnique(_ contact: SandboxContact) throws(APIError) {
        for email in contact.emails {
            if let owner = emailOwners[email], owner != contact.id {
                throw .duplicate("a contact with this email already exists", existsID: owner)
            }
        }
        for id in contact.externalIDs {
            if let owner = externalIDOwners[id.externalID], owner != contact.id {
                throw .duplicate(
                    "a contact with this external_id already exists", existsID: owner)
            }
        }
    }

    /// The entries after a position, newest first; all of them after none.
    func entries(after position: Position?) -> ReversedCollection<ArraySlice<Entry>> {
        oldestFirst[..<(position.map(countAfter) ?? count)].reversed()
    }

    /// How many contacts come after this position in the list: its index in `oldestFirst`.
    private func countAfter(_ position: Position) -> Int {
        var low = 0
        var high = oldestFirst.count
        while low < high {
            let middle = (low + high) / 2
            if Position.isBefore(position, oldestFirst[middle].position) {
                low = middle + 1
            } else {
                high = middle
            }
        }
        return low
    }

    private mutating func own(_ contact: SandboxContact, createdAt: Int64) -> Entry {
        for email in contact.emails where emailOwners[email] == nil {
            emailOwners[email] = contact.id
        }
        for id in contact.externalIDs where externalIDOwners[id.externalID] == nil {
            externalIDOwners[id.externalID] = contact.id
        }
        let entry = Entry(
            createdAt: createdAt, contact: contact, json: contact.json(in: organisation))
        entriesByID[Array(contact.id.utf8)] = entry
        return entry
    }

    private mutating func disown(_ contact: SandboxContact) {
        for email in contact.emails where emailOwners[email] == contact.id {
            emailOwners[email] = nil
        }
        for id in contact.externalIDs where externalIDOwners[id.externalID] == contact.id {
            externalIDOwners[id.externalID] = nil
        }
    }
}
