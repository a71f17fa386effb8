internal import Foundation
internal import Postgres
internal import Reconciler

/// What can happen; docs/audit-queries.md explains each name.
package enum EventKind: String, Sendable, CaseIterable {
    case contactCreated = "contact.created"
    case contactUpdated = "contact.updated"
    case contactDeleted = "contact.deleted"
    case contactRestored = "contact.restored"
    case contactUnreadable = "contact.unreadable"
    case contactReadable = "contact.readable"
    case decisionMade = "decision.made"
    case patchIntended = "patch.intended"
    case patchApplied = "patch.applied"
    case patchConfirmed = "patch.confirmed"
    case patchRefused = "patch.refused"
    case patchThrottled = "patch.throttled"
    case patchUnknown = "patch.unknown"
    case patchNotApplied = "patch.not_applied"
    case patchNotTaken = "patch.not_taken"
    case patchLate = "patch.late"
    case actionSuperseded = "action.superseded"
    case actionMoot = "action.moot"
    case actionBlocked = "action.blocked"
    case holdPlaced = "hold.placed"
    case holdReleased = "hold.released"
    case holdRefused = "hold.refused"
    case holdWithdrawn = "hold.withdrawn"
    case holdExpired = "hold.expired"
    case driftFound = "drift.found"
    case sweepCompleted = "sweep.completed"
    case sweepAborted = "sweep.aborted"
    case rulesetActivated = "ruleset.activated"
    case rulesetRefused = "ruleset.refused"
    case alertRaised = "alert.raised"
    case alertResolved = "alert.resolved"
    case operatorActed = "operator.acted"

    /// The kinds after which a contact is evaluated again.
    static let evaluated: [EventKind] = [
        .contactCreated, .contactUpdated, .contactDeleted, .contactRestored, .contactReadable,
        .operatorActed,
        .actionSuperseded, .holdReleased,
        // What Usher itself set may be a reason for something else.
        .patchApplied, .patchConfirmed, .patchNotTaken,
    ]
}

/// An event that has no place in the log yet.
struct NewEvent: Sendable {
    let kind: EventKind
    var contactID: String? = nil
    var actionID: ActionReference = .none
    var causeSeq: Int? = nil
    let body: JSON

    enum ActionReference: Sendable {
        case none
        case action(Int)
        /// The event itself begins an action, which is named by the event's own place.
        case itself
    }
}

/// Places in the log that this transaction took.
struct LogPlaces: Sendable {
    let first: Int
    /// The last `ref` in use before this transaction's contacts.
    let lastRef: Int
    let recordedAt: Date
}

extension Transaction {
    /// Takes the next `count` places in the log, and `refs` numbers for new contacts.
    ///
    /// Locks the workspace until the transaction ends, so it is the last lock and everything after it
    /// is one round trip: places are gapless because a rollback gives them back.
    func takePlaces(_ count: Int, refs: Int = 0, in workspace: WorkspaceName) throws -> LogPlaces {
        let results = try pipeline([
            """
            UPDATE usher.workspace
            SET last_seq = last_seq + \(count), last_ref = last_ref + \(refs)
            WHERE workspace = \(workspace)
            RETURNING last_seq, last_ref
            """,
            "SELECT clock_timestamp() AS now",
        ])
        let head = try results[0].rows { row -> (Int, Int) in
            (try row.get("last_seq"), try row.get("last_ref"))
        }
        let now: [Date] = try results[1].rows { try $0.get("now") }
        guard let (lastSeq, lastRef) = head.first else {
            throw StoreError.unknownWorkspace(workspace)
        }
        guard lastSeq < Int.max else { throw StoreError.logIsFull(workspace) }
        return LogPlaces(first: lastSeq - count + 1, lastRef: lastRef - refs, recordedAt: now[0])
    }

    /// Appends events to the log, alone or as the transaction's last statements.
    @discardableResult
    func append(_ events: [NewEvent], in workspace: WorkspaceName) throws -> LogPlaces? {
        guard !events.isEmpty else { return nil }
        let places = try takePlaces(events.count, in: workspace)
        try execute(events.insertion(at: places, in: workspace))
        return places
    }
}

extension [NewEvent] {
    /// The statement that writes these events to places taken for them.
    func insertion(at places: LogPlaces, in workspace: WorkspaceName) -> Statement {
        let actionIDs = enumerated().map { index, event -> Int? in
            switch event.actionID {
            case .none: nil
            case .action(let id): id
            case .itself: places.first + index
            }
        }
        return """
            INSERT INTO usher.event
                (workspace, seq, recorded_at, kind, contact_id, action_id, cause_seq, body)
            SELECT \(workspace), \(places.first) + e.place - 1, \(places.recordedAt), e.kind,
                   e.contact_id, e.action_id, e.cause_seq, e.body
            FROM unnest(
                \(map(\.kind.rawValue))::text[], \(map(\.contactID))::text[],
                \(actionIDs)::bigint[], \(map(\.causeSeq))::bigint[], \(map(\.body))::jsonb[])
                WITH ORDINALITY AS e (kind, contact_id, action_id, cause_seq, body, place)
            """
    }
}

/// Why the store would not do what was asked of it.
package enum StoreError: Error, Equatable, CustomStringConvertible {
    /// No such row: `register()` has not run.
    case unknownWorkspace(WorkspaceName)
    /// Another process took over: stop what the lease was for.
    case leaseLost(name: String)
    /// The sweep is not where this process thinks it is: begin the pass again.
    case sweepMoved(sweepID: Int)
    /// What was evaluated is not where this process thinks it is: begin the pass again.
    case evaluationMoved
    /// `last_seq` has reached its maximum, which only a manual edit of the row can cause.
    case logIsFull(WorkspaceName)
    /// A newer program wrote it.
    case unknownName(column: String, name: String)

    package var description: String {
        switch self {
        case .unknownWorkspace(let name): "workspace \(name) is not in the database"
        case .leaseLost(let name): "the lease to \(name) went to another process"
        case .sweepMoved(let id): "sweep \(id) was moved on by another process"
        case .evaluationMoved: "the evaluation was moved on by another process"
        case .logIsFull(let name):
            "the log of workspace \(name) has come to its last number, which no log does by itself: "
                + "usher.workspace.last_seq was changed; set it to the greatest seq of its events"
        case .unknownName(let column, let name):
            "\(name) is no \(column) that this version knows; run the newer one"
        }
    }
}
