internal import Foundation
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// Why a certificate is not believed; the handshake itself does not tell these apart.
enum CertificateFlaw: Equatable {
    case expired(Date)
    case early(Date)
    case untrusted

    var words: String {
        switch self {
        case .expired(let end):
            "expired on \(end.formatted(.iso8601)): it must be renewed, unless this machine's "
                + "clock is wrong"
        case .early(let start):
            "is valid only from \(start.formatted(.iso8601)): is this machine's clock right?"
        case .untrusted:
            "is signed by no authority that this machine trusts: name the authority's certificate "
                + "in SSL_CERT_FILE"
        }
    }

    /// - Parameter chain: As the server showed it.
    init(chain: [NIOSSLCertificate], now: Date) {
        func date(_ time: time_t) -> Date { Date(timeIntervalSince1970: Double(time)) }
        let ends = chain.map { date($0.notValidAfter) }
        let starts = chain.map { date($0.notValidBefore) }
        if let end = ends.first(where: { $0 < now }) {
            self = .expired(end)
        } else if let start = starts.first(where: { $0 > now }) {
            self = .early(start)
        } else {
            self = .untrusted
        }
    }

    /// How long a second look may take.
    private static let lookLimit: TimeAmount = .seconds(3)

    /// Looks at the certificates of a server in a connection of its own, on which nothing is sent.
    ///
    /// - Returns: nil where they do not come to be seen.
    static func find(at server: Destination, now: Date) async -> CertificateFlaw? {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.applicationProtocols = ["h2", "http/1.1"]
        guard let context = try? NIOSSLContext(configuration: configuration) else { return nil }
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let seen = loop.makePromise(of: CertificateFlaw?.self)
        let timeout = loop.scheduleTask(in: lookLimit) { seen.succeed(nil) }
        let connecting = ClientBootstrap(group: loop).connectTimeout(lookLimit)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = try NIOSSLClientHandler(
                        context: context, serverHostname: server.serverName,
                        customVerificationCallback: { chain, verdict in
                            seen.succeed(CertificateFlaw(chain: chain, now: now))
                            verdict.succeed(.failed)
                        })
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .connect(host: server.host, port: server.port)
        connecting.whenFailure { _ in seen.succeed(nil) }
        defer {
            timeout.cancel()
            connecting.whenSuccess { $0.close(promise: nil) }
        }
        return try? await seen.futureResult.get()
    }
}

extension Destination {
    /// The name for the handshake, which an address cannot be.
    fileprivate var serverName: String? {
        (try? SocketAddress(ipAddress: host, port: port)) == nil ? host : nil
    }
}
