import Experimentation

/// What the default algorithm says about its answers.
struct DefaultBuckets: BucketExplaining {
    let experiment: Experiment
    let seed: String

    func bucketText(of unitID: String) -> String { "\(DefaultHash.point(experiment: seed, unitID: unitID))" }

    func bucketsText(of index: Int) -> String {
        let weights = experiment.variants.map(\.weight)
        let total = weights.reduce(0, +)
        let start = weights[..<index].reduce(0, +)
        return "\(start / total)..<\((start + weights[index]) / total)"
    }
}
