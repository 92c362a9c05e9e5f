import ExperimentAnalysis
import Experimentation

/// The books: what was kept, what was discarded and why, and that it adds up.
struct CountTable {
    let experiment: ExperimentReport

    private var result: ExperimentResult { experiment.result }

    // MARK: Outcomes

    var outcomes: HTML {
        let counts = result.outcomes
        return group {
            element("p") {
                "Nothing is deleted: an outcome counts, or is discarded for exactly one reason, the first that applies."
            }
            scrolling("Discarded outcomes") {
                PlainTable.table(caption: "Outcomes by reason, in all and by variant where a unit has one") {
                    PlainTable.head {
                        PlainTable.columnHead { "Reason" }
                        PlainTable.columnHead("right") { "All" }
                        PlainTable.columnHead("right") { "Share" }
                        for variant in result.variants { PlainTable.columnHead("right") { name(variant.variantID) } }
                    }
                    element("tbody") {
                        for reason in DiscardReason.allCases { line(reason, counts) }
                        PlainTable.row("total") {
                            PlainTable.rowHead { "Kept" }
                            PlainTable.number { data(counts.kept) }
                            PlainTable.number { NumberText.share(counts.kept, of: counts.total) }
                            for variant in result.variants { PlainTable.number { data(variant.outcomesKept) } }
                        }
                        PlainTable.row("total") {
                            PlainTable.rowHead { "All outcomes" }
                            PlainTable.number { data(counts.total) }
                            PlainTable.number { counts.total > 0 ? "100%" : "–" }
                            for variant in result.variants {
                                PlainTable.number { NumberText.count(variant.outcomes) }
                            }
                        }
                    }
                }
            }
        }
    }

    private func line(_ reason: DiscardReason, _ counts: OutcomeCounts) -> HTML {
        PlainTable.row {
            PlainTable.rowHead {
                Self.words(reason)
                " "
                element("code") { reason.rawValue }
            }
            PlainTable.number { data(counts.discarded(reason)) }
            PlainTable.number { NumberText.share(counts.discarded(reason), of: counts.total) }
            for variant in result.variants {
                PlainTable.number {
                    if DiscardReason.ofVariants.contains(reason) {
                        data(variant.discarded(reason).outcomes)
                    } else {
                        ""
                    }
                }
            }
        }
    }

    static func words(_ reason: DiscardReason) -> String {
        switch reason {
        case .noUnit: "no unit’s id"
        case .ambiguousIdentity: "other id linked with several units"
        case .override: "unit only exposed by an override"
        case .notEnrolled: "unit not enrolled"
        case .notRunning: "unit only exposed while not running"
        case .neverExposed: "unit never exposed"
        case .crossover: "unit switched variant"
        case .beforeExposure: "before the first exposure"
        case .beforeWindow: "before the metric’s window"
        case .afterWindow: "after the metric’s window"
        case .immature: "the unit’s window is not over"
        }
    }

    // MARK: Units

    @HTMLBuilder var units: HTML {
        scrolling("Units") {
            PlainTable.table(caption: "Units by variant, and what their weights promise") {
                PlainTable.head {
                    PlainTable.columnHead { "Variant" }
                    PlainTable.columnHead("right") { "Exposed" }
                    PlainTable.columnHead("right") { "Analysed" }
                    PlainTable.columnHead("right") { "Share" }
                    PlainTable.columnHead("right") { "Planned" }
                }
                element("tbody") {
                    for variant in result.variants { line(variant) }
                    PlainTable.row("total") {
                        PlainTable.rowHead { "All" }
                        PlainTable.number { data(result.units.exposed) }
                        PlainTable.number { data(result.units.analysed) }
                        PlainTable.number { "" }
                        PlainTable.number { "" }
                    }
                }
            }
        }
        element("p") { exposures }
    }

    private func line(_ variant: ExperimentResult.Variant) -> HTML {
        PlainTable.row {
            PlainTable.rowHead {
                name(variant.variantID)
                if variant.isControl { element("span", .class("meta")) { " control" } }
            }
            PlainTable.number { data(variant.unitsExposed) }
            PlainTable.number { data(variant.units) }
            PlainTable.number { NumberText.share(variant.units, of: result.units.analysed) }
            PlainTable.number { NumberText.planned(experiment.planned(variant)) }
        }
    }

    private var exposures: String {
        let counts = result.exposures
        let parts = [
            (result.units.exposed, "the first of their unit"), (counts.repeated, "repeated"),
            (counts.noUnit, "without a unit’s id"), (counts.override, "by an override"),
            (counts.notEnrolled, "not enrolled"), (counts.notRunning, "while not running"),
        ].filter { $0.0 > 0 }.map { "\(NumberText.count($0.0)) \($0.1)" }
        guard counts.total > 0 else { return "No exposure yet." }
        return "\(NumberText.count(counts.total, "exposure")): \(NumberText.list(parts))."
    }

    private func scrolling(_ label: String, @HTMLBuilder content: () -> HTML) -> HTML {
        element(
            "div", .class("scroll"), .init("tabindex", "0"), .role("region"), .init("aria-label", label),
            content: content)
    }
}
