internal import NIOHTTP1

/// How many requests the API says are left to an endpoint.
enum RateLimitRemaining {
    /// More than any limit; a larger number says no more.
    static let most = 1_000_000

    /// `X-Rate-Limit-Remaining`, at most `most`; nil when it is no number of requests.
    static func read(_ headers: HTTPHeaders) -> Int? {
        guard let text = headers.first(name: "x-rate-limit-remaining"), let number = Int(text),
            number >= 0
        else { return nil }
        return min(number, most)
    }
}
