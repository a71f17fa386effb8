internal import Contacts

/// What the rules of a ruleset see of one contact.
struct Reading: Sendable {
    enum Value: Sendable {
        case text(Bytes)
        /// There is something, but nothing that a text operator can judge: several values, or an
        /// address that is not one.
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
                case .list: .unreadable
                case nil: .absent
                }
            }
        }
    }

    private static func value(_ text: String?, isPresent: Bool) -> Value {
        text.map { .text(Bytes(of: $0)) } ?? (isPresent ? .unreadable : .absent)
    }
}
