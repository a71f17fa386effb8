internal import Contacts

/// What the rules of a ruleset see of one contact.
struct Reading: Sendable {
    enum Value: Sendable {
        case text(Bytes)
        /// Several values: those that can be read, and whether those are all.
        case list([Bytes], isComplete: Bool)
        /// An address that is not one.
        case unreadable
        case absent

        var isPresent: Bool {
            if case .absent = self { false } else { true }
        }
    }

    /// By the position of the field in `Ruleset.fields`.
    let values: [Value]

    init(_ contact: Contact, fields: [FieldPath]) {
        let address = contact.emailAddress
        values = fields.map { field in
            switch field {
            case .email: Self.value(address.address, isPresent: contact.email != nil)
            case .emailLocal: Self.value(address.local, isPresent: false)
            case .emailDomain: Self.value(address.domain, isPresent: false)
            case .emailStatus: .text(Bytes(of: address.status.rawValue))
            default:
                switch contact[field] {
                case .text(let text): .text(Bytes(of: text))
                case .list(let values): Self.list(values, of: field)
                case nil: .absent
                }
            }
        }
    }

    /// Addresses among others are as hostile as a single one.
    private static func list(_ values: [String], of field: FieldPath) -> Value {
        guard field == .emails else { return .list(values.map(Bytes.init(of:)), isComplete: true) }
        let addresses = values.compactMap { EmailAddress($0).address.map(Bytes.init(of:)) }
        return .list(addresses, isComplete: addresses.count == values.count)
    }

    private static func value(_ text: String?, isPresent: Bool) -> Value {
        text.map { .text(Bytes(of: $0)) } ?? (isPresent ? .unreadable : .absent)
    }
}
