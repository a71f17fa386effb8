/// Contacts as the API writes them, about 900 bytes each.
enum ContactText {
    static let parentDomain = "customers.example"

    static func domain(ofCustomer customer: Int) -> String { "c\(customer).\(parentDomain)" }

    static func json(_ number: Int, role: String) -> String {
        let (id, customer) = (padded(number), number % BenchmarkRules.customers)
        let email = "person.\(id)@\(domain(ofCustomer: customer))"
        return """
            {"id":"\(idPrefix)\(id)","name":"Person \(id)","email":"\(email)",\
            "emails":["\(email)"],\
            "account":{"id":"acc-5f1c-\(customer)","external_ids":[{"external_id":"crm-\(customer)",\
            "label":"crm"}]},"avatar_url":"https://avatars.example/people/\(id).png",\
            "custom_fields":{"department":{"slug":"department","value":"Research & Development"},\
            "languages":{"slug":"languages","values":["de","en","ja"]},\
            "status":{"slug":"status","value":"active"},"tier":{"slug":"tier","value":"gold"}},\
            "external_ids":[{"external_id":"hr-\(id)","label":"hr"}],\
            "integration_user_ids":[{"id":"U\(id)","source":"slack"}],\
            "phone_numbers":["49301\(id.prefix(10))"],"primary_phone_number":"49301\(id.prefix(10))",\
            "portal_role":"\(role)","portal_role_id":"role-\(role)-0d1e6c55-8b1f"}
            """
    }

    private static let idPrefix = "c0ffee00-0000-4000-8000-"

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: 12 - digits.count) + digits
    }

    /// The contact that an id names.
    static func number(ofID id: Substring) -> Int? {
        id.hasPrefix(idPrefix) ? Int(id.dropFirst(idPrefix.count)) : nil
    }
}
