import Foundation
import Testing

@testable import Pylon

/// Which proxy a server is reached by, and what is wrong with settings.
@Suite struct NetworkSettingTests {
    private func proxy(to url: String, _ environment: [String: String]) throws -> String? {
        let (settings, problems) = NetworkSettings.read(environment)
        #expect(problems == [])
        return settings.proxy(to: try #require(Destination(url))).map { "\($0)" }
    }

    @Test(
        arguments: [
            ("https://api.example", ["HTTPS_PROXY": "http://p:3128"], "p:3128"),
            ("https://api.example", ["https_proxy": "http://p:3128"], "p:3128"),
            ("https://api.example", ["HTTPS_PROXY": "p:3128"], "p:3128"),
            ("https://api.example", ["HTTPS_PROXY": "http://p"], "p:80"),
            ("https://api.example", ["HTTPS_PROXY": "http://[::2]:3128/"], "[::2]:3128"),
            (
                "https://api.example",
                ["HTTPS_PROXY": "http://upper:1", "https_proxy": "http://lower:1"], "lower:1"
            ),
            ("https://api.example", ["HTTPS_PROXY": "http://p:1", "https_proxy": ""], "p:1"),
            ("https://api.example", ["HTTP_PROXY": "http://p:3128"], nil),
            ("http://hook.example", ["HTTP_PROXY": "http://p:3128"], "p:3128"),
            ("http://hook.example", ["HTTPS_PROXY": "http://p:3128"], nil),
            ("https://api.example", [:], nil),
        ] as [(String, [String: String], String?)])
    func theVariableOfTheSchemeNamesTheProxy(
        url: String, environment: [String: String], expected: String?
    ) throws {
        #expect(try proxy(to: url, environment) == expected)
    }

    @Test(
        arguments: [
            ("https://api.example", "api.example", true),
            ("https://api.example", "other.example, API.Example", true),
            ("https://api.example", "other.example api.example", true),
            ("https://api.example", "example", true),
            ("https://api.example", ".example", true),
            ("https://api.example", "*.example", true),
            ("https://example", ".example", true),
            ("https://api.example", "pi.example", false),
            ("https://api.example", "api.example.com", false),
            ("https://api.example", "", false),
            ("https://api.example", ",.,*.,", false),
            ("https://api.example", "*", true),
            ("https://api.example", "api.example:443", true),
            ("https://api.example", "api.example:8443", false),
            ("https://api.example:8443", "example:8443", true),
            ("https://10.1.2.3", "10.0.0.0/8", true),
            ("https://10.1.2.3", "10.1.2.3", true),
            ("https://10.1.2.3", "10.1.2.0/31", false),
            ("https://10.1.2.3", "0.0.0.0/0", true),
            ("https://[fd00::1]", "fd00::/8", true),
            ("https://[fd00::1]", "[fd00::1]:443", true),
            ("https://[fd00::1]", "[fd00::1]:1", false),
            ("https://localhost", "", true),
            ("https://127.0.0.1", "", true),
            ("https://[::1]", "", true),
        ])
    func noProxyNamesWhatIsReachedDirectly(
        url: String, exceptions: String, isDirect: Bool
    ) throws {
        let environment = ["HTTPS_PROXY": "http://p:3128", "NO_PROXY": exceptions]
        #expect(try proxy(to: url, environment) == (isDirect ? nil : "p:3128"))
    }

    @Test(
        arguments: [
            ("HTTPS_PROXY", "socks5://me:SESAM@p:1080", "only proxies"),
            ("HTTPS_PROXY", "https://me:SESAM@p:443", "only proxies"),
            ("https_proxy", "http://me:SESAM@", "is no URL"),
            ("HTTP_PROXY", "http://me:SESAM@p:99999", "is no URL"),
            ("NO_PROXY", "a.example,10.1.2.3/33", #"not "10.1.2.3/33""#),
            ("no_proxy", "10.0.0.0/99,[::,:::", #"not "10.0.0.0/99", "[::", ":::""#),
            ("NO_PROXY", "192.168.*", #"not "192.168.*""#),
            (
                "SSL_CERT_FILE", "/nowhere/ca.pem",
                "/nowhere/ca.pem cannot be read: there is no such"
            ),
            ("SSL_CERT_FILE", "/etc", "/etc cannot be read: it is a folder"),
            ("SSL_CERT_FILE", "/etc/passwd", "/etc/passwd holds no certificate"),
            ("SSL_CERT_DIR", "/nowhere", "the folder /nowhere cannot be read"),
        ])
    func whatIsWrongIsToldWithoutAPassword(name: String, value: String, words: String) {
        let problems = NetworkSettings.read([name: value]).problems
        #expect(problems.count == 1)
        #expect(problems.allSatisfy { $0.hasPrefix("\(name): ") && $0.contains(words) })
        #expect(!"\(problems)".contains("SESAM"))
    }

    @Test func nothingPrintsAProxysPassword() throws {
        let proxy = try ProxyAddress("http://me:SESAM@p:3128")
        var dumped = ""
        dump(proxy, to: &dumped)
        #expect(!"\(proxy) \(String(reflecting: proxy)) \(dumped)".contains("SESAM"))
    }
}
