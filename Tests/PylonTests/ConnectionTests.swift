import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Testing

@testable import Pylon

/// What goes wrong between this machine and a server is told apart, on real connections.
@Suite struct ConnectionTests {
    static let update = Call(.update, contactID: Fixture.id)

    /// The error of a PATCH by clients that `environment` configures.
    private func failure(
        _ url: String, _ environment: [String: String] = [:]
    ) async throws -> PylonError {
        let (settings, problems) = NetworkSettings.read(environment)
        #expect(problems == [])
        let clients = HTTPClients(settings, threads: .singletonMultiThreadedEventLoopGroup)
        let configuration = PylonConfiguration(
            baseURL: try BaseURL(url), token: TokenSource(try Token(Fixture.tokenText)),
            requestTimeout: .seconds(10))
        let client = PylonClient(
            configuration: configuration, route: clients.route(to: configuration.baseURL.server))
        let error = try await client.error(.update)
        try await clients.shutdown()
        return error
    }

    /// The words after `not sent`, which is certain of every failure before the request.
    private func unsent(
        _ url: String, _ environment: [String: String] = [:]
    ) async throws -> String {
        let error = try await failure(url, environment)
        guard case .notSent(let reason, Self.update) = error else {
            Issue.record("\(error)")
            return ""
        }
        return reason
    }

    private static let answering: ScriptedServer.Script = { _ in
        [.send(Fixture.answer(422, #"{"errors":["reached"],"code":"reached"}"#))]
    }

    // MARK: - TLS

    @Test func anAuthorityOfSSLCertFileIsTrusted() async throws {
        try await Certificates.with { certificates in
            try await ScriptedServer.run(Self.answering, encryption: try certificates.server()) {
                let error = try await failure(
                    "https://localhost:\($0.port)", ["SSL_CERT_FILE": certificates.authority])
                #expect(error.code == "reached")
            }
        }
    }

    @Test func authoritiesOfAnUnsortedFolderAreTrusted() async throws {
        try await Certificates.with { certificates in
            try await ScriptedServer.run(Self.answering, encryption: try certificates.server()) {
                let error = try await failure(
                    "https://localhost:\($0.port)",
                    ["SSL_CERT_DIR": "/etc/ssl:\(certificates.folder)"])
                #expect(error.code == "reached")
            }
        }
    }

    @Test func anUnknownAuthorityIsNamedAsWhatIsWrong() async throws {
        try await Certificates.with { certificates in
            try await ScriptedServer.run(Self.answering, encryption: try certificates.server()) {
                let reason = try await unsent("https://localhost:\($0.port)")
                #expect(
                    reason
                        == "the certificate of localhost:\($0.port) is signed by no authority that "
                        + "this machine trusts: name the authority's certificate in SSL_CERT_FILE")
                #expect($0.requests.isEmpty)
            }
        }
    }

    @Test func anExpiredCertificateIsToldFromAnUnknownAuthority() async throws {
        try await Certificates.with { certificates in
            let encryption = try certificates.server(days: -1)
            try await ScriptedServer.run(Self.answering, encryption: encryption) {
                let reason = try await unsent(
                    "https://localhost:\($0.port)", ["SSL_CERT_FILE": certificates.authority])
                #expect(
                    reason.hasPrefix("the certificate of localhost:\($0.port) expired on 2"))
                #expect($0.requests.isEmpty)
            }
        }
    }

    @Test func aCertificateForAnotherHostIsToldAsThat() async throws {
        try await Certificates.with { certificates in
            let encryption = try certificates.server(for: "other.example")
            try await ScriptedServer.run(Self.answering, encryption: encryption) {
                let reason = try await unsent(
                    "https://localhost:\($0.port)", ["SSL_CERT_FILE": certificates.authority])
                #expect(
                    reason
                        == "the certificate of localhost:\($0.port) is for another host name: is "
                        + "the URL right?")
                #expect($0.requests.isEmpty)
            }
        }
    }

    @Test func plainHTTPBehindAnHTTPSURLIsToldAsThat() async throws {
        let greeting = "HTTP/1.1 400 Bad Request\r\n\r\n"
        try await ScriptedServer.run({ _ in [] }, greeting: greeting) {
            let reason = try await unsent("https://localhost:\($0.port)")
            #expect(
                reason
                    == "localhost:\($0.port) does not speak TLS: does it expect http on this port?")
        }
    }

    @Test func aSilentServerBehindAnHTTPSURLIsToldAsThat() async throws {
        try await ScriptedServer.run({ _ in [] }) {
            let reason = try await unsent("https://localhost:\($0.port)")
            // Whichever of two clocks is first: that of the handshake or that of the connection.
            #expect(reason.hasPrefix("localhost:\($0.port) did not ") && reason.contains("TLS"))
            #expect(reason.contains("within 5 s"))
        }
    }

    /// The request was written, in plain text: nobody can say what became of it.
    @Test func tlsBehindAnHTTPURLLeavesTheOutcomeOpen() async throws {
        try await Certificates.with { certificates in
            try await ScriptedServer.run(Self.answering, encryption: try certificates.server()) {
                let error = try await failure("http://127.0.0.1:\($0.port)")
                guard case .unknownOutcome(let reason, nil, Self.update) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(reason.contains("127.0.0.1:\($0.port)"))
            }
        }
    }

    // MARK: - Names and ports

    @Test func aNameThatDoesNotResolveIsToldAsThat() async throws {
        #expect(
            try await unsent("https://usher.invalid")
                == "the host name of usher.invalid:443 cannot be resolved: check the name, and DNS "
                + "on this machine")
    }

    @Test func aRefusedConnectionNamesHostAndPort() async throws {
        let unused = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let port = try #require(unused.localAddress?.port)
        try await unused.close()
        let refused = "refused the connection: is the port right, and does the server run?"
        #expect(try await unsent("https://localhost:\(port)") == "localhost:\(port) \(refused)")
        #expect(
            try await unsent("https://usher.invalid", ["HTTPS_PROXY": "127.0.0.1:\(port)"])
                == "the proxy 127.0.0.1:\(port) \(refused)")
    }

    // MARK: - Proxies

    @Test func aProxyLeadsToTheServerAndLearnsNeitherTokenNorPath() async throws {
        try await Certificates.with { certificates in
            let encryption = try certificates.server(for: "api.example")
            try await ScriptedServer.run(Self.answering, encryption: encryption) { server in
                try await ConnectProxy.run({ _ in .lead(to: server.port) }) { proxy in
                    let error = try await failure(
                        "https://api.example/v1",
                        [
                            "SSL_CERT_FILE": certificates.authority,
                            "HTTPS_PROXY": "http://us%40er:pa%3Ass@127.0.0.1:\(proxy.port)",
                        ])
                    #expect(error.code == "reached")
                    let head = try #require(proxy.requests.first)
                    #expect(head.hasPrefix("CONNECT api.example:443 HTTP/1.1\r\n"))
                    let login = Data("us@er:pa:ss".utf8).base64EncodedString()
                    #expect(head.lowercased().contains("proxy-authorization: basic "))
                    #expect(head.contains(login))
                    #expect(!head.contains(Fixture.tokenText) && !head.contains("/v1"))
                }
            }
        }
    }

    @Test(arguments: ["api.example", "*.example", "example", "*", "api.example:443"])
    func aServerOfNoProxyIsNotAskedForThere(exceptions: String) async throws {
        try await ConnectProxy.run({ _ in .say("") }) { proxy in
            let environment = [
                "HTTPS_PROXY": "127.0.0.1:\(proxy.port)", "NO_PROXY": exceptions,
            ]
            let reason = try await unsent("https://api.example", environment)
            #expect(reason.contains("the host name of api.example:443 cannot be resolved"))
            #expect(proxy.requests.isEmpty)
        }
    }

    @Test(
        arguments: [
            (
                "", "HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n",
                "demands a user name and a password (407): add them to its URL"
            ),
            (
                "me:SESAM@", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n",
                "refused the user name or the password of its URL (407)"
            ),
            (
                "me:SESAM@", "HTTP/1.1 502 Bad Gateway\r\ncontent-length: 13\r\n\r\n<html></html>",
                "refused a connection to api.example:443: it does not allow it, cannot reach it, or "
                    + "is no proxy"
            ),
        ])
    func aProxyThatRefusesIsNamed(login: String, answer: String, words: String) async throws {
        try await ConnectProxy.run({ _ in .say(answer) }) { proxy in
            let environment = ["HTTPS_PROXY": "http://\(login)127.0.0.1:\(proxy.port)"]
            let reason = try await unsent("https://api.example", environment)
            #expect(reason == "the proxy 127.0.0.1:\(proxy.port) \(words)")
        }
    }

    @Test func aSilentProxyIsNamed() async throws {
        try await ConnectProxy.run({ _ in .say("") }) { proxy in
            let environment = ["HTTPS_PROXY": "http://me:SESAM@127.0.0.1:\(proxy.port)"]
            let reason = try await unsent("https://api.example", environment)
            #expect(reason.hasPrefix("the proxy 127.0.0.1:\(proxy.port) did not "))
            #expect(reason.contains("within 5 s"))
        }
    }
}
