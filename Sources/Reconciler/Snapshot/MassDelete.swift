internal import Contacts
internal import Foundation

/// The end of a sweep whose every page is recorded.
package struct SweepCompletion: Sendable {
    package let events: [NewEvent]
    /// The index of the event that places the hold of a mass delete; nil where none is placed.
    package let holdIndex: Int?
    /// More contacts are missing than can be believed: nothing is deleted until a person releases it.
    package let isMassDelete: Bool
    /// Missing contacts that no release covers.
    package let unreleased: Int
    package let alerts: [Alert]

    /// - Parameters:
    ///   - total: All contacts that are known.
    ///   - isHeld: Whether a mass delete is held already.
    ///   - vanished: The ends of what the sweep shows no longer.
    package init(
        _ sweep: SweepBody, unreleased: Int, of total: Int, isHeld: Bool, vanished: [NewEvent]
    ) throws {
        self.unreleased = unreleased
        isMassDelete = unreleased > Self.largestDelete(of: total)
        var events = vanished + [try NewEvent(.sweepCompleted, sweep)]
        holdIndex = isMassDelete && !isHeld ? events.count : nil
        if isMassDelete && !isHeld {
            events.append(
                try NewEvent(
                    .holdPlaced, MassDeleteBody(wish: MassDeleteBody.Wish(missing: unreleased))))
        }
        self.events = events
        alerts = isMassDelete ? [.massDelete(missing: unreleased, of: total)] : []
    }

    /// More missing contacts than this are a mass delete, which waits for a person: 2 %, at least 25.
    /// Source: docs/operations.md, “Alerts”.
    package static func largestDelete(of total: Int) -> Int { max(25, total / 50) }
}

/// The hold of a mass delete.
package enum MassDelete {
    /// - Parameter seq: The event that placed it.
    package static func withdrawn(_ seq: Int?, reason: String = isBack) throws -> NewEvent {
        try .holdWithdrawn(("field", "contacts"), placedSeq: seq, reason: reason)
    }

    package static let isBack = "a complete sweep shows enough of the missing contacts again"

    /// The release of contacts that are held as missing now; those that go missing later are counted anew.
    ///
    /// - Returns: The events, the first of which is the release, and the release in words.
    package static func released(
        _ missing: Int, hold seq: Int?, by act: OperatorAct
    ) throws -> (events: [NewEvent], words: String) {
        let words =
            "the deletion of \(missing) missing contacts, each once the API says that it is gone"
        return (
            [
                try NewEvent(
                    .holdReleased, causeSeq: seq,
                    MassDeleteReleaseBody(who: act.who, reason: act.reason, missing: missing)),
                try act.event("released \(words)", hold: seq),
            ], words
        )
    }
}

/// The body of `sweep.completed` and `sweep.aborted`.
package struct SweepBody: Encodable, Sendable {
    let sweepID: Int
    let pages: Int
    let contacts: Int
    let missing: Int?
    let reason: String?

    package init(
        sweepID: Int, pages: Int, contacts: Int, missing: Int? = nil, reason: String? = nil
    ) {
        self.sweepID = sweepID
        self.pages = pages
        self.contacts = contacts
        self.missing = missing
        self.reason = reason
    }

    enum CodingKeys: String, CodingKey {
        case sweepID = "sweep_id"
        case pages, contacts, missing, reason
    }
}

/// The body of `hold.placed` of a mass delete.
struct MassDeleteBody: Encodable {
    struct Wish: Encodable { let missing: Int }

    var field = "contacts"
    var reason = "mass_delete"
    let wish: Wish
}

/// The body of `hold.released` of a mass delete.
struct MassDeleteReleaseBody: Encodable {
    var field = "contacts"
    let who: String
    let reason: String
    /// Contacts that it covers.
    let missing: Int
}
