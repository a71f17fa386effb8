import NIOCore
import NIOHTTP1

/// Every answer of the server. The first part of a path names a population:
///
/// - `many`: all contacts, for sweeps;
/// - `some`: a fifth of them;
/// - `few`: a fortieth, which take PATCHes; the next part of the path tells workspaces apart;
/// - `growing`: a new contact with every list.
final class Answers: Sendable {
    private let many: FixedPopulation
    private let some: FixedPopulation
    private let few: ChangingPopulation
    private let growing = GrowingPopulation()
    private let me = HTTPText.answer(#"{"data":{"id":"org","name":"Bench"},"request_id":"me"}"#)
    private let notFound = HTTPText.answer(
        #"{"errors":["contact not found"],"code":"contact_not_found","request_id":"none"}"#,
        status: "404 Not Found")

    init(contacts: Int) {
        many = FixedPopulation(of: contacts)
        some = FixedPopulation(of: contacts / 5)
        few = ChangingPopulation(of: contacts / 40)
    }

    func answer(_ method: HTTPMethod, _ uri: String) -> ByteBuffer {
        let parts = uri.split(separator: "?", maxSplits: 1)
        let path = parts[0].split(separator: "/")
        let query = Query(parts.count > 1 ? parts[1] : "")
        if path.last == "me" { return me }
        let answer =
            switch path.first {
            case "many": many.page(query)
            case "some": some.page(query)
            case "few": few.answer(method, path, query)
            case "growing": growing.answer(method, path)
            default: ByteBuffer?.none
            }
        return answer ?? notFound
    }
}

/// The query of a list.
struct Query {
    /// The number of the first contact wanted; it is what cursors hold.
    let first: Int
    let limit: Int

    init(_ text: Substring) {
        func number(_ name: String) -> Int? {
            text.split(separator: "&").first { $0.hasPrefix(name) }
                .flatMap { Int($0.dropFirst(name.count)) }
        }
        first = number("cursor=") ?? 0
        limit = number("limit=") ?? 100
    }

    func page(of count: Int) -> Range<Int> { min(first, count)..<min(first + limit, count) }
}

/// Contacts that never change, as pages that were written before they were asked for.
struct FixedPopulation: Sendable {
    private let pages: [Int: ByteBuffer]

    /// What a sweep asks for. Source: docs/pylon-api.md, “List”.
    private static let pageSize = 999

    init(of count: Int) {
        let starts = stride(from: 0, to: count, by: Self.pageSize)
        pages = Dictionary(
            uniqueKeysWithValues: starts.map { start in
                let end = min(start + Self.pageSize, count)
                let contacts = (start..<end).map { ContactText.json($0, role: "no_access") }
                return (start, HTTPText.page(contacts, next: end < count ? end : nil))
            })
    }

    /// nil where no page begins.
    func page(_ query: Query) -> ByteBuffer? { pages[query.first] }
}
