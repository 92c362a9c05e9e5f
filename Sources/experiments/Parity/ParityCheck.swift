import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// Compares what a vendor logged with what the file's experiment assigns.
struct ParityCheck {
    /// A unit that would get another variant here.
    struct Disagreement: Encodable {
        let line: Int
        let unitID: UnitID
        let loggedVariantID: VariantName?
        let loggedBucket: String?
        let variantID: VariantName?
        let bucket: String
        /// Why it would take no part; nil where it does.
        let exclusion: String?
        /// Whether the logged variant is one of the experiment.
        let isVariantKnown: Bool

        enum CodingKeys: String, CodingKey {
            case line, bucket, exclusion
            case unitID = "unit_id"
            case variantID = "variant_id"
            case loggedVariantID = "logged_variant_id"
            case loggedBucket = "logged_bucket"
        }
    }

    private let experiment: Experiment
    private let assigner: Assigner
    private let buckets: any BucketExplaining

    /// Units compared so far.
    private(set) var units = 0

    init(_ stored: StoredExperiment) throws(ExperimentError) {
        let given = stored.experiment
        // Whatever state the experiment is in here, the vendor's units were in a running one.
        experiment = try Experiment(
            id: given.id.text, unit: .user, variants: given.variants, coverage: given.coverage,
            namespace: given.namespace,
            overrides: given.overrides, algorithm: given.algorithm, seed: stored.seed.text,
            settings: given.settings?.json)
        // It has no dates, so it runs at any time.
        assigner = try Assigner(
            experiment, seed: stored.seed, holdout: stored.holdout, algorithms: .vendors, at: 0)
        buckets = try AssignmentAlgorithms.buckets(of: experiment, seed: stored.seed.text)
    }

    /// Compares one line.
    /// - Returns: The disagreement, if there is one.
    mutating func compare(_ entry: VendorLog.Entry) throws(ExperimentError) -> Disagreement? {
        units += 1
        let context = ExperimentContext(userID: entry.unitID.text)
        let answer = try assigner.assign(context)
        let variantID = answer.enrollment == .notEnrolled ? nil : answer.variantID
        guard variantID != entry.variantID else { return nil }
        let logged = entry.variantID.flatMap { id in
            experiment.variants.firstIndex { $0.variantID == id }
        }
        return Disagreement(
            line: entry.line, unitID: entry.unitID, loggedVariantID: entry.variantID,
            loggedBucket: entry.bucket ?? logged.map { buckets.bucketsText(of: $0) }, variantID: variantID,
            bucket: buckets.bucketText(of: entry.unitID.text),
            exclusion: variantID == nil ? try exclusion(context) : nil, isVariantKnown: logged != nil)
    }

    /// Why a unit takes no part: what the experiment's design or its algorithm says.
    private func exclusion(_ context: ExperimentContext) throws(ExperimentError) -> String? {
        let step = try assigner.explain(context).steps.last
        if case .algorithm(_, _, _, let exclusion) = step { return exclusion }
        return step.map { ExplanationWords(unit: .user).step($0) }
    }
}
