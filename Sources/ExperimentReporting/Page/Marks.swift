import ExperimentAnalysis

/// A verdict's mark and word: the mark says without colour what the colour says.
struct VerdictMark {
    let kind: VerdictText.Kind
    let title: MarkedText

    var html: HTML {
        element("span", .class("verdict \(kind.tone.rawValue)")) {
            element("svg", .init("viewBox", "0 0 10 10"), .ariaHidden, .init("focusable", "false")) { mark }
            title.html
        }
    }

    private var mark: HTML {
        switch kind {
        case .stop: shape("rect", .class("full"), .init("width", "10"), .init("height", "10"))
        case .discuss: diamond("full")
        case .check: diamond("ring")
        case .ship: ring("full", "5")
        case .keep:
            group {
                ring("ring")
                line("1", "9", "5", "5")
            }
        case .inconclusive:
            group {
                ring("ring")
                ring("full", "1.5")
            }
        case .dontRead:
            group {
                ring("ring")
                line("2.2", "7.8", "7.8", "2.2")
            }
        case .noData, .failed: ring("ring dashed")
        case .wait: ring("ring")
        case .draft, .closed: line("1", "9", "5", "5")
        }
    }

    private func diamond(_ style: String) -> HTML {
        shape("path", .class(style), .init("d", "M5 .8 9.2 5 5 9.2 .8 5Z"))
    }

    private func ring(_ style: String, _ radius: String = "4") -> HTML {
        shape("circle", .class(style), .init("cx", "5"), .init("cy", "5"), .init("r", radius))
    }

    private func line(_ x1: String, _ x2: String, _ y1: String, _ y2: String) -> HTML {
        shape("line", .class("ring"), .init("x1", x1), .init("x2", x2), .init("y1", y1), .init("y2", y2))
    }
}

/// Samples of the marks, set where their numbers are.
enum Legend {
    static var key: HTML {
        element(
            "svg", .class("key und"), .init("width", "92"), .init("height", "14"), .ariaHidden,
            .init("focusable", "false")
        ) {
            shape(
                "rect", .class("bar"), .init("x", "6"), .init("y", "3.5"), .init("width", "80"), .init("height", "7"))
            shape("line", .class("slit"), .init("x1", "22"), .init("x2", "70"), .init("y1", "7"), .init("y2", "7"))
            shape("circle", .class("dot"), .init("cx", "46"), .init("cy", "7"), .init("r", "3.6"))
        }
    }

    @HTMLBuilder static var always: HTML {
        element("svg", .class("sample und"), .init("width", "20"), .init("height", "8"), .ariaHidden) {
            shape(
                "rect", .class("bar"), .init("x", "0"), .init("y", "1"), .init("width", "20"), .init("height", "6"))
        }
        "Safe to check daily"
    }

    @HTMLBuilder static func oneLook(_ report: Report) -> HTML {
        element("svg", .class("sample und"), .init("width", "20"), .init("height", "8"), .ariaHidden) {
            shape("line", .class("line"), .init("x1", "0"), .init("x2", "20"), .init("y1", "4.5"), .init("y2", "4.5"))
        }
        "\(level(report)), one look"
    }

    static func level(_ report: Report) -> String { NumberText.level(report.results.options.confidence) }
}
