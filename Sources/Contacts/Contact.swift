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

extension Contact: Decodable {
    private enum Key: String, CodingKey {
        case id, name, email, emails, account
        case avatarURL = "avatar_url"
        case customFields = "custom_fields"
        case externalIDs = "external_ids"
        case integrationUserIDs = "integration_user_ids"
        case phoneNumbers = "phone_numbers"
        case primaryPhoneNumber = "primary_phone_number"
        case portalRole = "portal_role"
        case portalRoleID = "portal_role_id"
    }

    private struct ExternalID: Decodable {
        private enum CodingKeys: String, CodingKey {
            case id = "external_id"
            case label
        }

        var id: String?
        var label: String?
    }

    private struct IntegrationUserID: Decodable {
        var id: String?
        var source: String?
    }

    private struct AccountObject: Decodable {
        private enum CodingKeys: String, CodingKey {
            case id
            case externalIDs = "external_ids"
        }

        var id: String?
        var externalIDs: [ExternalID?]?
    }

    private struct CustomFieldObject: Decodable {
        var value: String?
        var values: [String?]?
    }

    /// Reads one contact object of the API.
    ///
    /// - Throws: `DecodingError` when there is no id or a field has another type than the reference
    ///   says. Such an object is no evidence of anything.
    package init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        func text(_ key: Key) throws -> String? {
            try object.decodeIfPresent(String.self, forKey: key).nonEmpty
        }
        func texts(_ key: Key) throws -> [String] {
            try object.decodeIfPresent([String?].self, forKey: key).nonEmpty
        }
        guard let id = try text(.id) else {
            throw DecodingError.dataCorruptedError(
                forKey: .id, in: object, debugDescription: "a contact without an id")
        }
        let account = try object.decodeIfPresent(AccountObject.self, forKey: .account)
        let fields = try object.decodeIfPresent(
            [String: CustomFieldObject?].self, forKey: .customFields)
        let users = try object.decodeIfPresent(
            [IntegrationUserID?].self, forKey: .integrationUserIDs)
        self.init(
            id: id, name: try text(.name), email: try text(.email), emails: try texts(.emails),
            account: account?.id.nonEmpty.map {
                Account(id: $0, externalIDs: Self.byLabel(account?.externalIDs))
            },
            avatarURL: try text(.avatarURL),
            customFields: Self.bySlug(fields),
            externalIDs: Self.byLabel(
                try object.decodeIfPresent([ExternalID?].self, forKey: .externalIDs)),
            integrationUserIDs: (users ?? []).compactMap { user in
                user?.id.nonEmpty.map { "\(user?.source ?? ""):\($0)" }
            },
            phoneNumbers: try texts(.phoneNumbers),
            primaryPhoneNumber: try text(.primaryPhoneNumber),
            portalRole: try text(.portalRole), portalRoleID: try text(.portalRoleID))
    }

    /// Two ids under one label are two values: to a rule that wants one, that is a doubt.
    private static func byLabel(_ list: [ExternalID?]?) -> [ByteText: CustomValue] {
        var byLabel: [ByteText: Set<ByteText>] = [:]
        for case let item? in list ?? [] {
            if let id = item.id.nonEmpty { byLabel[item.label ?? "", default: []].insert(id) }
        }
        return byLabel.mapValues { ids in
            let ids = ids.sorted().map(\.text)
            return ids.count == 1 ? .single(ids[0]) : .multiple(ids)
        }
    }

    private static func bySlug(_ fields: [String: CustomFieldObject?]?) -> [ByteText: CustomValue] {
        var bySlug: [ByteText: CustomValue] = [:]
        for (slug, field) in fields ?? [:] { bySlug[slug] = customValue(field) }
        return bySlug
    }

    private static func customValue(_ object: CustomFieldObject?) -> CustomValue? {
        let values = (object?.values).nonEmpty
        if !values.isEmpty { return .multiple(values) }
        return (object?.value).nonEmpty.map(CustomValue.single)
    }
}

extension String? {
    /// This text, or nil where it is empty.
    package var nonEmpty: String? { self?.isEmpty == false ? self : nil }
}

extension [String?]? {
    fileprivate var nonEmpty: [String] { (self ?? []).compactMap(\.nonEmpty) }
}
