import Foundation
import TestSupport
import Testing

/// A contact in a file is explained as one that is read from the API.
@Suite struct ExplainTests {
    private static let rules = """
        version: 1
        rules:
          - { id: staff, mode: enforce, when: { email.domain: acme.com, account.external_ids.crm: "7" }, set: { portal_role: admin } }
        """

    private func explain(_ file: String, _ rules: String = rules) async throws
        -> CommandProcess.Ended
    {
        let folder = try makeTemporaryDirectory()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try Data(rules.utf8).write(to: URL(filePath: folder + "/rules.yaml"))
        try Data(file.utf8).write(to: URL(filePath: folder + "/contact.json"))
        return try await CommandProcess(
            ["rules", "explain", "rules.yaml", "--file", "contact.json"], environment: [:],
            in: folder
        ).end(within: .seconds(60))
    }

    private static let contact = """
        {"id": "c1", "email": "Ana@ACME.com", "portal_role": "member",
         "account": {"id": "a1", "external_ids": [{"label": "crm", "external_id": "7"}]}}
        """

    @Test(arguments: [contact, #"{"data": \#(contact), "request_id": "r1"}"#])
    func theObjectOrTheWholeAnswerIsTaken(file: String) async throws {
        let told = try await explain(file)
        #expect(told.status == 0, "\(told.errors)")
        #expect(told.output.contains("✓ account.external_ids.crm is 7 – `7`"))
        #expect(told.output.contains("set portal_role: `member` → admin (staff)"))
    }

    @Test(arguments: [
        ("{", "contact.json is not one contact as the API gives it: "),
        (#"{"email": "ana@acme.com"}"#, "as the API gives it: it has no id"),
        (#"{"id": "c1", "email": 7}"#, "email has another type than the API's reference says"),
        (
            #"{"data": {"id": "c1", "emails": "a"}}"#,
            "emails has another type than the API's reference says"
        ),
        ("[]", "is not one contact as the API gives it: "),
        (String(repeating: " ", count: 1_000_001), "larger than 1000000 bytes"),
    ])
    func whyAFileIsNoContactIsSaid(file: String, reason: String) async throws {
        let told = try await explain(file)
        #expect(told.status == 1 && told.output.isEmpty)
        #expect(told.errors.contains(reason), "\(told.errors)")
    }
}
