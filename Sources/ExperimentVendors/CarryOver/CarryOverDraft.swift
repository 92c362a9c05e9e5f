import Experimentation

/// An experiment on its way into a plan.
struct CarryOverDraft {
    let path: String
    let id: VendorName
    let algorithm: AssignmentAlgorithm
    let seed: VendorName
    var status = ExperimentStatus.running
    var unit = ExperimentUnit.user
    /// The ids of the variants.
    var variants: [VendorName]
    /// The share of units of each.
    var weights: [Double]
    /// The control's position; nil where the file does not say.
    var control: Int?
    var winner: VendorName?
    var overrides: [VariantOverride] = []

    /// Names by which people call the variant that the others are compared with.
    private static let controlNames = ["control", "original", "baseline"]

    /// Puts the experiment into a plan, or its refusal.
    func add(to plan: inout CarryOverPlan, settings: some Encodable) {
        do throws(ExperimentError) {
            let named = variants.firstIndex { Self.controlNames.contains($0.text.lowercased()) }
            let control = control ?? named ?? 0
            let experiment = try Experiment(
                id: id.text, status: status, unit: unit,
                variants: variants.indices.map {
                    VariantDefinition(variants[$0].text, weight: weights[$0], isControl: $0 == control)
                },
                winner: winner?.text, overrides: overrides, algorithm: algorithm, seed: seed == id ? nil : seed.text,
                settings: try VendorSettings.encode(settings))
            try AssignmentAlgorithms.vendors.check(experiment)
            if let other = plan.experiment(experiment.id) {
                guard other != experiment else { return }
                return plan.refuse(path, "another experiment of the file has its id and is defined differently")
            }
            if self.control == nil, named == nil {
                plan.approximate(path, "the file does not say which variant is the control; the first one is taken")
            }
            plan.add(experiment)
        } catch {
            plan.refuse(path, "\(error)")
        }
    }
}
