import ExperimentStorage
import Experimentation
import TOMLKit

/// A TOML file of experiments and metrics.
///
/// Experiments stand at the top level, or under plugins as in the reference plugin's configuration, whose other keys
/// are left to it.
enum DefinitionsFile {
    /// Reads a whole file.
    static func read(_ path: String) throws(Failure) -> Definitions {
        let bytes = try WholeFile.bytes(path)
        do throws(DefinitionsError) {
            return try parse(bytes)
        } catch {
            let place = error.place.isEmpty ? "" : "\(error.place): "
            throw Failure(.input, "\(Escaping.visible(path)): \(place)\(error.message)")
        }
    }

    static func parse(_ bytes: [UInt8]) throws(DefinitionsError) -> Definitions {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw DefinitionsError("", "is not UTF-8 text")
        }
        // TOMLKit passes C strings, which a NUL would end early without a word.
        guard !bytes.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000") else {
            throw DefinitionsError("", "must not contain U+0000")
        }
        var document = TOMLSection(try table(text))
        var experiments = try document.sections("experiments")
        for var plugin in try document.sections("plugins") {
            experiments += try plugin.sections("experiments")
        }
        let metrics = try document.sections("metrics")
        let holdout = try DesignSection.holdout(&document)
        try document.finish()

        var definitions = Definitions(holdout: holdout)
        for section in experiments { definitions.experiments.append(try ExperimentSection.read(section)) }
        for section in metrics { definitions.metrics.append(try MetricSection.read(section)) }
        try checkUnique(definitions)
        return definitions
    }

    private static func table(_ text: String) throws(DefinitionsError) -> TOMLTable {
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            let place = "line \(error.source.begin.line), column \(error.source.begin.column)"
            throw DefinitionsError(place, error.description)
        } catch {
            throw DefinitionsError("", "is not TOML")
        }
    }

    private static func checkUnique(_ definitions: Definitions) throws(DefinitionsError) {
        var seen: Set<ByteString> = []
        for defined in definitions.experiments where !seen.insert(ByteString(defined.experiment.id)).inserted {
            throw DefinitionsError("experiments", "define \(Escaping.quoted(defined.experiment.id)) twice")
        }
        seen = []
        for metric in definitions.metrics where !seen.insert(ByteString("\(metric.kind) \(metric.name)")).inserted {
            throw DefinitionsError("metrics", "define \(Escaping.quoted(metric.name)) twice with the same kind")
        }
    }
}
