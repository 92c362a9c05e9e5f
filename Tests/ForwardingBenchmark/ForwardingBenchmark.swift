import EndpointServer
import ExperimentForwarding
import ExperimentVendors
import Experimentation
import Foundation
import Logging
import NIOCore

/// Rows a second to an endpoint on this machine that answers after 20 ms, for each kind that takes more than one at once.
///
/// It ends with 1 where one of them is slower than 5,000. Run by `Tests/Acceptance/Forwarding/run.sh`.
@main
struct ForwardingBenchmark {
    private static let slowest = 5_000.0

    static func main() async throws {
        let arguments = CommandLine.arguments
        let rows = arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000
        let server = try await EndpointServer.start { _ in
            .answer(status: 200, body: "{\"results\": {}}", after: .milliseconds(20))
        }
        let address = try EndpointAddress(Secret("http://127.0.0.1:\(server.port)"))
        let transport = HTTPTransport()
        let records = records(rows)
        var isSlow = false
        print("| destination | rows | seconds | rows a second |")
        print("|---|---:|---:|---:|")
        for (name, receiver) in try receivers(address) {
            let outbox = MemoryOutbox()
            await outbox.record(records)
            let destination = try Destination(
                DestinationName(name), to: receiver, attributes: AttributeChoice(unit: ["country"], event: ["sku"]))
            let forwarder = Forwarder(
                from: outbox, to: destination, through: transport,
                logger: Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() }))
            var report: DrainReport?
            let time = try await ContinuousClock().measure { report = try await forwarder.drain() }
            guard report?.sent == rows else { throw Failure(name: name) }
            let rate = Double(rows) / (time / .seconds(1))
            print("| \(name) | \(rows) | \(String(format: "%.2f", time / .seconds(1))) | \(Int(rate)) |")
            isSlow = isSlow || rate < slowest
        }
        await transport.close()
        try await server.stop()
        if isSlow { exit(1) }
    }

    private struct Failure: Error {
        let name: String
    }

    private static func receivers(_ address: EndpointAddress) throws -> [(String, Destination.Receiver)] {
        let key = Secret("phc_key")
        let datafile = try OptimizelyDatafile(json: Data(Self.datafile.utf8))
        return [
            ("ndjson", .ndjson(NDJSONEndpoint(address: address))),
            ("posthog v1", .postHog(PostHogCapture(key: key, host: address))),
            ("posthog batch", .postHog(PostHogCapture(key: key, host: address, version: .batch))),
            ("optimizely", .optimizely(try OptimizelyEvents(datafile: datafile, host: address))),
        ]
    }

    /// Three outcomes for each exposure, of units that come again ten times.
    private static func records(_ count: Int) -> [ForwardedEvent.Record] {
        (0..<count).map { index in
            let user = "user-\(index * 7_919 % max(1, count / 10))"
            let time = 1_767_603_600_000_000 + Int64(index) * 1_000
            let attributes = ["country": "FR", "sku": "A\(index % 100)"]
            if index % 4 == 0 {
                return .exposure(
                    ExposureRecord(
                        experiment: "checkout", variantID: "blue", userID: user, timestampMicroseconds: time,
                        attributes: attributes))
            }
            return .outcome(
                OutcomeRecord(
                    experiment: nil, metric: "purchase", value: .numeric(39.5), userID: user,
                    timestampMicroseconds: time,
                    attributes: attributes))
        }
    }

    private static let datafile = """
        {"version": "4", "accountId": "1", "projectId": "2", "revision": "3", "groups": [], "rollouts": [],
         "featureFlags": [], "attributes": [{"id": "11", "key": "country"}], "events": [{"id": "21", "key": "purchase"}],
         "experiments": [{"id": "31", "key": "checkout", "layerId": "41", "status": "Running", "audienceIds": [],
          "forcedVariations": {}, "variations": [{"id": "51", "key": "blue"}],
          "trafficAllocation": [{"entityId": "51", "endOfRange": 10000}]}]}
        """
}
