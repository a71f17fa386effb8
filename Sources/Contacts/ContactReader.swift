internal import CSimdjson

/// Why bytes are no contact that can be read and stored; names fields, never a value.
package struct ContactProblem: Error, Equatable, CustomStringConvertible {
    package let description: String

    /// - Parameter field: A slug is cut, since anybody may have made it up.
    fileprivate init(typeOf field: String) {
        description = "\(field) has another type than the API's reference says"
    }

    init(_ description: String) { self.description = description }
}

extension Contact {
    /// Reads one contact object of the API.
    ///
    /// - Throws: Where there is no id, a field has another type than the reference says, or two slugs
    ///   look alike. Such an object is no evidence of anything.
    package init(json: some Collection<UInt8>) throws(ContactProblem) {
        var contact: Contact?
        var problem: ContactProblem?
        func read(_ bytes: UnsafeBufferPointer<UInt8>) {
            do throws(ContactProblem) {
                contact = try Contact(ContactReading(contact_read(bytes.baseAddress, bytes.count)))
            } catch { problem = error }
            contact_read_end()
        }
        if json.withContiguousStorageIfAvailable(read) == nil {
            Array(json).withUnsafeBufferPointer(read)
        }
        guard let contact else { throw problem ?? ContactProblem("not JSON") }
        self = contact
    }

    private init(_ reading: ContactReading) throws(ContactProblem) {
        self.init(id: "")
        var accountID: String?
        var accountIDs: [ContactReading.LabelledID] = []
        var labelledIDs: [ContactReading.LabelledID] = []
        var slugs: Set<ByteText> = []
        var isRepeated = false
        for entry in reading.entries {
            let text = reading.text(entry.text)
            switch entry.field {
            case CONTACT_ID: id = text ?? ""
            case CONTACT_NAME: name = text
            case CONTACT_EMAIL: email = text
            case CONTACT_EMAILS: emails.append(text ?? "")
            case CONTACT_ACCOUNT_ID: accountID = text
            case CONTACT_ACCOUNT_EXTERNAL_IDS: accountIDs.append(reading.labelledID(entry))
            case CONTACT_AVATAR_URL: avatarURL = text
            case CONTACT_CUSTOM_FIELD, CONTACT_CUSTOM_FIELD_LIST:
                let slug = reading.text(entry.key) ?? ""
                isRepeated = !slugs.insert(slug)
                guard !isRepeated else { break }
                let isList = entry.field == CONTACT_CUSTOM_FIELD_LIST
                customFields[slug] = isList ? .multiple([]) : text.map(CustomValue.single)
            case CONTACT_CUSTOM_FIELD_ELEMENT where !isRepeated:
                customFields[reading.text(entry.key) ?? ""]?.append(text ?? "")
            case CONTACT_EXTERNAL_IDS: labelledIDs.append(reading.labelledID(entry))
            case CONTACT_INTEGRATION_USER_IDS:
                integrationUserIDs.append("\(reading.text(entry.key) ?? ""):\(text ?? "")")
            case CONTACT_PHONE_NUMBERS: phoneNumbers.append(text ?? "")
            case CONTACT_PRIMARY_PHONE_NUMBER: primaryPhoneNumber = text
            case CONTACT_PORTAL_ROLE: portalRole = text
            case CONTACT_PORTAL_ROLE_ID: portalRoleID = text
            default: break
            }
        }
        guard !id.isEmpty else { throw ContactProblem("it has no id") }
        // Whoever reads the contact's JSON or the log may take such slugs for one.
        guard !slugs.lookAlike else {
            throw ContactProblem("custom_fields holds two slugs that are equal by Unicode only")
        }
        externalIDs = labelledIDs.byLabel
        account = accountID.map { Account(id: $0, externalIDs: accountIDs.byLabel) }
    }
}

/// The texts of one contact, as the parser holds them until it reads the next one.
private struct ContactReading {
    struct LabelledID {
        let label: ByteText
        let id: ByteText
    }

    let entries: UnsafeBufferPointer<contact_entry>
    private let texts: UnsafeRawPointer?

    init(_ reading: contact_reading) throws(ContactProblem) {
        entries = UnsafeBufferPointer(start: reading.entries, count: reading.count)
        texts = UnsafeRawPointer(reading.texts)
        switch reading.problem {
        case CONTACT_READ: break
        case CONTACT_TYPE_MISMATCH:
            let slug = text(reading.slug).map { String($0.prefix(64)) }
            let parts = [
                reading.field.map { String(cString: $0) }, slug,
                reading.part.map { String(cString: $0) },
            ]
            throw ContactProblem(typeOf: parts.compactMap(\.self).joined(separator: "."))
        case CONTACT_NO_MEMORY: throw ContactProblem("too large for the memory that is left")
        default: throw ContactProblem("not JSON")
        }
    }

    /// nil where it is empty.
    func text(_ range: scan_range) -> String? {
        guard range.length > 0, let texts else { return nil }
        let bytes = UnsafeRawBufferPointer(
            start: texts + Int(range.offset), count: Int(range.length))
        return String(decoding: bytes, as: UTF8.self)
    }

    func labelledID(_ entry: contact_entry) -> LabelledID {
        LabelledID(label: ByteText(text(entry.key) ?? ""), id: ByteText(text(entry.text) ?? ""))
    }
}

extension [ContactReading.LabelledID] {
    /// Two ids under one label are two values: to a rule that wants one, that is a doubt.
    fileprivate var byLabel: [ByteText: Contact.CustomValue] {
        Dictionary(grouping: self, by: \.label).mapValues { items in
            let ids = Set(items.map(\.id)).sorted().map(\.text)
            return ids.count == 1 ? .single(ids[0]) : .multiple(ids)
        }
    }
}

extension Set<ByteText> {
    /// Whether two of them are equal by Unicode.
    fileprivate var lookAlike: Bool {
        contains { !$0.text.utf8.allSatisfy { $0 < 0x80 } }
            && Set<String>(map(\.text)).count < count
    }
}

extension Contact.CustomValue {
    fileprivate mutating func append(_ text: String) {
        guard case .multiple(var texts) = self else { return }
        self = .multiple([])
        texts.append(text)
        self = .multiple(texts)
    }
}
