import Foundation
import NIOHTTP1
import Sandbox
import Testing

/// The rows of the table of errors in docs/pylon-api.md.
@Suite struct ErrorTests {
    private static let bearerSentence =
        "Token must follow Bearer authorization scheme: "
        + "https://www.rfc-editor.org/rfc/rfc6750#section-2.1."

    @Test(arguments: [nil, "", "sandbox-token", "Basic sandbox-token"])
    func aRequestWithoutBearerTokenIsRefused(authorization: String?) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            client.authorization = authorization
            let answer = try await client.get("/contacts")
            #expect(answer.status == 401)
            #expect(answer.sentence == Self.bearerSentence)
            #expect(answer.code == "invalid_authorization_header")
        }
    }

    @Test func aWrongTokenIsRefused() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            client.authorization = "Bearer wrong"
            for path in ["/contacts", "/me", "/contacts/\(sandbox.contacts[0].id)"] {
                let answer = try await client.get(path)
                #expect(answer.status == 401)
                #expect(answer.sentence == "Invalid API token!")
                #expect(answer.code == "invalid_api_token")
            }
        }
    }

    @Test(arguments: ["/", "/nope", "/contacts/", "/contacts/a/b", "/me/x", "/contact"])
    func anUnknownPathIsFoundOutBeforeTheToken(path: String) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            client.authorization = nil
            let answer = try await client.get(path)
            #expect(answer.status == 404)
            #expect(answer.sentence == "Not a valid API URL!")
            #expect(answer.code == "not_found")
        }
    }

    @Test(arguments: [
        (HTTPMethod.PUT, "/contacts"), (.DELETE, "/contacts"), (.POST, "/me"),
        (.POST, "/contacts/x"), (.PUT, "/contacts/x"), (.PUT, "/contacts/search"),
    ])
    func aWrongMethodIsFoundOutBeforeTheToken(method: HTTPMethod, path: String) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            var client = SandboxClient(sandbox)
            client.authorization = nil
            let answer = try await client.send(method, path)
            #expect(answer.status == 405)
            #expect(answer.sentence == "Method not allowed")
            #expect(answer.code == "method_not_allowed")
        }
    }

    @Test(arguments: [HTTPMethod.GET, .PATCH, .DELETE])
    func aMissingContactIsNotFound(method: HTTPMethod) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let answer = try await SandboxClient(sandbox).send(
                method, "/contacts/00000000-0000-4000-8000-000000000000", body: "{}")
            #expect(answer.status == 404)
            #expect(answer.sentence == "Contact not found!")
            #expect(answer.code == "not_found")
        }
    }

    @Test func everyAnswerCarriesItsRequestIDInBodyAndHeader() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            let answers = [
                try await client.get("/me"), try await client.get("/contacts"),
                try await client.get("/contacts/\(id)"), try await client.search("{}"),
                try await client.create(#"{"name":"New"}"#), try await client.update(id, "{}"),
                try await client.send(.DELETE, "/contacts/\(id)"), try await client.get("/nope"),
            ]
            for answer in answers {
                #expect(answer.requestID != nil)
                #expect(answer.headers.first(name: "x-pylon-request-id") == answer.requestID)
            }
            #expect(Set(answers.map(\.requestID)).count == answers.count)
        }
    }

    @Test func aBodyThatIsTooLargeIsRefused() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let name = String(repeating: "n", count: 2 << 20)
            let client = SandboxClient(sandbox)
            let answer = try await client.create(#"{"name":"\#(name)"}"#)
            #expect(answer.status == 413)
            #expect(answer.code == "request_too_large")
            #expect(try await client.get("/me").status == 200)
        }
    }

    @Test func meNamesTheOrganisation() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let answer = try await SandboxClient(sandbox).get("/me")
            #expect(answer.status == 200)
            #expect(answer.contact["id"] as? String == sandbox.organisation.id)
            #expect(answer.contact["name"] as? String == sandbox.organisation.name)
        }
    }
}
