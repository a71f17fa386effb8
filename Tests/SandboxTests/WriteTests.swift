import Foundation
import NIOHTTP1
import Sandbox
import Testing

@Suite struct WriteTests {
    /// Bodies that are wrong for create and update alike.
    static let wrongBodies = [
        "", "{", "[]", "1", "null", #"{"name":null}"#, #"{"name":""}"#, #"{"name":1}"#,
        #"{"email":""}"#, #"{"email":null}"#, #"{"custom_fields":{"tier":"gold"}}"#,
        #"{"account_id":"nobody"}"#, #"{"account_external_id":"nobody"}"#,
        #"{"account_external_id":""}"#, #"{"account_id":"","account_external_id":"0015e00001"}"#,
        #"{"phone_numbers":["+4912"]}"#, #"{"phone_numbers":[""]}"#,
        #"{"phone_numbers":["1234567890123456"]}"#, #"{"phone_numbers":[null]}"#,
        #"{"phone_numbers":["1"],"primary_phone_number":"2"}"#,
        #"{"avatar_url":"https://x.example/a.gif"}"#, #"{"avatar_url":"ftp://x.example/a.png"}"#,
        #"{"portal_role":"owner"}"#, #"{"portal_role":""}"#, #"{"portal_role":null}"#,
        #"{"portal_role_id":"nobody"}"#, #"{"portal_role_id":"nobody","portal_role":"admin"}"#,
        #"{"custom_fields":[{"slug":"nope","value":"1"}]}"#,
        #"{"custom_fields":[{"slug":"tier","value":"platinum"}]}"#,
        #"{"custom_fields":[{"slug":"tier","value":null}]}"#,
        #"{"custom_fields":[{"slug":"tier","values":["gold"]}]}"#,
        #"{"custom_fields":[{"slug":"products","value":"api"}]}"#,
        #"{"custom_fields":[{"slug":"products","values":["nope"]}]}"#,
        #"{"custom_fields":[{"slug":"seats","value":"many"}]}"#,
        #"{"custom_fields":[{"slug":"seats","value":1}]}"#,
        #"{"custom_fields":[{"value":"gold"}]}"#,
        #"{"custom_fields":[{"slug":"tier","value":"gold"},{"slug":"tier"}]}"#,
        #"{"external_ids":[{"external_id":"1"}]}"#,
        #"{"external_ids":[{"external_id":"","label":"crm"}]}"#,
        #"{"external_ids":[{"external_id":"1","label":"crm"},{"external_id":"2","label":"crm"}]}"#,
    ]

    @Test func wrongUpdatesAreRefusedAndChangeNothing() async throws {
        let emailBodies = [
            #"{"email":"a@b.example","emails":[{"email":"a@b.example"}]}"#,
            #"{"emails":["a@b.example"]}"#,
            #"{"emails":[{"email":"a@b.example","is_primary":null}]}"#,
            #"{"emails":[{"email":"a"},{"email":"a"}]}"#,
            #"{"emails":[{"email":"a","is_primary":true},{"email":"b","is_primary":true}]}"#,
        ]
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let id = sandbox.contacts[0].id
            let before = sandbox.json(ofContact: id)
            for body in Self.wrongBodies + emailBodies {
                let answer = try await SandboxClient(sandbox).update(id, body)
                #expect(answer.status == 400, "\(body)")
                #expect(answer.code == "invalid_request", "\(body)")
                #expect(answer.sentence?.isEmpty == false, "\(body)")
            }
            #expect(sandbox.json(ofContact: id) == before)
            #expect(sandbox.requests(to: .update).requests.allSatisfy { !$0.applied })
        }
    }

    @Test func wrongCreatesAreRefusedAndMakeNothing() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let bodies = Self.wrongBodies.map {
                $0.hasPrefix(#"{"name""#)
                    ? $0 : $0.replacing("{\"", with: #"{"name":"N",""#, maxReplacements: 1)
            }
            for body in bodies + ["{}", #"{"name":"N","account_id":""}"#] {
                let answer = try await SandboxClient(sandbox).create(body)
                #expect(answer.status == 400, "\(body)")
            }
            #expect(sandbox.contacts.count == 20)
        }
    }

    @Test func aContactNeedsOnlyAName() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let created = try await SandboxClient(sandbox).create(#"{"name":"Only Name","x":1}"#)
            #expect(created.status == 200)
            #expect(created.contact["name"] as? String == "Only Name")
            #expect(created.contact["portal_role"] as? String == "no_access")
            #expect(created.contact["email"] == nil)
            #expect(sandbox.contacts.first?.id == created.contact["id"] as? String)
        }
    }

    @Test func aCreateIgnoresWhatOnlyUpdatesKnow() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let created = try await SandboxClient(sandbox).create(
                #"{"name":"N","emails":[{"email":"a@x.example"}]}"#)
            #expect(created.contact["emails"] as? [String] == [])
        }
    }

    @Test func onlyGivenFieldsChange() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let before = try #require(sandbox.contacts.first { $0.email != nil })
            let answer = try await SandboxClient(sandbox).update(
                before.id, #"{"name":"New \u0000\n"}"#)
            var expected = before
            expected.name = "New \u{0}\n"
            #expect(answer.status == 200)
            #expect(sandbox.contact(id: before.id) == expected)
            #expect(answer.contact["name"] as? String == expected.name)
            #expect(try await SandboxClient(sandbox).update(before.id, "{}").status == 200)
            #expect(sandbox.contact(id: before.id) == expected)
        }
    }

    @Test func accountsAreSetByEitherIDAndDetachedByNothing() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            let account = sandbox.organisation.accounts[1]
            let byID = try await client.update(id, #"{"account_id":"\#(account.id)"}"#)
            let external = (byID.contact["account"] as? [String: Any])?["external_ids"]
            #expect(
                (external as? [[String: String]])?.first == [
                    "external_id": "0015e00002", "label": "crm",
                ])
            let detached = try await client.update(id, #"{"account_id":""}"#)
            #expect(detached.contact["account"] == nil)
            _ = try await client.update(id, #"{"account_external_id":"0015e00001"}"#)
            #expect(sandbox.contact(id: id)?.accountID == sandbox.organisation.accounts[0].id)
        }
    }

    @Test func addressesAreSetOneByOneOrAllAtOnce() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            let all = try await client.update(
                id,
                #"{"emails":[{"email":"a@x.example"},{"email":"b@x.example","is_primary":true}]}"#)
            #expect(all.contact["email"] as? String == "b@x.example")
            #expect(all.contact["emails"] as? [String] == ["a@x.example", "b@x.example"])
            let one = try await client.update(id, #"{"email":"c@x.example"}"#)
            #expect(one.contact["email"] as? String == "c@x.example")
            #expect(one.contact["emails"] as? [String] == ["c@x.example", "a@x.example"])
            let first = try await client.update(id, #"{"emails":[{"email":"d@x.example"}]}"#)
            #expect(first.contact["email"] as? String == "d@x.example")
        }
    }

    @Test func customFieldsNotListedStayAndThoseWithoutValueGo() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            sandbox.editContact(id: id) { $0.customFields = ["department": .single("Sales")] }
            _ = try await client.update(
                id,
                #"{"custom_fields":[{"slug":"tier","value":"gold"},{"slug":"products","values":["api"]}]}"#
            )
            #expect(
                sandbox.contact(id: id)?.customFields
                    == [
                        "department": .single("Sales"), "tier": .single("gold"),
                        "products": .multiple(["api"]),
                    ])
            let answer = try await client.update(
                id, #"{"custom_fields":[{"slug":"tier"},{"slug":"products","values":[]}]}"#)
            #expect(
                answer.contact["custom_fields"] as? [String: [String: String]]
                    == ["department": ["slug": "department", "value": "Sales"]])
        }
    }

    @Test func externalIDsAreReplacedWhole() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let id = sandbox.contacts[0].id
            for number in 1...2 {
                _ = try await SandboxClient(sandbox).update(
                    id, #"{"external_ids":[{"external_id":"new\#(number)","label":"l\#(number)"}]}"#
                )
            }
            #expect(
                sandbox.contact(id: id)?.externalIDs == [.init(externalID: "new2", label: "l2")])
        }
    }

    @Test func thePrimaryPhoneNumberIsOneOfTheNumbers() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            let first = try await client.update(id, #"{"phone_numbers":["12","34"]}"#)
            #expect(first.contact["primary_phone_number"] as? String == "12")
            let second = try await client.update(id, #"{"primary_phone_number":"34"}"#)
            #expect(second.contact["primary_phone_number"] as? String == "34")
            #expect(try await client.update(id, #"{"primary_phone_number":"56"}"#).status == 400)
        }
    }

    @Test func roleAndRoleIDAlwaysAgree() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[0].id
            for role in sandbox.organisation.roles {
                let other = sandbox.organisation.roles.first { $0.slug != role.slug }!
                for body in [
                    #"{"portal_role":"\#(role.slug)"}"#, #"{"portal_role_id":"\#(role.id)"}"#,
                    #"{"portal_role":"\#(other.slug)","portal_role_id":"\#(role.id)"}"#,
                ] {
                    _ = try await client.update(id, #"{"portal_role":"\#(other.slug)"}"#)
                    let answer = try await client.update(id, body)
                    #expect(answer.contact["portal_role"] as? String == role.slug)
                    #expect(answer.contact["portal_role_id"] as? String == role.id)
                }
            }
        }
    }

    @Test func duplicatesNameTheContactThatExists() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let taken = try await client.create(
                #"{"name":"A","email":"a@x.example","external_ids":[{"external_id":"e","label":"crm"}]}"#
            )
            for body in [
                #"{"name":"B","email":"a@x.example"}"#,
                #"{"name":"B","external_ids":[{"external_id":"e","label":"crm"}]}"#,
            ] {
                for answer in [
                    try await client.create(body),
                    try await client.update(sandbox.contacts.last!.id, body),
                ] {
                    #expect(answer.status == 400)
                    #expect(answer.code == "already_exists")
                    #expect(answer.json["exists_id"] as? String == taken.contact["id"] as? String)
                }
            }
            #expect(sandbox.contacts.count == 21)
        }
    }

    @Test func aDeletedContactIsGone() async throws {
        try await SandboxServer.withRunning(.quick()) { sandbox in
            let client = SandboxClient(sandbox)
            let id = sandbox.contacts[3].id
            let answer = try await client.send(.DELETE, "/contacts/\(id)")
            #expect(answer.status == 200)
            #expect(Array(answer.json.keys) == ["request_id"])
            #expect(try await client.get("/contacts/\(id)").status == 404)
            #expect(try await client.get("/contacts").ids.contains(id) == false)
        }
    }
}
