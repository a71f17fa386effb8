import Foundation
import Pylon
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

/// What the API reference gives per minute. Source: the API facts, first column; `GET /me` is ours.
let defaultLimits: RequestLimits = [
    .list: 60, .get: 60, .create: 60, .update: 60, .delete: 10, .search: 20, .me: 60,
].mapValues { RequestLimit(permits: $0, window: .seconds(60)) }

/// Reads `update=60/60s,list=60/60s,get=off` over the default limits.
///
/// - Throws: `InvalidSetting` that says what is wrong with which part.
func parseLimits(_ text: String) throws -> RequestLimits {
    var limits = defaultLimits
    for part in text.split(separator: ",") {
        let part = part.trimmingCharacters(in: .whitespaces)
        guard let match = part.wholeMatch(of: /([a-z]+)=(off|([0-9]+)\/([0-9a-z]+))/) else {
            throw InvalidSetting("\"\(part)\" is not like update=60/60s or get=off")
        }
        guard let endpoint = Endpoint(rawValue: String(match.1)) else {
            let known = Endpoint.allCases.map(\.rawValue).joined(separator: ", ")
            throw InvalidSetting("\"\(match.1)\" is no endpoint; there are \(known)")
        }
        guard match.2 != "off" else {
            limits[endpoint] = nil
            continue
        }
        guard let permits = match.3.flatMap({ Int($0) }), (1...100_000).contains(permits),
            let window = match.4.flatMap({ parseDuration(String($0)) }), window > .zero
        else {
            throw InvalidSetting("\"\(part)\": wants 1 to 100000 requests per a time such as 60s")
        }
        limits[endpoint] = RequestLimit(permits: permits, window: window)
    }
    return limits
}
