/// A verdict's mark and word: the mark says without colour what the colour says.
struct VerdictMark {
    let kind: VerdictWords.Kind
    let title: Phrase

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
