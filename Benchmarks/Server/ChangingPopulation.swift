import NIOCore
import NIOHTTP1
import Synchronization

/// Contacts that take every PATCH as the benchmarks' rules want it, and show it from then on.
final class ChangingPopulation: Sendable {
    private let before: [String]
    private let after: [String]
    /// Answers with a contact, written before they were asked for.
    private let answersBefore: [ByteBuffer]
    private let answersAfter: [ByteBuffer]
    /// Workspace → whether each contact has taken its PATCH.
    private let isChanged = Mutex<[Substring: [Bool]]>([:])

    init(of count: Int) {
        before = (0..<count).map { ContactText.json($0, role: "no_access") }
        after = (0..<count).map { ContactText.json($0, role: "member") }
        answersBefore = before.map(HTTPText.contact)
        answersAfter = after.map(HTTPText.contact)
    }

    /// - Parameter path: `few/{workspace}/contacts` or `few/{workspace}/contacts/{id}`.
    func answer(_ method: HTTPMethod, _ path: [Substring], _ query: Query) -> ByteBuffer? {
        guard path.count > 2 else { return nil }
        return isChanged.withLock { isChanged in
            var unchanged: [Bool] { [Bool](repeating: false, count: before.count) }
            if path.count == 3 {
                let flags = isChanged[path[1]] ?? unchanged
                let page = query.page(of: before.count)
                return HTTPText.page(
                    page.map { flags[$0] ? after[$0] : before[$0] },
                    next: page.upperBound < before.count ? page.upperBound : nil)
            }
            guard let number = ContactText.number(ofID: path[3]), before.indices.contains(number)
            else { return nil }
            if method == .PATCH { isChanged[path[1], default: unchanged][number] = true }
            let flag = isChanged[path[1]]?[number] ?? false
            return flag ? answersAfter[number] : answersBefore[number]
        }
    }
}
