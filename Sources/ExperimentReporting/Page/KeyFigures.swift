import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The five facts below a verdict.
struct KeyFigures {
    let experiment: ExperimentReport

    private var result: ExperimentResult { experiment.result }

    var html: HTML {
        element("dl", .class("facts")) {
            fact("Units") {
                data(result.decision.units, NumberText.count(result.decision.units))
                if let planned = result.decision.plannedUnits { " of \(NumberText.count(planned))" }
                " \(result.unit.rawValue)\(result.decision.units == 1 && result.decision.plannedUnits == nil ? "" : "s")"
                if result.decision.units != result.units.analysed {
                    " \(MaturityText.counted(result)), \(NumberText.count(result.units.analysed)) in all"
                }
            } more: {
                if result.decision.units != result.units.analysed { "in all " }
                for (index, variant) in result.variants.prefix(4).enumerated() {
                    if index > 0 { ", " }
                    name(variant.variantID)
                    " \(NumberText.count(variant.units))"
                }
                if result.variants.count > 4 { " …" }
            }
            fact("Running") {
                running
            } more: {
                "\(result.status.rawValue), phase \(result.phase)"
            }
            fact("Sample ratio") {
                sampleRatio
            } more: {
                planned
            }
            fact("Switched variant") {
                data(result.units.crossover, experiment.unit(result.units.crossover))
            } more: {
                "\(NumberText.share(result.units.crossover, of: result.units.exposed)), limit "
                    + NumberText.level(HealthProblem.crossoverThreshold)
            }
            fact("Last exposure") {
                experiment.lastDay?.medium ?? "–"
            } more: {
                "\(NumberText.count(result.exposures.total, "exposure")) in all"
            }
        }
    }

    /// `planned 90% : 10%`, or `planned even, 8 ways`.
    private var planned: String {
        let shares = result.variants.map { NumberText.planned(experiment.planned($0)) }
        if shares.count > 2, Set(shares).count == 1 { return "planned even, \(NumberText.count(shares.count)) ways" }
        return "planned " + shares.prefix(4).joined(separator: " : ") + (shares.count > 4 ? " : …" : "")
    }

    private func fact(
        _ term: String, @HTMLBuilder _ value: () -> HTML, @HTMLBuilder more: () -> HTML
    ) -> HTML {
        element("div") {
            element("dt") { term }
            element("dd") { value() }
            element("dd", .class("meta")) { more() }
        }
    }

    @HTMLBuilder private var running: HTML {
        if let first = experiment.firstDay {
            experiment.daysLeft > 0
                ? "day \(NumberText.count(experiment.daysSoFar)) of about \(NumberText.count(experiment.daysSoFar + experiment.daysLeft))"
                : NumberText.count(experiment.daysSoFar, "day")
            ", since \(first.medium)"
        } else {
            "no exposure yet"
        }
    }

    var sampleRatio: String {
        let (test, sequential) = (result.sampleRatio, result.sequentialSampleRatio)
        // The word is that of the check that raises the alarm; a p-value that would contradict it says what it is good for.
        if result.split.isMismatch, let pValue = sequential.pValue {
            return "mismatch, \(chance(pValue, sequential.logPValue))"
        }
        guard test.status == .ok, let pValue = test.pValue else { return "too few units to say" }
        let once = chance(pValue, test.logPValue)
        if result.split.isMismatch { return "mismatch, \(once)" }
        return test.isMismatch ? "no alarm; \(once) holds for a single look only" : "as planned, \(once)"
    }

    private func chance(_ pValue: Double, _ log: Double?) -> String {
        "p\u{a0}=\u{a0}\(NumberText.pValue(pValue, log: log))"
    }
}
