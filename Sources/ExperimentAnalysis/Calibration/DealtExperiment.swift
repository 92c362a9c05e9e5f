import ExperimentDatabase
import Experimentation

/// An experiment of a pass whose units can be dealt to the variants anew.
///
/// The units' outcomes are read and added up once; only the units' variants change from split to split.
struct DealtExperiment {
    let phase: ReportedPhase
    let units: Int
    private let pass: LogPass
    private let place: Int
    private let deal: UnitDeal
    private let attributes: PassAttributes
    private let values = ValueCache()
    /// The numbers that do not depend on the split: exposures, times of outcomes, the first arrival.
    private let own: Aggregates.OfExperiment

    init(_ pass: LogPass, _ place: Int, _ connection: borrowing Connection) throws {
        let experiment = pass.exposures.experiments[place]
        phase = experiment.phase
        self.pass = pass
        self.place = place
        deal = UnitDeal(pass, place)
        attributes = try PassAttributes(experiment, connection)
        units = pass.rosters[place].units.counts.analysed
        var own = pass.fold(place).numbers
        own.shape.placeholders = pass.placeholders(place)
        self.own = own
    }

    /// The numbers of the file as it is.
    var numbers: Aggregates.OfExperiment { own }

    /// The numbers of one split.
    func numbers(split: UInt64) -> Aggregates.OfExperiment {
        let roster = pass.rosters[place].dealt(deal.split(split))
        let fold = pass.fold(place, roster, values)
        var numbers = fold.numbers(own.metricDays)
        numbers.shape = own.shape
        numbers.days = days(roster)
        let goals = Set(phase.goals)
        numbers.declared = fold.experiment.attributes.prefix(phase.segments.count).map { attribute in
            let segments = PassSegments(attribute, attributes, place, roster, pass.totals)
            return DeclaredRows(
                attribute: attribute.name, segments: segments?.rows(fold, of: goals.contains) ?? [])
        }
        return numbers
    }

    /// Units by day and dealt variant; exposures stay those of their day, whose variants no check looks at.
    private func days(_ roster: PassRoster) -> [Aggregates.Day] {
        let variants = pass.exposures.experiments[place].variants
        var units: [Int: [Int]] = [:]
        for part in pass.outcomes.cells.indices {
            for unit in 0..<roster.count(part) {
                let variant = roster.variant(part, unit)
                guard variant >= 0 else { continue }
                let day = pass.scope.options.calendar.day(at: roster.time(part, unit))
                units[day, default: Array(repeating: 0, count: variants.count)][variant] += 1
            }
        }
        var exposures: [Int: Int] = [:]
        for day in own.days { exposures[day.day, default: 0] += day.exposures }
        return Set(units.keys).union(exposures.keys).sorted().flatMap { day in
            variants.indices.map { variant in
                Aggregates.Day(
                    day: day, variantRow: variants[variant], units: units[day]?[variant] ?? 0,
                    exposures: variant == 0 ? exposures[day] ?? 0 : 0)
            }
        }
    }
}
