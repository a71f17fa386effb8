import AsyncHTTPClient
import Contacts
import Foundation
import Testing

@testable import Pylon

/// What tests send and are answered.
enum Fixture {
    static let tokenText = "pylon_api_SECRET-0123456789abcdef"
    static let id = "9f1c2d3e-0000-4000-8000-000000000001"
    /// Never shut down: it lives as long as the tests.
    static let http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .pylon)
    /// Long enough for a busy machine; tests of the time-out itself choose a shorter one.
    static let timeout: Duration = .seconds(20)

    static func client(
        _ url: String, timeout: Duration = timeout, http: HTTPClient = Fixture.http
    ) throws -> PylonClient {
        let configuration = PylonConfiguration(
            baseURL: try BaseURL(url), token: TokenSource(try Token(tokenText)),
            requestTimeout: timeout)
        return PylonClient(configuration: configuration, route: Route(http: http))
    }

    /// An HTTP answer, whole.
    static func answer(_ status: Int, _ body: String, headers: [String] = []) -> String {
        let lines = ["HTTP/1.1 \(status) Whatever", "content-length: \(body.utf8.count)"] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + body
    }

    static func contact(_ id: String = id, _ more: String = "") -> String {
        #"{"id":"\#(id)","name":"Ana","email":"ana@acme.com"\#(more)}"#
    }

    static func one(_ contact: String = contact()) -> String {
        #"{"data":\#(contact),"request_id":"req-body"}"#
    }

    static func page(_ contacts: [String], cursor: String = "", next: Bool = false) -> String {
        #"{"data":[\#(contacts.joined(separator: ","))],"pagination":{"cursor":"\#(cursor)","#
            + #""has_next_page":\#(next)},"request_id":"req-body"}"#
    }

    static let patch = ContactPatch([.portalRole: "admin"])

    struct NoError: Error {}
}

extension PylonClient {
    /// Sends some request to `endpoint`.
    func call(_ endpoint: Endpoint) async throws(PylonError) {
        switch endpoint {
        case .me: _ = try await me()
        case .list: _ = try await list()
        case .get: _ = try await get(Fixture.id)
        case .create: _ = try await create(NewContact(name: "Ana"))
        case .update: _ = try await update(Fixture.id, Fixture.patch)
        case .delete: _ = try await delete(Fixture.id)
        case .search: _ = try await search(filter: .equals(.email, "ana@acme.com"))
        }
    }

    /// The error that a call to `endpoint` ends with.
    func error(_ endpoint: Endpoint) async throws -> PylonError {
        do {
            try await call(endpoint)
        } catch {
            return error
        }
        throw Fixture.NoError()
    }
}
