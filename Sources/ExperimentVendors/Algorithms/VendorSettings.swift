import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The JSON text in which a phase keeps what a vendor's algorithm needs beside the seed.
enum VendorSettings {
    /// Reads the settings of a phase.
    static func read<Settings>(
        _ read: (JSONReader) -> Settings, of experiment: Experiment
    ) throws(ExperimentError) -> Settings {
        try parse(read, experiment).value
    }

    /// Refuses fields that nothing reads: one may be a typing mistake, and the units would be assigned without it.
    static func checkFields<Settings>(
        _ read: (JSONReader) -> Settings, of experiment: Experiment
    ) throws(ExperimentError) {
        let fields = try parse(read, experiment).unreadFields
        guard !fields.isEmpty else { return }
        throw .invalid(
            "settings",
            "must not have fields that the algorithm \(experiment.algorithm.rawValue) does not know: "
                + fields.joined(separator: ", "))
    }

    private static func parse<Settings>(
        _ read: (JSONReader) -> Settings, _ experiment: Experiment
    ) throws(ExperimentError) -> (value: Settings, unreadFields: [String]) {
        let algorithm = experiment.algorithm.rawValue
        guard let text = experiment.settings else {
            throw .invalid("settings", "must be there with the algorithm \(algorithm)")
        }
        do throws(VendorFileError) {
            return try VendorFile.read(text.json, read)
        } catch {
            let problems = error.problems.map(\.description).joined(separator: "; ")
            throw .invalid("settings", "must be those of the algorithm \(algorithm): \(problems)")
        }
    }

    /// Writes settings, the same text for the same settings.
    static func encode(_ settings: some Encodable) throws(ExperimentError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return String(decoding: try encoder.encode(settings), as: UTF8.self)
        } catch {
            throw .invalid("settings", "must hold finite numbers")
        }
    }
}
