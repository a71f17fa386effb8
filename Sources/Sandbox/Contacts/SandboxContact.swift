/// A contact as the sandbox keeps it.
package struct SandboxContact: Sendable, Equatable {
    package struct ExternalID: Sendable, Equatable, Codable {
        package var externalID: String
        package var label: String

        private enum CodingKeys: String, CodingKey {
            case externalID = "external_id"
            case label
        }

        package init(externalID: String, label: String) {
            self.externalID = externalID
            self.label = label
        }
    }

    package struct IntegrationUserID: Sendable, Equatable, Codable {
        package var id: String
        package var source: String

        package init(id: String, source: String) {
            self.id = id
            self.source = source
        }
    }

    package enum CustomValue: Sendable, Equatable {
        case single(String)
        case multiple([String])

        /// All values, however many the field takes.
        var all: [String] {
            switch self {
            case .single(let value): [value]
            case .multiple(let values): values
            }
        }
    }

    package let id: String
    package var name: String
    /// The primary address; it is among `emails`.
    package var email: String?
    package var emails: [String] = []
    package var accountID: String?
    package var avatarURL: String?
    /// By slug.
    package var customFields: [String: CustomValue] = [:]
    package var externalIDs: [ExternalID] = []
    package var integrationUserIDs: [IntegrationUserID] = []
    package var phoneNumbers: [String] = []
    package var primaryPhoneNumber: String?
    /// The slug of one of the organisation's roles; its id follows from it.
    package var portalRole: String?

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }
}
