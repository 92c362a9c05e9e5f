import ArgumentParser
import ExperimentDefinitions
import ExperimentJSON
import ExperimentReporting
import ExperimentStorage
import ExperimentVendors
import Experimentation

/// `experiments parity`: whether everybody keeps the variant a vendor gave them.
struct ParityCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "parity",
        abstract: "Compares the variants a vendor logged with those this database assigns; records nothing.",
        discussion: """
            The file is CSV with a header: unit_id (or user_id, session_id), variant_id, and bucket where the vendor \
            logs it; other columns are not looked at. An empty variant_id is a unit that took no part. With --log-format \
            growthbook, statsig, posthog or optimizely it is the vendor's own log, as import reads it.

            Prints each unit that would get another variant: what was logged, with the bucket logged or else the \
            buckets of that variant, and what it would get here, with its bucket and, if it would take no part, why. The \
            exit code is 4 if there is one.

            With --find every algorithm of this program is tried with the experiment's variants and weights, each with the \
            experiment's id, its present seed and every --seed: a line a candidate that agrees with more than half of the \
            log, the best first. The exit code is 4 unless one agrees with every unit that took part. The algorithms \
            fnv1a64-…, fnv1a32-… are the readings of "FNV-1a of experiment_id:user_id, reduced to 0 to 1".

            EXAMPLE
              experiments parity checkout_button_color vendor-log.csv --database shop.db
              experiments parity checkout_button_color events.json --log-format posthog -d shop.db
              experiments parity checkout_button_color log.csv --find --seed checkout -d shop.db
            """)

    @Argument(help: "The experiment's id.", completion: ExperimentCompletion.ids) var experiment: ExperimentName
    @Argument(help: "The vendor's log, or - for standard input.") var file: String
    @OptionGroup var options: DatabaseOptions
    @Option(help: "How to print: text or json (one object a line).") var format: OutputFormat = .text
    @Option(help: "What the log is: csv, or a vendor's log by the vendor's name.") var logFormat: InputFormat = .csv
    @Option(help: "Statsig's specs or Optimizely's datafile, for the names of the ids in their logs.")
    var vendorFile: String?
    @Flag(help: "Try all algorithms and seeds, and name the one that gave the variants of the log.") var find = false
    @Option(help: "A seed to try too: a vendor's salt, key or id; again for more.") var seed: [String] = []

    func validate() throws {
        guard find || seed.isEmpty else { throw ValidationError("--seed goes with --find.") }
        guard logFormat != .ndjson else {
            throw ValidationError("--log-format is csv, growthbook, statsig, posthog or optimizely.")
        }
        guard vendorFile == nil || logFormat.vendor != nil else {
            throw ValidationError("--vendor-file goes with a vendor's --log-format.")
        }
    }

    func run() throws {
        let reader = try options.reader()
        let stored = try options.find(experiment, in: reader)
        let log = try openLog()
        if find { return try search(stored, log) }
        var check = try options.translating(ParityCheck(stored))
        var disagreements = 0
        while let line = try log.next() {
            guard let found = try compare(line, &check) else { continue }
            disagreements += 1
            try print(found)
        }
        guard check.units > 0 else { throw Failure(.input, "the log has no units, so nothing was compared") }
        let agreeing = check.units - disagreements
        let share = Double(agreeing) / Double(check.units) * 100
        let percent = NumberText.exact((share * 10_000).rounded(.down) / 10_000)
        let summary = "\(NumberText.count(agreeing)) of \(NumberText.count(check.units)) units agree (\(percent) %)."
        guard disagreements == 0 else {
            throw Failure(.alarm, "\(summary) \(NumberText.count(disagreements)) would get another variant.")
        }
        StandardError.write(summary)
    }

    private func openLog() throws(Failure) -> ParityLog {
        let input = file == "-" ? try InputFile.standardInput() : try InputFile.open(file)
        guard let vendor = logFormat.vendor else { return .table(try VendorLog(input)) }
        var events = VendorEvents(vendor: vendor, kinds: [:])
        if let vendorFile { events.names = try VendorNames(vendor, vendorFile) }
        return .events(try VendorLogReader(input, .exposures, events), of: experiment)
    }

    private func search(_ stored: StoredExperiment, _ log: ParityLog) throws(Failure) {
        var seeds: [String] = []
        for text in [stored.experiment.id.text, stored.seed.text] + seed
        where !seeds.contains(where: { Seed($0) == Seed(text) }) {
            seeds.append(text)
        }
        var search = try options.translating(AlgorithmSearch(stored.experiment.design, seeds: seeds))
        var unknown = 0
        while let line = try log.next() {
            guard let variantID = line.variantID else { continue }
            if !search.add(line.unitID, variantID) { unknown += 1 }
        }
        guard search.units > 0 else {
            throw Failure(.input, "the log has no units with a variant of the experiment, so nothing was compared")
        }
        let ranking = search.ranking
        for candidate in ranking.prefix(5) where candidate.agreeing * 2 > search.units {
            try print(candidate, search.units)
        }
        let unknownLines =
            unknown > 0 ? " \(NumberText.count(unknown)) lines name a variant that it does not have." : ""
        guard let best = ranking.first, best.agreeing == search.units else {
            throw Failure(
                .alarm, "No algorithm and seed agree with all \(NumberText.count(search.units)) units.\(unknownLines)")
        }
        StandardError.write(
            "\(best.algorithm.rawValue) with the seed \(Escaping.quoted(best.seed)) agrees with all \(NumberText.count(search.units)) units.\(unknownLines)"
        )
    }

    private func print(_ candidate: AlgorithmSearch.Candidate, _ units: Int) throws(Failure) {
        switch format {
        case .json:
            let found: [JSONValue.Member] = [
                ("algorithm", .string(candidate.algorithm.rawValue)), ("seed", .string(candidate.seed)),
                ("settings", .string(candidate.settings)), ("agreeing", .integer(candidate.agreeing)),
                ("units", .integer(units)),
            ]
            try StandardOutput.write(JSONValue.object(found).line)
        case .text:
            let share = NumberText.exact(
                (Double(candidate.agreeing) / Double(units) * 1_000_000).rounded(.down) / 10_000)
            let settings = candidate.settings.map { " settings \(Escaping.visible($0))" } ?? ""
            try StandardOutput.line(
                "\(candidate.algorithm.rawValue) seed \(Escaping.quoted(candidate.seed)): \(NumberText.count(candidate.agreeing)) of "
                    + "\(NumberText.count(units)) units agree (\(share) %)\(settings)")
        }
    }

    private func compare(
        _ line: VendorLog.Line, _ check: inout ParityCheck
    ) throws(Failure) -> ParityCheck.Disagreement? {
        do throws(ExperimentError) { return try check.compare(line) } catch {
            throw Failure(.input, "line \(line.line): \(error)")
        }
    }

    private func print(_ found: ParityCheck.Disagreement) throws(Failure) {
        switch format {
        case .json: try StandardOutput.write(found.json.line)
        case .text:
            let logged = found.loggedVariantID.map { Escaping.quoted($0) } ?? "nothing"
            let isUnknown = found.loggedVariantID != nil && !found.isVariantKnown
            let unknown = isUnknown ? " (no variant of the experiment)" : ""
            let bucket = found.loggedBucket.map { " (bucket \($0))" } ?? ""
            let here = found.variantID.map { Escaping.quoted($0) } ?? "nothing"
            let why = found.exclusion.map { ": " + Escaping.visible($0) } ?? ""
            try StandardOutput.line(
                "line \(found.line): \(found.unitID): logged \(logged)\(unknown)\(bucket), here \(here) (bucket \(found.bucket))\(why)"
            )
        }
    }
}
