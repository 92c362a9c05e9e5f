import EndpointServer
import ExperimentVendors
import Experimentation
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import TestSupport
import Testing

@testable import ExperimentForwarding

/// Deliveries over real connections to an endpoint on this machine.
@Suite struct EndpointTests {
    private func endpoint(_ port: Int, _ limits: DeliveryLimits, scheme: String = "http", host: String = "127.0.0.1")
        throws
        -> Destination
    {
        var endpoint = NDJSONEndpoint(
            address: try EndpointAddress(Secret("\(scheme)://\(host):\(port)/rows?source=shop")),
            token: "token-of-the-endpoint")
        endpoint.limits = limits
        return try Destination("lines", to: .ndjson(endpoint))
    }

    private static let limits = DeliveryLimits(
        rowsPerRequest: 20, bytesPerRequest: 100_000, concurrentRequests: 4, isCompressed: true)

    private static func transport(timeout: Duration = .seconds(10), trusting path: String? = nil) -> HTTPTransport {
        var options = HTTPTransport.Options()
        options.timeout = timeout
        options.trustedCertificates = path
        return HTTPTransport(options: options)
    }

    private static var options: Forwarder.Options {
        var options = Forwarder.Options()
        options.backOff.base = .milliseconds(2)
        options.backOff.limit = .milliseconds(20)
        return options
    }

    private func forwarder(_ outbox: any Outbox, _ destination: Destination, _ transport: HTTPTransport) -> Forwarder {
        Forwarder(
            from: outbox, to: destination, through: transport, options: Self.options, logger: Setup.quiet, time: .system
        )
    }

    @Test func rowsArriveAsTheyWereSent() async throws {
        let receiver = Receiver(seed: 1)
        let seen = Mutex<[EndpointServer.Received]>([])
        let server = try await EndpointServer.start { request in
            seen.withLock { $0.append(request) }
            receiver.take((try? Gzip.decompressed(request.body)) ?? [])
            return .answer(status: 202, body: "thanks")
        }
        let transport = Self.transport()
        let outbox = await Setup.outbox((0..<500).map { Setup.outcome("u\($0)", "signup") })
        let report = try await forwarder(outbox, endpoint(server.port, Self.limits), transport).drain()
        #expect(report.sent == 500)
        #expect(report.stop == nil)
        #expect(Set(receiver.arrivals).count == 500)
        #expect(receiver.arrivals.count == 500)
        let request = try #require(seen.withLock { $0.first })
        #expect(request.path == "/rows?source=shop")
        #expect(request.headers["Content-Encoding"] == ["gzip"])
        #expect(request.headers["Authorization"] == ["Bearer token-of-the-endpoint"])
        await transport.close()
        try await server.stop()
    }

    /// One request in ten fails with 5xx, one in twenty is never answered, one in fifty ends after it was taken.
    @Test(arguments: 1...4 as ClosedRange<UInt64>)
    func aBadEndpointGetsEveryRowInOrder(_ seed: UInt64) async throws {
        var random = SplitMix(seed: seed)
        let receiver = Receiver(seed: seed)
        let server = try await EndpointServer.start { request in
            let body = (try? Gzip.decompressed(request.body)) ?? []
            switch receiver.mood() {
            case .good:
                receiver.take(body)
                return .answer(status: 200)
            case .busy(let isTaken):
                if isTaken { receiver.take(body) }
                return .answer(status: 503, headers: isTaken ? [:] : ["Retry-After": "0"])
            case .silent(let isTaken):
                if isTaken { receiver.take(body) }
                return .silence
            case .hangUp:
                receiver.take(body)
                return .hangUp
            }
        }
        let transport = Self.transport(timeout: .milliseconds(300))
        let outbox = await Setup.outbox(AtLeastOnceTests.rows(800, &random))
        let report = try await forwarder(outbox, endpoint(server.port, Self.limits), transport).drain()
        #expect(report.stop == nil)
        #expect(report.sent == 800)
        #expect(report.repeats > 0)
        let rows = await outbox.rows(after: .start, passing: EventFilter(), limit: .max).rows
        #expect(Set(receiver.arrivals) == Set(rows.map(\.id.text)))
        #expect(receiver.arrivals.count > 800)
        #expect(receiver.changed == [])
        #expect(AtLeastOnceTests.disorder(rows, receiver.arrivals) == [])
        await transport.close()
        try await server.stop()
    }

    @Test func failuresAreToldApart() async throws {
        let request = { (port: Int) in HTTPRequest(to: "http://127.0.0.1:\(port)/", headers: [:], body: [1]) }
        let silent = try await EndpointServer.start { _ in .silence }
        let gone = try await EndpointServer.start { _ in .hangUp }
        let hasty = Self.transport(timeout: .milliseconds(200))
        await #expect(throws: TransportFailure.timedOut) { try await hasty.send(request(silent.port)) }
        let transport = Self.transport(timeout: .seconds(60))
        await #expect(throws: TransportFailure.reset) { try await transport.send(request(gone.port)) }
        let closed = ClosedPort()
        await #expect(throws: TransportFailure.unreachable) { try await transport.send(request(closed.number)) }
        await #expect(throws: TransportFailure.unreachable) {
            try await transport.send(HTTPRequest(to: "http://no-such-host.invalid/", headers: [:], body: []))
        }
        await hasty.close()
        await transport.close()
        try await silent.stop()
        try await gone.stop()
    }

    @Test func redirectionsAreNotFollowed() async throws {
        let hits = Mutex(0)
        let other = try await EndpointServer.start { _ in
            hits.withLock { $0 += 1 }
            return .answer(status: 200)
        }
        let server = try await EndpointServer.start { [port = other.port] _ in
            .answer(status: 307, headers: ["Location": "http://127.0.0.1:\(port)/"])
        }
        let transport = Self.transport()
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let report = try await forwarder(outbox, endpoint(server.port, Self.limits), transport).drain()
        #expect(report.stop == .wrongAddress(status: 307))
        #expect(hits.withLock { $0 } == 0)
        await transport.close()
        try await other.stop()
        try await server.stop()
    }

    /// A certificate is trusted when it is to be, for the name that it has, and not otherwise.
    @Test func certificatesAreChecked() async throws {
        let folder = TemporaryFolder()
        let (certificate, key) = (folder.file("localhost.pem"), folder.file("localhost.key"))
        // Made here, so that no key lies in the tree.
        let openssl = try Program.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-keyout", key, "-out", certificate, "-subj", "/CN=localhost", "-addext",
                "subjectAltName=DNS:localhost",
            ])
        try #require(openssl.code == 0)
        let configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(certificate).map { .certificate($0) },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: key, format: .pem)))
        let server = try await EndpointServer.start(tls: try NIOSSLContext(configuration: configuration)) { _ in
            .answer(status: 200)
        }
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let stranger = Self.transport()
        let trusting = Self.transport(trusting: certificate)
        func request(_ host: String) -> HTTPRequest {
            HTTPRequest(to: "https://\(host):\(server.port)/", headers: [:], body: [])
        }
        await #expect(throws: TransportFailure.insecure) { try await stranger.send(request("localhost")) }
        await #expect(throws: TransportFailure.insecure) { try await trusting.send(request("127.0.0.1")) }
        let destination = try endpoint(server.port, Self.limits, scheme: "https", host: "localhost")
        let report = try await forwarder(outbox, destination, trusting).drain()
        #expect(report.sent == 1)
        await stranger.close()
        await trusting.close()
        try await server.stop()
    }

    /// A request under way when the task is cancelled is waited for: what was taken is known to be taken.
    @Test func aCancelledServiceKnowsWhatWasTaken() async throws {
        let arrived = Mutex(false)
        let server = try await EndpointServer.start { _ in
            arrived.withLock { $0 = true }
            return .answer(status: 200, after: .milliseconds(200))
        }
        let transport = Self.transport()
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let forwarder = forwarder(outbox, try endpoint(server.port, Self.limits), transport)
        let service = Task { await forwarder.run() }
        while !arrived.withLock({ $0 }) { try await Task.sleep(for: .milliseconds(5)) }
        service.cancel()
        await service.value
        #expect(await outbox.progress(of: "lines").sent == 1)
        await transport.close()
        try await server.stop()
    }
}
