internal import Foundation
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Reads requests from HTTP and writes the answers.
struct SandboxResponder: HTTPResponder {
    /// What is known of the connection that a request came on.
    struct Context: InitializableFromSource {
        let channel: any Channel

        init(source: ApplicationRequestContextSource) {
            channel = source.channel
        }
    }

    let pylon: LocalPylon

    /// Everything under this path is ours, needs no token and is not in the request log.
    private static let controlPrefix = "/_sandbox"

    func respond(to request: Request, context: Context) async throws -> Response {
        let received = await read(request)
        if received.path.hasPrefix(Self.controlPrefix) {
            return ControlEndpoints(pylon: pylon).respond(to: received)
        }
        guard let answer = await pylon.answer(received) else {
            try? await context.channel.close()
            // Writing it fails, which ends the connection's task; nobody sees the status.
            return Response(status: .internalServerError)
        }
        return response(answer)
    }

    private func read(_ request: Request) async -> SandboxRequest {
        SandboxRequest(
            method: request.method, path: request.uri.path,
            query: Dictionary(
                request.uri.queryParameters.map { (String($0.key), String($0.value)) },
                uniquingKeysWith: { first, _ in first }),
            authorization: request.headers[.authorization],
            body: try? await request.body.collect(upTo: SandboxRequest.maxBodyBytes))
    }

    private func response(_ answer: SandboxResponse) -> Response {
        var headers = HTTPFields()
        headers[.contentType] = "application/json"
        headers[.requestID] = answer.requestID
        if let remaining = answer.remaining { headers[.rateLimitRemaining] = String(remaining) }
        if let seconds = answer.retryAfter { headers[.pylonRetryAfter] = String(seconds) }
        return Response(
            status: .init(code: answer.status), headers: headers,
            body: ResponseBody(byteBuffer: answer.body))
    }
}

extension HTTPField.Name {
    static let requestID = Self("x-pylon-request-id")!
    static let rateLimitRemaining = Self("X-Rate-Limit-Remaining")!
    static let pylonRetryAfter = Self("X-Retry-After")!
}
