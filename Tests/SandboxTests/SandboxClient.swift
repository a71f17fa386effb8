import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Sandbox
import Synchronization

/// A plain HTTP client of a sandbox: what the tests send and see.
struct SandboxClient {
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let text: String

        var json: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(text.utf8))) as? [String: Any] ?? [:]
        }
        var contact: [String: Any] { json["data"] as? [String: Any] ?? [:] }
        var contacts: [[String: Any]] { json["data"] as? [[String: Any]] ?? [] }
        var ids: [String] { contacts.compactMap { $0["id"] as? String } }
        var pagination: [String: Any]? { json["pagination"] as? [String: Any] }
        var cursor: String { pagination?["cursor"] as? String ?? "" }
        var hasNextPage: Bool { pagination?["has_next_page"] as? Bool ?? false }
        var code: String? { json["code"] as? String }
        var sentence: String? { (json["errors"] as? [String])?.first }
        var requestID: String? { json["request_id"] as? String }
    }

    let baseURL: String
    var authorization: String?

    init(_ sandbox: RunningSandbox) {
        baseURL = sandbox.baseURL
        authorization = "Bearer \(sandbox.token)"
    }

    /// Longer than any test needs.
    private static let timeout = TimeAmount.seconds(20)
    private static let maxAnswerBytes = 64 << 20

    func send(_ method: HTTPMethod, _ path: String, body: String? = nil) async throws -> Answer {
        var request = HTTPClientRequest(url: baseURL + path)
        request.method = method
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
        let bytes = try await response.body.collect(upTo: Self.maxAnswerBytes)
        return Answer(
            status: Int(response.status.code), headers: response.headers,
            text: String(buffer: bytes))
    }

    func get(_ path: String) async throws -> Answer { try await send(.GET, path) }

    func update(_ id: String, _ body: String) async throws -> Answer {
        try await send(.PATCH, "/contacts/\(id)", body: body)
    }

    func create(_ body: String) async throws -> Answer {
        try await send(.POST, "/contacts", body: body)
    }

    func search(_ body: String) async throws -> Answer {
        try await send(.POST, "/contacts/search", body: body)
    }

    /// All ids, page by page, with something done after every page.
    func allIDs(
        limit: Int, afterPage: (Int) async throws -> Void = { _ in }
    ) async throws -> [String] {
        var ids: [String] = []
        var cursor = ""
        var pages = 0
        repeat {
            let page = try await get("/contacts?limit=\(limit)&cursor=\(cursor)")
            ids += page.ids
            cursor = page.cursor
            pages += 1
            try await afterPage(pages)
        } while !cursor.isEmpty
        return ids
    }
}

/// A clock that stands still until a test moves it.
final class ManualClock: Sendable {
    private let time = Mutex(Duration.zero)

    func advance(_ duration: Duration) { time.withLock { $0 += duration } }

    var clock: SandboxClock { SandboxClock { self.time.withLock { $0 } } }
}

extension SandboxOptions {
    /// Few contacts and no limits, changed as a test likes.
    static func quick(
        contacts: Int = 20, _ change: (inout SandboxOptions) -> Void = { _ in }
    ) -> SandboxOptions {
        var options = SandboxOptions()
        options.contacts = contacts
        options.limits = .off
        change(&options)
        return options
    }
}
