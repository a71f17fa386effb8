internal import HTTPTypes
internal import Hummingbird

/// A request that has been read.
struct SandboxRequest {
    let method: HTTPRequest.Method
    let path: String
    let query: [String: String]
    let authorization: String?
    /// Nil when it was larger than `maxBodyBytes`.
    let body: ByteBuffer?

    /// The largest write that makes sense takes a few kilobytes.
    static let maxBodyBytes = 1 << 20
}

/// An answer to be sent.
struct SandboxResponse {
    let status: Int
    let requestID: String
    /// Nil where the endpoint has no limit, or the request did not come so far.
    var remaining: Int?
    var retryAfter: Int?
    let body: ByteBuffer
}
