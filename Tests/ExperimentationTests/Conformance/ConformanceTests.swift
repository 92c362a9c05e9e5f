import Experimentation
import ExperimentationTesting
import Testing

@Suite("The conformance kit")
struct ConformanceTests {
    private func conformance(_ fault: Fault?) -> PluginConformance {
        PluginConformance { experiments in
            let plugin = try FaultyPlugin(experiments, fault)
            return TestedPlugin(
                plugin, storedExposures: { plugin.log.count(.exposures) },
                storedOutcomes: { plugin.log.count(.outcomes) })
        }
    }

    @Test("a correct plugin in memory keeps every promise", arguments: Promise.all)
    func correct(_ promise: Promise) async throws {
        #expect(try await conformance(nil).check(promise) == .kept)
    }

    @Test("the plugin without storage keeps every promise but those about what it stored")
    func hash() async {
        let report = await PluginConformance { TestedPlugin(try HashExperimentPlugin($0)) }.report()
        #expect(report.violations == [], "\(report)")
        #expect(
            report.unanswerable == [
                .storesNoAssignment, .storesBeforeReturning, .storesOddButLegal, .storesRepeats, .storesRecordIDOnce,
                .storesNothingBad, .losesNoRecord,
            ])
        #expect(report.kept.count + report.unanswerable.count == Promise.all.count)
    }

    @Test("each mistake breaks its promise", arguments: Fault.allCases)
    func faulty(_ fault: Fault) async {
        await #expect(throws: Violation.self) { try await conformance(fault).check(fault.promise) }
    }

    @Test("there is a mistake for each promise, and each promise is listed once")
    func complete() {
        #expect(Set(Fault.allCases.map(\.promise)) == Set(Promise.all))
        #expect(Set(Promise.all).count == Promise.all.count)
    }

    @Test("a backend with an algorithm of its own is not held to the default one")
    func otherAlgorithm() async throws {
        let conformance = PluginConformance(isDefaultAlgorithm: false) { experiments in
            TestedPlugin(try FaultyPlugin(experiments, .bareHash))
        }
        #expect(try await conformance.check(.usesDefaultHash) == .unanswerable)
    }

    @Test("a backend is closed after each promise, kept or broken, and one that cannot be made is a violation")
    func harness() async throws {
        let log = FaultyLog()
        for fault in [nil, Fault.emptyName] {
            let conformance = PluginConformance { experiments in
                TestedPlugin(try FaultyPlugin(experiments, fault), close: { log.add(.exposures) })
            }
            _ = await conformance.report(on: [.hasName])
        }
        #expect(log.count(.exposures) == 2)
        let broken = PluginConformance { _ in throw CancellationError() }
        let report = await broken.report(on: [.hasName])
        #expect(report.violations.map(\.promise) == [.hasName])
        #expect("\(report)".contains("0 kept, 1 broken, 0 unanswerable"))
        #expect("\(report)".contains(Promise.hasName.description))
    }
}
