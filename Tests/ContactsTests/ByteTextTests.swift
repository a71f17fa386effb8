import Foundation
import Testing

@testable import Contacts

/// Texts that are equal by Unicode and differ in their bytes are two, wherever they are keys.
@Suite struct ByteTextTests {
    /// Composed and decomposed; a letter and a sign that is defined as it; Hangul; the order of marks.
    static let pairs = [
        ("caf\u{E9}", "cafe\u{301}"), ("\u{212A}", "K"), ("\u{AC00}", "\u{1100}\u{1161}"),
        ("a\u{323}\u{307}", "a\u{307}\u{323}"), ("\u{37E}", ";"),
    ]

    @Test(arguments: pairs)
    func twoKeysAreTwo(one: String, other: String) {
        #expect(one == other)
        #expect(ByteText(one) != ByteText(other))
        #expect(Set(texts: [one, other, one]).count == 2)
        var counts: [ByteText: Int] = [:]
        counts[one] = 1
        counts[other] = 2
        #expect(counts[one] == 1 && counts[other] == 2)
        #expect((ByteText(one) < ByteText(other)) != (ByteText(other) < ByteText(one)))
    }

    @Test(arguments: pairs)
    func twoFieldsAreTwo(one: String, other: String) {
        for field in [
            FieldPath.customField(slug:), FieldPath.externalID(label:),
            FieldPath.accountExternalID(label:),
        ] {
            #expect(field(one) != field(other))
            #expect(Set([field(one), field(other), field(one)]).count == 2)
        }
        let patch = ContactPatch([.customField(slug: one): "x", .customField(slug: other): "y"])
        #expect(patch.fields.count == 2)
        let contact = Contact(id: "1").applying(patch)
        #expect(contact[.customField(slug: one)] == .text("x"))
        #expect(contact[.customField(slug: other)] == .text("y"))
    }

    /// A field that gives way to its look-alike is a change of two fields.
    @Test(arguments: pairs)
    func aFieldThatIsRenamedIsAChange(one: String, other: String) {
        let (old, new) = (
            Contact(id: "1", customFields: [ByteText(one): .single("x")]),
            Contact(id: "1", customFields: [ByteText(other): .single("x")])
        )
        #expect(old != new)
        let difference = ContactDifference(from: old, to: new)
        #expect(difference.changed.count == 2)
        #expect(difference.before.count == 1 && difference.after.count == 1)
    }

    /// Two values under one label that look the same are two.
    @Test func externalIDsAreKeptApart() throws {
        let json = """
            {"id":"1","external_ids":[{"label":"crm","external_id":"caf\u{E9}"},
            {"label":"crm","external_id":"cafe\u{301}"}]}
            """
        let contact = try ContactDocument(Array(json.utf8)).contact
        #expect(contact[.externalID(label: "crm")] == .list(["cafe\u{301}", "caf\u{E9}"]))
    }

    /// What decodes the JSON would take the two for one.
    @Test(arguments: pairs)
    func aContactWithTwoSlugsThatLookTheSameIsUnreadable(one: String, other: String) throws {
        func json(_ slugs: [String]) -> [UInt8] {
            let fields = slugs.map { #""\#($0)":{"slug":"\#($0)","value":"x"}"# }
            return Array(#"{"id":"1","custom_fields":{\#(fields.joined(separator: ","))}}"#.utf8)
        }
        #expect(throws: ContactProblem.self) {
            try ContactDocument(json([one, other]))
        }
        for slug in [one, other] {
            let contact = try ContactDocument(json([slug, "tier"])).contact
            #expect(contact[.customField(slug: slug)] == .text("x"))
        }
        #expect(throws: ContactProblem.self) {
            try ContactDocument(Array(#"{"id":"1","custom_fields":{"é":{},"e\u0301":{}}}"#.utf8))
        }
    }

    @Test(
        arguments: [
            (1.0, 1), (-1.5, -2), (.infinity, Int.max), (-.infinity, Int.min), (.nan, 0),
            (1e300, Int.max), (-1e300, Int.min), (9.3e18, Int.max),
        ] as [(Double, Int)])
    func aNumberHasANearestInteger(number: Double, integer: Int) {
        #expect(Int(nearest: number) == integer)
    }
}
