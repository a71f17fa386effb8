import Foundation
import NIOCore
import NIOPosix
import Synchronization

/// An HTTP proxy that answers `CONNECT`: it leads every name to one port of this machine, or refuses.
final class ConnectProxy: Sendable {
    enum Response: Sendable {
        /// To this port of 127.0.0.1, whatever server is asked for.
        case lead(to: Int)
        case say(String)
    }

    let port: Int
    private let heads: Heads

    private final class Heads: Sendable {
        let all = Mutex<[String]>([])
    }

    /// The heads of all requests, in the order of their arrival.
    var requests: [String] { heads.all.withLock { $0 } }

    private init(port: Int, heads: Heads) {
        self.port = port
        self.heads = heads
    }

    /// Runs a proxy for as long as `body` takes.
    static func run<Result>(
        _ answer: @escaping @Sendable (String) -> Response,
        _ body: (ConnectProxy) async throws -> Result
    ) async throws -> Result {
        let heads = Heads()
        let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let handler = Asked { head in
                        heads.all.withLock { $0.append(head) }
                        return answer(head)
                    }
                    try channel.pipeline.syncOperations.addHandler(handler)
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let proxy = ConnectProxy(port: channel.localAddress?.port ?? 0, heads: heads)
        do {
            let result = try await body(proxy)
            try await channel.close()
            return result
        } catch {
            try await channel.close()
            throw error
        }
    }
}

/// Reads the head of a request and does what is answered to it.
private final class Asked: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let answer: (String) -> ConnectProxy.Response
    private var received = ""

    init(answer: @escaping (String) -> ConnectProxy.Response) { self.answer = answer }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard received.hasSuffix("\r\n\r\n") else { return }
        let client = context.channel
        switch answer(received) {
        case .say(let text): client.writeAndFlush(ByteBuffer(string: text), promise: nil)
        case .lead(let port):
            context.pipeline.syncOperations.removeHandler(self, promise: nil)
            ClientBootstrap(group: client.eventLoop)
                .channelInitializer { server in
                    server.eventLoop.makeCompletedFuture {
                        try server.pipeline.syncOperations.addHandler(Passing(to: client))
                    }
                }
                .connect(host: "127.0.0.1", port: port)
                .assumeIsolated().whenSuccess { server in
                    try? client.pipeline.syncOperations.addHandler(Passing(to: server))
                    let head = "HTTP/1.1 200 Connection established\r\n\r\n"
                    client.writeAndFlush(ByteBuffer(string: head), promise: nil)
                }
        }
    }
}

/// Passes bytes on to the other side, and the end.
private final class Passing: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let other: any Channel

    init(to other: any Channel) { self.other = other }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        other.writeAndFlush(unwrapInboundIn(data), promise: nil)
    }

    func channelInactive(context: ChannelHandlerContext) { other.close(promise: nil) }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }
}
