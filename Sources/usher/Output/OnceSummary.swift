import Contacts
import Pylon
import Store
import Worker

/// The last line of `--once`.
struct OnceSummary: Encodable {
    var contacts = 0
    var events = 0
    var decisions = 0
    var actions: [String: Int] = [:]
    var held = 0
    var blocked = 0
    var requests: [String: RequestCounts.Count] = [:]
    var seconds = 0.0

    /// Adds up several workspaces; they ran side by side.
    init(_ results: [OnceResult]) {
        for endpoint in Endpoint.allCases { requests[endpoint.rawValue] = .init() }
        for result in results {
            contacts += result.summary.contacts
            events += result.summary.events
            decisions += result.summary.decisions
            actions.merge(result.summary.actions, uniquingKeysWith: +)
            held += result.summary.held
            blocked += result.summary.blocked
            for (endpoint, count) in result.requests {
                requests[endpoint.rawValue]?.sent += count.sent
                requests[endpoint.rawValue]?.throttled += count.throttled
            }
            seconds = max(seconds, result.seconds)
        }
    }

    var lines: [String] {
        let ended = actions.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
        let sent = requests.filter { $0.value.sent > 0 }.sorted { $0.key < $1.key }
            .map { "\($0.key) \($0.value.sent)" }
        return [
            "\(contacts.count(of: "contact")), \(events.count(of: "event")), "
                + decisions.count(of: "decision"),
            "changes: "
                + (ended + ["\(held) held", "\(blocked) blocked"]).joined(separator: ", "),
            "requests: \(sent.joined(separator: ", "))", "took \(seconds) s",
        ]
    }
}

/// Prints the summary, says what went wrong, and tells whether anything did.
func report(_ results: [OnceResult], format: OutputFormat) throws -> Bool {
    let summary = OnceSummary(results)
    switch format {
    case .text: print(summary.lines)
    case .json: try printJSON(summary)
    }
    let failures = results.compactMap(\.failure)
    failures.forEach { note("not complete: \($0)") }
    return failures.isEmpty
}
