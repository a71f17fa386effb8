internal import Contacts
internal import Foundation

/// The servers of `NO_PROXY`, which are connected to directly.
struct ProxyExceptions: Sendable, Equatable {
    private let entries: [Entry]

    private struct Entry: Equatable {
        let pattern: Pattern
        /// nil is any.
        let port: Int?
    }

    private enum Pattern: Equatable {
        case everything
        /// The domain and all below it.
        case domain(String)
        case network(address: [UInt8], bits: Int)
    }

    /// - Parameter text: Separated by commas: `*`, hosts, domains (`.example.com`), addresses and
    ///   networks (`10.0.0.0/8`), each perhaps with a port.
    ///
    /// - Throws: `InvalidSetting` that names every part that is none of these.
    init(_ text: String) throws(InvalidSetting) {
        var (entries, bad) = ([Entry](), [String]())
        // A part without a letter or a digit names nothing, and hides nothing that was meant.
        for part in text.lowercased().split(whereSeparator: { $0 == "," || $0.isWhitespace })
        where part != "." && part != "*." {
            if let entry = Self.entry(part) {
                entries.append(entry)
            } else {
                bad.append(String(part).quoted)
            }
        }
        guard bad.isEmpty else {
            throw InvalidSetting(
                "it must list hosts, domains, addresses, networks such as 10.0.0.0/8, or *, and "
                    + "not " + bad.joined(separator: ", "))
        }
        self.entries = entries
    }

    /// No server but this machine.
    init() { entries = [] }

    /// Whether the server is this machine, or one of those named.
    func cover(_ server: Destination) -> Bool {
        let address = Self.bytes(ofAddress: server.host)
        if BaseURL.isLoopback(address?.count == 16 ? "[\(server.host)]" : server.host) {
            return true
        }
        return entries.contains { entry in
            guard entry.port == nil || entry.port == server.port else { return false }
            return switch entry.pattern {
            case .everything: true
            case .domain(let domain):
                server.host == domain || server.host.hasSuffix("." + domain)
            case .network(let network, let bits):
                address.map { Self.begins($0, with: network, bits: bits) } ?? false
            }
        }
    }

    private static func entry(_ text: Substring) -> Entry? {
        let (name, port) = separate(text)
        if name == "*" { return Entry(pattern: .everything, port: port) }
        let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
        if let first = parts.first, let address = bytes(ofAddress: first) {
            let bits = parts.count == 2 ? Int(parts[1]) : address.count * 8
            guard let bits, (0...address.count * 8).contains(bits) else { return nil }
            return Entry(pattern: .network(address: address, bits: bits), port: port)
        }
        let domain = name.drop { $0 == "*" || $0 == "." }
        let isName = domain.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
                || "-_.".unicodeScalars.contains($0)
        }
        return domain.isEmpty || !isName ? nil : Entry(pattern: .domain(String(domain)), port: port)
    }

    /// A host and its port, which an IPv6 address has only behind brackets.
    private static func separate(_ text: Substring) -> (host: String, port: Int?) {
        guard let match = text.wholeMatch(of: /\[?([^\[\]]*?)\]?(?::([0-9]{1,5}))?/),
            text.hasPrefix("[") == text.contains("]"),
            text.hasPrefix("[") || !match.1.contains(":")
        else { return (String(text), nil) }
        return (String(match.1), match.2.flatMap { Int($0) })
    }

    private static func bytes(ofAddress text: String) -> [UInt8]? {
        for (family, length) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: length)
            if inet_pton(family, text, &bytes) == 1 { return bytes }
        }
        return nil
    }

    private static func begins(_ address: [UInt8], with network: [UInt8], bits: Int) -> Bool {
        guard address.count == network.count else { return false }
        return zip(address, network).enumerated().allSatisfy { index, pair in
            let kept = min(max(bits - index * 8, 0), 8)
            let mask = kept == 0 ? 0 : UInt8.max << UInt8(8 - kept)
            return pair.0 & mask == pair.1 & mask
        }
    }
}
