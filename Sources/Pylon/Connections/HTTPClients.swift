package import AsyncHTTPClient
package import NIOCore
internal import Synchronization

/// The HTTP clients of a process: one that connects directly, and one for each proxy in use.
package final class HTTPClients: Sendable {
    private let settings: NetworkSettings
    private let threads: any EventLoopGroup
    /// By their proxy; nil is none. At most three.
    private let clients = Mutex<[ProxyAddress?: HTTPClient]>([:])

    package init(_ settings: NetworkSettings, threads: any EventLoopGroup) {
        self.settings = settings
        self.threads = threads
    }

    /// The way to a server, which `NetworkSettings` choose.
    package func route(to server: Destination) -> Route {
        let proxy = settings.proxy(to: server)
        let client = clients.withLock { clients in
            if let client = clients[proxy] { return client }
            let client = HTTPClient(eventLoopGroup: threads, configuration: configuration(proxy))
            clients[proxy] = client
            return client
        }
        return Route(http: client, proxy: proxy)
    }

    package func shutdown() async throws {
        let clients = clients.withLock { clients in
            defer { clients = [:] }
            return Array(clients.values)
        }
        for client in clients { try await client.shutdown() }
    }

    private func configuration(_ proxy: ProxyAddress?) -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration.pylon
        configuration.tlsConfiguration = settings.tlsConfiguration
        configuration.proxy = proxy.map { proxy in
            .server(
                host: proxy.host, port: proxy.port,
                authorization: proxy.user.map {
                    .basic(username: $0.name, password: $0.password)
                })
        }
        return configuration
    }
}

/// An HTTP client, and the proxy that its connections go through.
package struct Route: Sendable {
    package let http: HTTPClient
    let proxy: ProxyAddress?

    /// - Parameter http: Best made with `HTTPClient.Configuration.pylon`.
    package init(http: HTTPClient) {
        self.init(http: http, proxy: nil)
    }

    init(http: HTTPClient, proxy: ProxyAddress?) {
        self.http = http
        self.proxy = proxy
    }
}

extension HTTPClient.Configuration {
    /// How long a connection may take; less than a request's time-out, so that errors tell why.
    static let pylonConnectTimeout: Duration = .seconds(5)

    /// The settings that all HTTP clients share.
    package static var pylon: HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: Timeout(connect: TimeAmount(pylonConnectTimeout)),
            // Shorter than servers usually keep idle connections, lest a PATCH meet a closing one.
            connectionPool: ConnectionPool(
                idleTimeout: .seconds(30), concurrentHTTP1ConnectionsPerHostSoftLimit: 32))
        configuration.httpVersion = .automatic
        return configuration
    }
}
