import ExperimentAnalysis
import Experimentation

/// The books: what was kept, what was discarded and why, and that it adds up.
struct LedgerTable {
    let card: Card

    private var result: ExperimentResult { card.result }

    // MARK: Outcomes

    var outcomes: HTML {
        let counts = result.outcomes
        return group {
            element("p") { "Nothing is deleted: a row counts or has exactly one reason, the first that applies." }
            scrolling("Discarded outcomes") {
                table("plain ledger", caption: "Outcomes by reason, in all and by variant where a unit has one") {
                    tableHead {
                        columnHead { "Reason" }
                        columnHead("right") { "All" }
                        columnHead("right") { "Share" }
                        for variant in result.variants { columnHead("right") { name(variant.variantID) } }
                    }
                    tableBody {
                        for reason in DiscardReason.allCases { line(reason, counts) }
                        row("total") {
                            rowHead("") { "Kept" }
                            cell("right") { data(counts.kept) }
                            cell("right") { NumberText.share(counts.kept, of: counts.total) }
                            for _ in result.variants { cell("right") { "" } }
                        }
                        row("total") {
                            rowHead("") { "All outcomes" }
                            cell("right") { data(counts.total) }
                            cell("right") { counts.total > 0 ? "100%" : "–" }
                            for _ in result.variants { cell("right") { "" } }
                        }
                    }
                }
            }
        }
    }

    private func line(_ reason: DiscardReason, _ counts: OutcomeCounts) -> HTML {
        row {
            rowHead("") {
                Self.words(reason)
                " "
                element("code") { reason.rawValue }
            }
            cell("right") { data(counts.discarded(reason)) }
            cell("right") { NumberText.share(counts.discarded(reason), of: counts.total) }
            for variant in result.variants {
                cell("right") {
                    if Self.byVariant.contains(reason) { data(variant.discarded(reason).outcomes) } else { "" }
                }
            }
        }
    }

    /// The reasons that leave a unit in its variant.
    private static let byVariant: [DiscardReason] = [.crossover, .beforeExposure, .afterWindow]

    static func words(_ reason: DiscardReason) -> String {
        switch reason {
        case .noUnit: "no unit’s id"
        case .override: "unit only exposed by an override"
        case .notEnrolled: "unit not enrolled"
        case .notRunning: "unit only exposed while not running"
        case .neverExposed: "unit never exposed"
        case .crossover: "unit saw several variants"
        case .beforeExposure: "before the first exposure"
        case .afterWindow: "after the metric’s window"
        }
    }

    // MARK: Units

    @HTMLBuilder var units: HTML {
        scrolling("Units") {
            table("plain ledger", caption: "Units by variant, and what their weights promise") {
                tableHead {
                    columnHead { "Variant" }
                    columnHead("right") { "Exposed" }
                    columnHead("right") { "Analysed" }
                    columnHead("right") { "Share" }
                    columnHead("right") { "Planned" }
                }
                tableBody {
                    for variant in result.variants { line(variant) }
                    row("total") {
                        rowHead("") { "All" }
                        cell("right") { data(result.units.exposed) }
                        cell("right") { data(result.units.analysed) }
                        cell("right") { "" }
                        cell("right") { "" }
                    }
                }
            }
        }
        element("p") { exposures }
    }

    private func line(_ variant: ExperimentResult.Variant) -> HTML {
        row {
            rowHead("") {
                name(variant.variantID)
                if variant.isControl { element("span", .class("meta")) { " control" } }
            }
            cell("right") { data(variant.unitsExposed) }
            cell("right") { data(variant.units) }
            cell("right") { NumberText.share(variant.units, of: result.units.analysed) }
            cell("right") { NumberText.planned(card.planned(variant)) }
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
