/// A change of one field of a contact.
package struct FieldChange: Sendable, Equatable {
    package let field: SettableField
    /// nil is nothing.
    package let from: FieldValue?
    /// An empty value unsets a custom field.
    package let to: String

    package init(field: SettableField, from: FieldValue?, to: String) {
        self.field = field
        self.from = from
        self.to = to
    }

    /// A change of what a contact holds now.
    package init(of contact: Contact, _ field: SettableField, to value: String) {
        self.init(field: field, from: contact[field.path], to: value)
    }

    /// Byte for byte.
    package static func == (one: FieldChange, other: FieldChange) -> Bool {
        one.field == other.field && one.from == other.from && one.to.hasSameBytes(as: other.to)
    }
}

extension String {
    /// Whether the bytes are equal; Swift's own `==` follows Unicode equivalence, where the Kelvin
    /// sign is a `K`.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
