import ArgumentParser
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// The words that a shell offers for an experiment's id: the ids in the file that the line, or the environment, names.
enum ExperimentCompletion {
    static let ids = CompletionKind.custom { words, _, _ in
        guard let path = database(in: words) ?? DatabaseOptions.standard,
            let reader = try? ExperimentReader.open(at: path, algorithms: .vendors), let ids = try? reader.ids()
        else { return [] }
        return ids.map(\.text)
    }

    /// The file that a line being typed names.
    static func database(in words: [String]) -> String? {
        for (word, next) in zip(words, words.dropFirst()) where word == "--database" || word == "-d" { return next }
        let prefix = "--database="
        return words.first { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}
