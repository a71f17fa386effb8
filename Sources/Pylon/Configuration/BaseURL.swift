internal import Contacts
package import Foundation

/// Where the API is: a URL that a token may be sent to.
package struct BaseURL: Sendable, Equatable {
    /// Scheme, host, port and path prefix, without a slash at the end.
    package let text: String
    package let server: Destination

    /// - Throws: `InvalidSetting` for anything but `https`, or `http` to this machine, with a host
    ///   and perhaps a port and a path.
    package init(_ url: URL) throws(InvalidSetting) { try self.init(url.absoluteString) }

    package init(_ text: String) throws(InvalidSetting) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased(), Self.isHost(host)
        else { throw InvalidSetting("the base URL is no URL such as https://api.usepylon.com") }
        guard parts.user == nil, parts.password == nil, !text.contains("@") else {
            throw InvalidSetting("the base URL must not hold a user or a password")
        }
        guard parts.query == nil, parts.fragment == nil else {
            throw InvalidSetting("the base URL must have neither a query nor a fragment")
        }
        guard scheme == "https" || scheme == "http" && Self.isLoopback(host) else {
            throw InvalidSetting(
                "the base URL must be https; http is only for localhost, 127.0.0.0/8 and [::1]")
        }
        let port = parts.port.map { ":\($0)" } ?? ""
        let path = parts.percentEncodedPath
        guard (0...0xFFFF).contains(parts.port ?? 0),
            path.split(separator: "/").allSatisfy({ $0 != "." && $0 != ".." })
        else { throw InvalidSetting("the base URL has a port or a path that cannot be") }
        let url = "\(scheme)://\(host)\(port)"
        guard let server = Destination(url) else {
            throw InvalidSetting("the base URL names no server")
        }
        self.server = server
        self.text = url + path.trimmingSuffix("/")
    }

    /// The contact at an address of this API, absolute or from the host's root; nil at any other.
    func contactID(at address: String) -> String? {
        let path = URLComponents(string: text)?.percentEncodedPath ?? ""
        for prefix in [text, path].map({ $0 + "/contacts/" }) where address.hasPrefix(prefix) {
            let segment = address.dropFirst(prefix.count)
            guard segment.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }),
                !segment.contains(where: { "/?#;".contains($0) }),
                let id = String(segment).removingPercentEncoding, ContactID.isUsable(id)
            else { return nil }
            return id
        }
        return nil
    }

    private static func isHost(_ host: String) -> Bool {
        if host.hasPrefix("["), host.hasSuffix("]") {
            let address = host.dropFirst().dropLast()
            return address.allSatisfy { $0.isHexDigit || $0 == ":" || $0 == "." }
        }
        return !host.isEmpty
            && host.utf8.allSatisfy {
                ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) || $0 == 0x2D || $0 == 0x2E
            }
    }

    /// Whether `host`, in lower case, can be nothing but this machine.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "[::1]" { return true }
        let numbers = host.split(separator: ".", omittingEmptySubsequences: false)
        return numbers.count == 4 && numbers[0] == "127"
            && numbers.allSatisfy { number in UInt8(number).map { "\($0)" == number } ?? false }
    }
}

extension String {
    fileprivate func trimmingSuffix(_ suffix: String) -> String {
        var text = self[...]
        while text.hasSuffix(suffix) { text = text.dropLast(suffix.count) }
        return String(text)
    }
}
