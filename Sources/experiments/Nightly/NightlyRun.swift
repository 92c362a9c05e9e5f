import ExperimentAnalysis
import ExperimentStorage
import Experimentation

/// One nightly run: stores the nights that are missing, and says what the last of them shows.
struct NightlyRun {
    private let path: String
    private let administrator: ExperimentAdministrator
    private let options: AnalysisOptions
    private let log: NightlyLog

    init(
        _ path: String, _ administrator: ExperimentAdministrator, _ options: AnalysisOptions, _ log: NightlyLog
    ) {
        self.path = path
        self.administrator = administrator
        self.options = options
        self.log = log
    }

    /// The nights from the one after the last stored to a date, at most so many of the latest; only the date itself
    /// where none is stored, and none where it is.
    static func missing(stored: [String], through date: NightDate, atMost limit: Int) -> [NightDate] {
        let last = stored.compactMap { NightDate($0) }.filter { $0 <= date }.max()
        guard let last else { return [date] }
        let first = max(last.number + 1, date.number - limit + 1)
        return first <= date.number ? (first...date.number).map { NightDate(number: $0) } : []
    }

    /// Stores the missing nights, oldest first, each as it is seen as of its own end.
    /// - Returns: The last night before the date that was stored before this run.
    func storeMissing(through date: NightDate, atMost limit: Int) throws(ExperimentError) -> NightDate? {
        let stored = try administrator.nights()
        let missing = Self.missing(stored: stored, through: date, atMost: limit)
        if let last = stored.compactMap({ NightDate($0) }).filter({ $0 <= date }).max(), let first = missing.first,
            first.number > last.number + 1
        {
            log.notice(
                "the nights from \(NightDate(number: last.number + 1).text) to \(NightDate(number: first.number - 1).text) are "
                    + "missing and stay so: more than \(limit) were missed; --catch-up says how many are made up for")
        }
        for missing in missing {
            let results = try analyze(asOf: missing)
            let isNew = try administrator.store(Night(results, date: missing))
            if isNew { log.info("stored the night of \(missing.text)") }
        }
        return stored.compactMap { NightDate($0) }.filter { $0 < date }.max()
    }

    /// Adds to every stored night up to a date the metrics that it does not know, of the units that it knew.
    func complete(through date: NightDate) throws(ExperimentError) {
        for stored in try administrator.nights().compactMap({ NightDate($0) }) where stored <= date {
            let last = try administrator.lastExposure(ofNight: stored.text)
            let added = try administrator.complete(Night(try analyze(asOf: stored, last: last), date: stored))
            if added > 0 { log.info("added \(added) results to the night of \(stored.text)") }
        }
    }

    /// What the file shows as of the end of a day.
    func analyze(
        asOf date: NightDate, by attribute: AttributeName? = nil, last exposure: Int64? = nil
    ) throws(ExperimentError) -> AnalysisResults {
        var options = options
        options.lastExposure = exposure
        options.segmentAttribute = attribute
        options.asOfMicroseconds = date.end
        defer { StatusLine.clear() }
        return try ExperimentAnalyzer(databaseAt: path).analyze(options) { step in
            StatusLine.show("\(date.text): \(step.rawValue) …")
        }
    }
}
