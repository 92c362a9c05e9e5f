import EndpointServer
import ExperimentForwarding
import ExperimentStorage
import ExperimentVendors
import Experimentation
import Foundation
import Logging
import NIOCore

/// Rows a second from a file to an endpoint on this machine that answers after 20 ms, for each kind that takes more than one
/// request at once; and how fast a server records while its rows are forwarded, beside how fast it does without.
///
///     ForwardingBenchmark [ROWS] [SLOWEST]
///
/// It ends with 1 where one of the kinds is slower than SLOWEST, 5,000 by default. Run by `Tests/Acceptance/Forwarding/run.sh`.
@main
struct ForwardingBenchmark {
    static func main() async throws {
        let arguments = CommandLine.arguments
        let rows = arguments.count > 1 ? Int(arguments[1]) ?? 100_000 : 100_000
        let slowest = arguments.count > 2 ? Double(arguments[2]) ?? 5_000 : 5_000
        let server = try await EndpointServer.start { _ in
            .answer(status: 200, body: "{\"results\": {}}", after: .milliseconds(20))
        }
        let address = try EndpointAddress(Secret("http://127.0.0.1:\(server.port)"))
        let transport = HTTPTransport()
        let folder = FileManager.default.temporaryDirectory.appending(path: "forwarding-\(UUID().uuidString)").path()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await record(rows, into: folder + "/shop.db")
        var isSlow = false
        print("| destination | rows | seconds | rows a second |")
        print("|---|---:|---:|---:|")
        for (name, receiver) in try receivers(address) {
            let outbox = try await FileOutbox.open(at: folder + "/shop.db")
            let destination = try Destination(
                DestinationName(name), to: receiver, attributes: AttributeChoice(unit: ["country"], event: ["sku"]))
            let forwarder = Forwarder(from: outbox, to: destination, through: transport, logger: Self.quiet)
            var report: DrainReport?
            let time = try await ContinuousClock().measure { report = try await forwarder.drain() }
            guard report?.sent == rows else { throw Failure(name: name) }
            let rate = Double(rows) / (time / .seconds(1))
            print("| \(name) | \(rows) | \(String(format: "%.2f", time / .seconds(1))) | \(Int(rate)) |")
            isSlow = isSlow || rate < slowest
        }
        try await RecordingRounds(folder: folder, address: address, rounds: rows > 50_000 ? 5 : 1).run()
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

    static let quiet = Logger(label: "benchmark", factory: { _ in SwiftLogNoOpLogHandler() })

    /// Opens a store on a new file that has the experiment.
    static func store(_ path: String, _ durability: StoreConfiguration.Durability) async throws -> ExperimentStore {
        var configuration = StoreConfiguration()
        configuration.durability = durability
        configuration.logger = quiet
        configuration.queueCapacity = 1_000_000
        let store = try await ExperimentStore.open(at: path, configuration: configuration)
        try await store.define(
            Experiment(
                id: "checkout",
                variants: [VariantDefinition("red", isControl: true), VariantDefinition("blue")]))
        return store
    }

    /// Records three outcomes for each exposure, of units that come again ten times.
    private static func record(_ count: Int, into path: String) async throws {
        let store = try await store(path, .enqueued)
        for index in 0..<count {
            let user = "user-\(index * 7_919 % max(1, count / 10))"
            let time = 1_767_603_600_000_000 + Int64(index) * 1_000
            let attributes = ["country": "FR", "sku": "A\(index % 100)"]
            if index % 4 == 0 {
                try await store.recordExposure(
                    ExposureRecord(
                        experiment: "checkout", variantID: "blue", userID: user, timestampMicroseconds: time,
                        attributes: attributes))
            } else {
                try await store.recordOutcome(
                    OutcomeRecord(
                        experiment: nil, metric: "purchase", value: .numeric(39.5), userID: user,
                        timestampMicroseconds: time, attributes: attributes))
            }
        }
        try await store.flush()
        await store.close()
    }

    private static let datafile = """
        {"version": "4", "accountId": "1", "projectId": "2", "revision": "3", "groups": [], "rollouts": [],
         "featureFlags": [], "attributes": [{"id": "11", "key": "country"}], "events": [{"id": "21", "key": "purchase"}],
         "experiments": [{"id": "31", "key": "checkout", "layerId": "41", "status": "Running", "audienceIds": [],
          "forcedVariations": {}, "variations": [{"id": "51", "key": "blue"}],
          "trafficAllocation": [{"entityId": "51", "endOfRange": 10000}]}]}
        """
}
