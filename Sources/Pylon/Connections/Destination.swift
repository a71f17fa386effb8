internal import Foundation

/// The server of a URL, as connections and errors name it: without its path, which may be secret.
package struct Destination: Sendable, Equatable, CustomStringConvertible {
    let isEncrypted: Bool
    /// In lower case, an IPv6 address without brackets.
    let host: String
    let port: Int

    package var description: String { Self.name(host, port) }

    /// - Parameter url: nil results from anything but `http` or `https` with a host.
    package init?(_ url: String) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = parts.host?.lowercased(), !host.isEmpty
        else { return nil }
        isEncrypted = scheme == "https"
        self.host = host.trimmingCharacters(in: ["[", "]"])
        port = parts.port ?? (isEncrypted ? 443 : 80)
    }

    static func name(_ host: String, _ port: Int) -> String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }
}
