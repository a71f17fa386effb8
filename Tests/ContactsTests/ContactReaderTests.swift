import Contacts
import Testing

/// Contacts as they are read from the JSON of the API.
@Suite struct ContactReaderTests {
    static func read(_ json: String) throws -> Contact {
        try Contact(json: Array(json.utf8))
    }

    @Test(arguments: [
        #"{"id": "c"}"#,
        #"{"id": "c", "name": null, "emails": null, "custom_fields": null, "account": null}"#,
        #"{"id": "c", "name": "", "emails": [""], "custom_fields": {}, "account": {"id": ""}}"#,
        #"{"id": "c", "custom_fields": {"tier": {"value": "", "values": []}, "x": null}}"#,
        #"{"id": "c", "external_ids": [{"label": "crm"}, null], "unknown": {"a": 1}}"#,
    ])
    func absentNullAndEmptyReadTheSame(_ json: String) throws {
        #expect(try Self.read(json) == Contact(id: "c"))
    }

    @Test func everyFieldIsRead() throws {
        let contact = try Self.read(
            """
            {"id": "c", "name": "Ana", "email": "a@b.com", "emails": ["a@b.com"],
             "account": {"id": "a", "external_ids": [{"external_id": "1", "label": "crm"}]},
             "avatar_url": "u", "custom_fields": {"tier": {"slug": "tier", "value": "gold"},
             "products": {"slug": "products", "values": ["x", "y"]}},
             "external_ids": [{"external_id": "2", "label": "erp"}],
             "integration_user_ids": [{"id": "U1", "source": "slack"}],
             "phone_numbers": ["1"], "primary_phone_number": "1", "portal_role": "member",
             "portal_role_id": "r"}
            """)
        #expect(
            contact
                == Contact(
                    id: "c", name: "Ana", email: "a@b.com", emails: ["a@b.com"],
                    account: .init(id: "a", externalIDs: ["crm": "1"]), avatarURL: "u",
                    customFields: ["tier": .single("gold"), "products": .multiple(["x", "y"])],
                    externalIDs: ["erp": "2"], integrationUserIDs: ["slack:U1"],
                    phoneNumbers: ["1"], primaryPhoneNumber: "1", portalRole: "member",
                    portalRoleID: "r"))
    }

    @Test(arguments: ["{}", #"{"id": ""}"#, #"{"id": 1}"#, #"{"id": "c", "emails": "a"}"#, "[]"])
    func whatIsNoContactIsRefused(_ json: String) {
        #expect(throws: ContactProblem.self) { try Self.read(json) }
    }

    /// What is wrong with a contact is told by its field alone, never by a value.
    @Test(arguments: [
        (#"{"id": 1}"#, "id has another type than the API's reference says"),
        (#"{"id": "c", "name": []}"#, "name has another type than the API's reference says"),
        (#"{"id": "c", "emails": [1]}"#, "emails has another type than the API's reference says"),
        (#"{"id": "c", "account": "a"}"#, "account has another type than the API's reference says"),
        (
            #"{"id": "c", "account": {"id": true}}"#,
            "account.id has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "account": {"external_ids": {}}}"#,
            "account.external_ids has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "external_ids": [{"label": 1}]}"#,
            "external_ids has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "integration_user_ids": ["x"]}"#,
            "integration_user_ids has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "custom_fields": {"tier": "gold"}}"#,
            "custom_fields.tier has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "custom_fields": {"ti\u0065r": {"value": 1}}}"#,
            "custom_fields.tier.value has another type than the API's reference says"
        ),
        (
            #"{"id": "c", "custom_fields": {"tier": {"values": "x"}}}"#,
            "custom_fields.tier.values has another type than the API's reference says"
        ),
        ("{}", "it has no id"), (#"{"id": null}"#, "it has no id"),
        ("", "not JSON"), ("[]", "not JSON"), ("7", "not JSON"),
        (#"{"id": "c"} x"#, "not JSON"), (#"{"id": "c"}}"#, "not JSON"),
        (#"{"id": "c""#, "not JSON"), (#"{"id": "c", "x": 01}"#, "not JSON"),
        (#"{"id": "c", "x": ["#, "not JSON"), (#"{"id": "c", "x": {"a\q": 1}}"#, "not JSON"),
    ])
    func whatIsWrongIsSaidWithoutAValue(json: String, reason: String) {
        #expect(throws: ContactProblem.self) { try Self.read(json) }
        #expect("\(problem(of: json))" == reason)
    }

    private func problem(of json: String) -> String {
        do throws(ContactProblem) {
            _ = try Contact(json: Array(json.utf8))
            return ""
        } catch { return error.description }
    }

    @Test func theNameOfAStrangeFieldIsCut() {
        let slug = String(repeating: "x", count: 100)
        let json = #"{"id": "c", "custom_fields": {"\#(slug)": 1}}"#
        #expect(problem(of: json).contains("custom_fields.\(slug.prefix(64)) "))
    }

    /// Of what is there twice, the first one counts, at every level.
    @Test(arguments: [
        #"{"id": "c", "name": "Ana", "name": "Bob"}"#,
        #"{"id": "c", "name": "Ana", "name": null}"#,
        #"{"id": "c", "name": "Ana", "name": 7, "n\u0061me": {}}"#,
    ])
    func theFirstOfTwoNamesCounts(_ json: String) throws {
        #expect(try Self.read(json) == Contact(id: "c", name: "Ana"))
    }

    @Test func theFirstOfTwoPartsCounts() throws {
        let contact = try Self.read(
            """
            {"id": "c", "account": {"id": "a", "external_ids": [], "id": "b", "external_ids": 1},
             "account": 7,
             "external_ids": [{"label": "crm", "external_id": "1", "label": "x", "external_id": 2}],
             "custom_fields": {"tier": {"value": "gold", "value": "tin"}, "tier": {"values": ["x"]},
                               "tags": {"values": ["a"], "values": ["b"]}, "tags": null}}
            """)
        #expect(
            contact
                == Contact(
                    id: "c", account: .init(id: "a"),
                    customFields: ["tier": "gold", "tags": .multiple(["a"])],
                    externalIDs: ["crm": "1"]))
    }

    /// Escapes in texts, slugs and labels stand for what they say.
    @Test(arguments: [
        (#"a\"\\\/\b\f\n\r\tb"#, "a\"\\/\u{8}\u{C}\n\r\tb"),
        (#"\u00e9\u20AC\ud83d\ude00"#, "é€😀"),
        (#"\u0041\u007f\u0080\u07ff\uffff"#, "A\u{7F}\u{80}\u{7FF}\u{FFFF}"),
    ])
    func escapesAreResolved(escaped: String, text: String) throws {
        let contact = try Self.read(
            """
            {"id": "c", "name": "\(escaped)", "custom_fields": {"\(escaped)": {"value": "x"}},
             "external_ids": [{"label": "\(escaped)", "external_id": "\(escaped)"}]}
            """)
        #expect(
            contact
                == Contact(
                    id: "c", name: text, customFields: [ByteText(text): "x"],
                    externalIDs: [ByteText(text): .single(text)]))
    }

    @Test func objectsNestSixtyFourDeep() throws {
        func json(_ depth: Int) -> String {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            return #"{"id": "c", "x": \#(nested)}"#
        }
        #expect(try Self.read(json(60)) == Contact(id: "c"))
        #expect(problem(of: json(70)) == "not JSON")
    }

    /// A contact of megabytes, and one after it.
    @Test func aLargeContactIsRead() throws {
        let emails = (0..<50_000).map { "\"p\($0)@acme.com\"" }.joined(separator: ",")
        let contact = try Self.read(#"{"id": "c", "emails": [\#(emails)]}"#)
        #expect(contact.emails.count == 50_000 && contact.emails.last == "p49999@acme.com")
        #expect(try Self.read(#"{"id": "d"}"#) == Contact(id: "d"))
    }
}
