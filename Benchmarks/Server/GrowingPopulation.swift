import NIOCore
import NIOHTTP1
import Synchronization

/// Contacts of which every list shows one more, and how long it took until each was sent a PATCH.
final class GrowingPopulation: Sendable {
    private struct Member {
        let shownAt: ContinuousClock.Instant
        var reaction: Duration?
    }

    private let members = Mutex<[Member]>([])

    /// A list that grows no further: one page.
    private static let maxMembers = 999

    /// - Parameter path: `growing/contacts`, `growing/contacts/{id}` or `growing/reactions`.
    func answer(_ method: HTTPMethod, _ path: [Substring]) -> ByteBuffer? {
        let now = ContinuousClock.now
        return members.withLock { members in
            switch path.last {
            case "reactions":
                let milliseconds = members.compactMap { $0.reaction.map { $0.seconds * 1000 } }
                return HTTPText.answer("[\(milliseconds.map { "\($0)" }.joined(separator: ","))]")
            case "contacts":
                if members.count < Self.maxMembers { members.append(Member(shownAt: now)) }
                let newestFirst = members.indices.reversed()
                return HTTPText.page(newestFirst.map { Self.json($0, members[$0]) }, next: nil)
            default:
                guard let number = path.last.flatMap(ContactText.number(ofID:)),
                    members.indices.contains(number)
                else { return nil }
                if method == .PATCH, members[number].reaction == nil {
                    members[number].reaction = now - members[number].shownAt
                }
                return HTTPText.contact(Self.json(number, members[number]))
            }
        }
    }

    private static func json(_ number: Int, _ member: Member) -> String {
        ContactText.json(number, role: member.reaction == nil ? "no_access" : "member")
    }
}
