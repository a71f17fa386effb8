internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Why a request got no answer: what went wrong between this machine and a server, and what to do.
///
/// Holds no address but those of the server and its proxy, no header, no body and no password.
package struct TransportFailure: Error, CustomStringConvertible {
    /// In words; one line.
    private(set) var reason: String
    /// Whether this arises only while there is no connection that a request could be written to.
    private(set) var isBeforeRequest: Bool
    /// Whether the server showed a certificate that is not believed.
    let isDistrust: Bool

    package var description: String { reason }

    private init(_ reason: String, isBeforeRequest: Bool = false, isDistrust: Bool = false) {
        self.reason = reason
        self.isBeforeRequest = isBeforeRequest
        self.isDistrust = isDistrust
    }

    package init(
        _ error: any Error, to server: Destination, on route: Route, timeout: Duration
    ) {
        self.init(error, to: server, through: route.proxy, timeout: timeout)
    }

    /// - Parameter timeout: That of the whole request.
    init(
        _ error: (any Error)?, to server: Destination, through proxy: ProxyAddress?,
        timeout: Duration
    ) {
        let peer = proxy.map { "the proxy \($0)" } ?? "\(server)"
        self =
            switch error {
            case let error as HTTPClientError:
                Self.ofClient(error, to: server, through: proxy, timeout: timeout)
            case let error as NIOConnectionError:
                Self.ofConnecting(error, to: server, through: proxy, timeout: timeout)
            case let error as IOError: Self.ofSocket(error.errnoCode, to: peer)
            case let error as NIOSSLError: Self.ofHandshake(error, with: server)
            case is NIOSSLExtraError:
                Self(
                    "\(Self.certificate(of: server)) is for another host name: is the URL right?",
                    isBeforeRequest: true)
            case is HTTPParserError:
                Self(
                    "\(server) answered with something that is not HTTP"
                        + (server.isEncrypted ? "" : ": does it expect https?"))
            case nil: Self("\(server) gave no answer")
            case let error?: Self("the request to \(server) failed: \(type(of: error))")
            }
    }

    /// The same with what a closer look at the certificate has shown.
    func naming(_ flaw: CertificateFlaw, of server: Destination) -> TransportFailure {
        var failure = self
        failure.reason = Self.certificate(of: server) + " " + flaw.words
        return failure
    }

    private static func certificate(of server: Destination) -> String {
        "the certificate of \(server)"
    }

    private static func ofClient(
        _ error: HTTPClientError, to server: Destination, through proxy: ProxyAddress?,
        timeout: Duration
    ) -> TransportFailure {
        let peer = proxy.map { "the proxy \($0)" } ?? "\(server)"
        let limit = "within \(HTTPClient.Configuration.pylonConnectTimeout.inSeconds)"
        return switch error {
        case .deadlineExceeded: Self("\(server) \(PylonError.noAnswerInTime) \(timeout.inSeconds)")
        case .cancelled: Self("cancelled")
        case .alreadyShutdown: Self("Usher is stopping", isBeforeRequest: true)
        case .remoteConnectionClosed: Self("the connection to \(peer) was lost")
        case .connectTimeout:
            Self(
                "\(peer) did not complete a connection \(limit): it is away, "
                    + (proxy == nil && server.isEncrypted
                        ? "a firewall is in the way, or it does not speak TLS on this port"
                        : "or a firewall is in the way"),
                isBeforeRequest: true)
        case .getConnectionFromPoolTimeout:
            Self("no connection to \(peer) became free \(limit)", isBeforeRequest: true)
        case .tlsHandshakeTimeout:
            Self(
                "\(server) did not answer in TLS \(limit): does it expect http on this port?",
                isBeforeRequest: true)
        case .httpProxyHandshakeTimeout:
            Self("\(peer) did not answer \(limit)", isBeforeRequest: true)
        case .proxyAuthenticationRequired:
            Self(
                proxy?.user == nil
                    ? "\(peer) demands a user name and a password (407): add them to its URL"
                    : "\(peer) refused the user name or the password of its URL (407)",
                isBeforeRequest: true)
        case .invalidProxyResponse:
            Self(
                "\(peer) refused a connection to \(server): it does not allow it, cannot reach it, "
                    + "or is no proxy", isBeforeRequest: true)
        default: Self("the request to \(server) failed: \(error.shortDescription)")
        }
    }

    private static func ofConnecting(
        _ error: NIOConnectionError, to server: Destination, through proxy: ProxyAddress?,
        timeout: Duration
    ) -> TransportFailure {
        if let first = error.connectionErrors.first {
            var failure = Self(first.error, to: server, through: proxy, timeout: timeout)
            // What is wrong while connecting never comes later.
            failure.isBeforeRequest = true
            return failure
        }
        let peer = proxy.map { "the proxy \($0)" } ?? "\(server)"
        let isNameUnknown = error.dnsAError != nil || error.dnsAAAAError != nil
        return Self(
            isNameUnknown
                ? "the host name of \(peer) cannot be resolved: check the name, and DNS on this "
                    + "machine"
                : "\(peer) did not accept a connection", isBeforeRequest: true)
    }

    /// - Parameter code: Of a connection that is being made, or of one that is lost.
    private static func ofSocket(_ code: Int32, to peer: String) -> TransportFailure {
        switch code {
        case ECONNREFUSED:
            Self(
                "\(peer) refused the connection: is the port right, and does the server run?",
                isBeforeRequest: true)
        case EADDRNOTAVAIL:
            Self("this machine has no port left to connect to \(peer)", isBeforeRequest: true)
        case EHOSTUNREACH, ENETUNREACH: Self("the network knows no way to \(peer)")
        case EMFILE, ENFILE: Self("too many files are open to connect to \(peer)")
        default: Self("the connection to \(peer) was lost (errno \(code))")
        }
    }

    private static func ofHandshake(
        _ error: NIOSSLError, with server: Destination
    ) -> TransportFailure {
        switch error {
        case .handshakeFailed(.sslError([.eofDuringHandshake])):
            return Self(
                "\(server) closed the connection during the TLS handshake", isBeforeRequest: true)
        case .handshakeFailed(let error):
            let name = "\(error)".firstMatch(of: /OPENSSL_internal:([A-Z0-9_]+)/)
                .map { String($0.1) }
            return switch name {
            case "CERTIFICATE_VERIFY_FAILED":
                Self(
                    certificate(of: server) + " " + CertificateFlaw.untrusted.words,
                    isBeforeRequest: true, isDistrust: true)
            case "WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST":
                Self(
                    "\(server) does not speak TLS: does it expect http on this port?",
                    isBeforeRequest: true)
            default:
                Self(
                    "the TLS handshake with \(server) failed: "
                        + (name ?? "unknown").replacing("_", with: " ").lowercased(),
                    isBeforeRequest: true)
            }
        case .uncleanShutdown: return Self("the connection to \(server) was lost")
        case .unableToValidateCertificate, .noCertificateToValidate:
            return Self(
                certificate(of: server) + " " + CertificateFlaw.untrusted.words,
                isBeforeRequest: true, isDistrust: true)
        default: return Self("TLS with \(server) failed: \(error)")
        }
    }
}

extension Duration {
    /// Whole seconds, as messages name limits.
    fileprivate var inSeconds: String { "\(components.seconds) s" }
}
