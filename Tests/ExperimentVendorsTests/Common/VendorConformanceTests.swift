import ExperimentVendors
import Experimentation
import ExperimentationTesting
import Foundation
import Testing

@Suite("Each vendor's algorithm as a plugin over an imported configuration")
struct VendorConformanceTests {
    /// Writes the experiments into a file of a vendor, imports it, and gives what comes out the state, the winner, the
    /// unit and the design that the definitions have.
    private static func imported(
        _ experiments: [Experiment], _ holdout: Holdout?, _ vendor: Vendor
    ) throws -> HashExperimentPlugin {
        let carried = try vendor.carryOver(json: Vectors.json(vendor.file(experiments)))
        let definitions = try experiments.map { definition in
            let found = try #require(carried.experiments.first { $0.id == definition.id }, "\(carried.items)")
            return try Experiment(
                id: definition.id.text, status: definition.status, unit: definition.design.unit,
                variants: definition.design.variants,
                winner: definition.winner?.text, coverage: definition.design.coverage,
                namespace: definition.design.namespace,
                overrides: definition.design.overrides, startsAt: definition.schedule.startsAt,
                endsAt: definition.schedule.endsAt,
                algorithm: found.design.algorithm, seed: found.design.seed?.text,
                settings: found.design.settings?.json)
        }
        return try HashExperimentPlugin(definitions, holdout: holdout, algorithms: .vendors)
    }

    @Test("keeps every promise but those about what it stored and about the default hashes", arguments: Vendor.allCases)
    func conformance(_ vendor: Vendor) async {
        let conformance = PluginConformance(isDefaultAlgorithm: false, designs: .all) { experiments, holdout in
            TestedPlugin(try Self.imported(experiments, holdout, vendor))
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

extension Vendor {
    /// The vendor's own file with these experiments: running, by user, split by their weights.
    fileprivate func file(_ experiments: [Experiment]) -> VendorValue {
        switch self {
        case .growthBook:
            .object(["features": .object([:]), "experiments": .array(experiments.map(Self.growthBook))])
        case .statsig:
            .object(["feature_gates": .array([]), "dynamic_configs": .array(experiments.map(Self.statsig))])
        case .postHog:
            .object(["flags": .array(experiments.map(Self.postHog))])
        case .optimizely:
            .object([
                "version": .string("4"),
                "experiments": .array(experiments.enumerated().map { Self.optimizely($1, number: $0) }),
            ])
        }
    }

    /// The ends of the variants' shares, of a total of 1.
    private static func ends(_ experiment: Experiment) -> [Double] {
        let total = experiment.design.variants.reduce(0) { $0 + $1.weight }
        var sum = 0.0
        return experiment.design.variants.map { variant in
            sum += variant.weight
            return sum / total
        }
    }

    private static func growthBook(_ experiment: Experiment) -> VendorValue {
        let ends = ends(experiment)
        return .object([
            "key": .string(experiment.id.text), "hashVersion": .number(2),
            "variations": .array(experiment.design.variants.map { .string($0.variantID.text) }),
            "meta": .array(experiment.design.variants.map { .object(["key": .string($0.variantID.text)]) }),
            "ranges": .array(ends.indices.map { .array([.number($0 == 0 ? 0 : ends[$0 - 1]), .number(ends[$0])]) }),
        ])
    }

    private static func statsig(_ experiment: Experiment) -> VendorValue {
        let rules = zip(experiment.design.variants, ends(experiment)).map { variant, end in
            VendorValue.object([
                "id": .string(variant.variantID.text), "groupName": .string(variant.variantID.text),
                "passPercentage": .number(100), "isExperimentGroup": .bool(true),
                "conditions": .array([
                    .object([
                        "type": .string("user_bucket"), "operator": .string("lt"), "targetValue": .number(end * 1_000),
                        "additionalValues": .object(["salt": .string("salt")]),
                    ])
                ]),
            ])
        }
        return .object([
            "name": .string(experiment.id.text), "salt": .string("salt"), "enabled": .bool(true),
            "entity": .string("experiment"), "rules": .array(rules),
        ])
    }

    private static func postHog(_ experiment: Experiment) -> VendorValue {
        let total = experiment.design.variants.reduce(0) { $0 + $1.weight }
        let variants = experiment.design.variants.map { variant in
            VendorValue.object([
                "key": .string(variant.variantID.text), "rollout_percentage": .number(100 * variant.weight / total),
            ])
        }
        return .object([
            "key": .string(experiment.id.text), "active": .bool(true),
            "filters": .object([
                "groups": .array([.object(["rollout_percentage": .number(100)])]),
                "multivariate": .object(["variants": .array(variants)]),
            ]),
        ])
    }

    private static func optimizely(_ experiment: Experiment, number: Int) -> VendorValue {
        let ids = experiment.design.variants.indices.map { "\(number)-\($0)" }
        let variations = zip(experiment.design.variants, ids).map { variant, id in
            VendorValue.object(["id": .string(id), "key": .string(variant.variantID.text)])
        }
        let ranges = zip(ids, ends(experiment)).map { id, end in
            VendorValue.object(["entityId": .string(id), "endOfRange": .number((end * 10_000).rounded())])
        }
        return .object([
            "id": .string("10\(number)"), "key": .string(experiment.id.text), "status": .string("Running"),
            "variations": .array(variations), "trafficAllocation": .array(ranges),
        ])
    }
}
