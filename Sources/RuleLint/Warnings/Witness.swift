internal import Contacts
internal import Rules

/// Makes contacts for which all of some literals hold, from the values that they name.
struct Witness {
    let fields: [FieldPath]

    /// Values of one operand that are tried at most, and texts for one half of an address.
    private static let maxValues = 20

    /// nil where none was found: that does not mean that there is none.
    func contact(for path: Path) -> Contact? {
        var contact = Contact(id: "example")
        let byField = Dictionary(grouping: path, by: \.predicate.field)
        for (field, literals) in byField.sorted(by: { $0.key < $1.key })
        where !Self.isAddress(fields[field]) {
            let value = (literals.flatMap(Self.candidates) + Self.anything).first { value in
                literals.allSatisfy { $0.holds(for: value) }
            }
            guard let value else { return nil }
            contact.set(fields[field], to: value)
        }
        let aboutAddress = path.filter { Self.isAddress(fields[$0.predicate.field]) }
        if aboutAddress.isEmpty { return contact }
        guard let email = email(for: aboutAddress) else { return nil }
        contact.email = email
        return contact
    }

    /// The inner optional is a contact without an address.
    private func email(for literals: [Literal]) -> String?? {
        func texts(_ paths: FieldPath..., otherwise: [String]) -> [String] {
            literals.filter { paths.contains(fields[$0.predicate.field]) }
                .flatMap(Self.candidates).prefix(Self.maxValues).compactMap {
                    if case .text(let text) = $0 {
                        String(decoding: text, as: UTF8.self)
                    } else {
                        nil
                    }
                } + otherwise
        }
        let locals = texts(.emailLocal, otherwise: ["ana"])
        let domains = texts(
            .emailDomain, .emailSite, otherwise: ["example.com", "acme.com", "gmail.com"])
        let addresses = locals.flatMap { local in domains.map { "\(local)@\($0)" } }
        let candidates: [String?] = texts(.email, otherwise: addresses) + ["unreadable", nil]
        return candidates.first { email in
            let context = EvaluationContext(Contact(id: "example", email: email), fields: fields)
            return literals.allSatisfy { $0.holds(for: context.values[$0.predicate.field]) }
        }
    }

    private static func isAddress(_ field: FieldPath) -> Bool {
        switch field {
        case .email, .emailLocal, .emailDomain, .emailSite, .emailClass, .emailStatus: true
        default: false
        }
    }

    private static let anything: [EvaluationContext.FieldContent] = [
        .text(Bytes(of: "x")), .text(Bytes(of: "1")), .list([Bytes(of: "x")], isComplete: true),
        .absent,
    ]

    /// Values that may make a literal hold.
    private static func candidates(_ literal: Literal) -> [EvaluationContext.FieldContent] {
        let x = Bytes(of: "x")
        let texts: [Bytes]
        switch literal.predicate.comparison {
        case .is(let value), .isCI(let value): texts = [value]
        case .among(let values):
            texts = Array(values.sorted { $0.lexicographicallyPrecedes($1) }.prefix(maxValues))
        case .startsWith(let start): texts = [start, start + x]
        case .endsWith(let end): texts = [end, x + end]
        case .contains(let part): texts = [part, x + part + x]
        case .under(let domain): texts = [domain, Bytes(of: "eu.") + domain]
        case .within(let ordered, let range):
            texts = range.ends.prefix(maxValues).flatMap { end in
                [end, end - ordered.step, end + ordered.step].map {
                    Bytes(of: ordered.text(of: $0))
                }
            }
        case .hasAny(let values), .hasAll(let values):
            return [.list(values.sorted { $0.lexicographicallyPrecedes($1) }, isComplete: true)]
        case .age, .present: return []
        }
        return texts.map { .text($0) }
    }
}

extension Contact {
    /// Sets what a path names; a list or one text as the value is.
    fileprivate mutating func set(_ path: FieldPath, to value: EvaluationContext.FieldContent) {
        let texts: [String]
        switch value {
        case .text(let text): texts = [String(decoding: text, as: UTF8.self)]
        case .list(let values, _): texts = values.map { String(decoding: $0, as: UTF8.self) }
        case .unreadable, .unreadablePart, .absent: return
        }
        var isList: Bool { if case .list = value { true } else { false } }
        let custom: CustomValue = isList ? .multiple(texts) : .single(texts[0])
        switch path {
        case .id: id = texts[0]
        case .name: name = texts[0]
        case .avatarURL: avatarURL = texts[0]
        case .primaryPhoneNumber: primaryPhoneNumber = texts[0]
        case .portalRole: portalRole = texts[0]
        case .portalRoleID: portalRoleID = texts[0]
        case .accountID: account = Account(id: texts[0], externalIDs: account?.externalIDs ?? [:])
        case .accountExternalID(let label):
            account = account ?? Account(id: "example-account")
            account?.externalIDs[label] = custom
        case .customField(let slug): customFields[slug] = custom
        case .externalID(let label): externalIDs[label] = custom
        case .emails: emails = texts
        case .integrationUserIDs: integrationUserIDs = texts
        case .phoneNumbers: phoneNumbers = texts
        // Without a time it tells nothing; what was there from the beginning has none.
        case .firstSeen: break
        case .email, .emailLocal, .emailDomain, .emailSite, .emailClass, .emailStatus: break
        }
    }
}
