import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// Compares what a vendor logged with what the file's experiment assigns.
struct ParityCheck {
    /// A unit that would get another variant here.
    struct Disagreement {
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

        var json: JSONValue {
            .object([
                ("line", .integer(line)), ("unit_id", .name(unitID)), ("logged_variant_id", .name(loggedVariantID)),
                ("logged_bucket", .string(loggedBucket)), ("variant_id", .name(variantID)),
                ("bucket", .string(bucket)), ("exclusion", .string(exclusion)),
            ])
        }
    }

    private let design: Experiment.Design
    private let assigner: Assigner
    private let buckets: any BucketExplaining

    /// Units compared so far.
    private(set) var units = 0

    init(_ stored: StoredExperiment) throws(ExperimentError) {
        let given = stored.experiment.design
        // The vendor's log names users, whatever the experiment counts here.
        design = try Experiment.Design(
            unit: .user, variants: given.variants, coverage: given.coverage, namespace: given.namespace,
            overrides: given.overrides, algorithm: given.algorithm, seed: stored.seed.text,
            settings: given.settings?.json)
        // Whatever state the experiment is in here, the vendor's units were in a running one.
        assigner = try Assigner(
            stored.experiment.id, design, seed: stored.seed, holdout: stored.holdout, algorithms: .vendors)
        buckets = try AssignmentAlgorithms.buckets(of: design, seed: stored.seed.text)
    }

    /// Compares one line.
    /// - Returns: The disagreement, if there is one.
    mutating func compare(_ entry: VendorLog.Line) throws(ExperimentError) -> Disagreement? {
        units += 1
        let context = ExperimentContext(userID: entry.unitID.text)
        let answer = try assigner.assign(context)
        let variantID = answer.enrollment == .notEnrolled ? nil : answer.variantID
        guard variantID != entry.variantID else { return nil }
        let logged = entry.variantID.flatMap { id in
            design.variants.firstIndex { $0.variantID == id }
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
        return step.map { ExplanationText(unit: .user).step($0) }
    }
}
