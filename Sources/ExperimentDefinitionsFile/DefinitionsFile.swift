public import ExperimentDefinitions
import Experimentation
import TOMLKit

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A TOML file of experiments and metrics, as `experiments apply` reads it.
///
/// Experiments stand at the top level, or under plugins as in the reference plugin's configuration, whose other keys
/// are left to it. Reading changes nothing: give what was read to a store's `apply`.
public enum DefinitionsFile {
    /// No definitions file is longer, in bytes.
    private static let longest = 16 << 20

    /// Reads a whole file.
    /// - Parameter path: Where the file is.
    /// - Returns: What it says.
    /// - Throws: Everything that is wrong with it, in one error.
    public static func read(_ path: String) throws(DefinitionsFileError) -> Definitions {
        let data: Data
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size]
            guard (size as? UInt64).map({ $0 <= longest }) ?? true else { throw tooLong(path) }
            data = try Data(contentsOf: URL(filePath: path))
        } catch let error as DefinitionsFileError {
            throw error
        } catch {
            let reason = (error as? CocoaError)?.code == .fileReadNoSuchFile ? "there is no such file" : "\(error)"
            throw DefinitionsFileError(file: path, problems: ["cannot be read: \(reason)"])
        }
        return try parse([UInt8](data), of: path)
    }

    /// Reads the bytes of a file.
    /// - Parameters:
    ///   - bytes: TOML in UTF-8.
    ///   - file: How errors name the file.
    /// - Returns: What the file says.
    /// - Throws: Everything that is wrong with it, in one error.
    public static func parse(_ bytes: [UInt8], of file: String) throws(DefinitionsFileError) -> Definitions {
        guard bytes.count <= longest else { throw tooLong(file) }
        let problems = DefinitionsProblems()
        let definitions = parse(bytes, problems)
        guard problems.count == 0 else { throw DefinitionsFileError(file: file, problems: problems.found) }
        return definitions
    }

    private static func tooLong(_ file: String) -> DefinitionsFileError {
        DefinitionsFileError(file: file, problems: ["is longer than \(longest >> 20) MiB"])
    }

    private static func parse(_ bytes: [UInt8], _ problems: DefinitionsProblems) -> Definitions {
        guard let table = table(bytes, problems) else { return Definitions() }
        var document = TOMLSection(table, problems)
        var experiments = document.sections("experiments")
        for var plugin in document.sections("plugins") { experiments += plugin.sections("experiments") }
        let metrics = document.sections("metrics")
        let holdout = DesignSection.holdout(&document)
        let timezone = document.string("timezone")
        if let timezone, !(1...64).contains(timezone.utf8.count) {
            problems.note("timezone", "must be a zone such as Europe/Berlin")
        }
        document.finish()

        checkUnique(
            experiments, { [$0.text("id")] }, whenRepeated: { problems.note("experiments", "define \($0) twice") })
        checkUnique(
            metrics, { [$0.text("name"), MetricSection.kind($0)] },
            whenRepeated: { problems.note("metrics", "define \($0) twice with the same kind") })
        return Definitions(
            experiments: experiments.compactMap(ExperimentSection.read),
            metrics: metrics.compactMap(MetricSection.read),
            holdout: holdout, timezone: timezone)
    }

    private static func table(_ bytes: [UInt8], _ problems: DefinitionsProblems) -> TOMLTable? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            problems.note("", "is not UTF-8 text")
            return nil
        }
        // TOMLKit passes C strings, which a NUL would end early without a word.
        guard !bytes.contains(0), !text.contains("\\u0000"), !text.contains("\\U00000000") else {
            problems.note("", "must not contain U+0000")
            return nil
        }
        if let place = TableHeaders.firstBroken(bytes) {
            problems.note(
                "line \(place.line), column \(place.column)",
                "the name of a table must begin with a letter of ASCII, a digit, _, - or a quotation mark")
            return nil
        }
        do {
            return try TOMLTable(string: text)
        } catch let error as TOMLParseError {
            problems.note("line \(error.source.begin.line), column \(error.source.begin.column)", error.description)
        } catch {
            problems.note("", "is not TOML")
        }
        return nil
    }

    /// Names each section that has the same texts as one before it.
    private static func checkUnique(
        _ sections: [TOMLSection], _ identity: (TOMLSection) -> [String?], whenRepeated note: (_ name: String) -> Void
    ) {
        var seen: Set<[Name<TOMLSection>]> = []
        for section in sections {
            let given = identity(section)
            let texts = given.compactMap(\.self)
            guard texts.count == given.count, !seen.insert(texts.map { Name($0) }).inserted else { continue }
            note(VisibleText.quoted(texts[0]))
        }
    }
}
