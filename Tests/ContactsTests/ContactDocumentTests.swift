import Contacts
import Testing

@Suite struct ContactDocumentTests {
    /// What stands in a JSON text → what is stored of it.
    @Test(arguments: [
        (#"plain"#, #"plain"#),
        (#"a\u0000b"#, #"a\ufffdb"#),
        (#"a\\u0000b"#, #"a\\u0000b"#),
        (#"a\\\u0000b"#, #"a\\\ufffdb"#),
        (#"\ud83d\ude00"#, #"\ud83d\ude00"#),
        (#"\ud83d"#, #"\ufffd"#),
        (#"\uDE00\uD83D"#, #"\ufffd\ufffd"#),
        (#"\ud83d\ud83d\ude00"#, #"\ufffd\ud83d\ude00"#),
        (#"\ud83d\\ude00"#, #"\ufffd\\ude00"#),
        (#"\ud83dx\n\u00e9"#, #"\ufffdx\n\u00e9"#),
    ])
    func whatTheDatabaseCannotHoldIsReplaced(came: String, stored: String) throws {
        func json(_ name: String) -> [UInt8] { Array(#"{"id":"1","name":"\#(name)"}"#.utf8) }
        let document = try ContactDocument(json(came))
        #expect(
            String(decoding: document.json, as: UTF8.self)
                == String(decoding: json(stored), as: UTF8.self))
        #expect(document.rawDigest == ContactDocument.rawDigest(json(came)))
        #expect(document.contact.name?.isEmpty == false)
    }
}
