import Experimentation
import Testing

@testable import ExperimentForwarding

/// The waits of a delivery: how long they are, and what for.
@Suite struct WaitingTests {
    @Test func waitsDoubleAndHalfOfEachIsChance() {
        let backOff = BackOff()
        for failures in 1...40 {
            let least = backOff.delay(failures: failures, retryAfter: nil, random: 0)
            let most = backOff.delay(failures: failures, retryAfter: nil, random: 1)
            let expected = min(Duration.seconds(60), .milliseconds(500) * (1 << min(failures - 1, 20)))
            #expect(most == expected)
            #expect(least == expected / 2)
        }
    }

    @Test func whatTheReceiverAsksForIsTheLeast() {
        let backOff = BackOff()
        #expect(backOff.delay(failures: 1, retryAfter: .seconds(100), random: 0) == .seconds(100))
        #expect(backOff.delay(failures: 8, retryAfter: .seconds(1), random: 1) == .seconds(60))
    }

    @Test(arguments: [
        ("2", 2.0), ("0", 0), ("-5", 0), ("1.5", 1.5), ("1e9", 86_400),
        ("Sun, 22 Nov 2026 10:20:00 GMT", 84), ("Sun, 22 Nov 2026 10:18:00 GMT", 0),
        ("Mon, 22 Nov 2027 10:18:36 GMT", 86_400),
    ])
    func retryAfterIsSecondsOrADate(_ text: String, _ seconds: Double) {
        let answer = HTTPAnswer(status: 429, retryAfter: text)
        #expect(answer.wait(now: 1_795_342_716) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "soon", "Sun, 32 Nov 2026 10:20:00 GMT", "22 Nov 2026 10:20:00 GMT", "Sun, 22 Nov 2026 25:20:00 GMT",
    ])
    func anythingElseIsAsIfItWereMissing(_ text: String) {
        #expect(HTTPAnswer(status: 429, retryAfter: text).wait() == nil)
    }

    @Test func aDrainGivesUpAfterItsPatience() async throws {
        let time = VirtualTime()
        let start = time.now
        let transport = FakeTransport { _, _ in .failure(.unreachable) }
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let report = try await Setup.forwarder(outbox, Setup.lines(), transport, time).drain()
        #expect(report.stop == .unavailable(.unreachable))
        #expect(report.lag.rows == 1)
        #expect(time.now - start <= 120_000_000)
        #expect(time.now - start >= 60_000_000)
        #expect(transport.requests.count > 5)
    }

    /// A day without the destination: a service goes on, and sends everything when it is back.
    @Test func aServiceGoesOnForADay() async throws {
        let time = VirtualTime()
        let start = time.now
        let day: Int64 = 86_400_000_000
        let transport = FakeTransport { _, _ in
            time.now - start < day ? .failure(.unreachable) : .success(HTTPAnswer(status: 200))
        }
        let outbox = await Setup.outbox((0..<30).map { Setup.outcome("u\($0)", "signup") })
        let destination = try Setup.lines(
            DeliveryLimits(rowsPerRequest: 10, bytesPerRequest: 50_000, concurrentRequests: 4))
        let forwarder = Setup.forwarder(outbox, destination, transport, time)
        let service = Task { await forwarder.run() }
        while await outbox.progress(of: "lines").sent < 30 { try await Task.sleep(for: .milliseconds(1)) }
        service.cancel()
        await service.value
        #expect(time.now - start >= day)
        // About once in 45 seconds, by each of three requests.
        #expect(transport.requests.count < 12_000)
    }

    /// A service waits out a refused key, and says so once.
    @Test func aServiceWaitsForAKeyThatWorks() async throws {
        let time = VirtualTime()
        let lines = KeptLog()
        let transport = FakeTransport { _, number in .success(HTTPAnswer(status: number < 5 ? 401 : 200)) }
        let outbox = await Setup.outbox([Setup.outcome("u1", "signup")])
        let forwarder = Setup.forwarder(outbox, try Setup.lines(), transport, time, logger: lines.logger)
        let service = Task { await forwarder.run() }
        while await outbox.progress(of: "lines").sent < 1 { try await Task.sleep(for: .milliseconds(1)) }
        service.cancel()
        await service.value
        #expect(time.waits.filter { $0 == .seconds(300) }.count == 5)
        #expect(lines.texts.filter { $0.contains("key is refused") }.count == 1)
        #expect(lines.texts.filter { $0.contains("all is well again") }.count == 1)
    }

    @Test func twoForwardersOfOneDestinationNotice() async throws {
        let outbox = await Setup.outbox((0..<10).map { Setup.outcome("u\($0)", "signup") })
        let destination = try Setup.lines()
        let other = Setup.forwarder(outbox, destination, FakeTransport(statuses: [200]))
        let transport = HookedTransport { _ = try? await other.drain() }
        let report = try await Setup.forwarder(outbox, destination, transport).drain()
        #expect(report.stop == .movedByAnother)
        #expect(await outbox.progress(of: "lines").sent == 10)
    }
}

/// Does something else before it takes a request.
private struct HookedTransport: Transport {
    let hook: @Sendable () async -> Void

    func send(_ request: HTTPRequest) async throws(TransportFailure) -> HTTPAnswer {
        await hook()
        return HTTPAnswer(status: 200)
    }
}
