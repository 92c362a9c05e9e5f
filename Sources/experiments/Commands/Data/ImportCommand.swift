import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// `experiments import`: records and definitions from files of other systems.
struct ImportCommand: ParsableCommand {
    /// The treatment of a record that breaks a rule.
    enum ErrorPolicy: String, CaseIterable, ExpressibleByArgument {
        case stop
        case skip
    }

    /// The treatment of records that equal rows of an earlier import.
    enum RepeatChoice: String, CaseIterable, ExpressibleByArgument {
        case drop
        case keep
    }

    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Imports exposures, outcomes, links or a vendor's experiments, also beside a running server.",
        discussion: """
            Exposures and outcomes are CSV (with a header) or JSON (lines, or a list), also compressed by gzip or zstd.
            Columns of exposures: experiment, variant_id, user_id, session_id, timestamp, attributes, enrollment, phase, id.
            Columns of outcomes: experiment, metric, kind, value, user_id, session_id, timestamp, attributes, id.
            Columns of links, each of which says that a session and a user are one person: session_id, user_id, timestamp.
            Their order is free, and the ones a log can do without may be missing. A timestamp is RFC 3339, or \
            microseconds since 1970 in the column timestamp_us; a leap second is the second after it. Attributes are a JSON \
            object: its strings are stored as they are, other values as the JSON they are written as. Empty cells, and \
            empty texts of JSON, are absent. An exposure without a phase belongs to the one in force at its time; one without an \
            enrollment is enrolled if its time lies in a run of the experiment, and else not_running, which no result counts.

            A file that says these columns otherwise needs no rewriting: --columns user_id=visitor,timestamp=created_at names \
            them, --columns "metric='revenue',kind='numeric'" says them for all lines; --ignore, --ignore-others and \
            --attributes take care of further columns; tabs, semicolons and bars separate cells too. --null '\\N' \
            says what text stands for no value, and names in capitals are those in small letters. Times are read as databases \
            write them; one without an offset needs --timezone, a number --timestamp-unit or a column timestamp_s, _ms, _us \
            or _ns. --id-from order,item makes ids, which keep a line from ever being imported twice.

            By default every line is checked before anything is written. With --on-error skip the lines that can be \
            used are imported, and the exit code is 3 if some could not. Run the same import again to finish one that \
            was interrupted, or to try the refused lines once more, say after their experiment was applied; nothing \
            is imported twice. A file that was edited is another input: import corrected lines as a file of their own.

            A file that holds every row of an earlier import, as an export that grows by the day does, adds only what is \
            new: rows of equal experiment, unit, metric, kind, value and time are left out, as often as they were imported, \
            and counted. Where more than one line in a hundred equals rows of earlier imports and none of these is there as \
            a whole, the import stops and shows one; --repeats drop leaves such lines out, --repeats keep imports them \
            once more. A line and a row that both have an id are compared by it alone.

            A vendor's log is read with --format growthbook, statsig, posthog or optimizely: what SDKs send, webhooks and \
            exports deliver and warehouse queries answer, as JSON or CSV. Exposures are the events that say which variant a \
            unit got; outcomes are all others but the vendor's own, of the kind that the metric is defined with, or else \
            numeric where they have a number and bool where not. --vendor-file names ids. What is neither is counted.

            A vendor's own configuration file becomes definitions that assign as the vendor does: GrowthBook's features \
            payload, Statsig's config specs, PostHog's local-evaluation flags, Optimizely's datafile. What cannot be \
            carried over is named with its path in the file, and the exit code is then 3. A file with problems changes \
            nothing, and an experiment that the file does not name is untouched. A change that would bias an experiment \
            that has run is refused, or with --new-phase opens a new phase. --encoding says what the team's SDKs hash of ids that are not ASCII. GrowthBook's SDKs also differ in \
            whether a rollout takes the point at the end of its share (--rollout-end), and its experiments may count \
            any attribute: --user-attribute and --session-attribute name those that are your users' and sessions' ids.

            EXAMPLE
              experiments import exposures exposures.csv --database shop.db
              experiments import outcomes outcomes.csv.gz --database shop.db
              experiments import statsig specs.json --dry-run --database shop.db
              experiments import growthbook features.json --user-attribute uid -d shop.db
            """)

    @Argument(help: "What is imported: exposures, outcomes, links, growthbook, statsig, posthog or optimizely.")
    var source: ImportSource
    @Argument(help: "The file, or - for standard input.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Option(help: "The file's format: csv, ndjson, or a vendor's log; by its name or its first byte if not given.")
    var format: InputFormat?
    @Option(help: "How to say what was imported: text on standard error, or json on standard output.")
    var summary: OutputFormat = .text
    @Option(help: "What to do about lines that cannot be used: stop (writing nothing) or skip.")
    var onError: ErrorPolicy?
    @Flag(help: "Import the file once more although it was imported before.") var again = false
    @Option(help: "What to do about lines that equal rows of earlier imports: drop or keep. If not given, see above.")
    var repeats: RepeatChoice?
    @Flag(help: "Say what would be imported from a vendor's file and who would move, and change nothing.")
    var dryRun = false
    @Flag(help: "Open a new phase for each experiment of a vendor's file whose change would bias the one that runs.")
    var newPhase = false
    @Option(help: "Statsig's specs or Optimizely's datafile, for the names of the ids in their logs.")
    var vendorFile: String?
    @OptionGroup var shapeOptions: ShapeOptions
    @OptionGroup var vendorOptions: VendorOptions

    func validate() throws {
        switch source {
        case .records:
            guard !dryRun, !newPhase, vendorOptions.isEmpty else {
                throw ValidationError(
                    "--dry-run, --new-phase, --encoding and GrowthBook's options go with a vendor's file.")
            }
        case .vendor(let vendor):
            guard format == nil, onError == nil, !again, repeats == nil else {
                throw ValidationError("--format, --on-error, --again and --repeats go with exposures and outcomes.")
            }
            guard shapeOptions.isEmpty, vendorFile == nil else {
                throw ValidationError("Options about columns, ids and times go with exposures and outcomes.")
            }
            try vendorOptions.check(vendor)
        }
    }

    func run() throws {
        switch source {
        case .records(let log): try importRecords(log)
        case .vendor(let vendor):
            try VendorImport(
                vendor: vendor, vendorOptions: vendorOptions, options: options, summary: summary,
                isOpeningPhases: newPhase
            ).run(file, isDry: dryRun)
        }
    }

    private func importRecords(_ log: RecordLog) throws {
        let onError = onError ?? .stop
        let shape = try shapeOptions.shape(log)
        let administrator = try options.administrator()
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.open(file)
        try InputFormat.checkEncoding(input, path: file)
        let format = try format ?? InputFormat(path: file, input)
        var events: VendorEvents?
        guard log != .links || format.vendor == nil else {
            throw ValidationError("A vendor's log has exposures and outcomes; links are imported from CSV or NDJSON.")
        }
        if let vendor = format.vendor { events = try vendorEvents(vendor, shape, administrator) }
        let unchanged = input.version
        let bar = ProgressBar(total: unchanged.size)
        let digest = try InputDigest.of(input, log, format, bar) + shapeOptions.text
        bar.clear()
        let records = try options.translating(administrator.beginImport(digest: digest))
        for experiment in records.damagedExperiments {
            StandardError.write("\(experiment.reason); lines about it are refused.")
        }
        if again { records.restart() }
        guard !records.isComplete else {
            if summary == .json { return try StandardOutput.write(ImportSummary(repeatedInputOf: log).json.document) }
            return StandardError.write("This input was imported before. Nothing to do; --again imports it once more.")
        }
        let importer = RecordImporter(
            input, shape, format, into: records, database: options.database, bar, events: events)
        let isComparing =
            try !again && repeats != .keep
            && options.translating(records.beginComparison(with: log.imported))
        if onError == .stop {
            try check(importer)
        } else if isComparing {
            try importer.check(isQuiet: true)
        }
        let found = isComparing ? try self.repeats(importer, records) : RepeatedRows()
        if records.settled > 0 {
            let again = records.refused > 0 ? "; trying again \(Self.lines(records.refused)) refused before" : ""
            let stored = NumberText.count(records.settled - records.refused)
            StandardError.write("Continuing: \(stored) records of this input are stored already\(again).")
        }
        try importer.write(isStopping: onError == .stop)
        guard input.version == unchanged else { throw RecordImporter.changedInput }
        if records.erased > 0 {
            let lines = Self.lines(records.erased)
            StandardError.write(
                "\(lines) of erased users or sessions \(records.erased == 1 ? "was" : "were") left out.")
        }
        for odd in records.oddKinds { StandardError.write("\(Escaping.visible("\(odd)")).") }
        try report(importer, log, repeated: records.repeated, erased: records.erased, found, records.decided)
    }

    /// The reader of a vendor's log: by the metrics that are defined, and with the names of the vendor's own file.
    private func vendorEvents(
        _ vendor: Vendor, _ shape: InputShape, _ administrator: ExperimentAdministrator
    ) throws(Failure) -> VendorEvents {
        let metrics = try options.translating(administrator.metrics())
        var kinds: [String: OutcomeValue.Kind] = [:]
        for metric in metrics where !metric.isDerived {
            if let value = metric.value { kinds[metric.name.text] = value.kind }
        }
        var events = VendorEvents(vendor: vendor, kinds: kinds)
        if let vendorFile { events.names = try VendorNames(vendor, vendorFile) }
        events.zone = shape.zone ?? .utc
        return events
    }

    /// Finds lines that equal rows of earlier imports; where they are many and nobody said what to do, that is an end.
    private func repeats(_ importer: RecordImporter, _ records: RecordImport) throws(Failure) -> RepeatedRows {
        let policy: RepeatPolicy = repeats == .drop ? .leftOut : .leftOutOfGrowingExports
        let found = try options.translating(records.findRepeats(policy))
        guard found.isUndecided, let example = found.example else { return found }
        throw Failure(
            .input,
            """
            \(NumberText.count(found.kept)) of \(NumberText.count(found.compared)) lines equal rows of an earlier import, such as \
            \(try importer.description(at: example)). Nothing was written.
            If they are the same rows once more, leave them out with --repeats drop; if they happened twice, import them \
            with --repeats keep. A column id tells rows apart that were imported with one, too.
            """)
    }

    private func check(_ importer: RecordImporter) throws(Failure) {
        try importer.check()
        let refusals = importer.refusals
        guard refusals.total > 0 else { return }
        throw Failure(
            .input,
            """
            \(Self.lines(refusals.total)) cannot be used, so nothing was written:
            \(refusals.summary)
            Correct them, or import the others with --on-error skip.
            """)
    }

    private func report(
        _ importer: RecordImporter, _ log: RecordLog, repeated: Int, erased: Int, _ found: RepeatedRows,
        _ decided: DecidedExposures
    ) throws(Failure) {
        let summary = ImportSummary(
            log: log.rawValue, isRepeated: false, imported: importer.written - repeated - erased, knownIDs: repeated,
            repeatsLeftOut: found.leftOut, repeatsKept: found.kept, notRunning: decided.outsideOfRuns,
            refused: importer.refusals.total,
            passedOver: importer.skipped.map { ImportSummary.Passed(reason: $0.key, events: $0.value) }
                .sorted { ($1.events, $0.reason) < ($0.events, $1.reason) })
        if self.summary == .json {
            try StandardOutput.write(summary.json.document)
        } else {
            let sentences = summary.sentences + [Self.text(decided)].compactMap(\.self)
            StandardError.write(sentences.joined(separator: "\n"))
        }
        for case let odd? in [importer.oddTimes.message, importer.oddUnits.message] { StandardError.write(odd) }
        let refusals = importer.refusals
        guard refusals.total > 0 else { return }
        throw Failure(
            .partial,
            """
            \(Self.lines(refusals.total)) refused:
            \(refusals.summary)
            The same import, run again, tries them once more and nothing else; an edited file is another input.
            """)
    }

    /// The sentences about what times decided where lines did not say it; nil for none.
    private static func text(_ decided: DecidedExposures) -> String? {
        var sentences: [String] = []
        if decided.outsideOfRuns > 0 {
            sentences.append(
                "\(lines(decided.outsideOfRuns)) lay outside of the experiment's runs: not_running, which no result counts."
            )
        }
        let phases = Dictionary(grouping: decided.phases, by: \.key.experiment).sorted { $0.key < $1.key }
        for (experiment, counts) in phases {
            let parts = counts.sorted { $0.key.number < $1.key.number }
                .map { "\(lines($0.value)) into phase \($0.key.number)" }
            sentences.append("\(Escaping.visible(experiment.text)): by their time, \(parts.joined(separator: ", ")).")
        }
        return sentences.isEmpty ? nil : sentences.joined(separator: "\n")
    }

    private static func lines(_ count: Int) -> String { NumberText.count(count, "line") }
}
