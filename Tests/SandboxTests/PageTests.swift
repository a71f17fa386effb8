import Foundation
import Sandbox
import Testing

@Suite struct PageTests {
    @Test(arguments: [1, 7, 50, 100, 999])
    func everyContactIsOnExactlyOnePageNewestFirst(limit: Int) async throws {
        try await SandboxServer.withRunning(.quick(contacts: 50)) { sandbox in
            let ids = try await SandboxClient(sandbox).allIDs(limit: limit)
            #expect(ids == sandbox.contacts.map(\.id))
        }
    }

    @Test func aHundredIsTheUsualPage() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 101)) { sandbox in
            let client = SandboxClient(sandbox)
            let first = try await client.get("/contacts")
            #expect(first.contacts.count == 100)
            #expect(first.hasNextPage)
            let last = try await client.get("/contacts?cursor=\(first.cursor)")
            #expect(last.contacts.count == 1)
            #expect(last.pagination?["cursor"] as? String == "")
            #expect(last.pagination?["has_next_page"] as? Bool == false)
        }
    }

    @Test(arguments: [
        "limit=0", "limit=1000", "limit=-1", "limit=x", "limit=", "cursor=x", "cursor=YWJj",
    ])
    func wrongParametersAreRefused(query: String) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let answer = try await SandboxClient(sandbox).get("/contacts?\(query)")
            #expect(answer.status == 400)
            #expect(answer.code == "invalid_request")
        }
    }

    @Test func editsCreatesAndDeletesDuringAScanShiftNothing() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 60)) { sandbox in
            let client = SandboxClient(sandbox)
            let before = sandbox.contacts.map(\.id)
            let ids = try await client.allIDs(limit: 10) { pages in
                sandbox.editContact(id: before[pages]) { $0.name = "Edited" }
                _ = try await client.create(#"{"name":"New \#(pages)"}"#)
                sandbox.deleteContact(id: before[pages * 10 - 1])
                sandbox.deleteContact(id: before[pages])
            }
            #expect(ids == before)
        }
    }

    @Test func aCursorWhoseContactIsGoneStillLeadsOn() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 20)) { sandbox in
            let client = SandboxClient(sandbox)
            let before = sandbox.contacts.map(\.id)
            let first = try await client.get("/contacts?limit=5")
            for id in before[3..<7] { sandbox.deleteContact(id: id) }
            let second = try await client.get("/contacts?limit=5&cursor=\(first.cursor)")
            #expect(second.ids == Array(before[7..<12]))
        }
    }

    @Test func anUnchangedContactHasTheSameBytesEveryTime() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 300)) { sandbox in
            let client = SandboxClient(sandbox)
            let list = try await client.get("/contacts?limit=999")
            for contact in sandbox.contacts.prefix(30) {
                let json = String(
                    decoding: try #require(sandbox.json(ofContact: contact.id)), as: UTF8.self)
                #expect(list.text.contains(json))
                let one = try await client.get("/contacts/\(contact.id)?limit=1")
                #expect(one.text.hasPrefix(#"{"data":\#(json),"#))
            }
        }
    }
}
