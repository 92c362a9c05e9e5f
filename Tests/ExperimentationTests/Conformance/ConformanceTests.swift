import Experimentation
import ExperimentationTesting
import Testing

@Suite("The conformance kit")
struct ConformanceTests {
    private func conformance(_ fault: Fault?) -> PluginConformance {
        PluginConformance(designs: .all) { experiments, holdout in
            let plugin = try FaultyPlugin(experiments, holdout, fault)
            return TestedPlugin(
                plugin, storedExposures: { plugin.log.count(.exposures) },
                storedOutcomes: { plugin.log.count(.outcomes) }, redefine: { try plugin.redefine($0) })
        }
    }

    @Test("a correct plugin in memory keeps every promise", arguments: Promise.all)
    func correct(_ promise: Promise) async throws {
        #expect(try await conformance(nil).check(promise) == .kept)
    }

    @Test("the plugin without storage keeps every promise but those about what it stored")
    func hash() async {
        let conformance = PluginConformance(designs: .all) { experiments, holdout in
            TestedPlugin(try HashExperimentPlugin(experiments, holdout: holdout))
        }
        let report = await conformance.report()
        #expect(report.violations == [], "\(report)")
        #expect(
            report.unanswerable == [
                .storesNoAssignment, .storesBeforeReturning, .storesOddButLegal, .storesEveryEnrollment,
                .storesRepeats, .storesRecordIDOnce, .storesNothingBad, .losesNoRecord,
            ])
        #expect(report.kept.count + report.unanswerable.count == Promise.all.count)
    }

    @Test("what a backend does not claim of designs is not checked, not even given to it, and never called kept")
    func unsupported() async throws {
        let none = PluginConformance { experiments in
            #expect(
                experiments.allSatisfy {
                    $0.design.coverage == 1 && $0.design.namespace == nil && $0.design.overrides == []
                })
            #expect(experiments.allSatisfy { $0.schedule.startsAt == nil && $0.schedule.endsAt == nil })
            return TestedPlugin(try HashExperimentPlugin(experiments))
        }
        let report = await none.report()
        #expect(report.violations == [], "\(report)")
        #expect(report.unsupported == Promise.all.filter { $0.needs != [] })
        #expect(report.unsupported.count == 10)
        #expect("\(report)".contains("10 not claimed\n"))
        #expect("\(report)".contains("not claimed: \(Promise.holdsOut)"))
        // Outside its coverage a tester gets the control: of this no promise is made by whoever has no coverage.
        let testers = PluginConformance(designs: [.overrides]) { experiments, holdout in
            #expect(holdout == nil)
            return TestedPlugin(try FaultyPlugin(experiments, holdout, .answersTestersInsideOnly))
        }
        #expect(try await testers.check(.answersTesters) == .kept)
        #expect(try await testers.check(.answersTestersOutside) == .unsupported)
    }

    @Test("without a way to change a definition, a fresh backend gets the changed one")
    func fixed() async throws {
        let log = FaultyLog()
        let conformance = PluginConformance(designs: .all) { experiments, holdout in
            let plugin = try FaultyPlugin(experiments, holdout, .forgetsChanges)
            return TestedPlugin(plugin, close: { log.add(.exposures) })
        }
        #expect(try await conformance.check(.raisesCoverage) == .kept)
        #expect(try await conformance.check(.givesTestersWinner) == .kept)
        #expect(log.count(.exposures) == 6, "and each is closed")
    }

    @Test("each mistake breaks its promise", arguments: Fault.allCases)
    func faulty(_ fault: Fault) async {
        let violation = await #expect(throws: Violation.self) { try await conformance(fault).check(fault.promise) }
        #expect(violation?.reason.contains("unexpected") == false)
    }

    @Test("there is a mistake for each promise, and each promise is listed once")
    func complete() {
        #expect(Set(Fault.allCases.map(\.promise)) == Set(Promise.all))
        #expect(Set(Promise.all).count == Promise.all.count)
    }

    @Test("a backend with an algorithm of its own is not held to the default one")
    func otherAlgorithm() async throws {
        let conformance = PluginConformance(isDefaultAlgorithm: false) { experiments in
            TestedPlugin(try FaultyPlugin(experiments, nil, .bareHash))
        }
        #expect(try await conformance.check(.usesDefaultHash) == .unanswerable)
    }

    @Test("a backend is closed after each promise, kept or broken, and one that cannot be made is a violation")
    func harness() async throws {
        let log = FaultyLog()
        for fault in [nil, Fault.emptyName] {
            let conformance = PluginConformance { experiments in
                TestedPlugin(try FaultyPlugin(experiments, nil, fault), close: { log.add(.exposures) })
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
