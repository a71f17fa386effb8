import ArgumentParser
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Answers at once, with what it wrote down before it was asked.
struct ServeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "serve", shouldDisplay: false)

    @Option var contacts: Int

    func run() throws {
        let threads = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let answers = Answers(contacts: contacts)
        let server = try ServerBootstrap(group: threads)
            .serverChannelOption(.backlog, value: 256)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(HTTPRequestDecoder()), Answering(answers),
                    ])
                }
            }
            .bind(host: "127.0.0.1", port: 0).wait()
        FileHandle.standardOutput.write(Data("\(server.localAddress?.port ?? 0)\n".utf8))
        Child.waitForParentsEnd()
        try server.close().wait()
        try threads.syncShutdownGracefully()
    }
}

/// Gives each request of one connection its answer.
private final class Answering: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let answers: Answers
    private var head: HTTPRequestHead?

    init(_ answers: Answers) { self.answers = answers }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head): self.head = head
        case .body: break
        case .end:
            guard let head else { return }
            let answer = answers.answer(head.method, head.uri)
            context.writeAndFlush(wrapOutboundOut(answer), promise: nil)
        }
    }
}
