import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import SystemPackage

/// Requests over HTTP/1.1 and HTTP/2, with TLS, over connections that stay open.
public final class HTTPTransport: Transport {
    /// The settings of connections.
    public struct Options: Sendable {
        /// The longest time that a request may take, its connection included.
        public var timeout: Duration = .seconds(30)
        /// The path of a file of certificates (PEM) to trust in place of the system's; nil for the system's.
        public var trustedCertificates: String?

        /// The options by default.
        public init() {}
    }

    /// An answer says little; one that is longer is cut.
    private static let longestAnswer = 1_048_576

    /// Why a connection to a host that is not there fails.
    private static let unreachable: Set<Errno> = [.connectionRefused, .networkUnreachable, .noRouteToHost]

    private let client: HTTPClient
    private let timeout: TimeAmount

    /// Opens no connection yet.
    /// - Parameter options: How connections are made.
    public init(options: Options = Options()) {
        var configuration = HTTPClient.Configuration()
        // A redirection could lead the key to another host, and would turn the request into one without a body.
        configuration.redirectConfiguration = .disallow
        configuration.decompression = .disabled
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 16
        if let path = options.trustedCertificates {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.trustRoots = .file(path)
            configuration.tlsConfiguration = tls
        }
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
        timeout = .nanoseconds(Int64(options.timeout / .nanoseconds(1)))
    }

    /// Closes the connections, once what is under way has ended.
    public func close() async {
        // Fails only where it was closed already.
        try? await client.shutdown()
    }

    package func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPAnswer {
        var outgoing = HTTPClientRequest(url: request.address)
        outgoing.method = .POST
        for header in request.headers { outgoing.headers.add(name: header.name, value: header.value) }
        outgoing.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await client.execute(outgoing, timeout: timeout)
            var body: [UInt8] = []
            for try await part in response.body {
                body.append(contentsOf: part.readableBytesView.prefix(Self.longestAnswer - body.count))
                if body.count == Self.longestAnswer { break }
            }
            return HTTPAnswer(
                status: Int(response.status.code), retryAfter: response.headers.first(name: "Retry-After"), body: body)
        } catch {
            throw Self.failure(error)
        }
    }

    /// The failure of a request, without the address, which the client's own errors may name.
    private static func failure(_ error: any Error) -> TransportFailure {
        switch error {
        case let error as HTTPClientError:
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout, .cancelled: .timedOut
            case .connectTimeout, .getConnectionFromPoolTimeout: .unreachable
            case .tlsHandshakeTimeout: .insecure
            case .remoteConnectionClosed, .uncleanShutdown, .requestStreamCancelled: .reset
            default: .malformed
            }
        case is NIOSSLError, is NIOSSLExtraError, is BoringSSLError: .insecure
        case is NIOConnectionError: .unreachable
        case let error as IOError where unreachable.contains(Errno(rawValue: error.errnoCode)): .unreachable
        case is IOError, is ChannelError: .reset
        case is HTTPParserError: .malformed
        default: .reset
        }
    }
}
