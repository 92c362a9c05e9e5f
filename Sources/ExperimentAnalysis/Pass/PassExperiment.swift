import ExperimentDatabase
import Experimentation

/// What a pass finds out about one experiment from its exposures.
struct PassExperiment {
    let phase: ReportedPhase
    /// The numbers of the variants that it saw, in the order in which it saw them; units know theirs by its place here.
    private(set) var variants: [RowNumber<VariantRow>] = []
    /// Of its exposures in the phase.
    private(set) var exposures = ExposureCounts()
    /// The enrolled ones that have a unit.
    private(set) var enrolled = 0
    /// The time of the last exposure, in µs; nil without any.
    private(set) var lastExposure: Int64?
    /// The exposures of the phase that arrived first.
    private(set) var firstArrivals = FirstArrivals()
    /// The enrolled ones at odd times.
    private(set) var oddTimes = DataShape.Times()
    /// The time of the machine's clock as the pass began, in µs since 1970 UTC.
    private let clock: Int64
    /// The units of the pass that were seen, enrolled or not.
    var units = 0
    /// Enrolled exposures by day and variant.
    private(set) var days = PassDays()
    private let calendar: DayCalendar
    /// The attributes that units are told apart by: those that the definition declares, and one that a reader asked for.
    let attributes: [PassSegments.Attribute]
    /// The first enrolled exposure of each unit, by its number in the log; only where there are such attributes.
    var firstExposures: [Int64] = []

    init(_ phase: ReportedPhase, asked: AttributeName?, _ calendar: DayCalendar, clock: Int64) {
        self.phase = phase
        self.clock = clock
        self.calendar = calendar
        attributes =
            phase.segments.map { PassSegments.Attribute(name: $0, limit: PassSegments.Attribute.declared) }
            + (asked.map { [PassSegments.Attribute(name: $0, limit: PassSegments.Attribute.asked)] } ?? [])
    }

    /// Counts an exposure of the phase.
    /// - Returns: The place of its variant where the exposure is one of a unit and enrolled.
    mutating func add(
        variant: RowNumber<VariantRow>, enrollment: Int64, time: Int64, hasUnit: Bool, exposure: Int64
    ) throws -> UInt16? {
        // Rows come in order of arrival.
        firstArrivals.add(exposure)
        exposures.total += 1
        lastExposure = max(lastExposure ?? time, time)
        guard hasUnit else {
            exposures.noUnit += 1
            return nil
        }
        switch Enrollment(code: enrollment) {
        case .override: exposures.override += 1
        case .notEnrolled: exposures.notEnrolled += 1
        case .notRunning: exposures.notRunning += 1
        case .enrolled, nil:
            enrolled += 1
            oddTimes.note(time, clock: clock)
            let place = try place(of: variant)
            days.addExposure(day: Int64(calendar.day(at: time)), Int(place))
            return place
        }
        return nil
    }

    /// Notes an exposure that is no part of the report, since it lies ahead of the clock.
    mutating func noteAhead(enrollment: Int64, time: Int64) {
        switch Enrollment(code: enrollment) {
        case .enrolled, nil: oddTimes.note(time, clock: clock)
        case .override, .notEnrolled, .notRunning: break
        }
    }

    /// The place of a variant's number; a new one where there is none.
    private mutating func place(of variant: RowNumber<VariantRow>) throws -> UInt16 {
        for (place, number) in variants.enumerated() where number == variant { return UInt16(place) }
        guard variants.count < Int(UInt16.max) else {
            throw StorageFailure.damaged("an experiment has more variants than can be told apart")
        }
        variants.append(variant)
        return UInt16(variants.count - 1)
    }

    /// Takes in the variants of the phase that it did not see.
    mutating func knowAllVariants() throws { for arm in phase.arms { _ = try place(of: arm.variantRow) } }

    /// The first day that carries a real share of the units; nil before all are known, and without any.
    var startDay: Int?

    /// Whether a moment is no further ahead of the machine's clock than clocks differ.
    func isPast(_ time: Int64) -> Bool { time <= clock || time - clock <= DataShape.tolerance }

    /// The day of a moment: days since 1970-01-01.
    func day(_ time: Int64) -> Int { calendar.day(at: time) }

    /// The day of a moment, counted from the first that carries a real share of the units; negative before that.
    func entryDay(_ time: Int64) -> Int {
        let day = calendar.day(at: time)
        return day - (startDay ?? day)
    }
}

/// Exposures and new units of an experiment by day and variant.
struct PassDays {
    private struct Count {
        var units = 0
        var exposures = 0
    }

    private var places: [Int64: Int] = [:]
    private var last: (day: Int64, place: Int) = (.min, 0)
    private var counts: [(day: Int64, variants: [Count])] = []

    mutating func addExposure(day: Int64, _ variant: Int) {
        counts[place(day, variant)].variants[variant].exposures += 1
    }

    mutating func addUnit(day: Int64, _ variant: Int) { counts[place(day, variant)].variants[variant].units += 1 }

    private mutating func place(_ day: Int64, _ variant: Int) -> Int {
        if last.day != day {
            let place = places[day] ?? counts.count
            if place == counts.count {
                places[day] = place
                counts.append((day, []))
            }
            last = (day, place)
        }
        let missing = variant + 1 - counts[last.place].variants.count
        if missing > 0 { counts[last.place].variants += repeatElement(Count(), count: missing) }
        return last.place
    }

    /// Adds what another pass has counted.
    mutating func add(_ other: PassDays) {
        for (day, variants) in other.counts {
            for (variant, count) in variants.enumerated() {
                let place = place(day, variant)
                counts[place].variants[variant].units += count.units
                counts[place].variants[variant].exposures += count.exposures
            }
        }
    }

    /// In order of the days, then of the variants' numbers.
    func days(_ variants: [RowNumber<VariantRow>]) -> [Aggregates.Day] {
        counts.sorted { $0.day < $1.day }.flatMap { day, counts in
            counts.enumerated().filter { $0.element.units > 0 || $0.element.exposures > 0 }
                .map { place, count in
                    Aggregates.Day(
                        day: Int(day), variantRow: variants[place], units: count.units, exposures: count.exposures)
                }
                .sorted { $0.variantRow < $1.variantRow }
        }
    }
}
