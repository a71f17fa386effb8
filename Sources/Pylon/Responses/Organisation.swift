internal import Foundation

/// The organisation that a token belongs to.
package struct Organisation: Sendable, Equatable {
    package let id: String
    package let name: String

    package init(id: String, name: String) {
        self.id = id
        self.name = name
    }

    private struct Envelope: Decodable {
        struct Fields: Decodable {
            let id: String
            let name: String?
        }
        let data: Fields
        let requestID: String?

        private enum CodingKeys: String, CodingKey {
            case data
            case requestID = "request_id"
        }
    }

    static func read(
        _ body: ResponseBody
    ) throws(Unusable) -> (value: Organisation, requestID: String?) {
        let answer: Envelope
        do {
            answer = try JSONDecoder().decode(Envelope.self, from: Data(body.bytes[..<body.count]))
        } catch {
            throw Unusable("no organisation in the answer")
        }
        guard !answer.data.id.isEmpty else { throw Unusable("an organisation without an id") }
        return (Organisation(id: answer.data.id, name: answer.data.name ?? ""), answer.requestID)
    }
}
