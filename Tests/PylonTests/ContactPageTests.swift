import Contacts
import Foundation
import Pylon
import Testing

/// What is read.
@Suite struct ContactPageTests {
    @Test func aPageOfContactsIsRead() async throws {
        let body = Fixture.page(
            [Fixture.contact("1"), Fixture.contact("2")], cursor: "c", next: true)
        try await ScriptedServer.answering(Fixture.answer(200, body)) { server in
            let client = try Fixture.client(server.url)
            let pages = [
                try await client.list(), try await client.search(filter: .equals(.name, "Ana")),
            ]
            for reply in pages {
                let page = reply.value
                #expect((0..<page.count).map(page.id(at:)) == ["1", "2"])
                #expect(try page.document(at: 1).contact.email == "ana@acme.com")
                #expect(
                    page.cursor == "c" && page.hasNextPage && page.hasData && page.hasPagination)
                #expect(reply.requestID == "req-body" && reply.status == 200)
            }
        }
    }

    @Test func absentNullAndEmptyAreTheSameContact() async throws {
        let same = [
            #"{"id":"1","name":"Ana"}"#,
            #"""
            {"id":"1","name":"Ana","email":null,"emails":null,"account":null,"avatar_url":null,
            "custom_fields":null,"external_ids":null,"integration_user_ids":null,"phone_numbers":null,
            "primary_phone_number":null,"portal_role":null,"portal_role_id":null}
            """#,
            #"""
            {"id":"1","name":"Ana","email":"","emails":[],"account":{},"avatar_url":"",
            "custom_fields":{},"external_ids":[],"integration_user_ids":[],"phone_numbers":[],
            "primary_phone_number":"","portal_role":"","portal_role_id":""}
            """#,
        ]
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.page(same))) { server in
            let page = try await Fixture.client(server.url).list().value
            let documents = try (0..<page.count).map(page.document(at:))
            #expect(documents.allSatisfy { $0.contact == documents[0].contact })
            #expect(Set(documents.map(\.rawDigest)).count == 3)
        }
    }

    @Test func unknownKeysAreKept() async throws {
        let contact = Fixture.contact(Fixture.id, #","brand_new":{"a":[1,2.50,"\u00e9"]}"#)
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one(contact))) { server in
            let document = try await Fixture.client(server.url).get(Fixture.id).value
            #expect(document.json == Array(contact.utf8))
            #expect(document.contact.name == "Ana")
        }
    }

    @Test func aCustomRolesSlugIsARole() async throws {
        let contact = Fixture.contact(Fixture.id, #","portal_role":"support-lead""#)
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one(contact))) { server in
            let client = try Fixture.client(server.url)
            let document = try await client.update(Fixture.id, Fixture.patch).value
            #expect(document.contact.portalRole == "support-lead")
        }
    }

    @Test func anotherContactInItsPlaceTellsOfAMerge() async throws {
        let answer = Fixture.answer(200, Fixture.one(Fixture.contact("other")))
        try await ScriptedServer.answering(answer) { server in
            let client = try Fixture.client(server.url)
            let call = Call(.get, contactID: Fixture.id)
            #expect(try await client.error(.get) == .merged(into: "other", status: 200, call: call))
            // Nobody knows what became of a write.
            guard case .unknownOutcome(_, 200, _) = try await client.error(.update) else {
                throw Fixture.NoError()
            }
        }
    }

    @Test(arguments: [#"{"data":null}"#, "{}", #"{"data":[]}"#])
    func anAnswerWithoutAContactIsNoAnswer(body: String) async throws {
        try await ScriptedServer.answering(Fixture.answer(200, body)) { server in
            let client = try Fixture.client(server.url)
            guard case .unreadable = try await client.error(.get),
                case .unknownOutcome(_, 200, _) = try await client.error(.update)
            else { throw Fixture.NoError() }
        }
    }

    @Test func aFieldOfAnotherTypeIsNoEvidence() async throws {
        let contact = Fixture.contact(Fixture.id, #","portal_role":7"#)
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one(contact))) { server in
            let client = try Fixture.client(server.url)
            guard
                case .unreadableContact(let unreadable, _) = try await client.error(.get),
                case .unknownOutcome(_, 200, _) = try await client.error(.update)
            else { throw Fixture.NoError() }
            #expect(unreadable.contactID == Fixture.id)
            #expect(
                unreadable.reason
                    == "portal_role has another type than the API's reference says")
        }
    }

    @Test func onlyARequestIDIsADeletionDone() async throws {
        try await ScriptedServer.answering(Fixture.answer(200, #"{"request_id":"r"}"#)) { server in
            let reply = try await Fixture.client(server.url).delete(Fixture.id)
            #expect(reply.requestID == "r")
        }
    }

    @Test func theOrganisationBehindTheTokenIsRead() async throws {
        let body = #"{"data":{"id":"org","name":"Acme"},"request_id":"r"}"#
        try await ScriptedServer.answering(Fixture.answer(200, body)) { server in
            let reply = try await Fixture.client(server.url).me()
            #expect(reply.value == Organisation(id: "org", name: "Acme"))
            #expect(reply.requestID == "r")
        }
    }

    @Test(arguments: [#"{"data":{}}"#, #"{"data":{"id":""}}"#, #"{"data":null}"#, "[]"])
    func anOrganisationWithoutAnIDIsNone(body: String) async throws {
        try await ScriptedServer.answering(Fixture.answer(200, body)) { server in
            guard case .unreadable = try await Fixture.client(server.url).error(.me) else {
                throw Fixture.NoError()
            }
        }
    }
}
