import ExperimentStatistics
import Experimentation

/// Which of an experiment's units are analysed, in which variant.
struct PassRoster {
    /// What a unit is to the results.
    enum Standing {
        /// By the place of its variant.
        case analysed(Int)
        /// It saw several variants; by the first's place.
        case crossover(Int)
        /// It has no enrolled exposure.
        case notExposed
    }

    /// By the cells of the units, and their places there: 0 for those that are not exposed, else 1 + the place of the variant,
    /// negative for those that are left out.
    private var codes: [[Int32]]
    /// By the cells of the units, and their places there: the day of the first exposure, counted from the phase's first.
    private var days: [[UInt8]]
    /// First exposures in µs, likewise; empty where no metric asks for them.
    private var times: [[Int64]]
    /// By the place of the variant.
    private(set) var exposed: [Int]
    private(set) var analysed: [Int]
    private var crossovers = 0
    /// The time of the first exposure that makes a unit, in µs; nil without a unit.
    private(set) var firstExposure: Int64?

    /// Days that are told apart; all later ones are the last.
    static let dayCount = (NoveltyTest.boundaries.max() ?? 0) + 1

    private init(_ cells: [UnitCells], _ experiment: Int, variants: Int, keepsTimes: Bool) {
        days = cells.map { Array(repeating: 0, count: $0.units(experiment)) }
        times = keepsTimes ? cells.map { Array(repeating: 0, count: $0.units(experiment)) } : []
        codes = cells.map { Array(repeating: 0, count: $0.units(experiment)) }
        exposed = Array(repeating: 0, count: variants)
        analysed = Array(repeating: 0, count: variants)
    }

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
    func units(_ cells: Int) -> Int { codes[cells].count }

    /// Whether the window of a unit is over at a time; only where a metric asks for it.
    @inline(__always)
    func isSettled(_ cells: Int, _ unit: Int, _ value: UnitValue, _ now: Int64) -> Bool {
        (value.windowEnd(after: times[cells][unit]) ?? .min) <= now
    }

    /// The analysed units that are linked with another id, by the place of the variant.
    func linked(by links: PassLinks, _ experiment: Int) -> [Int] {
        var counts = Array(repeating: 0, count: analysed.count)
        for (cells, codes) in codes.enumerated() {
            for (unit, code) in codes.enumerated() where code > 0 {
                if links.isLinked(experiment, unit * self.codes.count + cells) { counts[Int(code) - 1] += 1 }
            }
        }
        return counts
    }

    private mutating func add(_ unit: PassUnits.Unit, _ excludesCrossovers: Bool, day: Int) {
        let (variant, cells) = (Int(unit.variant), codes.count)
        let isLeftOut = unit.isCrossover && excludesCrossovers
        exposed[variant] += 1
        if unit.isCrossover { crossovers += 1 }
        firstExposure = min(firstExposure ?? unit.exposedAt, unit.exposedAt)
        if !isLeftOut { analysed[variant] += 1 }
        if !times.isEmpty { times[Int(unit.place) % cells][Int(unit.place) / cells] = unit.exposedAt }
        codes[Int(unit.place) % cells][Int(unit.place) / cells] = Int32(isLeftOut ? -variant - 1 : variant + 1)
        days[Int(unit.place) % cells][Int(unit.place) / cells] = UInt8(min(max(0, day), Self.dayCount - 1))
    }

    /// The rosters of all experiments; counts the days of analysed units, too.
    static func all(
        _ exposures: inout ExposurePass, _ cells: [UnitCells], excludingCrossovers: Bool, keepingTimes: Bool
    ) -> [PassRoster] {
        var rosters = exposures.experiments.enumerated().map {
            PassRoster(cells, $0.offset, variants: $0.element.variants.count, keepsTimes: keepingTimes)
        }
        for table in [exposures.users, exposures.sessions] {
            for index in 0..<table.count {
                let unit = table.units[index]
                guard unit.experiment >= 0, unit.isExposed else { continue }
                rosters[Int(unit.experiment)].add(
                    unit, excludingCrossovers, day: exposures.experiments[Int(unit.experiment)].entryDay(unit.exposedAt)
                )
                if !(unit.isCrossover && excludingCrossovers) { exposures.addDay(of: unit) }
            }
        }
        return rosters
    }
}

extension PassRoster {
    /// The units that are exposed.
    var counts: UnitCounts {
        UnitCounts(exposed: exposed.reduce(0, +), crossover: crossovers, analysed: analysed.reduce(0, +))
    }
}
