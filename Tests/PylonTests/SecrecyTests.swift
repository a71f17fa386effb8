import Foundation
import Pylon
import Testing

/// Whatever an answer quotes, the token stays out of what is said.
@Suite struct SecrecyTests {
    private static func texts(of value: Any) -> String {
        var dumped = ""
        dump(value, to: &dumped)
        return "\(value) \(String(reflecting: value)) \(dumped)"
    }

    @Test(
        arguments: [200, 204, 302, 307, 400, 401, 403, 404, 405, 408, 409, 422, 429, 500, 502],
        Endpoint.allCases)
    func noErrorShowsTheToken(status: Int, endpoint: Endpoint) async throws {
        let token = Fixture.tokenText
        let body = #"""
            {"errors":["bad \#(token)"],"code":"\#(token)","request_id":"\#(token)","data":7}
            """#
        let headers = [
            "x-pylon-request-id: \(token)", "location: https://\(token).example/\(token)",
            "x-retry-after: \(token)",
        ]
        try await ScriptedServer.answering(
            Fixture.answer(status, status == 204 ? "" : body, headers: headers)
        ) { server in
            let error = try await Fixture.client(server.url).error(endpoint)
            #expect(!Self.texts(of: error).localizedCaseInsensitiveContains(token))
        }
    }

    @Test func noReplyShowsTheToken() async throws {
        let token = Fixture.tokenText
        let answer = Fixture.answer(
            200, Fixture.page([]), headers: ["x-pylon-request-id: \(token)"])
        try await ScriptedServer.answering(answer) { server in
            let reply = try await Fixture.client(server.url).list()
            #expect(reply.requestID == "[token]")
        }
    }

    @Test func noSettingShowsTheToken() throws {
        let client = try Fixture.client("https://api.usepylon.com")
        #expect(!Self.texts(of: client).contains(Fixture.tokenText))
        #expect(!Self.texts(of: client.token.current).contains(Fixture.tokenText))
        let bad = #expect(throws: InvalidSetting.self) { try Token(Fixture.tokenText + " x") }
        #expect(!Self.texts(of: bad as Any).contains(Fixture.tokenText))
    }
}
