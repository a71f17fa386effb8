import Contacts
import Foundation
import Testing

@testable import Pylon

/// What is sent.
@Suite struct RequestTests {
    /// Answers anything with a contact.
    private func request(
        _ send: (PylonClient) async throws -> Void
    ) async throws -> ScriptedServer.Request {
        try await ScriptedServer.run({ _ in
            [.send(Fixture.answer(200, Fixture.one(Fixture.contact("x"))))]
        }) { server in
            try? await send(try Fixture.client(server.url + "/prefix/"))
            return try #require(server.requests.first)
        }
    }

    @Test(
        arguments: [
            (.list, "GET", "/contacts?limit=999"), (.get, "GET", "/contacts/\(Fixture.id)"),
            (.create, "POST", "/contacts"), (.update, "PATCH", "/contacts/\(Fixture.id)"),
            (.delete, "DELETE", "/contacts/\(Fixture.id)"), (.search, "POST", "/contacts/search"),
            (.me, "GET", "/me"),
        ] as [(Endpoint, String, String)])
    func everyEndpointHasItsRoute(endpoint: Endpoint, method: String, path: String) async throws {
        let request = try await request { try await $0.call(endpoint) }
        #expect(request.line == "\(method) /prefix\(path) HTTP/1.1")
        #expect(request.headers["authorization"] == "Bearer \(Fixture.tokenText)")
        #expect(request.headers["accept"] == "application/json")
        #expect(request.headers["accept-encoding"] == "identity")
        #expect(request.headers["user-agent"] == PylonConfiguration.defaultUserAgent)
        #expect((request.headers["content-type"] == "application/json") == !request.body.isEmpty)
    }

    @Test(
        arguments: [
            ("a/b?x", "a%2Fb%3Fx"), ("../me", "..%2Fme"), ("a b", "a%20b"),
            ("%2e%2e", "%252e%252e"),
            ("a#b", "a%23b"), ("ä", "%C3%A4"), ("…", "%E2%80%A6"),
            ("a;b&c=d+e", "a%3Bb%26c%3Dd%2Be"),
            ("a\\b", "a%5Cb"), ("A-z_0.9~", "A-z_0.9~"), ("...", "..."),
            ("//evil.com", "%2F%2Fevil.com"),
            ("@:", "%40%3A"),
        ])
    func anIDCannotChangeThePath(id: String, escaped: String) async throws {
        let request = try await request { _ = try await $0.get(id) }
        #expect(request.line == "GET /prefix/contacts/\(escaped) HTTP/1.1")
    }

    @Test(arguments: [
        "", ".", "..", "a\r\nb", "a\u{0}", "\u{7F}", String(repeating: "x", count: 257),
    ])
    func whatIsNoIDIsNotSent(id: String) async throws {
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one())) { server in
            let client = try Fixture.client(server.url)
            for send in [
                { _ = try await client.get(id) }, { _ = try await client.delete(id) },
                { _ = try await client.update(id, Fixture.patch) },
            ] as [() async throws -> Void] {
                let error = await #expect(throws: PylonError.self) { try await send() }
                guard case .notSent? = error else {
                    Issue.record("\(error as Any)")
                    continue
                }
                #expect("\(error as Any)".utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F })
            }
            #expect(server.requests.isEmpty)
        }
    }

    @Test func aCursorIsOneQueryValue() async throws {
        let request = try await request { _ = try await $0.list(cursor: "a&limit=1#é=", limit: 20) }
        #expect(
            request.line
                == "GET /prefix/contacts?limit=20&cursor=a%26limit%3D1%23%C3%A9%3D HTTP/1.1")
    }

    @Test(arguments: [0, -1, 1000, Int.max])
    func aPageSizeThatTheAPIRefusesIsNotSent(limit: Int) async throws {
        let client = try Fixture.client("http://127.0.0.1:1")
        let error = await #expect(throws: PylonError.self) { try await client.list(limit: limit) }
        #expect(
            error == .notSent(reason: "a limit that is not from 1 to 999", call: Call(.list)))
    }

    @Test func anEmptyPatchIsNotSent() async throws {
        let client = try Fixture.client("http://127.0.0.1:1")
        let error = await #expect(throws: PylonError.self) {
            try await client.update(Fixture.id, ContactPatch())
        }
        guard case .notSent? = error else { throw Fixture.NoError() }
    }

    @Test func aPatchSendsEachFieldAsTheAPIWantsIt() async throws {
        let patch = ContactPatch([
            .portalRole: "support-lead", .name: "Ana \"A\" \\ \n\u{1}é", .accountID: "",
            .avatarURL: "https://x/y.png", .customField(slug: "tier"): "gold",
            .customField(slug: "a.b"): "1",
        ])
        let request = try await request { _ = try await $0.update("x", patch) }
        let sent = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
        #expect(
            sent as? NSDictionary == [
                "portal_role": "support-lead", "name": "Ana \"A\" \\ \n\u{1}é", "account_id": "",
                "avatar_url": "https://x/y.png",
                "custom_fields": [
                    ["slug": "a.b", "value": "1"], ["slug": "tier", "value": "gold"],
                ],
            ])
    }

    @Test func aNewContactSendsEveryFieldOfTheReference() async throws {
        let contact = NewContact(
            name: "Ana", email: "ana@acme.com", account: .externalID("crm-1"),
            avatarURL: "https://x/y.png",
            customFields: ["tier": .single("gold"), "tags": .multiple(["a", "b"])],
            externalIDs: ["crm": "7"], phoneNumbers: ["123"], primaryPhoneNumber: "123",
            portalRole: "member", portalRoleID: "r1")
        let request = try await request { _ = try await $0.create(contact) }
        let sent = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
        #expect(
            sent as? NSDictionary == [
                "name": "Ana", "email": "ana@acme.com", "account_external_id": "crm-1",
                "avatar_url": "https://x/y.png",
                "custom_fields": [
                    ["slug": "tags", "values": ["a", "b"]], ["slug": "tier", "value": "gold"],
                ],
                "external_ids": [["external_id": "7", "label": "crm"]], "phone_numbers": ["123"],
                "primary_phone_number": "123", "portal_role": "member", "portal_role_id": "r1",
            ])
    }

    @Test func whatIsNotGivenIsNotSentAsNull() async throws {
        let create = try await request { _ = try await $0.create(NewContact(name: "Ana")) }
        #expect(create.body == #"{"name":"Ana"}"#)
        let update = try await request { _ = try await $0.update("x", Fixture.patch) }
        #expect(update.body == #"{"portal_role":"admin"}"#)
        let search = try await request {
            _ = try await $0.search(filter: .equals(.accountID, "1"), limit: 5)
        }
        #expect(
            search.body
                == #"{"filter":{"field":"account_id","operator":"equals","value":"1"},"limit":5}"#)
    }

    @Test func aSearchNestsItsFilters() async throws {
        let filter = SearchFilter.all([
            .contains(.email, "@acme.com"),
            .any([.isIn(.id, ["1", "2"]), .isNotIn(.customField(slug: "tier"), ["gold"])]),
        ])
        let request = try await request {
            _ = try await $0.search(filter: filter, cursor: "c1", limit: 5)
        }
        let sent = try JSONSerialization.jsonObject(with: Data(request.body.utf8))
        let any: NSDictionary = [
            "operator": "or",
            "subfilters": [
                ["field": "id", "operator": "in", "values": ["1", "2"]],
                ["field": "tier", "operator": "not_in", "values": ["gold"]],
            ],
        ]
        let all: NSDictionary = [
            "operator": "and",
            "subfilters": [
                ["field": "email", "operator": "string_contains", "value": "@acme.com"], any,
            ],
        ]
        #expect(sent as? NSDictionary == ["filter": all, "cursor": "c1", "limit": 5])
    }

    @Test func aFilterThatIsTooDeepIsNotSent() async throws {
        let deep = SearchFilter.all([.any([.all([.equals(.id, "1")])])])
        let client = try Fixture.client("http://127.0.0.1:1")
        let error = await #expect(throws: PylonError.self) { try await client.search(filter: deep) }
        #expect(error == .notSent(reason: "a filter deeper than 3", call: Call(.search)))
    }

    /// Every scalar that a text can hold comes out as it went in.
    @Test func textsSurviveTheWriting() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let scalars = (0..<Int.random(in: 0...20, using: &random)).compactMap { _ in
                Unicode.Scalar(
                    UInt32.random(in: 0...(Bool.random() ? 0x80 : 0x10FFFF), using: &random))
            }
            let text = String(String.UnicodeScalarView(scalars))
            var json = JSONText()
            json.list([text]) { $0.string($1) }
            let read = try JSONDecoder().decode([String].self, from: Data(json.bytes))
            #expect(read[0].unicodeScalars.elementsEqual(text.unicodeScalars))
        }
    }
}
