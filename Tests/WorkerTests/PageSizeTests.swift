import Contacts
import Foundation
import Postgres
import Sandbox
import Store
import Testing

@testable import Worker

/// How many contacts are asked for at once.
@Suite struct PageSizeTests {
    enum Step: Sendable { case good(Int), bad }

    @Test(
        arguments: [
            ([], 999),
            ([.bad], 499),
            ([.bad, .bad], 249),
            (Array(repeating: .bad, count: 12), 1),
            // Three good pages double it again, up to what is usual.
            ([.bad, .good(2)], 499), ([.bad, .good(3)], 999), ([.bad, .bad, .good(3)], 499),
            ([.bad, .bad, .good(6)], 999),
            // A size that was too large as soon as it was tried again is tried less often.
            ([.bad, .good(3), .bad, .good(5)], 499), ([.bad, .good(3), .bad, .good(6)], 999),
            // One that was good for a while is not.
            ([.bad, .good(4), .bad, .good(3)], 999),
        ] as [([Step], Int)])
    func itIsHalvedByBadPagesAndGrowsWithGoodOnes(steps: [Step], size: Int) {
        var pageSize = PageSize(999)
        for step in steps {
            switch step {
            case .good(let count): for _ in 0..<count { _ = pageSize.grow() }
            case .bad: _ = pageSize.halve()
            }
        }
        #expect(pageSize.current == size)
        #expect(pageSize.reduced == (size < 999 ? size : nil))
    }

    @Test func aPageOfOneCannotBeHalved() {
        var pageSize = PageSize(1)
        #expect(!pageSize.halve() && pageSize.current == 1)
    }

    /// Eight contacts of five MiB are more than one answer may hold.
    @Test func aPageThatIsTooLargeIsAskedForInSmallerParts() async throws {
        let contacts = (0..<8).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            for contact in world.sandbox.contacts { world.pad(contact.id, to: 5 << 20) }
            let worker = try world.worker(pageSize: 8)
            try await worker.prepare()
            #expect(try await worker.poller.sweep() == .completed)
            let status = try #require(try await worker.store.status())
            #expect(status.contacts == 8 && status.lastSweep?.pageSize == 4)
            // It is usual again after enough good pages.
            for contact in world.sandbox.contacts { world.pad(contact.id, to: 100) }
            for _ in 0..<2 { #expect(try await worker.poller.sweep() == .completed) }
            #expect(try await worker.store.status()?.lastSweep?.pageSize == nil)
        }
    }

    @Test func aContactLargerThanAnyAnswerEndsTheSweepByName() async throws {
        let contacts = (0..<4).map { person("p\($0)@acme.com") }
        try await withWorld(rules: acmeAreAdmins, contacts: contacts) { world in
            world.pad(world.sandbox.contacts[2].id, to: 33 << 20)
            let worker = try world.worker(pageSize: 4, clock: Impatient())
            try await worker.prepare()
            #expect(try await worker.poller.sweep() == .aborted)
            let reasons = try await world.rows(
                "SELECT body ->> 'reason' AS reason FROM usher.event WHERE kind = 'sweep.aborted'"
            ) { try $0.get("reason", as: String.self) }
            #expect(reasons.count == 1)
            #expect(
                reasons[0].contains(
                    "an answer that is too large; the page holds a single contact and begins at cursor"
                ))
        }
    }
}

extension World {
    /// Has a contact answered with so many bytes.
    fileprivate func pad(_ id: String, to size: Int) {
        var json = Array(#"{"id":"\#(id)","name":"Ana","padding":""#.utf8)
        json +=
            Array(repeating: UInt8(ascii: "x"), count: max(0, size - json.count))
            + Array(#""}"#.utf8)
        sandbox.spoilContact(id: id, json: json)
    }
}

/// A clock that sleeps a thousandth of the time.
struct Impatient: Clock {
    let clock = ContinuousClock()
    var now: ContinuousClock.Instant { clock.now }
    var minimumResolution: Duration { clock.minimumResolution }

    func sleep(until deadline: ContinuousClock.Instant, tolerance: Duration?) async throws {
        try await clock.sleep(for: (deadline - now) / 1000)
    }
}
