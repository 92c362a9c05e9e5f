import ExperimentVendors
import Experimentation
import ExperimentationTesting
import Testing
import VendorTestSupport

@Suite("Each vendor's algorithm as a plugin over an imported configuration")
struct VendorConformanceTests {
    @Test("keeps every promise but those about what it stored and about the default hashes", arguments: Vendor.allCases)
    func conformance(_ vendor: Vendor) async {
        let conformance = PluginConformance(isDefaultAlgorithm: false, designs: .all) { experiments, holdout in
            TestedPlugin(
                try HashExperimentPlugin(
                    vendor.imported(experiments), holdout: holdout, algorithms: .vendors))
        }
        let report = await conformance.report()
        #expect(report.violations == [], "\(report)")
        #expect(
            Set(report.unanswerable) == [
                .usesDefaultHash, .usesDefaultDesignHash, .storesNoAssignment, .storesBeforeReturning,
                .storesOddButLegal, .storesEveryEnrollment, .storesRepeats, .storesRecordIDOnce, .storesNothingBad,
                .losesNoRecord,
            ])
        #expect(report.unsupported == [])
    }
}
