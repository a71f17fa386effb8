/// A change of one field of a contact.
package struct FieldChange: Sendable, Equatable {
    package var field: SettableField
    /// nil is nothing.
    package var from: FieldValue?
    /// An empty value unsets a custom field.
    package var to: String

    package init(field: SettableField, from: FieldValue?, to: String) {
        self.field = field
        self.from = from
        self.to = to
    }

    /// A change of what a contact holds now.
    package init(of contact: Contact, _ field: SettableField, to value: String) {
        self.init(field: field, from: contact[field.path], to: value)
    }

    /// Whether both set the same field to the same value, whatever it holds before.
    package func hasSameTarget(as other: FieldChange) -> Bool {
        field == other.field && to.hasSameBytes(as: other.to)
    }

    /// Byte for byte.
    package static func == (one: FieldChange, other: FieldChange) -> Bool {
        one.hasSameTarget(as: other) && one.from == other.from
    }
}

extension FieldChange: Codable {
    enum CodingKeys: String, CodingKey {
        case field, from
        case to = "value"
    }
}

extension String {
    /// Whether the bytes are equal; Swift's own `==` follows Unicode equivalence, where the Kelvin
    /// sign is a `K`.
    package func hasSameBytes(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}
