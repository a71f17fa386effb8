import Contacts
import Foundation
import Postgres
internal import Reconciler
import Sandbox
import Store
import Testing

@testable import Worker

/// One contact that cannot be read or stored is set aside, and the others go on.
@Suite struct UnreadableContactTests {
    struct Spoiled: Sendable, CustomTestStringConvertible {
        let reason: String
        /// What stands for the contact, given its id.
        let json: @Sendable (String) -> [UInt8]
        var hasID = true

        init(_ reason: String, hasID: Bool = true, _ json: @escaping @Sendable (String) -> String) {
            self.init(reason, hasID: hasID, bytes: { Array(json($0).utf8) })
        }

        init(
            _ reason: String, hasID: Bool = true,
            bytes json: @escaping @Sendable (String) -> [UInt8]
        ) {
            (self.reason, self.hasID, self.json) = (reason, hasID, json)
        }

        var testDescription: String { reason }
    }

    static let member = #""email":"bob@acme.com","portal_role":"member""#
    static let reference = "has another type than the API's reference says"

    static let spoiled = [
        Spoiled("name \(reference)") { #"{"id":"\#($0)","name":7,\#(member)}"# },
        Spoiled("custom_fields.tier.value \(reference)") {
            #"{"id":"\#($0)",\#(member),"custom_fields":{"tier":{"slug":"tier","value":{"a":1}}}}"#
        },
        Spoiled(
            "bytes that are no UTF-8",
            bytes: {
                Array(#"{"id":"\#($0)",\#(member),"name":""#.utf8) + [0xC3, 0x28]
                    + Array(#""}"#.utf8)
            }),
        Spoiled("not JSON, or cut short") { #"{"id":"\#($0)",\#(member),"score":NaN}"# },
        Spoiled("nested too deeply") {
            #"{"id":"\#($0)",\#(member),"x":\#(String(repeating: "[", count: 100))\#(String(repeating: "]", count: 100))}"#
        },
        // PostgreSQL takes no number of more digits than this.
        Spoiled("the database refuses it: 22003") {
            #"{"id":"\#($0)",\#(member),"score":1e200000}"#
        },
        Spoiled("larger than 8 MiB") {
            #"{"id":"\#($0)",\#(member),"x":"\#(String(repeating: "x", count: 9 << 20))"}"#
        },
        Spoiled("a contact whose id is not text", hasID: false) { _ in #"{"id":7,\#(member)}"# },
        Spoiled("a contact without an id", hasID: false) { _ in #"{"id":"",\#(member)}"# },
        Spoiled("an id that cannot stand in a request", hasID: false) { _ in
            #"{"id":".",\#(member)}"#
        },
        Spoiled("a contact whose id is too long", hasID: false) {
            #"{"id":"\#(String(repeating: $0, count: 10))",\#(member)}"#
        },
        Spoiled("not an object", hasID: false) { _ in "null" },
    ]

    /// A contact that was never readable: the others are decided and sent, the sweep is whole, and nobody
    /// is missing.
    @Test(arguments: spoiled)
    func theOthersGoOn(_ spoiled: Spoiled) async throws {
        let contacts = ["ana", "bob", "cyd"].map { person("\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            let bob = contacts[1].id
            world.sandbox.spoilContact(id: bob, json: spoiled.json(bob))
            let run = try await world.runOnce()
            #expect(run.summary.actions == ["applied": 2])
            try await expectOneAside(spoiled, in: world, id: bob)
            // Nothing is told twice of the same bytes.
            _ = try await world.runOnce()
            #expect(try await unreadableEvents(in: world).count == 1)
            #expect(try await world.kinds(of: bob).contains("contact.created") == false)

            // By itself, once its bytes can be read.
            world.sandbox.editContact(id: bob) { $0.name = "Bob" }
            let last = try await world.runOnce()
            #expect(last.summary.actions == ["applied": 1])
            #expect(world.sandbox.contact(id: bob)?.portalRole == "admin")
            #expect(try await world.worker().store.status()?.setAside == 0)
            try await world.expectRest()
        }
    }

    private func expectOneAside(_ spoiled: Spoiled, in world: World, id: String) async throws {
        let status = try #require(try await world.worker().store.status())
        #expect(status.setAside == 1)
        #expect(status.missing == 0)
        #expect(status.lastSweep?.state == "completed" && status.lastSweep?.contacts == 3)
        #expect(world.alerts.codes == [.unreadable])
        let events = try await unreadableEvents(in: world)
        #expect(events.count == 1)
        #expect(events.first?.contactID == (spoiled.hasID ? id : nil))
        #expect(events.first?.reason.hasPrefix(spoiled.reason) == true, "\(events)")
        #expect(events.first?.page == 1)
    }

    private struct Unreadable: Sendable {
        let contactID: String?
        let reason: String
        let page: Int
    }

    private func unreadableEvents(in world: World) async throws -> [Unreadable] {
        try await world.rows(
            """
            SELECT contact_id, body ->> 'reason' AS reason,
                   (body #>> '{place,page}')::integer AS page
            FROM usher.event WHERE kind = 'contact.unreadable' ORDER BY seq
            """
        ) {
            Unreadable(
                contactID: try $0.get("contact_id"), reason: try $0.get("reason"),
                page: try $0.get("page"))
        }
    }

    /// A known contact that becomes unreadable is there: it is neither missing nor deleted, and what was
    /// known of it is not decided on, nor sent.
    @Test(arguments: spoiled.filter(\.hasID))
    func aKnownContactWaitsUntilItCanBeReadAgain(_ spoiled: Spoiled) async throws {
        let contacts = ["ana", "bob"].map { person("\($0)@acme.com") }
        try await withWorld(rules: nothingIsWanted, contacts: contacts) { world in
            try await world.runOnce()
            let bob = contacts[1].id
            world.sandbox.spoilContact(id: bob, json: spoiled.json(bob))
            try await world.runOnce()
            try world.write(rules: acmeAreAdmins)
            let run = try await world.runOnce()
            #expect(run.summary.actions == ["applied": 1])
            #expect(world.sandbox.contact(id: bob)?.portalRole != "admin")
            _ = try await world.runOnce()
            let kinds = try await world.kinds(of: bob)
            #expect(kinds.filter { $0 == "contact.unreadable" }.count == 1)
            #expect(!kinds.contains("contact.deleted"))
            #expect(try await world.worker().store.status()?.missing == 0)

            world.sandbox.editContact(id: bob) { _ in }
            let last = try await world.runOnce()
            #expect(last.summary.actions == ["applied": 1])
            #expect(try await world.kinds(of: bob).contains("contact.readable"))
            try await world.expectRest()
        }
    }

    /// An action that was decided before waits, and keeps no worker from coming to rest.
    @Test func anOpenActionWaits() async throws {
        try await withStepwiseWorker(rules: acmeAreAdmins, contacts: [person("ana@acme.com")]) {
            stepwise, ids in
            try await stepwise.see(ids[0])
            try await stepwise.evaluate()
            let unreadable = UnreadableContact(
                contactID: ids[0], rawDigest: Array(repeating: 1, count: 32), reason: "a test")
            let alerts = try await stepwise.store.setAside(
                [unreadable], askedAt: try await stepwise.store.lastSeq())
            #expect(alerts.map(\.code) == [.unreadable])
            #expect(try await stepwise.claim().isEmpty)
            #expect(try await stepwise.store.pending().isNothing)
            try await stepwise.see(ids[0])
            try await stepwise.send()
            #expect(try await stepwise.kinds(of: ids[0]).last == "patch.applied")
            try await stepwise.world.expectRest()
        }
    }

    /// A contact that can no longer be read, and whose absence is to be proven, is there.
    @Test func aMissingContactThatAnswersUnreadablyIsThere() async throws {
        let contacts = ["ana", "bob"].map { person("\($0)@acme.com") }
        try await withWorld(rules: nothingIsWanted, contacts: contacts) { world in
            try await world.runOnce()
            let bob = contacts[1].id
            try await world.asOwner { db in
                try db.execute(
                    """
                    INSERT INTO usher.absence (workspace, contact_id, sweep_id, is_held, due_at)
                    VALUES ('default', \(bob), 1, false, clock_timestamp())
                    """)
            }
            world.sandbox.spoilContact(id: bob, json: Array(#"{"id":"\#(bob)","name":7}"#.utf8))
            let worker = try world.worker()
            _ = try await worker.settler.proveAbsences()
            let status = try #require(try await worker.store.status())
            #expect(status.missing == 0 && status.setAside == 1 && status.contacts == 2)
        }
    }

    /// What has no usable id and is gone from a complete sweep is set aside no longer, on record.
    @Test func whatVanishesIsSetAsideNoLonger() async throws {
        let contacts = ["ana", "bob"].map { person("\($0)@acme.com") }
        try await withWorld(rules: nothingIsWanted, contacts: contacts) { world in
            world.sandbox.spoilContact(id: contacts[1].id, json: Array(#"{"id":7}"#.utf8))
            try await world.runOnce()
            #expect(try await world.worker().store.status()?.setAside == 1)
            world.sandbox.deleteContact(id: contacts[1].id)
            try await world.runOnce()
            #expect(try await world.worker().store.status()?.setAside == 0)
            let ended = try await world.count(
                "SELECT count(*) FROM usher.event WHERE kind = 'contact.readable'")
            #expect(ended == 1)
            try await world.expectRest()
        }
    }

    /// What is stored of one contact, and cannot be read any more, stops no pass.
    @Test(arguments: [
        "document = '{\"id\": 7}'", "grants = '{\"portal_role\": 7}'", "held = '[7]'",
        "late = '{\"portal_role\": {\"until\": \"never\"}}'",
    ])
    func aStoredContactThatCannotBeReadStopsNoPass(change: String) async throws {
        let contacts = ["ana", "bob", "cyd"].map { person("\($0)@acme.com") }
        try await withWorld(rules: nothingIsWanted, contacts: contacts) { world in
            try await world.runOnce()
            try await world.asOwner { db in
                try db.run(
                    script:
                        "UPDATE usher.contact SET \(change) WHERE contact_id = '\(contacts[1].id)'"
                )
            }
            try world.write(rules: acmeAreAdmins)
            let run = try await world.runOnce()
            #expect(run.summary.actions == ["applied": 2])
            #expect(world.alerts.codes == [.unreadable])
            let reasons = try await world.rows(
                "SELECT body ->> 'reason' AS reason FROM usher.event WHERE kind = 'contact.unreadable'"
            ) { try $0.get("reason", as: String.self) }
            #expect(reasons == ["what is stored of it cannot be read"])
        }
    }
}

/// Two contacts whose ids differ only by Unicode normalisation, from the sweep to the PATCH.
@Suite struct SameLookTests {
    private static let ids = ["caf\u{E9}", "cafe\u{301}"]
    private static let contacts = ids.enumerated().map { index, id in
        var contact = SandboxContact(id: id, name: "Ana")
        contact.email = "p\(index)@acme.com"
        contact.emails = ["p\(index)@acme.com"]
        return contact
    }

    @Test func theValuesOfBothBelongToTheRenamedRule() async throws {
        try await withWorld(rules: acmeAreAdmins, contacts: Self.contacts) { world in
            try await world.runOnce()
            try world.write(
                rules: acmeAreAdmins.replacing("acme-are-admins", with: "customers")
                    + "\nrenamed: [ { from: acme-are-admins, to: customers } ]")
            try await world.runOnce()
            let owners = try await world.rows(
                "SELECT grants #>> '{portal_role,rules}' AS rules FROM usher.contact"
            ) { try $0.get("rules", as: String.self) }
            #expect(owners == [#"["customers"]"#, #"["customers"]"#])
        }
    }

    @Test func textsThatAreEqualByUnicodeOnlyAreTwoContacts() async throws {
        let ids = Self.ids
        #expect(ids[0] == ids[1])
        try await withWorld(rules: acmeAreAdmins, contacts: Self.contacts) { world in
            let run = try await world.runOnce()
            #expect(run.summary.contacts == 2)
            #expect(run.summary.actions == ["applied": 2])
            #expect(world.sandbox.contacts.map(\.portalRole) == ["admin", "admin"])
            for id in ids {
                #expect(try await world.kinds(of: id).filter { $0 == "patch.applied" }.count == 1)
            }
            // One is changed, and the other is not; then one goes, and the other stays.
            world.sandbox.editContact(id: ids[0]) { $0.portalRole = "member" }
            _ = try await world.runOnce()
            let changed = try await world.rows(
                "SELECT contact_id FROM usher.event WHERE kind = 'contact.updated'"
            ) { try $0.get("contact_id", as: String.self) }
            #expect(changed.map { Array($0.utf8) } == [Array(ids[0].utf8)])
            world.sandbox.deleteContact(id: ids[0])
            _ = try await world.runOnce()
            #expect(try await world.worker().store.status()?.contacts == 1)
            try await world.expectRest()
        }
    }

    @Test func keysAreSortedAsTheDatabaseSorts() async throws {
        let texts = [
            "caf\u{E9}", "cafe\u{301}", "Z", "a", "z", "\u{212A}", "K", "é", "10", "9", "\u{1F600}",
            "\u{FFFD}",
        ]
        try await withWorld(rules: nothingIsWanted) { world in
            let sorted = try await world.rows(
                #"SELECT t FROM unnest(\#(texts)::text[]) AS t ORDER BY t COLLATE "C""#
            ) { try $0.get("t", as: String.self) }
            #expect(sorted.map { ByteText($0) } == texts.map { ByteText($0) }.sorted())
            #expect(sorted.map { ByteText($0) } == texts.sortedByBytes().map { ByteText($0) })
        }
    }
}

private let nothingIsWanted = """
    version: 1
    rules:
      - { id: nobody, mode: enforce, when: { email.domain: example.org }, set: { portal_role: admin } }
    """
