import Contacts
import Foundation
import Testing

@Suite struct JSONCodingTests {
    private struct Body: Codable, Equatable {
        let name: String
        let at: Date
    }

    @Test func anEncodedValueIsJSONAndComesBack() throws {
        let body = Body(name: "a/b", at: Date(timeIntervalSince1970: 1.5))
        let bytes = try JSONCoding.encode(body)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("1970-01-01T00:00:01.500Z") && text.contains("a/b"))
        #expect(try JSONCoding.decode(bytes) == body)
    }
}
