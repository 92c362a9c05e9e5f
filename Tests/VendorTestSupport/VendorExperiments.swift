package import ExperimentVendors
package import Experimentation
package import Foundation

extension Vendor {
    /// The vendor's file with these experiments.
    package func json(_ experiments: [Experiment]) throws -> Data { try JSONEncoder().encode(file(experiments)) }

    /// Writes the experiments into a file of the vendor, imports it, and gives what comes out the state, the winner, the
    /// unit and the design that the definitions have.
    package func imported(_ experiments: [Experiment]) throws -> [Experiment] {
        let carried = try carryOver(json: json(experiments))
        return try experiments.map { definition in
            guard let found = carried.experiments.first(where: { $0.id == definition.id }) else {
                throw NotImported(experiment: definition.id)
            }
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
    }

    private struct NotImported: Error {
        let experiment: ExperimentName
    }

    /// The vendor's own file with these experiments: running, by user, split by their weights.
    package func file(_ experiments: [Experiment]) -> VendorValue {
        switch self {
        case .growthBook:
            .object(["features": .object([:]), "experiments": .array(experiments.map(Self.growthBook))])
        case .statsig:
            .object([
                "feature_gates": .array([]), "layer_configs": .array([]),
                "dynamic_configs": .array(experiments.map(Self.statsig)),
            ])
        case .postHog:
            .object(["flags": .array(experiments.map(Self.postHog))])
        case .optimizely:
            .object([
                "version": .string("4"), "accountId": .string("1"), "projectId": .string("2"), "revision": .string("3"),
                "events": .array([]), "attributes": .array([]),
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
