package import Foundation

/// One contact of a workspace, as last read from the API.
///
/// Absent, null and empty read the same: no text here is empty, no list holds an empty element.
/// Keys that the API reference does not name stay in the stored document and are not read.
package struct Contact: Sendable, Equatable {
    package struct Account: Sendable, Equatable {
        package var id: String
        /// Label → external id, or several.
        package var externalIDs: [ByteText: CustomValue]

        package init(id: String, externalIDs: [ByteText: CustomValue] = [:]) {
            self.id = id
            self.externalIDs = externalIDs
        }
    }

    /// A custom field holds one text, or several; so do the external ids of one label.
    package enum CustomValue: Sendable, Equatable, ExpressibleByStringLiteral {
        case single(String)
        case multiple([String])

        package init(stringLiteral text: String) { self = .single(text) }
    }

    package var id: String
    package var name: String?
    /// The primary address, exactly as it came.
    package var email: String?
    package var emails: [String]
    package var account: Account?
    package var avatarURL: String?
    /// Slug → value.
    package var customFields: [ByteText: CustomValue]
    /// Label → external id, or several.
    package var externalIDs: [ByteText: CustomValue]
    /// `source:id` of each linked user in another system.
    package var integrationUserIDs: [String]
    package var phoneNumbers: [String]
    package var primaryPhoneNumber: String?
    /// `no_access`, `member`, `admin` or a custom role's slug.
    package var portalRole: String?
    package var portalRoleID: String?
    /// When Usher first read it, to the second; nil where it was there from the beginning, in the
    /// first complete sweep. The API knows nothing of it.
    package var firstSeen: Date?

    package init(
        id: String, name: String? = nil, email: String? = nil, emails: [String] = [],
        account: Account? = nil, avatarURL: String? = nil,
        customFields: [ByteText: CustomValue] = [:], externalIDs: [ByteText: CustomValue] = [:],
        integrationUserIDs: [String] = [], phoneNumbers: [String] = [],
        primaryPhoneNumber: String? = nil, portalRole: String? = nil, portalRoleID: String? = nil
    ) {
        self.id = id
        self.name = name
        self.email = email
        self.emails = emails
        self.account = account
        self.avatarURL = avatarURL
        self.customFields = customFields
        self.externalIDs = externalIDs
        self.integrationUserIDs = integrationUserIDs
        self.phoneNumbers = phoneNumbers
        self.primaryPhoneNumber = primaryPhoneNumber
        self.portalRole = portalRole
        self.portalRoleID = portalRoleID
    }

    /// The primary address as rules may trust it.
    package var emailAddress: EmailAddress { EmailAddress(email ?? "") }
}

extension String? {
    /// This text, or nil where it is empty.
    package var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}
