/// How to reach one workspace's API.
package struct PylonConfiguration: Sendable {
    package let baseURL: BaseURL
    package let token: TokenSource
    /// For one request, from the wait for a connection to the last byte of the answer.
    package let requestTimeout: Duration
    package let userAgent: String

    /// Source: docs/pylon-api.md, “What the client does”.
    package static let defaultRequestTimeout: Duration = .seconds(10)
    package static let defaultUserAgent = "usher/0.1.0 (contacts worker)"

    package init(
        baseURL: BaseURL, token: TokenSource,
        requestTimeout: Duration = defaultRequestTimeout, userAgent: String = defaultUserAgent
    ) {
        self.baseURL = baseURL
        self.token = token
        self.requestTimeout = requestTimeout
        self.userAgent = userAgent
    }
}
