import ExperimentAnalysis
import ExperimentStatistics
import Experimentation

/// The metric that decides among the units of each segment; for learning, never for deciding.
struct SegmentsTable {
    let experiment: ExperimentReport
    let report: Report

    var html: HTML {
        let axis = experiment.axis
        return group {
            element("p") {
                "Segments are fixed at the first exposure. Among many some differ by chance: p is corrected for all of them, "
                "and no decision reads them. A split that fails (p below "
                NumberText.pValue(SampleRatioTest.threshold, log: nil)
                ") makes its row unreadable."
                if let leftOut = ResultText.leftOut(in: experiment.result.segments) { " \(leftOut)" }
            }
            table("flow plotted segments", caption: "The effect by segment") {
                element("colgroup") { for _ in 0..<8 { void("col") } }
                tableHead {
                    columnHead { "Segment" }
                    columnHead("right") { "Control" }
                    columnHead("right") { "Treatment" }
                    columnHead("right") { "Lift" }
                    columnHead("plot") {
                        element("span", .class("hidden")) { "Plot of the lift" }
                        ForestRow.head(axis)
                    }
                    columnHead("interval") { Legend.oneLook(report) }
                    columnHead { "Corrected p" }
                    columnHead { "Split p" }
                }
                tableBody {
                    for segment in experiment.result.segments { rows(segment, axis) }
                }
            }
        }
    }

    @HTMLBuilder private func rows(_ segment: SegmentResult, _ axis: Axis) -> HTML {
        let effects = experiment.segmentRows(segment)
        for effect in effects { line(segment, effect, axis) }
        if effects.isEmpty {
            row {
                rowHead("a-name") { label(segment, nil) }
                cell("right a-control") { "–" }
                cell("right a-treatment") { "–" }
                cell("right a-lift") { "–" }
                cell("plot a-plot") { ForestRow(axis: axis, reason: "no outcome").svg }
                cell("a-once") { "–" }
                cell("a-always") { "–" }
                cell("a-reads") { split(segment) }
            }
        }
    }

    private func line(_ segment: SegmentResult, _ effect: EffectRow, _ axis: Axis) -> HTML {
        var forest = effect.forest(axis)
        forest.tone = .none
        return row {
            rowHead("a-name") { label(segment, effect) }
            cell("right a-control") { data(effect.control.mean, effect.mean(effect.control)) }
            cell("right a-treatment") { data(effect.treatment.mean, effect.mean(effect.treatment)) }
            cell("right lift und a-lift") { data(effect.lift, effect.liftText) }
            cell("plot a-plot") { forest.svg }
            cell("interval a-once") { IntervalCell.oneLook(effect) }
            cell("a-always") {
                let pValue = effect.comparison.adjustedPValue
                data(pValue, pValue.map { NumberText.pValue($0, log: nil) } ?? "–")
            }
            cell("a-reads") { split(segment) }
        }
    }

    @HTMLBuilder private func label(_ segment: SegmentResult, _ effect: EffectRow?) -> HTML {
        let units = segment.variants.reduce(0) { $0 + $1.units }
        switch segment.value {
        case .value(let value): name(value.text.isEmpty ? "“”" : value)
        case .missing: "without it"
        case .others: "all others"
        }
        element("span", .class("meta")) {
            experiment.unit(units)
            if experiment.hasSeveralTreatments, let effect {
                ", "
                name(effect.treatment.variantID)
            }
        }
    }

    @HTMLBuilder private func split(_ segment: SegmentResult) -> HTML {
        let test = segment.sampleRatio
        if test.isMismatch, let pValue = test.pValue {
            element("span", .class("reads warn")) { "mismatch, \(NumberText.pValue(pValue, log: test.logPValue))" }
        } else if test.unexpectedUnits > 0 {
            element("span", .class("reads warn")) { "units of weight 0" }
        } else {
            data(test.pValue, test.pValue.map { NumberText.pValue($0, log: test.logPValue) } ?? "–")
        }
    }
}
