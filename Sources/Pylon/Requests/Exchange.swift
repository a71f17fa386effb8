internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1

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
    private let route: Route
    private let server: Destination

    init(configuration: PylonConfiguration, route: Route) {
        self.configuration = configuration
        self.route = route
        server = configuration.baseURL.server
    }

    /// - Throws: `PylonError` for all but a success that has come to its end.
    func send(_ request: Request) async throws(PylonError) -> Response {
        let token = configuration.token.current
        let call = request.call
        guard !Task.isCancelled else { throw .notSent(reason: "cancelled", call: call) }
        let httpRequest: HTTPClient.Request
        do { httpRequest = try self.httpRequest(request, token) } catch {
            throw .notSent(reason: "no request: \(type(of: error))", call: call)
        }
        let collector = ResponseCollector(limit: BodyLimit.bytes(for: call.endpoint))
        let error = await run(httpRequest, collector)
        let collected = collector.take()
        guard let head = collected.head else {
            let failure = await lookedInto(failure(error))
            if !collected.wasWritten, failure.isBeforeRequest {
                throw .notSent(reason: failure.reason, call: call)
            }
            throw .unknownOutcome(reason: failure.reason, status: nil, call: call)
        }
        return try Response(
            head: head, body: collected.body, failure: error.map(unusable), call: call,
            baseURL: configuration.baseURL, token: token)
    }

    private func failure(_ error: (any Error)?) -> TransportFailure {
        TransportFailure(
            error, to: server, through: route.proxy, timeout: configuration.requestTimeout)
    }

    /// The same failure, said more exactly where a second look at the certificate tells.
    private func lookedInto(_ failure: TransportFailure) async -> TransportFailure {
        // A proxy would have to be asked for another way.
        guard failure.isDistrust, route.proxy == nil,
            let flaw = await CertificateFlaw.find(at: server, now: .now)
        else { return failure }
        return failure.naming(flaw, of: server)
    }

    private func unusable(_ error: any Error) -> Unusable {
        if error is ResponseCollector.BodyTooLarge { return .tooLarge }
        return Unusable(failure(error).reason, isLoss: true)
    }

    /// Runs until the answer has come to its end; anything that prevents it is returned.
    private func run(
        _ request: HTTPClient.Request, _ collector: ResponseCollector
    ) async -> (any Error)? {
        let timeout = TimeAmount(configuration.requestTimeout)
        let task = route.http.execute(
            request: request, delegate: collector, deadline: .now() + timeout)
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
        headers.reserveCapacity(6)
        headers.add(name: "authorization", value: "Bearer \(token.text)")
        headers.add(name: "accept", value: "application/json")
        headers.add(name: "accept-encoding", value: "identity")
        headers.add(name: "user-agent", value: configuration.userAgent)
        if request.body != nil { headers.add(name: "content-type", value: "application/json") }
        return try HTTPClient.Request(
            url: configuration.baseURL.text + request.path, method: request.method,
            headers: headers,
            body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
    }
}
