extension Contact {
    /// The contact whose `fields` these are; names of no field are left out.
    package init(id: String, fields: [String: FieldValue]) {
        self.init(id: id)
        // The account comes first: its external ids belong to it.
        if case .text(let id) = fields[FieldPath.accountID.description] {
            account = Account(id: id)
        }
        for (name, value) in fields {
            guard let path = FieldPath(name) else { continue }
            switch value {
            case .text(let text): put(text, at: path)
            case .list(let values): put(values, at: path)
            }
        }
    }

    private mutating func put(_ text: String, at path: FieldPath) {
        switch path {
        case .name: name = text
        case .email: email = text
        case .avatarURL: avatarURL = text
        case .primaryPhoneNumber: primaryPhoneNumber = text
        case .portalRole: portalRole = text
        case .portalRoleID: portalRoleID = text
        default: put(.single(text), at: path)
        }
    }

    private mutating func put(_ values: [String], at path: FieldPath) {
        switch path {
        case .emails: emails = values
        case .integrationUserIDs: integrationUserIDs = values
        case .phoneNumbers: phoneNumbers = values
        default: put(.multiple(values), at: path)
        }
    }

    private mutating func put(_ value: CustomValue, at path: FieldPath) {
        switch path {
        case .customField(let slug): customFields[slug] = value
        case .externalID(let label): externalIDs[label] = value
        case .accountExternalID(let label): account?.externalIDs[label] = value
        default: break
        }
    }
}
