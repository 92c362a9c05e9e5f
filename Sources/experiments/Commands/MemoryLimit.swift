import ArgumentParser
import ExperimentAnalysis

/// The memory that units may take, in bytes, as the command line says it.
struct MemoryLimit: ExpressibleByArgument {
    /// The description of the limit in help.
    static let help: ArgumentHelp = """
        Memory for units, such as 300MiB or 3GiB; 512MiB if not given. Where they need more, the logs are read several times.
        """
    private static let units: [(name: String, bits: Int)] = [("KiB", 10), ("MiB", 20), ("GiB", 30)]

    let bytes: Int

    init?(argument: String) {
        guard let unit = Self.units.first(where: { argument.hasSuffix($0.name) }),
            let number = Int(argument.dropLast(unit.name.count)), number > 0, number <= Int.max >> unit.bits
        else { return nil }
        bytes = number << unit.bits
    }
}

extension AnalysisOptions {
    /// Sets how much memory units may take; nil leaves it as it is.
    mutating func limitMemory(to limit: MemoryLimit?) {
        if let limit { memory = limit.bytes }
    }
}
