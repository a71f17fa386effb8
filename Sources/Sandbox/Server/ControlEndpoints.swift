internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// The sandbox's own endpoints: health, faults and the requests seen.
///
/// They ask for no token: a sandbox holds nothing but made-up contacts.
struct ControlEndpoints {
    let pylon: LocalPylon

    /// Of `GET /_sandbox/requests`: what one answer holds at most; `after` leads on.
    private static let maxRequestsPerAnswer = 100_000

    func respond(to request: SandboxRequest) -> Response {
        switch (request.method, request.path) {
        case (.get, "/_sandbox/health"):
            Self.json(#"{"status":"ok"}"#)
        case (.get, "/_sandbox/faults"):
            faults()
        case (.put, "/_sandbox/faults"):
            setFaults(request.body)
        case (.get, "/_sandbox/requests"):
            requests(request.query)
        case (.delete, "/_sandbox/requests"):
            forgetRequests()
        default:
            Self.error("no such sandbox endpoint", status: .notFound)
        }
    }

    private func faults() -> Response {
        guard let json = try? JSONEncoder().encode(pylon.faults) else {
            return Self.error("faults cannot be written", status: .internalServerError)
        }
        return Self.json(String(decoding: json, as: UTF8.self))
    }

    private func setFaults(_ body: ByteBuffer?) -> Response {
        do {
            let bytes = Data((body ?? ByteBuffer()).readableBytesView)
            pylon.faults = try JSONDecoder().decode(FaultPlan.self, from: bytes)
            return faults()
        } catch {
            return Self.error(APIError.unreadable(error).sentence, status: .badRequest)
        }
    }

    private func requests(_ query: [String: String]) -> Response {
        let endpoint = query["endpoint"].map { SandboxEndpoint(rawValue: $0) }
        if case .some(nil) = endpoint {
            return Self.error("no such endpoint", status: .badRequest)
        }
        let (all, dropped) = pylon.requests(after: query["after"].flatMap { Int($0) } ?? 0)
        let page = all.prefix(Self.maxRequestsPerAnswer)
        let wanted = page.filter { endpoint == nil || $0.endpoint == endpoint }
        var writer = JSONWriter()
        writer.object { json in
            json.key("requests")
            json.array { json in
                for request in wanted { request.write(to: &json, startedAt: pylon.startedAt) }
            }
            json.key("dropped")
            json.number(dropped)
            if page.count < all.count, let last = page.last {
                json.key("next_after")
                json.number(last.number)
            }
        }
        return Self.json(String(decoding: writer.bytes, as: UTF8.self))
    }

    private func forgetRequests() -> Response {
        pylon.forgetRequests()
        return Self.json("{}")
    }

    private static func json(
        _ text: String, status: HTTPResponse.Status = .ok
    ) -> Response {
        Response(
            status: status, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }

    private static func error(_ sentence: String, status: HTTPResponse.Status) -> Response {
        var writer = JSONWriter()
        writer.object { json in
            json.key("errors")
            json.array { $0.string(sentence) }
        }
        return json(String(decoding: writer.bytes, as: UTF8.self), status: status)
    }
}

extension SeenRequest {
    /// Times in microseconds: since the server's start, and since 1970.
    fileprivate func write(to json: inout JSONWriter, startedAt: Date) {
        json.object { json in
            json.key("number")
            json.number(number)
            json.key("arrived_us")
            json.number(arrived.microseconds)
            json.key("arrived_at_us")
            json.number(Int64(startedAt.timeIntervalSince1970 * 1e6) + arrived.microseconds)
            if let answered {
                json.key("answered_us")
                json.number(answered.microseconds)
            }
            json.member("method", method)
            json.member("path", path)
            json.member("endpoint", endpoint?.rawValue)
            json.member("contact_id", contactID)
            json.key("status")
            if let status { json.number(status) } else { json.null() }
            json.member("request_id", requestID)
            json.key("faults")
            json.array { json in
                for fault in faults { json.string(fault.rawValue) }
            }
            json.key("applied")
            json.bool(applied)
            json.member("body", body)
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int64 {
        components.seconds * 1_000_000 + components.attoseconds / 1_000_000_000_000
    }
}
