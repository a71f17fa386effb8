import NIOCore
import NIOHTTP1

/// Every answer of the server. The first part of a path names a population:
///
/// - `many`: all contacts, for sweeps;
/// - `some`: a fifth of them;
/// - `few`: a fortieth, which take every PATCH as the benchmarks' rules want it; whatever follows in
///   the path, so that several workspaces can have them;
/// - `growing`: a new contact with every list.
final class Answers: Sendable {
    private let pages: [Substring: Pages]
    private let changed: ChangedContacts
    private let growing = GrowingPopulation()
    private let me = HTTPText.answer(#"{"data":{"id":"org","name":"Bench"},"request_id":"me"}"#)
    private let notFound = HTTPText.answer(
        #"{"errors":["contact not found"],"code":"contact_not_found","request_id":"none"}"#,
        status: "404 Not Found")

    init(contacts: Int) {
        pages = [
            "many": Pages(of: contacts), "some": Pages(of: contacts / 5),
            "few": Pages(of: contacts / 40),
        ]
        changed = ChangedContacts(of: contacts / 40)
    }

    func answer(_ method: HTTPMethod, _ uri: String) -> ByteBuffer {
        let parts = uri.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/")
        let query = parts.count > 1 ? parts[1] : ""
        if path.last == "me" { return me }
        if path.first == "growing" { return growing.answer(method, path) ?? notFound }
        if path.last == "contacts" {
            return path.first.flatMap { pages[$0] }?.page(query) ?? notFound
        }
        let number = path.last.flatMap(ContactText.number(ofID:))
        return number.flatMap(changed.contact) ?? notFound
    }
}

/// Contacts page by page.
private struct Pages: Sendable {
    private let pages: [ByteBuffer]

    /// What clients ask for. Source: the API's facts, the most that a page may hold.
    private static let size = 999

    init(of count: Int) {
        let starts = Array(stride(from: 0, to: count, by: Self.size))
        pages = starts.enumerated().map { index, start in
            let contacts = (start..<min(start + Self.size, count)).map {
                ContactText.json($0, role: "no_access")
            }
            return HTTPText.page(contacts, next: index + 1 < starts.count ? "\(index + 1)" : nil)
        }
    }

    /// The page that `cursor` in a query names.
    func page(_ query: Substring) -> ByteBuffer {
        let cursor = query.split(separator: "&").first { $0.hasPrefix("cursor=") }
        let index = cursor.flatMap { Int($0.dropFirst("cursor=".count)) } ?? 0
        return pages[min(index, pages.count - 1)]
    }
}

/// Contacts one by one, after the PATCH that the benchmarks' rules want.
private struct ChangedContacts: Sendable {
    private let contacts: [ByteBuffer]

    init(of count: Int) {
        contacts = (0..<count).map { HTTPText.contact(ContactText.json($0, role: "member")) }
    }

    func contact(_ number: Int) -> ByteBuffer? {
        contacts.indices.contains(number) ? contacts[number] : nil
    }
}
