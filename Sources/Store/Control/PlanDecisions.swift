internal import Contacts
internal import Foundation
internal import Postgres
package import Reconciler

extension Store {
    /// Approves changes as a plan shows them; those that no ruleset wants yet wait for one that
    /// does.
    ///
    /// Holds on rules that keep nothing else back end with it.
    ///
    /// - Parameter id: The plan's, for the record.
    package func approve(
        plan: [ApprovableChange], id: String, by act: OperatorAct
    ) async throws -> ApprovalResult {
        var approval = ApprovalResult()
        var holds: Set<String> = []
        for batch in PlannedContactChanges.all(of: plan).chunked(by: Store.evaluationBatch) {
            let (batchApproval, batchHolds) = try await transaction { db in
                try db.interruptEvaluation()
                return try db.approve(batch, ofPlan: id, by: act)
            }
            approval.add(batchApproval)
            holds.formUnion(batchHolds)
        }
        guard approval.contacts > 0 else { return approval }
        approval.approved = ["plan \(id), for \(approval.contacts) contacts"]
        let released = try await transaction { [holds] db in
            try db.interruptEvaluation()
            return try db.releaseEmptyHolds(among: holds, afterPlan: id, by: act)
        }
        approval.approved += released.map {
            "the hold on rule \($0), which keeps nothing else back"
        }
        return approval
    }

    /// Declines changes as a plan shows them: its approval ends, and none of them is made until the
    /// contact or its rules change.
    package func reject(
        plan: [ApprovableChange], id: String, by act: OperatorAct
    ) async throws -> RejectionResult {
        var rejection = RejectionResult()
        for batch in PlannedContactChanges.all(of: plan).chunked(by: Store.evaluationBatch) {
            rejection.add(
                try await transaction { db in
                    try db.interruptEvaluation()
                    return try db.decline(batch, ofPlan: id, by: act)
                })
        }
        if rejection.contacts > 0 {
            rejection.rejected = ["plan \(id), for \(rejection.contacts) contacts"]
        }
        return rejection
    }
}

extension WorkspaceTransaction {
    /// - Returns: The approval, and the keys of the holds that kept back any of it.
    fileprivate func approve(
        _ plan: [PlannedContactChanges], ofPlan id: String, by act: OperatorAct
    ) throws -> (approval: ApprovalResult, holds: Set<String>) {
        let approval = try PlanApproval(
            of: plan, id: id, known: try lockContacts(plan.map(\.id)), by: act, at: try now())
        if let range = try append(approval.events) {
            try write(approved: approval.approvedChanges(from: range.first))
            try write(held: approval.heldChanges)
        }
        return (approval.approval, approval.holds)
    }

    /// Ends the holds on rules that a plan's approval has emptied.
    ///
    /// - Returns: Their rules.
    fileprivate func releaseEmptyHolds(
        among keys: Set<String>, afterPlan id: String, by act: OperatorAct
    ) throws -> [String] {
        let empty = try emptyHolds().filter { keys.contains($0.key) }
        try delete(empty)
        try append(try PlanApproval.released(empty, afterPlan: id, by: act))
        return empty.map(\.ruleID)
    }

    fileprivate func decline(
        _ plan: [PlannedContactChanges], ofPlan id: String, by act: OperatorAct
    ) throws -> RejectionResult {
        var result = try write(
            try PlanRejection.stopped(
                try lockOpenActions(ofContacts: plan.map(\.id)), by: plan))
        let rejection = try PlanRejection(
            of: plan, id: id, known: try lockContacts(plan.map(\.id)), by: act)
        try write(approved: rejection.approvedChanges)
        try write(declined: rejection.declinedChanges)
        try append(rejection.events)
        result.contacts = rejection.contacts
        return result
    }
}
