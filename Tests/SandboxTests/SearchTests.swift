import Foundation
import Sandbox
import Testing

@Suite struct SearchTests {
    @Test func filtersFindWhatTheySay() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 200)) { sandbox in
            let client = SandboxClient(sandbox)
            let all = sandbox.contacts
            let one = try #require(all.first { $0.email?.hasSuffix("@acme.com") == true })
            let account = try #require(one.accountID)
            let cases: [(String, (SandboxContact) -> Bool)] = [
                (#"{"field":"id","operator":"equals","value":"\#(one.id)"}"#, { $0.id == one.id }),
                (
                    #"{"field":"id","operator":"in","values":["\#(one.id)","x"]}"#,
                    { $0.id == one.id }
                ),
                (
                    #"{"field":"id","operator":"not_in","values":["\#(one.id)"]}"#,
                    { $0.id != one.id }
                ),
                (
                    #"{"field":"email","operator":"equals","value":"\#(one.email!)"}"#,
                    { $0.emails.contains(one.email!) }
                ),
                (
                    #"{"field":"email","operator":"string_contains","value":"@acme.com"}"#,
                    { $0.emails.contains { $0.contains("@acme.com") } }
                ),
                (
                    #"{"field":"account_id","operator":"equals","value":"\#(account)"}"#,
                    { $0.accountID == account }
                ),
                (
                    #"{"field":"tier","operator":"in","values":["gold","silver"]}"#,
                    { [.single("gold"), .single("silver")].contains($0.customFields["tier"]) }
                ),
                (
                    #"{"operator":"and","subfilters":[{"field":"tier","operator":"equals","value":"gold"},{"operator":"or","subfilters":[{"field":"status","operator":"equals","value":"left"},{"field":"status","operator":"not_in","values":["active","left"]}]}]}"#,
                    {
                        $0.customFields["tier"] == .single("gold")
                            && $0.customFields["status"] != .single("active")
                    }
                ),
            ]
            for (filter, wanted) in cases {
                let answer = try await client.search(#"{"limit":999,"filter":\#(filter)}"#)
                #expect(answer.status == 200, "\(filter)")
                #expect(answer.ids == all.filter(wanted).map(\.id), "\(filter)")
                #expect(!answer.ids.isEmpty, "\(filter)")
            }
        }
    }

    @Test(arguments: [
        #"{"filter":{"field":"portal_role","operator":"equals","value":"admin"}}"#,
        #"{"filter":{"field":"created_at","operator":"equals","value":"x"}}"#,
        #"{"filter":{"field":"id","operator":"string_contains","value":"x"}}"#,
        #"{"filter":{"field":"id","operator":"equals"}}"#,
        #"{"filter":{"field":"id","operator":"in","value":"x"}}"#,
        #"{"filter":{"field":"id"}}"#,
        #"{"filter":{"operator":"and"}}"#, #"{"filter":{"operator":"or","subfilters":[]}}"#,
        #"{"filter":{"operator":"and","subfilters":[{"operator":"and","subfilters":[{"operator":"and","subfilters":[{"field":"id","operator":"equals","value":"x"}]}]}]}}"#,
        #"{"limit":0}"#, #"{"limit":1000}"#, #"{"limit":"5"}"#, #"{"cursor":"x"}"#,
        #"{"filter":null}"#, "",
    ])
    func wrongSearchesAreRefused(body: String) async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let answer = try await SandboxClient(sandbox).search(body)
            #expect(answer.status == 400)
            #expect(answer.code == "invalid_request")
        }
    }

    @Test func resultsComeInPages() async throws {
        try await SandboxServer.withRunning(.quick(contacts: 30)) { sandbox in
            let client = SandboxClient(sandbox)
            var ids: [String] = []
            var cursor = ""
            repeat {
                let page = try await client.search(#"{"limit":7,"cursor":"\#(cursor)"}"#)
                ids += page.ids
                cursor = page.cursor
            } while !cursor.isEmpty
            #expect(ids == sandbox.contacts.map(\.id))
        }
    }

    @Test func searchTextIsLookedForInNamesAndAddresses() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let created = try await client.create(#"{"name":"Zebulon","email":"q@x.example"}"#)
            #expect(
                try await client.search(#"{"search_text":"zEBU"}"#).ids
                    == created.contact["id"].map { [$0 as! String] })
            #expect(try await client.search(#"{"search_text":"Q@x.ex"}"#).contacts.count == 1)
        }
    }
}
