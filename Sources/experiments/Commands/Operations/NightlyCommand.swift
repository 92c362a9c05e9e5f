import ArgumentParser
import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentReporting
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// `experiments nightly`: the job of cron or a systemd timer.
struct NightlyCommand: ParsableCommand {
    /// The trouble that makes a run end with exit code 4.
    enum Trouble: String, CaseIterable, ExpressibleByArgument {
        case health
        case stop
    }

    static let configuration = CommandConfiguration(
        commandName: "nightly",
        abstract: "Stores what the experiments showed at the end of a day, and writes the reports.",
        discussion: """
            A night is stored once and never changed; missed ones are made up for. One that was stored by mistake can be \
            withdrawn: the view withdrawn_nights keeps that it was there, and its date can be stored anew. Says a line for each
            new verdict and each alarm on standard error, and nothing when nothing changed. Exit codes: 0 done, 2 nothing
            could be done, 3 part of it could, 4 a health alarm with --fail-on health, or a verdict to stop with
            --fail-on stop. An .eml report is a whole mail: (echo 'To: team@example.com'; cat report.eml) | sendmail -t.

            EXAMPLE
              experiments nightly --output report.html --output report.json --database shop.db
              experiments nightly --date 2026-01-31 --fail-on health --fail-on stop --since-last --database shop.db
              experiments nightly --complete --database shop.db
              experiments nightly --withdraw 2026-01-31 --database shop.db
            """)

    @OptionGroup var options: DatabaseOptions
    @Option(
        help: ArgumentHelp(
            "A report to write, by its ending: \(ReportFormat.endings). It appears when it is complete.",
            valueName: "file"))
    var output: [String] = []
    @Option(help: "The day to report; yesterday if not given.", transform: Self.date) var date: CivilDate?
    @Option(help: "Remove the stored night of this day, and do nothing else.", transform: Self.date)
    var withdraw: CivilDate?
    @Option(help: "How many missed nights are made up for at most.") var catchUp = 31
    @Option(
        help: "Show segments too, in .txt, .html and .json: by the values of this attribute of the first exposure.")
    var by: AttributeName?
    @Option(help: InputZone.daysHelp, transform: InputZone.parsed) var timezone: InputZone?
    @Flag(help: "Add to the stored nights the metrics that they do not know; not in a merged file.")
    var complete = false
    @Option(
        help: "Exit with 4 on a 'health' alarm, or a verdict to 'stop', of a running experiment; may be given twice.")
    var failOn: [Trouble] = []
    @Flag(help: "Report an alarm or a verdict to stop only on the first night it is on.") var sinceLast = false
    @Option(help: "The coverage of the intervals, between 0 and 1.") var confidence = 0.95
    @Option(help: MemoryLimit.help) var memory: MemoryLimit?
    @Option(help: "How messages look: text or json.") var log: NightlyLog.Format = .text
    @Flag(name: [.long, .short], help: "Say what went well, too.") var verbose = false

    func validate() throws {
        guard confidence > 0, confidence < 1 else { throw ValidationError("The confidence must be between 0 and 1.") }
        guard withdraw == nil || date == nil && output.isEmpty && !complete else {
            throw ValidationError("--withdraw goes with no --date, --output or --complete: it does nothing else.")
        }
        guard catchUp >= 1 else { throw ValidationError("--catch-up must be 1 or more.") }
        for file in output where ReportFormat(ending: file) == nil {
            throw ValidationError("The ending of \(Escaping.quoted(file)) must be one of \(ReportFormat.endings).")
        }
        guard by == nil || output.contains(where: { ReportFormat(ending: $0)?.showsSegments ?? false }) else {
            throw ValidationError("--by needs an --output that shows segments: .txt, .html or .json.")
        }
    }

    func run() throws {
        let log = NightlyLog(format: log, isVerbose: verbose)
        do throws(Failure) {
            if let withdraw { try remove(withdraw, log) } else { try run(log) }
        } catch  where !error.message.isEmpty {
            log.error(error.message)
            throw Failure.told(error.kind)
        }
    }

    private func run(_ log: NightlyLog) throws(Failure) {
        var analysis = AnalysisOptions()
        try options.checkExistence()
        analysis.calendar = try options.calendar(timezone)
        let yesterday = CivilDate.yesterday(analysis.calendar)
        let date = date ?? yesterday
        guard date <= yesterday else {
            throw Failure(
                .usage,
                "the day \(date.text) is not over in \(analysis.calendar.name); the last that is over is "
                    + "\(yesterday.text). Nothing was stored.")
        }
        analysis.confidence = confidence
        analysis.segmentAttribute = by
        analysis.limitMemory(to: memory)
        // Before anything is stored: the run is repeated with the right name, and makes up for the night.
        if let by { try options.checkAttribute(by) }
        let (results, before) = try options.translating { () throws(ExperimentError) in
            defer { StatusLine.clear() }
            return try NightlyAnalysis(databaseAt: options.database).run(
                day: date.number, analysis, catchingUp: catchUp, completing: complete
            ) { tell($0, log) }
        }
        let isPartial = write(results, log)
        let alarms = NightlyAlarms(results, reportedBefore: before).all.filter { $0.isOnset || !sinceLast }
        for alarm in alarms { log.alarm("\(alarm.experiment): \(alarm.sentence)") }
        let news = Report(results, of: options.database).newVerdicts(since: before)
        for verdict in news { log.verdict("\(verdict.experiment): \(verdict.sentence)") }
        if isPartial { throw .told(.partial) }
        let isNewStop = news.contains { $0.verdict == .stop }
        let isStop = results.experiments.contains { $0.status == .running && $0.decision.verdict == .stop }
        if failOn.contains(.health), !alarms.isEmpty { throw .told(.alarm) }
        if failOn.contains(.stop), sinceLast ? isNewStop : isStop { throw .told(.alarm) }
    }

    private func remove(_ date: CivilDate, _ log: NightlyLog) throws(Failure) {
        try options.checkExistence()
        let isRemoved = try options.translating(
            NightlyAnalysis(databaseAt: options.database).withdraw(day: date.number))
        guard isRemoved else { throw Failure(.input, "no night of \(date.text) is stored") }
        log.info("withdrew the night of \(date.text)")
    }

    private func tell(_ progress: NightlyAnalysis.Progress, _ log: NightlyLog) {
        switch progress {
        case .analyzing(let day, let step): StatusLine.show("\(CivilDate(day).text): \(step.rawValue) …")
        case .givenUp(let days):
            log.notice(
                "the nights from \(CivilDate(days.lowerBound).text) to \(CivilDate(days.upperBound).text) "
                    + "are missing and stay so: more than \(catchUp) were missed; --catch-up says how many are made up for"
            )
        case .stored(let day):
            StatusLine.clear()
            log.info("stored the night of \(CivilDate(day).text)")
        case .completed(let day, let results):
            StatusLine.clear()
            log.info("added \(results) results to the night of \(CivilDate(day).text)")
        }
    }

    /// Writes every report that can be written.
    /// - Returns: Whether one of them, or an experiment, is missing.
    private func write(_ results: AnalysisResults, _ log: NightlyLog) -> Bool {
        var isPartial = false
        for failure in results.damagedExperiments {
            log.error("\(failure.id) could not be analysed: it \(failure.fault)")
            isPartial = true
        }
        for file in output {
            guard let format = ReportFormat(ending: file) else { continue }
            do throws(Failure) {
                try FileOutput.replace(
                    file, with: format.render(results, of: options.database), about: options.database)
                log.info("wrote \(file)")
            } catch {
                log.error(error.message)
                isPartial = true
            }
        }
        return isPartial
    }

    private static func date(_ text: String) throws -> CivilDate {
        guard let date = CivilDate(text), date.number >= 0 else {
            throw ValidationError("The date must be a day such as 2026-01-31.")
        }
        return date
    }
}

extension CivilDate {
    /// The last day that is over.
    fileprivate static func yesterday(_ calendar: DayCalendar) -> CivilDate {
        CivilDate(calendar.day(at: Date.now.microsecondsSince1970) - 1)
    }
}
