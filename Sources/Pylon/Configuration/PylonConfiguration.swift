package import AsyncHTTPClient
internal import NIOCore

/// How to reach one workspace's API.
package struct PylonConfiguration: Sendable {
    package let baseURL: BaseURL
    package let token: TokenSource
    /// For one request, from the wait for a connection to the last byte of the answer.
    package let requestTimeout: Duration
    package let userAgent: String

    /// Source: the contract, "Fixed unless measured otherwise".
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

extension HTTPClient.Configuration {
    /// The settings of the one HTTP client that all workspaces share.
    package static var pylon: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            // Shorter than the request's own time-out, so that the reason is told.
            timeout: Timeout(connect: .seconds(5)),
            // Shorter than servers usually keep idle connections, lest a PATCH meet a closing one.
            connectionPool: ConnectionPool(
                idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: 32))
        configuration.httpVersion = .automatic
        return configuration
    }
}
