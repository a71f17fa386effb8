import Contacts
import Foundation
import Testing

@testable import Pylon

/// Reading a page without decoding it.
@Suite struct ScannerTests {
    private func scan(_ text: String) throws -> ContactPage { try scan(Array(text.utf8)) }
    private func scan(_ bytes: [UInt8]) throws -> ContactPage {
        try ContactPage(ResponseBody(bytes))
    }

    struct Row: Sendable {
        let json: String
        let ids: [String]
        var hasData = true
        var hasPagination = true
        var cursor: String?
        var hasNextPage = false
    }

    static let pagination = #""pagination":{"cursor":"","has_next_page":false}"#

    @Test(
        arguments: [
            Row(json: #"{"data":[],\#(pagination)}"#, ids: []),
            Row(json: #"{"data":[{"id":"1"}],\#(pagination)}"#, ids: ["1"]),
            Row(
                json: #" { "data" : [ { "id" : "1" } , {"id":"2"} ] , \#(pagination) } "#,
                ids: ["1", "2"]),
            Row(
                json: #"{\#(pagination),"data":[{"a":{"id":"no"},"id":"1","b":[{"id":"no"}]}]}"#,
                ids: ["1"]),
            Row(
                json: #"{"data":[{"\u0069d":"\u0031\"\\\/\ud83d\ude00"}],\#(pagination)}"#,
                ids: ["1\"\\/😀"]),
            Row(
                json: #"{"data":[{"name":"}],{\"id\":\"x\"}","id":"1"}],\#(pagination)}"#,
                ids: ["1"]),
            Row(
                json:
                    #"{"data":[{"id":"1","big":123456789012345678901234567890,"e":1e999}],\#(pagination)}"#,
                ids: ["1"]),
            Row(json: #"{"data":[{"id":"1","lone":"\ud800"}],\#(pagination)}"#, ids: ["1"]),
            Row(
                json:
                    #"{"data":[{"id":"1"}],"pagination":{"cursor":"c\u0021","has_next_page":true,"x":[]}}"#,
                ids: ["1"], cursor: "c!", hasNextPage: true),
            Row(json: #"{"data":[],"pagination":{"cursor":null,"has_next_page":null}}"#, ids: []),
            Row(json: #"{"data":[],"pagination":{}}"#, ids: []),
            Row(json: #"{"request_id":"r"}"#, ids: [], hasData: false, hasPagination: false),
            Row(json: #"{}"#, ids: [], hasData: false, hasPagination: false),
            Row(
                json: #"{"data":null,"pagination":null}"#, ids: [], hasData: false,
                hasPagination: false),
            Row(json: #"{"data":[{"id":"1"}]}"#, ids: ["1"], hasPagination: false),
            Row(
                json: #"{"pagination":{"cursor":"c","has_next_page":true},"request_id":"r"}"#,
                ids: [],
                hasData: false, cursor: "c", hasNextPage: true),
        ])
    func aPageSaysWhatItHolds(_ row: Row) throws {
        let page = try scan(row.json)
        #expect((0..<page.count).map(page.id(at:)) == row.ids)
        #expect(page.hasData == row.hasData)
        #expect(page.hasPagination == row.hasPagination)
        #expect(page.cursor == row.cursor)
        #expect(page.hasNextPage == row.hasNextPage)
    }

    @Test(
        arguments: [
            "", " ", "null", "[]", "7", #""x""#, "<html>", "{", #"{"data""#, #"{"data":"#,
            "\u{FEFF}{}x",
            #"{"data":[]"#, #"{"data":[]}}"#, #"{"data":[]} x"#, #"{"data":[]} {}"#,
            #"{"data":[]},"#,
            #"{"data":[{"id":"1"}"#, #"{"data":[{"id":"1"}]"#, #"{"data":[{"id":"1"]}"#,
            #"{"data":[{"id":"1"}}"#, #"{"data":[{"id":"1"},]}"#, #"{"data":[,{"id":"1"}]}"#,
            #"{"data":[{"id":"1"}{"id":"2"}]}"#,
            #"{"data":[{"id":"1"}]:"x"}"#, #"{data:[]}"#, #"{"a":1 "data":[]}"#,
        ])
    func whatIsNotJSONIsRefused(json: String) {
        #expect(throws: Unusable.self) { try scan(json) }
    }

    struct Spoiled: Sendable {
        let contact: [UInt8]
        let id: String?
        let reason: String

        init(_ contact: String, id: String?, _ reason: String = "not JSON, or cut short") {
            self.init(Array(contact.utf8), id: id, reason)
        }

        init(_ contact: [UInt8], id: String?, _ reason: String) {
            (self.contact, self.id, self.reason) = (contact, id, reason)
        }
    }

    @Test(arguments: [
        Spoiled(#"{"id":"b",}"#, id: "b"), Spoiled(#"{"id" "b"}"#, id: nil),
        Spoiled(#"{"id":"b" "c":2}"#, id: "b"), Spoiled(#"{"id":"b","a":tru}"#, id: "b"),
        Spoiled(#"{"id":"b","a":nullx}"#, id: "b"), Spoiled(#"{"id":"b","a":01}"#, id: "b"),
        Spoiled(#"{"id":"b","a":1.}"#, id: "b"), Spoiled(#"{"id":"b","a":-}"#, id: "b"),
        Spoiled(#"{"id":"b","a":+1}"#, id: "b"), Spoiled(#"{"id":"b","a":1e}"#, id: "b"),
        Spoiled(#"{"id":"b","a":.5}"#, id: "b"), Spoiled(#"{"id":"b","a":NaN}"#, id: "b"),
        Spoiled(#"{"id":"b","a":"\x"}"#, id: "b"), Spoiled(#"{"id":"b","a":"\u12g4"}"#, id: "b"),
        Spoiled(#"{"id":"b","\x":1}"#, id: "b"), Spoiled(#"{"id":"b","a":"c":"d"}"#, id: "b"),
        Spoiled(#"{"id":"b","a":"c""d"}"#, id: "b"), Spoiled(#"{"id":"b","a":[1 2]}"#, id: "b"),
        Spoiled(#"{"id":"b","a":{"c"}}"#, id: "b"), Spoiled(#"{"id":"b","a":{1:2}}"#, id: "b"),
        Spoiled(#"{"id":"b","a":'c'}"#, id: "b"), Spoiled("{\"id\":\"b\",\"a\":\"\n\"}", id: "b"),
        Spoiled(#""x""#, id: nil, "not an object"), Spoiled("null", id: nil, "not an object"),
        Spoiled("[]", id: nil, "not an object"),
        Spoiled("{}", id: nil, "a contact without an id"),
        Spoiled(#"{"id":""}"#, id: nil, "a contact without an id"),
        Spoiled(#"{"id":null}"#, id: nil, "a contact whose id is not text"),
        Spoiled(#"{"id":7}"#, id: nil, "a contact whose id is not text"),
        Spoiled(#"{"id":{"id":"1"}}"#, id: nil, "a contact whose id is not text"),
        Spoiled(#"{"id":"\u0000"}"#, id: nil, "a contact whose id has control characters"),
        Spoiled(#"{"id":"\ud800"}"#, id: nil, "a text that is no Unicode"),
        Spoiled(#"{"id":"1","id":"2"}"#, id: nil, "a contact with two ids"),
        Spoiled(#"{"id":"."}"#, id: nil, "an id that cannot stand in a request"),
        Spoiled(#"{"id":".."}"#, id: nil, "an id that cannot stand in a request"),
        Spoiled(#"{"id":"*"}"#, id: nil, "an id that cannot stand in a request"),
        Spoiled(
            Array(#"{"id":"b","name":""#.utf8) + [0xC3, 0x28] + Array(#""}"#.utf8), id: "b",
            "bytes that are no UTF-8"),
        Spoiled(
            Array(#"{"id":""#.utf8) + [0xFF] + Array(#""}"#.utf8), id: nil,
            "bytes that are no UTF-8"),
    ])
    func oneBadContactLeavesTheOthersOnItsPage(_ spoiled: Spoiled) throws {
        let page = try scan(
            Array(#"{"data":[{"id":"a"},"#.utf8) + spoiled.contact
                + Array(#",{"id":"c"}],"pagination":{"cursor":"x","has_next_page":true}}"#.utf8))
        #expect((0..<page.count).map(page.id(at:)) == ["a", "c"])
        #expect(page.cursor == "x" && page.hasNextPage && page.hasData && page.hasPagination)
        #expect(
            page.unreadable == [
                UnreadableContact(
                    contactID: spoiled.id, rawDigest: ContactDocument.rawDigest(spoiled.contact),
                    reason: spoiled.reason, place: 2)
            ])
    }

    /// What is around the contacts has no one to be set aside.
    @Test func bytesThatAreNoUTF8AroundTheContactsAreNoPage() {
        let body =
            Array(#"{"data":[{"id":"a"}],"pagination":{"cursor":""#.utf8) + [0xFF]
            + Array(#"","has_next_page":true}}"#.utf8)
        #expect(throws: Unusable.self) { try scan(body) }
    }

    @Test(
        arguments: [
            (#"{"data":7}"#, "data is neither an object nor a list"),
            (#"{"data":"x"}"#, "data is neither an object nor a list"),
            (#"{"data":{"id":"1"}}"#, "one contact instead of a page"),
            (#"{"data":[],"data":[]}"#, "data is there twice"),
            (#"{"data":[],"\u0064ata":[]}"#, "data is there twice"),
            (#"{"pagination":[]}"#, "pagination is no object"),
            (#"{"pagination":{},"pagination":null}"#, "pagination is there twice"),
            (
                #"{"pagination":{"has_next_page":"true"}}"#,
                "has_next_page is neither true nor false"
            ),
            (
                #"{"pagination":{"has_next_page":true,"has_next_page":false}}"#,
                "has_next_page is there twice"
            ),
            (#"{"pagination":{"cursor":"a","cursor":"b"}}"#, "two cursors"),
            (#"{"pagination":{"cursor":7}}"#, "a number, list or object where a text belongs"),
            (#"{"pagination":{"cursor":"\ud800"}}"#, "a text that is no Unicode"),
        ])
    func anotherShapeIsRefused(json: String, reason: String) {
        let error = #expect(throws: Unusable.self) { try scan(json) }
        #expect(error?.reason == reason)
    }

    @Test func anIDAndACursorHaveALongest() throws {
        let x = { String(repeating: "x", count: $0) }
        #expect(try scan(#"{"data":[{"id":"\#(x(256))"}]}"#).id(at: 0) == x(256))
        let long = try scan(#"{"data":[{"id":"\#(x(257))"}]}"#)
        #expect(long.unreadable.map(\.reason) == ["a contact whose id is too long"])
        #expect(try scan(#"{"pagination":{"cursor":"\#(x(4096))"}}"#).cursor == x(4096))
        #expect(throws: Unusable.self) { try scan(#"{"pagination":{"cursor":"\#(x(4097))"}}"#) }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func nestingHasADeepest(open: String, close: String) throws {
        func page(_ depth: Int) -> String {
            let nest =
                String(repeating: open, count: depth) + "1" + String(repeating: close, count: depth)
            return #"{"data":[{"id":"1","a":\#(nest)}]}"#
        }
        #expect(try scan(page(60)).count == 1)
        for depth in [70, 100_000] {
            let deep = try scan(page(depth))
            #expect(deep.count == 0 && deep.unreadable.map(\.reason) == ["nested too deeply"])
        }
        #expect(throws: Unusable.self) { try scan(String(repeating: open, count: 1_000_000)) }
    }

    @Test func anItemIsExactlyItsBytes() throws {
        let first = #"{ "id":"1", "x" : [ {} ] , "y":"}" }"#
        let second = #"{"id":"2","é":"\u00e9"}"#
        let page = try scan(#"{"data":[ \#(first) , \#(second)]}"#)
        #expect(try page.document(at: 0).json == Array(first.utf8))
        #expect(try page.document(at: 1).json == Array(second.utf8))
        #expect(try page.rawDigest(at: 1) == page.document(at: 1).rawDigest)
    }

    // MARK: Hostile pages

    static let page = Array(
        #"""
        {"data":[{"id":"a1","name":"Ana \"x\" \\ \u00e9","n":-1.5e3,"t":true,"l":[1,"[",{"k":null}]},
         {"id":"b\u0032","custom_fields":{"tier":{"slug":"tier","value":"gold","values":[]}}, "f" : false}],
         "pagination":{"cursor":"abc","has_next_page":true},"request_id":"r-1","extra":{"a":[[],{}]}}
        """#.utf8)

    @Test func everyPageCutShortIsRefused() {
        for length in 0..<Self.page.count {
            #expect(throws: Unusable.self, "cut at \(length)") {
                try scan(Array(Self.page.prefix(length)))
            }
        }
    }

    @Test func everyPageWithSomethingBehindItIsRefused() throws {
        for byte in UInt8.min...UInt8.max {
            if " \n\r\t".utf8.contains(byte) {
                #expect(try scan(Self.page + [byte]).count == 2)
            } else {
                #expect(throws: Unusable.self, "followed by \(byte)") {
                    try scan(Self.page + [byte])
                }
            }
        }
    }

    /// Mutants never crash, and none is taken for a page that another parser does not take for JSON.
    @Test(arguments: 0..<8)
    func mutantsAreReadOnlyWhenTheyAreJSON(seed: UInt64) {
        var random = SeededNumbers(seed: seed)
        let interesting = Array(#"{}[]",:\0123456789.-+eEtrufalsn /"#.utf8) + [0, 0x1F, 0x80, 0xFF]
        for _ in 0..<4_000 {
            var mutant = Self.page
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let at = Int.random(in: 0..<mutant.count, using: &random)
                switch Int.random(in: 0...4, using: &random) {
                case 0: mutant[at] = interesting.randomElement(using: &random)!
                case 1: mutant.insert(interesting.randomElement(using: &random)!, at: at)
                case 2: mutant.remove(at: at)
                case 3: mutant[at] ^= 1 << UInt8.random(in: 0...7, using: &random)
                default:
                    let end = min(mutant.count, at + Int.random(in: 1...40, using: &random))
                    let part = Array(mutant[at..<end])
                    let to = Int.random(in: 0..<mutant.count, using: &random)
                    mutant.insert(contentsOf: part, at: to)
                }
            }
            guard let page = try? scan(mutant) else { continue }
            let text = String(decoding: mutant, as: UTF8.self)
            if page.unreadable.isEmpty {
                #expect(throws: Never.self, "\(text)") {
                    try JSONSerialization.jsonObject(with: Data(mutant))
                }
            }
            for index in 0..<page.count {
                #expect(!page.id(at: index).isEmpty)
                guard let document = try? page.document(at: index) else { continue }
                #expect(throws: Never.self, "\(text)") {
                    try JSONSerialization.jsonObject(with: Data(document.json))
                }
                #expect(document.contact.id == page.id(at: index), "\(text)")
            }
        }
    }
}
