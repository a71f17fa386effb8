import Contacts
import Foundation
import Pylon
internal import Reconciler
import Store

/// Longer than anybody means: what is added to a time stays a time that the database can hold.
let longestDuration: Duration = .seconds(366 * 86_400)

/// Reads `500ms`, `60s`, `5m` or `1h`, up to a year.
func parseDuration(_ text: String) -> Duration? {
    guard let match = text.wholeMatch(of: /([0-9]{1,9})(ms|s|m|h)/), let count = Int(match.1)
    else { return nil }
    let duration: Duration =
        switch match.2 {
        case "ms": .milliseconds(count)
        case "s": .seconds(count)
        case "m": .seconds(60 * count)
        default: .seconds(3600 * count)
        }
    return duration <= longestDuration ? duration : nil
}

/// Reads how many contacts a list page holds.
func parsePageSize(_ text: String) -> Int? {
    Int(text).flatMap { (1...PylonClient.maxPageSize).contains($0) ? $0 : nil }
}

/// Request limits per endpoint; an endpoint without an entry is not limited.
typealias RequestLimits = [Endpoint: RequestLimit]

/// Requests a minute. Source: docs/pylon-api.md, “Request limits”, first column.
let defaultLimits: RequestLimits = [
    .list: 60, .get: 60, .create: 60, .update: 60, .delete: 10, .search: 20, .me: 60,
].mapValues { RequestLimit(permits: $0, window: .seconds(60)) }

/// Reads `update=60/60s,list=60/60s,get=off` over the default limits.
///
/// - Throws: `InvalidSetting` that says everything that is wrong, and with which part.
func parseLimits(_ text: String) throws -> RequestLimits {
    var limits = defaultLimits
    var (problems, seen) = ([String](), Set<Endpoint>())
    for part in text.split(separator: ",") {
        let part = part.trimmingCharacters(in: .whitespaces)
        do {
            let (endpoint, limit) = try parseLimit(part)
            limits[endpoint] = limit
            if !seen.insert(endpoint).inserted { problems.append("\(endpoint) is set twice") }
        } catch { problems.append("\(part.quoted): \(error)") }
    }
    guard problems.isEmpty else { throw InvalidSetting(problems.joined(separator: "; ")) }
    return limits
}

/// Reads one part of it.
private func parseLimit(_ part: String) throws -> (Endpoint, RequestLimit?) {
    guard let match = part.wholeMatch(of: /([^=]*)=(off|([^\/]*)\/(.*))/) else {
        throw InvalidSetting("expected a form such as update=60/60s or get=off")
    }
    guard let endpoint = Endpoint(rawValue: String(match.1)) else {
        let known = Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
        throw InvalidSetting("there is no endpoint \(String(match.1).quoted); use one of \(known)")
    }
    guard let permits = match.3, let window = match.4 else { return (endpoint, nil) }
    guard let permits = Int(permits), (1...100_000).contains(permits) else {
        throw InvalidSetting("\(String(permits).quoted) is not a number of requests, 1 to 100000")
    }
    guard let window = parseDuration(String(window)), window > .zero else {
        throw InvalidSetting(
            "\(String(window).quoted) is not a time from 1ms to 8784h (366 days), such as 60s")
    }
    return (endpoint, RequestLimit(permits: permits, window: window))
}
