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
            "the log of workspace \(name) has come to its last number, which no log does by "
                + "itself: usher.workspace.last_seq was changed; set it to the greatest seq of "
                + "its events"
        case .unknownName(let column, let name):
            "\(name) is no \(column) that this version knows; run the newer one"
        }
    }
}
