import Contacts
import Logging
import Pylon
internal import Reconciler
import Rules
import ServiceLifecycle
import Store
import Worker

/// What the log says of the whole process: what it begins with, and what its end waits for.
extension Workers {
    func tellOfStart() async {
        var metadata: Logger.Metadata = [
            "version": "\(Usher.version)", "workspaces": "\(workers.count)",
        ]
        if let server = try? await Store.describe(database) {
            metadata["database"] = "\(server.database) at \(server.address), as \(server.login)"
            metadata["postgresql"] = "\(server.version)"
        }
        logger.info("usher starts", metadata: metadata)
        for worker in workers { await worker.tellOfStart() }
    }

    func tellOfStop() {
        let waitedFor = activities
        logger.info(
            "usher stops", metadata: waitedFor.isEmpty ? [:] : ["waits_for": "\(waitedFor)"])
    }

    private var activities: String {
        workers.flatMap { worker in
            worker.activity.names.map {
                workers.count == 1 ? $0 : "\($0) of \(worker.store.workspace)"
            }
        }.joined(separator: ", ")
    }
}

extension WorkspaceWorker {
    fileprivate func tellOfStart() async {
        var metadata: Logger.Metadata = [
            "base_url": "\(baseURL)", "limits": "\(settings.limits.text)",
            "interval": "\(settings.pollInterval)",
        ]
        if let ruleset = try? await rulesets.current(in: store) {
            metadata["ruleset"] = "\(ruleset.hash)"
            metadata["rules"] = "\(ruleset.rules.count)"
            metadata["shadow"] = "\(ruleset.rules.count { $0.mode == .shadow })"
        }
        logger.info("workspace starts", metadata: metadata)
    }
}

extension [Endpoint: RequestLimit] {
    /// As `USHER_LIMITS` says it.
    fileprivate var text: String {
        Endpoint.allCases.map { endpoint in
            let limit = self[endpoint].map { "\($0.permits)/\(Int($0.window.seconds))s" }
            return "\(endpoint)=\(limit ?? "off")"
        }.joined(separator: ",")
    }
}

/// Says first of all that the process was asked to stop.
struct StopNotice: Service, CustomStringConvertible {
    let workers: Workers

    var description: String { "stop notice" }

    func run() async throws {
        try? await gracefulShutdown()
        workers.tellOfStop()
    }
}
