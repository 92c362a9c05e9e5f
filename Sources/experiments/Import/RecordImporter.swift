import ExperimentStorage
import Experimentation

/// Takes an input through its passes: one that checks every record, one that writes.
final class RecordImporter {
    private let log: RecordLog
    private let format: InputFormat
    private let input: InputFile
    private let records: RecordImport
    private let bar: ProgressBar
    private let database: String

    /// What was refused, by the last pass.
    private(set) var refusals = Refusals()
    /// Records written by this run.
    private(set) var written = 0

    init(
        _ input: InputFile, _ log: RecordLog, _ format: InputFormat, into records: RecordImport, database: String,
        _ bar: ProgressBar
    ) {
        self.input = input
        self.log = log
        self.format = format
        self.records = records
        self.database = database
        self.bar = bar
    }

    /// Checks every record, and writes nothing; what is refused is not reported where all others are written anyway.
    func check(isQuiet: Bool = false) throws(Failure) {
        switch format {
        case .csv: try check(CSVReader(input, log), isQuiet: isQuiet)
        case .ndjson: try check(NDJSONReader(input, log), isQuiet: isQuiet)
        }
        bar.clear()
    }

    /// The record at a place of the input, as a message shows it.
    func description(at place: Int) throws(Failure) -> String {
        switch format {
        case .csv: try description(at: place, CSVReader(input, log))
        case .ndjson: try description(at: place, NDJSONReader(input, log))
        }
    }

    private func description<Reader: RecordReader>(at place: Int, _ reader: Reader) throws(Failure) -> String {
        for _ in 0...place where try !reader.advance() { return "a line" }
        let columns = log.columns.filter { ![.attributes, .id, .enrollment, .timestampMicroseconds].contains($0) }
        var parts: [String] = []
        for column in columns {
            guard let text = try? reader.shown(column) else { continue }
            parts.append(Escaping.visible(text))
        }
        return "line \(reader.line) (\(parts.joined(separator: ", ")))"
    }

    /// Writes every record but those that an import before wrote.
    /// - Parameter isStopping: Whether no record may be refused; after a check that can only mean that the definitions
    ///   have changed since.
    /// - Throws: A failure of the input or the database.
    func write(isStopping: Bool) throws(Failure) {
        switch format {
        case .csv: try write(CSVReader(input, log), isStopping: isStopping)
        case .ndjson: try write(NDJSONReader(input, log), isStopping: isStopping)
        }
        bar.clear()
    }

    private func check<Reader: RecordReader>(_ reader: Reader, isQuiet: Bool) throws(Failure) {
        try forEachRecord(of: reader, isQuiet ? "comparing" : "checking", isQuiet: isQuiet) {
            (reader) throws(ExperimentError) in
            switch log {
            case .exposures:
                try records.check(try countingCheck { () throws(ExperimentError) in try reader.exposure() })
            case .outcomes: try records.check(try countingCheck { () throws(ExperimentError) in try reader.outcome() })
            }
        }
    }

    /// Reads a record that is checked; one that cannot be read has its place among them all the same.
    private func countingCheck<Record>(
        _ read: () throws(ExperimentError) -> Record
    ) throws(ExperimentError) -> Record {
        do throws(ExperimentError) { return try read() } catch {
            records.skipCheck()
            throw error
        }
    }

    private func write<Reader: RecordReader>(_ reader: Reader, isStopping: Bool) throws(Failure) {
        let unchanged = input.version
        try forEachRecord(of: reader, "importing") { (reader) throws(ExperimentError) in
            guard try !records.passIfStored(), !records.passIfRepeated() else { return }
            try write(reader)
            written += 1
        }
        guard !isStopping || refusals.total == 0 else {
            throw Failure(.input, "the definitions changed during the import; import again to continue")
        }
        guard input.version == unchanged else { throw Self.changedInput }
        do throws(ExperimentError) { try records.finish() } catch { throw Failure(error, database: database) }
    }

    private func write<Reader: RecordReader>(_ reader: Reader) throws(ExperimentError) {
        switch log {
        case .exposures: try records.add(try settlingFailures { () throws(ExperimentError) in try reader.exposure() })
        case .outcomes: try records.add(try settlingFailures { () throws(ExperimentError) in try reader.outcome() })
        }
    }

    /// Reads a record; one that cannot be read counts as settled, as one that breaks a rule does when it is added.
    private func settlingFailures<Record>(
        _ read: () throws(ExperimentError) -> Record
    ) throws(ExperimentError) -> Record {
        do throws(ExperimentError) { return try read() } catch {
            try records.skip()
            throw error
        }
    }

    /// What is thrown when somebody writes to the input.
    static let changedInput = Failure(.input, "the input changed while it was imported")

    private func forEachRecord<Reader: RecordReader>(
        of reader: Reader, _ label: String, isQuiet: Bool = false, _ body: (Reader) throws(ExperimentError) -> Void
    ) throws(Failure) {
        refusals = Refusals()
        var count = 0
        while try reader.advance() {
            do throws(ExperimentError) {
                try body(reader)
            } catch {
                if case .backend = error { throw Failure(error, database: database) }
                if !isQuiet { refusals.add(line: reader.line, error, bar) }
            }
            count += 1
            if count % 1_024 == 0 { bar.update(label, reader.position, records: count) }
        }
    }
}
