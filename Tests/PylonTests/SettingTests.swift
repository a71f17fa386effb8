import Foundation
import Pylon
import Testing

/// Where a token may be sent, and what can be one.
@Suite struct SettingTests {
    @Test(
        arguments: [
            ("https://api.usepylon.com", "https://api.usepylon.com"),
            ("https://api.eu.usepylon.com/", "https://api.eu.usepylon.com"),
            ("HTTPS://API.usepylon.COM:8443/v1//", "https://api.usepylon.com:8443/v1"),
            ("https://10.0.0.1", "https://10.0.0.1"),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://LOCALHOST", "http://localhost"),
            ("http://127.0.0.1", "http://127.0.0.1"),
            ("http://127.255.3.4:1/x", "http://127.255.3.4:1/x"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ])
    func aTokenMayBeSentTo(text: String, normal: String) throws {
        #expect(try BaseURL(text).text == normal)
    }

    @Test(
        arguments: [
            "", "api.usepylon.com", "ftp://localhost", "file:///etc/passwd", "https://",
            "https:///x",
            "http://api.usepylon.com", "http://localhost.evil.com", "http://127.0.0.1.evil.com",
            "http://0.0.0.0", "http://127.1", "http://127.0.0.01", "http://0x7f.0.0.1",
            "http://2130706433", "http://127.0.0.256", "http://localhost.", "http://[::]",
            "http://[::2]", "http://[::ffff:127.0.0.1]", "http://notlocalhost", "http://10.0.0.1",
            "https://user:password@api.usepylon.com", "https://user@api.usepylon.com",
            "http://localhost@evil.com", "http://evil.com\\@localhost",
            "http://localhost%00.evil.com",
            "https://api.usepylon.com?x=1", "https://api.usepylon.com/#x",
            "https://api.usepylon.com?",
            "https://api.usepylon.com/a/../b", "https://api.usepylon.com:99999",
            "https://api.usepylon.com\r\nx: y", " https://api.usepylon.com", "https://äpi.com",
            "http://１２７.0.0.1",
        ])
    func aTokenMayNotBeSentTo(text: String) {
        #expect(throws: InvalidSetting.self) { try BaseURL(text) }
    }

    @Test(arguments: ["token", "  token\r\n", "\ttoken", "a.b-c_d~e+f/g="])
    func aTokenIsOneWord(text: String) throws {
        #expect(throws: Never.self) { try Token(text) }
        #expect(try Token(text) == Token(text.trimmingCharacters(in: .whitespacesAndNewlines)))
    }

    @Test(
        arguments: [
            "", " ", "\n", "two words", "a\nb", "a\r\nx: y", "a\u{0}", "a\u{7F}", "tokén",
            String(repeating: "x", count: Token.maxLength + 1),
        ])
    func anythingElseIsNoToken(text: String) {
        #expect(throws: InvalidSetting.self) { try Token(text) }
    }

    private func withFile(_ body: (String) throws -> Void) throws {
        let path = NSTemporaryDirectory() + "usher-token-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    @Test func aTokenFileIsReadAgain() throws {
        try withFile { path in
            try "first\n".write(toFile: path, atomically: true, encoding: .utf8)
            let source = try TokenSource(file: path)
            #expect(try source.current == Token("first"))
            #expect(try source.reload() == false)
            try "second\n".write(toFile: path, atomically: true, encoding: .utf8)
            #expect(try source.current == Token("first"))
            #expect(try source.reload())
            #expect(try source.current == Token("second"))
        }
    }

    @Test func aBadTokenFileLeavesTheLastGoodToken() throws {
        try withFile { path in
            try "first".write(toFile: path, atomically: true, encoding: .utf8)
            let source = try TokenSource(file: path)
            for bad in ["", "SECRET two words", String(repeating: "x", count: 4097)] {
                try bad.write(toFile: path, atomically: true, encoding: .utf8)
                let error = #expect(throws: InvalidSetting.self) { try source.reload() }
                #expect(error?.description.contains(path) == true)
                #expect(error?.description.contains("SECRET") == false)
            }
            try FileManager.default.removeItem(atPath: path)
            #expect(throws: InvalidSetting.self) { try source.reload() }
            #expect(try source.current == Token("first"))
        }
    }

    @Test func aFixedTokenStays() throws {
        let source = TokenSource(try Token("fixed"))
        #expect(try source.reload() == false)
    }

    @Test func aFileThatIsMissingOrTooLargeIsRefused() throws {
        #expect(throws: InvalidSetting.self) { try TokenSource(file: "/nonexistent/token") }
        #expect(throws: InvalidSetting.self) { try TokenSource(file: "/tmp") }
        #expect(throws: InvalidSetting.self) { try TokenSource(file: "/dev/zero") }
    }

    @Test func aReplacedTokenIsSentFromThenOn() async throws {
        let path = NSTemporaryDirectory() + "usher-token-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try "first".write(toFile: path, atomically: true, encoding: .utf8)
        try await ScriptedServer.answering(Fixture.answer(200, Fixture.one())) { server in
            let configuration = PylonConfiguration(
                baseURL: try BaseURL(server.url), token: try TokenSource(file: path))
            let client = PylonClient(configuration: configuration, route: Route(http: Fixture.http))
            _ = try await client.get(Fixture.id)
            try "second".write(toFile: path, atomically: true, encoding: .utf8)
            try client.token.reload()
            _ = try await client.get(Fixture.id)
            let sent = server.requests.map { $0.headers["authorization"] }
            #expect(sent == ["Bearer first", "Bearer second"])
        }
    }
}
