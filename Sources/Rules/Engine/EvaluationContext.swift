package import Contacts

/// What the rules of a ruleset see of one contact.
package struct EvaluationContext: Sendable {
    package enum FieldContent: Sendable, Equatable {
        case text(Bytes)
        /// Several values: those that can be read, and whether those are all.
        case list([Bytes], isComplete: Bool)
        /// An address that is not one.
        case unreadable
        /// A part of such an address: it is not there, and nobody has emptied it.
        case unreadablePart
        case absent

        package var isPresent: Bool {
            switch self {
            case .text, .list, .unreadable: true
            case .unreadablePart, .absent: false
            }
        }

        package var isAbsent: Bool { if case .absent = self { true } else { false } }
    }

    /// By the position of the field in `Ruleset.fields`.
    package private(set) var values: [FieldContent]

    /// The time; without one, time decides nothing.
    package let now: Instant?

    package init(_ contact: borrowing Contact, fields: [FieldPath], now: Instant? = nil) {
        self.now = now
        values = []
        values.reserveCapacity(fields.count)
        var address: EmailAddress?
        for field in fields { values.append(Self.value(of: field, in: contact, &address)) }
    }

    /// The first fields of every ruleset.
    package static let roleFields: [FieldPath] = [.portalRole, .portalRoleID]
    private static let (role, roleID) = (0, 1)

    /// Where the role stands; no role at all is `no_access`.
    package var roleStanding: PortalRole.Standing {
        switch (values[Self.role], values[Self.roleID]) {
        case (.text(let role), _):
            Vocabulary.rank(ofRole: role).map { .ranked($0) }
                ?? .custom(String(decoding: role, as: UTF8.self))
        case (_, .text(let id)): .custom(String(decoding: id, as: UTF8.self))
        default: .noAccess
        }
    }

    package var hasRole: Bool { values[Self.role].isPresent || values[Self.roleID].isPresent }

    /// Whether a field has a value; the empty one is no value.
    package func holds(_ text: Bytes, at position: Int) -> Bool {
        switch values[position] {
        case .text(let held): held == text
        case .absent: text.isEmpty
        case .list, .unreadable, .unreadablePart: false
        }
    }

    /// What `Contact.applying` does to a contact, done to what was read of it.
    ///
    /// - Parameter accountFields: The positions of the fields that another account takes along.
    package mutating func apply(_ text: Bytes, to effect: Effect, accountFields: [Int]) {
        if holds(text, at: effect.position) { return }
        switch effect.field {
        case .portalRole: values[Self.roleID] = .absent
        case .portalRoleID: values[Self.role] = .absent
        case .accountID: for position in accountFields { values[position] = .absent }
        case .name, .avatarURL, .customField: break
        }
        values[effect.position] = text.isEmpty ? .absent : .text(text)
    }

    /// - Parameter address: The parsed address, once it is needed.
    private static func value(
        of field: FieldPath, in contact: Contact, _ address: inout EmailAddress?
    ) -> FieldContent {
        func parsed() -> EmailAddress {
            if let address { return address }
            let parsed = contact.emailAddress
            address = parsed
            return parsed
        }
        switch field {
        case .email: return value(parsed().address, of: contact, else: .unreadable)
        case .emailLocal: return value(parsed().local, of: contact, else: .unreadablePart)
        case .emailDomain: return value(parsed().domain, of: contact, else: .unreadablePart)
        case .emailSite: return value(parsed().site, of: contact, else: .unreadablePart)
        case .emailClass:
            return value(parsed().domainClass?.rawValue, of: contact, else: .unreadablePart)
        case .emailStatus: return .text(Bytes(of: parsed().status.rawValue))
        default:
            switch contact[field] {
            case .text(let text): return .text(Bytes(of: text))
            case .list(let values): return list(values, of: field)
            case nil: return .absent
            }
        }
    }

    /// Addresses among others are as hostile as a single one.
    private static func list(_ values: [String], of field: FieldPath) -> FieldContent {
        guard field == .emails else { return .list(values.map(Bytes.init(of:)), isComplete: true) }
        let addresses = values.compactMap { EmailAddress($0).address.map(Bytes.init(of:)) }
        return .list(addresses, isComplete: addresses.count == values.count)
    }

    private static func value(
        _ text: String?, of contact: Contact, else unreadable: FieldContent
    ) -> FieldContent {
        text.map { .text(Bytes(of: $0)) } ?? (contact.email == nil ? .absent : unreadable)
    }
}
