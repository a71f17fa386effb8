package import Foundation

/// The changes to the open actions that one transaction makes.
package struct ActionChanges: Sendable {
    package private(set) var saved: [Action] = []
    package private(set) var finished: [Int] = []
    /// Until when the worker counts as alive, by action id, for those being sent.
    package private(set) var leases: [Int: Date] = [:]

    package init() {}

    var count: Int { saved.count + finished.count }

    /// Writes the action as it is now, new or not.
    package mutating func save(_ action: Action) { saved.append(action) }

    /// Writes an action that is sent now.
    mutating func send(_ action: Action, lease: Date) {
        leases[action.actionID] = lease
        save(action)
    }

    package mutating func finish(_ actionID: Int) { finished.append(actionID) }

    /// Names the event that blocked the blocked actions: nothing up to it is a reason to try again.
    package func blocked(at seq: Int) -> ActionChanges {
        var changes = self
        for index in saved.indices where saved[index].state == .blocked {
            changes.saved[index].causeSeq = seq
        }
        return changes
    }
}
