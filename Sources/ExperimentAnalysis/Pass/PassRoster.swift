import ExperimentStatistics
import Experimentation

/// Which of an experiment's units are analysed, in which variant.
struct PassRoster {
    /// What a unit is to the results.
    enum Standing {
        /// By the place of its variant.
        case analysed(Int)
        /// The unit saw several variants; by the first's place.
        case crossover(Int)
        /// The unit has no enrolled exposure.
        case notExposed
    }

    /// By the cells of the units, and their places there: 0 for those that are not exposed, else 1 + the place of the variant,
    /// negative for those that are left out.
    private var codes: [[Int32]]
    /// By the cells of the units, and their places there: the day of the first exposure, counted from the phase's first.
    private var days: [[UInt8]]
    /// First exposures in µs, likewise; empty where no metric asks for them.
    private var times: [[Int64]]
    private(set) var units: Units

    /// The bytes of memory that a unit takes.
    static func unitBytes(keepingTimes: Bool) -> Int { keepingTimes ? 13 : 5 }

    /// Days that are told apart; all later ones are the last.
    static let dayCount = (NoveltyTest.boundaries.max() ?? 0) + 1

    private init(_ experiment: PassExperiment, parts: Int, keepsTimes: Bool) {
        let counts = (0..<parts).map { UnitCells.count(of: experiment, remainder: $0, of: parts) }
        days = counts.map { Array(repeating: 0, count: $0) }
        times = keepsTimes ? counts.map { Array(repeating: 0, count: $0) } : []
        codes = counts.map { Array(repeating: 0, count: $0) }
        units = Units(variants: experiment.variants.count)
    }

    /// The cells that the units are in.
    var parts: Range<Int> { codes.indices }

    func standing(_ cells: Int, _ unit: Int) -> Standing {
        let code = Int(codes[cells][unit])
        return code == 0 ? .notExposed : code > 0 ? .analysed(code - 1) : .crossover(-code - 1)
    }

    /// The place of the variant of a unit that is analysed; negative for others.
    @inline(__always)
    func variant(_ cells: Int, _ unit: Int) -> Int { Int(codes[cells][unit]) - 1 }

    /// The day on which a unit was first exposed, counted from the phase's first.
    @inline(__always)
    func day(_ cells: Int, _ unit: Int) -> Int { Int(days[cells][unit]) }

    /// The units of some cells.
    func count(_ cells: Int) -> Int { codes[cells].count }

    /// Whether the window of a unit is over at a time; only where a metric asks for it.
    @inline(__always)
    func isSettled(_ cells: Int, _ unit: Int, _ value: UnitValue, _ now: Int64) -> Bool {
        (value.windowEnd(after: times[cells][unit]) ?? .min) <= now
    }

    /// The first exposure of a unit in µs; only where times are kept.
    @inline(__always)
    func time(_ cells: Int, _ unit: Int) -> Int64 { times[cells][unit] }

    /// The same units in other variants, by the cells and the units' places there.
    func dealt(_ variants: [[UInt16]]) -> PassRoster {
        var dealt = self
        dealt.units.deal()
        for part in codes.indices {
            for unit in codes[part].indices where codes[part][unit] != 0 {
                let (variant, isLeftOut) = (Int(variants[part][unit]), codes[part][unit] < 0)
                dealt.units.exposed[variant] += 1
                if !isLeftOut { dealt.units.analysed[variant] += 1 }
                dealt.codes[part][unit] = Int32(isLeftOut ? -variant - 1 : variant + 1)
            }
        }
        return dealt
    }

    /// The analysed units that are linked with another id, by the place of the variant.
    func linked(by links: PassLinks, _ experiment: Int) -> [Int] {
        var counts = Array(repeating: 0, count: units.analysed.count)
        for (cells, codes) in codes.enumerated() {
            for (unit, code) in codes.enumerated() where code > 0 {
                if links.isLinked(experiment, unit * self.codes.count + cells) { counts[Int(code) - 1] += 1 }
            }
        }
        return counts
    }

    private mutating func add(_ unit: PassUnits.Unit, _ excludesCrossovers: Bool, day: Int, entryDay: Int) {
        let (variant, cells) = (Int(unit.variant), codes.count)
        let isLeftOut = unit.isCrossover && excludesCrossovers
        units.exposed[variant] += 1
        if unit.isCrossover { units.crossovers += 1 }
        if entryDay >= 0 { units.firstExposure = min(units.firstExposure ?? unit.exposedAt, unit.exposedAt) }
        if !isLeftOut {
            units.analysed[variant] += 1
            units.days.addUnit(day: Int64(day), variant)
        }
        if !times.isEmpty { times[Int(unit.place) % cells][Int(unit.place) / cells] = unit.exposedAt }
        codes[Int(unit.place) % cells][Int(unit.place) / cells] = Int32(isLeftOut ? -variant - 1 : variant + 1)
        days[Int(unit.place) % cells][Int(unit.place) / cells] = UInt8(min(max(0, entryDay), Self.dayCount - 1))
    }

    /// The rosters of all experiments, of units in so many parts.
    static func all(
        _ exposures: ExposurePass, parts: Int, _ options: AnalysisOptions, keepingTimes: Bool
    ) -> [PassRoster] {
        var rosters = exposures.experiments.map { PassRoster($0, parts: parts, keepsTimes: keepingTimes) }
        for table in [exposures.users, exposures.sessions] {
            for index in 0..<table.count {
                let unit = table.units[index]
                guard unit.experiment >= 0, unit.isExposed, unit.isHere else { continue }
                let place = Int(unit.experiment)
                rosters[place].add(
                    unit, options.crossovers == .exclude, day: exposures.experiments[place].day(unit.exposedAt),
                    entryDay: exposures.experiments[place].entryDay(unit.exposedAt))
            }
        }
        return rosters
    }
}

extension PassRoster {
    /// How many units are exposed and analysed, and since when; of disjoint units the numbers add up.
    struct Units {
        /// By the place of the variant.
        fileprivate(set) var exposed: [Int]
        fileprivate(set) var analysed: [Int]
        /// The analysed units that are linked with another id; nil where the experiment's identity is strict.
        var linked: [Int]?
        fileprivate var crossovers = 0
        /// The time of the first exposure that makes a unit, in µs, from the experiment's ``StartDay`` on; nil without one.
        fileprivate(set) var firstExposure: Int64?
        /// The analysed units by the day of their first exposure.
        fileprivate(set) var days = PassDays()

        fileprivate init(variants: Int) {
            exposed = Array(repeating: 0, count: variants)
            analysed = exposed
        }

        /// Forgets who is in which variant.
        fileprivate mutating func deal() {
            exposed = exposed.map { _ in 0 }
            analysed = exposed
        }

        mutating func add(_ other: Units) {
            for variant in exposed.indices {
                exposed[variant] += other.exposed[variant]
                analysed[variant] += other.analysed[variant]
                if let more = other.linked?[variant] { linked?[variant] += more }
            }
            crossovers += other.crossovers
            firstExposure = [firstExposure, other.firstExposure].compactMap(\.self).min()
            days.add(other.days)
        }

        var counts: UnitCounts {
            UnitCounts(exposed: exposed.reduce(0, +), crossover: crossovers, analysed: analysed.reduce(0, +))
        }
    }
}
