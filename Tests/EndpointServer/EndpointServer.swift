package import NIOCore
package import NIOHTTP1
import NIOPosix
package import NIOSSL
import Synchronization
import TestSupport

/// An HTTP server on this machine that does as it is told: answers, keeps silent, or hangs up.
package final class EndpointServer: Sendable {
    /// The request that the server was sent.
    package struct Received: Sendable {
        package let path: String
        package let headers: HTTPHeaders
        package let body: [UInt8]
    }

    /// The reaction of the server once it has read a request.
    package enum Reaction: Sendable {
        case answer(status: Int, headers: HTTPHeaders = [:], body: String = "", after: TimeAmount = .zero)
        /// The server reads on and never answers.
        case silence
        /// The server resets the connection.
        case hangUp
    }

    package typealias Reacting = @Sendable (Received) -> Reaction

    private let channel: any Channel
    package let port: Int

    private init(_ channel: any Channel, _ port: Int) {
        self.channel = channel
        self.port = port
    }

    /// Listens on a port of its own.
    package static func start(tls: NIOSSLContext? = nil, _ reacting: @escaping Reacting) async throws -> EndpointServer
    {
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let tls { try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: tls)) }
                    try channel.pipeline.syncOperations.configureHTTPServerPipeline()
                    try channel.pipeline.syncOperations.addHandler(Handler(reacting))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return EndpointServer(channel, channel.localAddress?.port ?? 0)
    }

    package func stop() async throws { try await channel.close() }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTPServerRequestPart
        typealias OutboundOut = HTTPServerResponsePart

        private let reacting: Reacting
        private var head: HTTPRequestHead?
        private var body: [UInt8] = []

        init(_ reacting: @escaping Reacting) {
            self.reacting = reacting
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            switch unwrapInboundIn(data) {
            case .head(let head):
                self.head = head
                body = []
            case .body(let part): body += part.readableBytesView
            case .end:
                guard let head else { return }
                react(context, to: Received(path: head.uri, headers: head.headers, body: body))
            }
        }

        private func react(_ context: ChannelHandlerContext, to request: Received) {
            switch reacting(request) {
            case .silence: break
            case .hangUp:
                // With no time to linger, closing is a reset.
                let options = context.channel as? any SocketOptionProvider
                _ = options?.setSoLinger(noLinger)
                context.close(promise: nil)
            case .answer(let status, let headers, let body, let delay):
                let channel = context.channel
                context.eventLoop.scheduleTask(in: delay) {
                    var head = HTTPResponseHead(
                        version: .http1_1, status: HTTPResponseStatus(statusCode: status), headers: headers)
                    head.headers.replaceOrAdd(name: "Content-Length", value: String(body.utf8.count))
                    channel.write(HTTPServerResponsePart.head(head), promise: nil)
                    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(string: body))), promise: nil)
                    channel.writeAndFlush(HTTPServerResponsePart.end(nil), promise: nil)
                }
            }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
    }
}
