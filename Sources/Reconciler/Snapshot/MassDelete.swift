internal import Contacts
package import Foundation

/// The end of a sweep whose every page is recorded.
package struct SweepCompletion: Sendable {
    package let events: [NewEvent]
    /// What becomes of the hold of a mass delete.
    package let hold: HoldChange
    /// More contacts are missing than can be believed: nothing is deleted until a person releases
    /// it.
    package let isMassDelete: Bool
    /// Missing contacts that no release covers.
    package let unreleased: Int
    package let alerts: [Alert]

    /// - Parameters:
    ///   - total: All contacts that are known.
    ///   - hold: The hold of a mass delete, where there is one.
    ///   - vanished: The ends of what the sweep shows no longer.
    package init(
        _ sweep: SweepBody, unreleased: Int, of total: Int, hold: MassDeleteHold?,
        vanished: [NewEvent]
    ) throws {
        self.unreleased = unreleased
        isMassDelete = unreleased > Self.largestDelete(of: total)
        let isRejected = hold?.isRejected(with: unreleased) ?? false
        var events = vanished + [try NewEvent(.sweepCompleted, sweep)]
        switch (isMassDelete, hold) {
        case (true, let hold?) where hold.refusedAt == nil: self.hold = .counted
        case (true, _) where isRejected: self.hold = .kept
        case (true, _):
            self.hold = .placed(event: events.count)
            events.append(
                try NewEvent(
                    .holdPlaced,
                    MassDeleteBody(wish: MassDeleteBody.MissingCount(missing: unreleased))))
        case (false, let hold?):
            self.hold = .withdrawn
            events.append(try MassDelete.withdrawn(hold.placedSeq))
        case (false, nil): self.hold = .kept
        }
        self.events = events
        alerts =
            isMassDelete && !isRejected ? [.massDelete(missing: unreleased, of: total)] : []
    }

    package enum HoldChange: Sendable, Equatable {
        /// Nothing, or it stays as it is.
        case kept
        /// It is placed, by the event at this index.
        case placed(event: Int)
        /// It waits already, now for as many contacts.
        case counted
        case withdrawn
    }

    /// More missing contacts than this are a mass delete, which waits for a person: 2 %, at least
    /// 25. Source: docs/operations.md, “Alerts”.
    package static func largestDelete(of total: Int) -> Int { max(25, total / 50) }
}

/// The hold of a mass delete as it is stored.
package struct MassDeleteHold: Sendable, Equatable {
    /// Contacts that are missing and not released.
    package let missing: Int
    package let placedSeq: Int
    package let placedAt: Date
    /// When an operator rejected it; the contacts stay.
    package let refusedAt: Date?

    package init(missing: Int, placedSeq: Int, placedAt: Date, refusedAt: Date?) {
        self.missing = missing
        self.placedSeq = placedSeq
        self.placedAt = placedAt
        self.refusedAt = refusedAt
    }

    /// Whether an operator's rejection covers as many missing contacts: if more are missing later,
    /// it waits for a decision again.
    func isRejected(with missing: Int) -> Bool { refusedAt != nil && missing <= self.missing }
}

/// The events of a mass delete's hold.
package enum MassDelete {
    /// - Parameter seq: The event that placed it.
    package static func withdrawn(_ seq: Int, reason: String = isBack) throws -> NewEvent {
        try .holdWithdrawn(.massDelete, placedSeq: seq, reason: reason)
    }

    package static let isBack = "a complete sweep shows enough of the missing contacts again"

    /// The release of contacts that are held as missing now; those that go missing later are
    /// counted anew.
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
                    HoldReleaseBody(.massDelete, by: act, missing: missing)),
                try act.event("released \(words)", hold: seq),
            ], words
        )
    }

    package static func words(keeping missing: Int) -> String {
        "the deletion of \(missing.count(of: "missing contact"))"
    }

    /// The rejection of a mass delete: its contacts stay.
    package static func rejected(_ hold: MassDeleteHold, by act: OperatorAct) throws -> [NewEvent] {
        [
            try act.refused(hold: hold.placedSeq),
            try act.event(
                "rejected \(words(keeping: hold.missing))", hold: hold.placedSeq),
        ]
    }
}

/// The body of `sweep.completed` and `sweep.aborted`.
package struct SweepBody: EventContent, Encodable, Sendable {
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

    package func aborted() throws -> NewEvent { try NewEvent(.sweepAborted, self) }
}

/// The body of `hold.placed` of a mass delete.
struct MassDeleteBody: EventContent, Encodable {
    struct MissingCount: Codable { let missing: Int }

    var field = "contacts"
    var reason = "mass_delete"
    let wish: MissingCount
}
