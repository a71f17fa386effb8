package import Contacts

/// A change of one field of one contact that waits for a person.
package struct ContactHold: Sendable, Equatable {
    package enum Reason: String, Sendable, CaseIterable {
        /// Usher has changed the field too often within an hour.
        case ownChanges = "own_changes"
        /// Usher has set it again too often after somebody else had changed it.
        case reasserted
        /// The revert of what a rule had set would raise access.
        case revert

        package var words: String {
            switch self {
            case .ownChanges: "Usher changed it too often within an hour"
            case .reasserted: "Usher set it again too often within a day"
            case .revert: "the revert would raise access"
            }
        }
    }

    package let contactID: String
    /// The slot.
    package let field: String
    package let reason: Reason
    package let wish: HeldWish
    package let placedSeq: Int

    package init(contactID: String, field: String, reason: Reason, wish: HeldWish, placedSeq: Int) {
        self.contactID = contactID
        self.field = field
        self.reason = reason
        self.wish = wish
        self.placedSeq = placedSeq
    }
}

package struct HeldWish: Codable, Sendable, Equatable {
    package let field: SettableField
    package let value: String
    package let rules: [String]

    package init(field: SettableField, value: String, rules: [String]) {
        self.field = field
        self.value = value
        self.rules = rules
    }

    func isFor(_ field: SettableField, _ value: String) -> Bool {
        self.field == field && self.value.hasSameBytes(as: value)
    }
}
