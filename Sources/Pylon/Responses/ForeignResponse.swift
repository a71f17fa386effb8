internal import Contacts
internal import NIOHTTP1

/// An answer that the API did not write: a login page, a proxy's page, or a packed body.
enum ForeignResponse {
    /// What such an answer is, in words; nil where it may be the API's own.
    static func words(_ head: HTTPResponseHead, _ body: [UInt8], quotes: Quotes) -> String? {
        switch head.status.code {
        case 407: return "a proxy demands a user name and a password"
        case 511: return "the network demands a login"
        default: break
        }
        if let encoding = head.headers.first(name: "content-encoding").nonEmpty,
            encoding.lowercased() != "identity"
        {
            return "a body in the encoding \(quotes.code(encoding)), which was not asked for"
                + source(head, quotes)
        }
        let type = head.headers.first(name: "content-type")?.lowercased() ?? ""
        let start = body.first { !isSpace($0) }
        guard
            start == UInt8(ascii: "<") || type.hasPrefix("text/html") && start != UInt8(ascii: "{")
        else { return nil }
        return "a web page instead of the API's JSON" + source(head, quotes)
    }

    /// Who is likely to have written it, by its own account.
    private static func source(_ head: HTTPResponseHead, _ quotes: Quotes) -> String {
        let name =
            head.headers.first(name: "via").nonEmpty
            ?? head.headers.first(name: "server").nonEmpty
        return (name.map { " (by \(quotes.code($0)))" } ?? "")
            + ": a proxy, a login page or another server answers in the API's place"
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte) || [0xEF, 0xBB, 0xBF].contains(byte)
    }
}
