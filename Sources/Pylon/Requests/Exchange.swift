internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// A request that is still without a host and a token.
struct Request {
    let call: Call
    /// With the query; follows the base URL's own path.
    let path: String
    let body: [UInt8]?

    init(_ call: Call, _ path: String, body: [UInt8]? = nil) {
        self.call = call
        self.path = path
        self.body = body
    }

    var method: HTTPMethod {
        switch call.endpoint {
        case .list, .get, .me: .GET
        case .create, .search: .POST
        case .update: .PATCH
        case .delete: .DELETE
        }
    }
}

/// Sends one request and waits for its answer, or for what there is of it.
struct Exchange: Sendable {
    let configuration: PylonConfiguration
    let http: HTTPClient

    /// - Throws: `PylonError` for all but a success that has come to its end.
    func send(_ request: Request) async throws(PylonError) -> Answer {
        let token = configuration.token.current
        let call = request.call
        guard !Task.isCancelled else { throw .notSent(reason: "cancelled", call: call) }
        let httpRequest: HTTPClient.Request
        do { httpRequest = try self.httpRequest(request, token) } catch {
            throw .notSent(reason: Self.reason(error), call: call)
        }
        let collector = ResponseCollector(limit: BodyLimit.bytes(for: call.endpoint))
        let failure = await run(httpRequest, collector)
        let collected = collector.take()
        guard let head = collected.head else {
            let reason = Self.reason(failure)
            if !collected.wasWritten, Self.isBeforeConnection(failure) {
                throw .notSent(reason: reason, call: call)
            }
            throw .unknownOutcome(reason: reason, status: nil, call: call)
        }
        return try Answer(
            head: head, body: collected.body, failure: failure.map(Self.unusable), call: call,
            baseURL: configuration.baseURL, token: token)
    }

    /// Runs until the answer has come to its end; anything that prevents it is returned.
    private func run(
        _ request: HTTPClient.Request, _ collector: ResponseCollector
    ) async -> (any Error)? {
        let timeout = TimeAmount(configuration.requestTimeout)
        let task = http.execute(request: request, delegate: collector, deadline: .now() + timeout)
        return await withTaskCancellationHandler {
            do {
                try await task.get()
                return nil
            } catch {
                return error
            }
        } onCancel: {
            task.cancel()
        }
    }

    private func httpRequest(_ request: Request, _ token: Token) throws -> HTTPClient.Request {
        var headers = HTTPHeaders()
        headers.reserveCapacity(5)
        headers.add(name: "authorization", value: "Bearer \(token.text)")
        headers.add(name: "accept", value: "application/json")
        headers.add(name: "user-agent", value: configuration.userAgent)
        if request.body != nil { headers.add(name: "content-type", value: "application/json") }
        return try HTTPClient.Request(
            url: configuration.baseURL.text + request.path, method: request.method,
            headers: headers,
            body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
    }

    private static let errorsWithoutConnection: [HTTPClientError] = [
        .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout, .alreadyShutdown,
    ]

    /// Whether the error arises only while there is no connection; a reset may also come later.
    private static func isBeforeConnection(_ error: (any Error)?) -> Bool {
        switch error {
        case let error as HTTPClientError:
            Self.errorsWithoutConnection.contains(error)
        case let error as IOError: [ECONNREFUSED, EADDRNOTAVAIL].contains(error.errnoCode)
        default: error is NIOConnectionError
        }
    }

    private static func unusable(_ error: any Error) -> Unusable {
        if error is ResponseCollector.BodyTooLarge { return .tooLarge }
        return Unusable(reason(error), isLoss: true)
    }

    /// A short reason without addresses, headers or bodies.
    private static func reason(_ error: (any Error)?) -> String {
        switch error {
        case nil: "no answer"
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded: PylonError.noAnswerInTime
            case .cancelled: "cancelled"
            case .remoteConnectionClosed: "the connection was lost"
            default: error.shortDescription
            }
        case _ where isBeforeConnection(error): "no connection"
        case let error as IOError: "the connection was lost (errno \(error.errnoCode))"
        case let error?: "\(type(of: error))"
        }
    }
}
