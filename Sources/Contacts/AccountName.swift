/// An account as people recognise it: its id, and what its contacts tell of it.
package struct AccountName: Sendable, Equatable, Encodable {
    package let id: String
    /// The e-mail domain of its contacts; nil where that is not known.
    package let domain: String?
    /// By label.
    package let externalIDs: [String: FieldValue]

    /// External ids that are shown.
    private static let maxShown = 2
    /// Of a longer text, only so much is shown, in scalars.
    private static let maxLength = 60

    enum CodingKeys: String, CodingKey {
        case id, domain
        case externalIDs = "external_ids"
    }

    package init(_ account: Contact.Account, domain: String? = nil) {
        id = account.id
        self.domain = domain
        externalIDs = Dictionary(
            account.externalIDs.map { ($0.key.text, FieldValue($0.value)) }
        ) { first, _ in first }
    }

    /// The domain, or else the external ids with their labels, fit for a terminal; nil where
    /// neither is known.
    package var hint: String? {
        if let domain { return Self.shown(domain) }
        guard !externalIDs.isEmpty else { return nil }
        let shown = externalIDs.sorted { $0.key < $1.key }.prefix(Self.maxShown)
            .map { "\(Self.shown($0.key)) \(Self.shown($0.value))" }
        return (shown + (externalIDs.count > shown.count ? ["…"] : [])).joined(separator: ", ")
    }

    private static func shown(_ value: FieldValue) -> String {
        switch value {
        case .text(let text): shown(text)
        case .list(let texts): texts.map(shown).joined(separator: ", ")
        }
    }

    private static func shown(_ text: String) -> String {
        let isLong = text.unicodeScalars.count > maxLength
        return isLong ? String(text.unicodeScalars.prefix(maxLength)).word + "…" : text.word
    }
}

extension AccountName: CustomStringConvertible {
    /// Such as `5b0c1d2e (acme.com)` or `5b0c1d2e (crm 0015e00001)`, fit for a terminal.
    package var description: String { id.word + (hint.map { " (\($0))" } ?? "") }
}
