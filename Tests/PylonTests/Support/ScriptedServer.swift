import Foundation
import NIOCore
import NIOPosix
import NIOSSL
import Synchronization

/// A server on this machine that answers byte for byte as a test says.
final class ScriptedServer: Sendable {
    struct Request: Sendable {
        /// `GET /contacts?limit=1 HTTP/1.1`
        let line: String
        /// Names in lower case.
        let headers: [String: String]
        let body: String
    }

    enum Step: Sendable {
        case send(String)
        /// An orderly end of the connection.
        case close
        /// A connection that is cut: the peer sees a reset.
        case reset
    }

    /// What to do about a request; afterwards the connection stays open and silent.
    typealias Script = @Sendable (Request) -> [Step]

    let port: Int
    /// Each request as it is read to its end.
    let arrivals: AsyncStream<Request>
    private let channel: any Channel
    private let seen: Seen

    private final class Seen: Sendable {
        let requests = Mutex<[Request]>([])
    }

    var requests: [Request] { seen.requests.withLock { $0 } }
    var url: String { "http://127.0.0.1:\(port)" }

    private init(channel: any Channel, arrivals: AsyncStream<Request>, seen: Seen) {
        self.channel = channel
        self.arrivals = arrivals
        self.seen = seen
        port = channel.localAddress?.port ?? 0
    }

    /// Runs a server for as long as `body` takes.
    ///
    /// - Parameters:
    ///   - encryption: nil is plain HTTP.
    ///   - greeting: What it says before anything is asked.
    static func run<Result>(
        _ script: @escaping Script, encryption: NIOSSLContext? = nil, greeting: String = "",
        _ body: (ScriptedServer) async throws -> Result
    ) async throws -> Result {
        let (arrivals, continuation) = AsyncStream.makeStream(of: Request.self)
        let seen = Seen()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Connection(script: script, greeting: greeting) { request in
                        seen.requests.withLock { $0.append(request) }
                        continuation.yield(request)
                    }
                    let pipeline = channel.pipeline.syncOperations
                    if let encryption {
                        try pipeline.addHandler(NIOSSLServerHandler(context: encryption))
                    }
                    try pipeline.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let server = ScriptedServer(channel: channel, arrivals: arrivals, seen: seen)
        do {
            let result = try await body(server)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }

    /// Answers every request alike.
    static func answering(
        _ answer: String, _ body: (ScriptedServer) async throws -> Void
    ) async throws {
        try await run({ _ in [.send(answer)] }, body)
    }
}

/// Reads one request after another, each to its end, and follows the script.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let script: ScriptedServer.Script
    private let greeting: String
    private let arrived: @Sendable (ScriptedServer.Request) -> Void
    private var received: [UInt8] = []

    init(
        script: @escaping ScriptedServer.Script, greeting: String,
        arrived: @escaping @Sendable (ScriptedServer.Request) -> Void
    ) {
        self.script = script
        self.greeting = greeting
        self.arrived = arrived
    }

    func channelActive(context: ChannelHandlerContext) {
        if !greeting.isEmpty {
            context.writeAndFlush(NIOAny(ByteBuffer(string: greeting)), promise: nil)
        }
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.append(contentsOf: unwrapInboundIn(data).readableBytesView)
        while let request = nextRequest() {
            arrived(request)
            for step in script(request) { perform(step, context) }
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func perform(_ step: ScriptedServer.Step, _ context: ChannelHandlerContext) {
        switch step {
        case .send(let text):
            context.writeAndFlush(NIOAny(ByteBuffer(string: text)), promise: nil)
        case .close:
            context.close(promise: nil)
        case .reset:
            let linger = linger(l_onoff: 1, l_linger: 0)
            (context.channel as? any SocketOptionProvider)?.setSoLinger(linger)
                .assumeIsolated().whenComplete { _ in context.close(promise: nil) }
        }
    }

    private func nextRequest() -> ScriptedServer.Request? {
        let text = String(decoding: received, as: UTF8.self)
        guard let headEnd = text.range(of: "\r\n\r\n") else { return nil }
        var lines = text[..<headEnd.lowerBound].components(separatedBy: "\r\n")
        let line = lines.removeFirst()
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.range(of: ": ") else { continue }
            headers[line[..<colon.lowerBound].lowercased()] = String(line[colon.upperBound...])
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        let bodyStart = text[..<headEnd.upperBound].utf8.count
        guard received.count >= bodyStart + length else { return nil }
        let body = String(decoding: received[bodyStart..<bodyStart + length], as: UTF8.self)
        received.removeFirst(bodyStart + length)
        return ScriptedServer.Request(line: line, headers: headers, body: body)
    }
}
