import ExperimentReporting
import ExperimentStorage
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// Takes an input through its passes: one that checks every record, one that writes.
final class RecordImporter {
    private let shape: InputShape
    private var log: RecordLog { shape.log }
    private let format: InputFormat
    private let input: InputFile
    private let records: RecordImport
    private let bar: ProgressBar
    private let database: String
    /// The reader of a vendor's log; nil for another format.
    private let events: VendorEvents?

    /// Why events of a vendor's log are no records, and how many.
    private(set) var skipped: [String: Int] = [:]
    /// The lines that the last pass refused.
    private(set) var refusals = Refusals()
    /// Times that hardly are what was meant.
    private(set) var oddTimes = OddTimes()
    /// Ids that hardly are any.
    private(set) var oddUnits = OddUnits()
    /// Records written by this run.
    private(set) var written = 0

    init(
        _ input: InputFile, _ shape: InputShape, _ format: InputFormat, into records: RecordImport, database: String,
        _ bar: ProgressBar, events: VendorEvents? = nil
    ) {
        self.input = input
        self.shape = shape
        self.format = format
        self.records = records
        self.database = database
        self.bar = bar
        self.events = events
    }

    /// Checks every record, and writes nothing; what is refused is not reported where all others are written anyway.
    func check(isQuiet: Bool = false) throws(Failure) {
        if let events {
            try check(VendorLogReader(input, log, events), isQuiet: isQuiet)
        } else if format == .csv {
            try check(CSVReader(input, shape), isQuiet: isQuiet)
        } else {
            try check(NDJSONReader(input, shape), isQuiet: isQuiet)
        }
        bar.clear()
    }

    /// The record at a place of the input, as a message shows it.
    func description(at place: Int) throws(Failure) -> String {
        if let events { return try description(at: place, VendorLogReader(input, log, events)) }
        return format == .csv
            ? try description(at: place, CSVReader(input, shape))
            : try description(at: place, NDJSONReader(input, shape))
    }

    private func description<Reader: RecordReader>(at place: Int, _ reader: Reader) throws(Failure) -> String {
        for _ in 0...place where try !reader.advance() { return "a line" }
        let columns = log.columns.filter {
            ![.attributes, .id, .enrollment, .phase, .timestampMicroseconds].contains($0)
        }
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
        if let events {
            let reader = try VendorLogReader(input, log, events)
            try write(reader, isStopping: isStopping)
            skipped = reader.skipped
        } else if format == .csv {
            try write(CSVReader(input, shape), isStopping: isStopping)
        } else {
            try write(NDJSONReader(input, shape), isStopping: isStopping)
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
            case .links: try records.check(try countingCheck { () throws(ExperimentError) in try reader.link() })
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
        case .exposures:
            let record = try settlingFailures { () throws(ExperimentError) in try reader.exposure() }
            try records.add(record)
            oddTimes.add(record.timestampMicroseconds, line: reader.line)
            oddUnits.add(record.userID?.text, record.sessionID?.text, line: reader.line)
        case .outcomes:
            let record = try settlingFailures { () throws(ExperimentError) in try reader.outcome() }
            try records.add(record)
            oddTimes.add(record.timestampMicroseconds, line: reader.line)
            oddUnits.add(record.userID?.text, record.sessionID?.text, line: reader.line)
        case .links:
            let record = try settlingFailures { () throws(ExperimentError) in try reader.link() }
            try records.add(record)
            oddTimes.add(record.timestampMicroseconds, line: reader.line)
            oddUnits.add(record.userID.text, record.sessionID.text, line: reader.line)
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

    /// The failure when somebody writes to the input.
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
            if count % 1_024 == 0 { bar.update(label, input.position, records: count) }
        }
    }
}

/// Times of records that hardly are what was meant: before 2000, or later than tomorrow.
struct OddTimes {
    private static let year2000: Int64 = 946_684_800_000_000
    private let tomorrow = Int64(Date.now.timeIntervalSince1970 * 1_000_000) + 86_400_000_000
    private var count = 0
    private var example: (line: Int, time: Int64)?

    mutating func add(_ time: Int64, line: Int) {
        guard time < Self.year2000 || time > tomorrow else { return }
        count += 1
        if example == nil { example = (line, time) }
    }

    /// The message about odd times; nil where there are none.
    var message: String? {
        guard let example else { return nil }
        return
            "\(NumberText.count(count)) imported line\(count == 1 ? " has a time" : "s have times") before 2000 or later than "
            + "tomorrow, such as line \(example.line): \(RFC3339.string(microseconds: example.time))."
    }
}
