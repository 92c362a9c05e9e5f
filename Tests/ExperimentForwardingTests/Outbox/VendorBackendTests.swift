import ExperimentDefinitions
import ExperimentStorage
import ExperimentVendors
import Experimentation
import ExperimentationTesting
import Foundation
import StoreTestSupport
import Synchronization
import TestSupport
import Testing
import VendorTestSupport

@testable import ExperimentForwarding

@Suite("Each vendor as a whole plugin: its assignment, a durable log, and its endpoint")
struct VendorBackendTests {
    private static let key = Secret("key-of-a-project")

    /// Rows that the endpoint took, and backends of which it has not come to every row.
    private final class Account: Sendable {
        let rows = Mutex(0)
        let behind = Mutex([String]())
    }

    /// The vendor's own endpoint for experiments of its file.
    private static func receiver(_ vendor: Vendor, _ experiments: [Experiment]) throws -> Destination.Receiver {
        switch vendor {
        case .growthBook:
            var receiver = GrowthBookIngestion(clientKey: key, host: .growthBookUS)
            // The fake endpoint has no limit, and a test no time.
            receiver.limits.requestsPerSecond = nil
            return .growthBook(receiver)
        case .statsig: return .statsig(StatsigEvents(key: key, specs: try StatsigSpecs(json: vendor.json(experiments))))
        case .postHog: return .postHog(PostHogCapture(key: key))
        case .optimizely:
            return .optimizely(try OptimizelyEvents(datafile: OptimizelyDatafile(json: vendor.json(experiments))))
        }
    }

    @Test("keeps every promise while all that it stores is forwarded, to the last row", arguments: Vendor.allCases)
    func conformance(_ vendor: Vendor) async throws {
        let account = Account()
        let conformance = PluginConformance(isDefaultAlgorithm: false, designs: .all) { experiments, holdout in
            var configuration = TestStore.quiet
            configuration.algorithms = .vendors
            configuration.durability = .processCrash
            let test = try await TestStore(configuration, defining: [])
            let imported = try vendor.imported(experiments)
            try await test.store.apply(
                Definitions(
                    experiments: imported.map { Definitions.DefinedExperiment($0, status: $0.status) }, holdout: holdout
                ))
            var options = Forwarder.Options()
            options.pollInterval = .milliseconds(100)
            let forwarder = Forwarder(
                from: try await FileOutbox.open(at: test.path),
                to: try Destination("vendor", to: try Self.receiver(vendor, experiments)),
                through: FakeTransport { _, _ in
                    .success(HTTPAnswer(status: 200, body: Array("{\"results\": {}}".utf8)))
                }, options: options, logger: Setup.quiet)
            let service = Task { await forwarder.run() }
            return TestedPlugin(
                test.store, storedExposures: { try test.exposures() }, storedOutcomes: { try test.outcomes() },
                redefine: { redefined in
                    let anew = try vendor.imported([redefined])
                    try await test.store.apply(
                        Definitions(experiments: anew.map { Definitions.DefinedExperiment($0, status: $0.status) }))
                },
                close: {
                    service.cancel()
                    await service.value
                    do {
                        let report = try await forwarder.drain()
                        let status = try await forwarder.status()
                        let withheld = status.withheld.values.reduce(0, +)
                        let stored = try test.exposures() + test.outcomes()
                        if report.stop != nil || Int(status.sent + status.refused + withheld) != stored {
                            account.behind.withLock { $0.append("\(status) of \(stored)") }
                        }
                        account.rows.withLock { $0 += Int(status.sent) }
                    } catch {
                        account.behind.withLock { $0.append("\(error)") }
                    }
                    await test.store.close()
                })
        }
        let report = await conformance.report()
        #expect(report.violations == [], "\(report)")
        #expect(report.unsupported == [])
        #expect(account.behind.withLock { $0 } == [])
        #expect(account.rows.withLock { $0 } > 0)
    }
}
