import Foundation

/// Twenty-five rules, as many as a company's first year may bring: one that gives every contact of the
/// server a role, and one for the leavers of each of 24 customers.
enum BenchmarkRules {
    static let customers = 24

    /// Returns a new folder with the rules.
    static func write() throws -> String {
        let folder = NSTemporaryDirectory() + "usher-bench-rules-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        try Data(text.utf8).write(to: URL(filePath: folder + "/rules.yaml"))
        return folder
    }

    private static var text: String {
        """
        version: 1
        limits: { per_hour: 10000000, per_day: 10000000, percent_of_contacts: 100 }
        fields: { status: { type: text } }
        rules:
          - id: customers-are-members
            mode: enforce
            when: { email.domain: { under: \(ContactText.parentDomain) } }
            set: { portal_role: member }

        """
            + (0..<customers).map { customer in
                """
                  - id: leavers-of-customer-\(customer)
                    priority: 200
                    mode: enforce
                    when:
                      email.domain: \(ContactText.domain(ofCustomer: customer))
                      custom_fields.status: left
                    set: { portal_role: no_access }

                """
            }.joined()
    }
}
