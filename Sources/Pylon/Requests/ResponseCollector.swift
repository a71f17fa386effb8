internal import AsyncHTTPClient
internal import Contacts
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Most bytes of an answer's body.
enum BodyLimit {
    /// 999 contacts of 32 KiB each.
    static let page = 32 << 20
    /// Holds the largest contact, so that nobody escapes being read back by growing; two hundred
    /// requests under way are still below 2 GiB.
    static let contact = ContactDocument.maxSize + error
    /// An error is a few sentences, an HTML page of a proxy some kilobytes.
    static let error = 64 << 10

    static func bytes(for endpoint: Endpoint) -> Int {
        endpoint == .list || endpoint == .search ? page : contact
    }
}

/// Takes down what comes of one request: whether it was written, the head, the body.
///
/// Its methods are called on an event loop, one after another.
final class ResponseCollector: HTTPClientResponseDelegate {
    struct Collected: Sendable {
        var wasWritten = false
        var head: HTTPResponseHead?
        var body: [UInt8] = []
    }

    struct BodyTooLarge: Error {}
    struct Redirected: Error {}

    private let limit: Int
    private let collected = Mutex(Collected())

    /// - Parameter limit: Bytes of a success's body.
    init(limit: Int) { self.limit = limit }

    func take() -> Collected {
        collected.withLock { collected in
            defer { collected = Collected() }
            return collected
        }
    }

    func didSendRequestHead(task: HTTPClient.Task<Void>, _ head: HTTPRequestHead) {
        collected.withLock { $0.wasWritten = true }
    }

    /// Called before the HTTP client looks whether to follow a redirect, which ends here.
    func didVisitURL(
        task: HTTPClient.Task<Void>, _ request: HTTPClient.Request, _ head: HTTPResponseHead
    ) {
        collected.withLock { $0.head = head }
        if (300..<400).contains(head.status.code) { task.fail(reason: Redirected()) }
    }

    func didReceiveHead(
        task: HTTPClient.Task<Void>, _ head: HTTPResponseHead
    ) -> EventLoopFuture<Void> {
        let length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        let capacity = min(max(0, length), limit(of: head)) + ResponseBody.padding
        collected.withLock { $0.body.reserveCapacity(capacity) }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(
        task: HTTPClient.Task<Void>, _ part: ByteBuffer
    ) -> EventLoopFuture<Void> {
        let fits = collected.withLock { collected in
            guard let head = collected.head,
                collected.body.count + part.readableBytes <= limit(of: head)
            else { return false }
            collected.body.append(contentsOf: part.readableBytesView)
            return true
        }
        return fits
            ? task.eventLoop.makeSucceededVoidFuture()
            : task.eventLoop.makeFailedFuture(BodyTooLarge())
    }

    func didFinishRequest(task: HTTPClient.Task<Void>) throws {}

    private func limit(of head: HTTPResponseHead) -> Int {
        (200..<300).contains(head.status.code) ? limit : min(limit, BodyLimit.error)
    }
}
