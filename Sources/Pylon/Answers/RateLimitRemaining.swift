internal import NIOHTTP1

/// How many requests the API says are left to an endpoint.
enum RateLimitRemaining {
    /// More than any limit; a larger number says no more.
    static let most = 1_000_000

    /// `X-Rate-Limit-Remaining`, from zero to `most`; nil when it is no whole number.
    static func read(_ headers: HTTPHeaders) -> Int? {
        guard let text = headers.first(name: "x-rate-limit-remaining"), let number = Int(text)
        else { return nil }
        return min(max(0, number), most)
    }
}
