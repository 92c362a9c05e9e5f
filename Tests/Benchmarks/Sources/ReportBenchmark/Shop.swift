import ExperimentDefinitions
import ExperimentStorage
import Experimentation

/// A made-up shop's logs: a unit an exposure, five outcomes a unit of three metrics, a tenth of them from before it.
struct Shop {
    static let experiment = "checkout_button_color"
    let units: Int

    func fill(_ path: String) throws {
        let administrator = try ExperimentAdministrator.open(at: path, creating: true)
        let definition = try Experiment(
            id: Self.experiment,
            variants: [VariantDefinition("control", isControl: true), VariantDefinition("treatment")],
            goals: ["purchase"])
        _ = try administrator.apply(
            Definitions(experiments: [Definitions.DefinedExperiment(definition, status: .running)]))
        let records = try administrator.beginImport(digest: "benchmark")
        for unit in 0..<units { try records.add(exposure(unit)) }
        for outcome in 0..<units * 5 { try records.add(self.outcome(outcome)) }
        try records.finish()
    }

    private func id(_ unit: Int) -> String { "6f1d2c3b-8a4e-4c5d-9e2f-\(100_000_000_000 + unit * 7_919)" }

    private func time(_ unit: Int) -> Int64 { 1_767_225_600_000_000 + Int64(unit) * 1_000_000 }

    private func exposure(_ unit: Int) -> ExposureRecord {
        ExposureRecord(
            experiment: Self.experiment, variantID: unit % 2 == 0 ? "control" : "treatment", userID: id(unit),
            timestampMicroseconds: time(unit))
    }

    private func outcome(_ number: Int) -> OutcomeRecord {
        // Units in no order, so that their rows lie apart as in a real log.
        let unit = number &* 2_654_435_761 % units
        let shift: Int64 = number % 10 == 0 ? -3_600_000_000 : 3_600_000_000
        let (metric, value): (String, OutcomeValue) =
            switch number % 3 {
            case 0: ("purchase", .bool(number % 7 == 0))
            case 1: ("revenue", .numeric(Double(number % 10_000) / 100))
            default: ("items", .count(Int64(number % 5)))
            }
        return OutcomeRecord(
            experiment: number % 2 == 0 ? Self.experiment : nil, metric: metric, value: value, userID: id(unit),
            timestampMicroseconds: time(unit) + shift)
    }
}
