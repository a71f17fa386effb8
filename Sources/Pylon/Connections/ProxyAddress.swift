internal import Foundation

/// A proxy that opens ways to servers by `CONNECT`. Nothing prints its password.
package struct ProxyAddress: Sendable, Hashable {
    let host: String
    let port: Int
    let user: User?

    struct User: Sendable, Hashable {
        let name: String
        let password: String
    }

    /// - Parameter text: `http://USER:PASSWORD@HOST:PORT`; all but the host may be left out.
    /// - Throws: `InvalidSetting`, which does not quote the text.
    init(_ text: String) throws(InvalidSetting) {
        let url = text.contains("://") ? text : "http://" + text
        guard let parts = URLComponents(string: url), let host = parts.host, !host.isEmpty,
            let port = Optional(parts.port ?? 80), (1...0xFFFF).contains(port)
        else {
            throw InvalidSetting(
                "is no URL such as http://proxy.example.com:3128 (special characters of a user "
                    + "name or password are written as %40 for @, and so on)")
        }
        guard parts.scheme?.lowercased() == "http" else {
            throw InvalidSetting(
                "only proxies that are spoken to in plain HTTP can be used: http://HOST:PORT")
        }
        self.host = host.trimmingCharacters(in: ["[", "]"])
        self.port = port
        user = parts.user.map { User(name: $0, password: parts.password ?? "") }
    }
}

extension ProxyAddress: CustomStringConvertible, CustomReflectable {
    package var description: String { Destination.name(host, port) }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
