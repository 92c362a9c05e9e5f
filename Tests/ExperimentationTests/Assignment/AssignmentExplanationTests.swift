import Experimentation
import TestSupport
import Testing

@Suite("Explaining an assignment")
struct AssignmentExplanationTests {
    private func experiment(_ random: inout SplitMix) throws -> Experiment {
        try Experiment(
            id: "button", status: [.running, .running, .running, .draft, .stopped][random.below(5)],
            variants: [.init("control", isControl: true), .init("treatment", weight: 2)],
            coverage: [1, 0.5][random.below(2)],
            namespace: random.chance(0.5) ? NamespaceClaim("checkout", from: 0.2, to: 0.8) : nil,
            overrides: random.chance(0.5) ? [VariantOverride(unitID: "u1", variantID: "treatment")] : [],
            seed: random.chance(0.5) ? "other" : nil)
    }

    @Test(
        "the steps lead to the answer of assign: each but the last is passed, and the last one says why",
        arguments: 1...40)
    func steps(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let experiment = try experiment(&random)
        let holdout = random.chance(0.5) ? try Holdout(share: 0.3) : nil
        let assigner = try Assigner(experiment, holdout: holdout, at: 0)
        for user in (0..<200).map({ "u\($0)" }) + [nil] {
            let context = ExperimentContext(userID: user)
            let explanation = try assigner.explain(context)
            #expect(explanation.variant == (try assigner.assign(context)))
            let last = try #require(explanation.steps.last)
            #expect(!last.isPassed)
            #expect(!explanation.steps.dropLast().contains { !$0.isPassed })
            let expected: Enrollment =
                switch last {
                case .override: .override
                case .status: .notRunning
                case .noUnit, .coverage, .namespace, .holdout, .algorithm(_, _, variantID: nil, _): .notEnrolled
                case .algorithm: .enrolled
                }
            #expect(explanation.variant.enrollment == expected)
            if case .algorithm(_, let seed, let variantID, _) = last {
                #expect(variantID == explanation.variant.variantID)
                #expect(seed == experiment.design.seed ?? "button")
                #expect(explanation.steps.count == 2 + designed(experiment, holdout))
            }
            if case .override(let variantID) = last { #expect(variantID == explanation.variant.variantID) }
        }
    }

    /// The number of questions that the design asks.
    private func designed(_ experiment: Experiment, _ holdout: Holdout?) -> Int {
        (experiment.design.coverage < 1 ? 1 : 0) + (experiment.design.namespace != nil ? 1 : 0)
            + (holdout != nil ? 1 : 0)
    }

    @Test("a point is the unit's place by the key that the design documents")
    func points() throws {
        let experiment = try Experiment(
            id: "button", variants: [.init("control", isControl: true)], coverage: 0.999_999,
            namespace: NamespaceClaim("checkout", from: 0, to: 1))
        let steps = try Assigner(experiment, holdout: Holdout(name: "none", share: 1e-12), at: 0)
            .explain(ExperimentContext(userID: "ann")).steps
        #expect(
            steps.dropFirst().dropLast() == [
                .coverage(0.999_999, point: DefaultHash("button:ann:coverage").point),
                .namespace(
                    try NamespaceClaim("checkout", from: 0, to: 1), point: DefaultHash("checkout:ann:namespace").point),
                .holdout(try Holdout(name: "none", share: 1e-12), point: DefaultHash("none:ann:holdout").point),
            ])
    }
}
