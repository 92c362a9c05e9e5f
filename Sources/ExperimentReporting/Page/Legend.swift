import ExperimentAnalysis

/// Samples of the marks, set where their numbers are.
enum Legend {
    static var key: HTML {
        element(
            "svg", .class("key und"), .init("width", "92"), .init("height", "14"), .ariaHidden,
            .init("focusable", "false")
        ) {
            shape("line", .class("line"), .init("x1", "2"), .init("x2", "90"), .init("y1", "7"), .init("y2", "7"))
            shape(
                "rect", .class("bar"), .init("x", "22"), .init("y", "3.5"), .init("width", "48"), .init("height", "7"))
            shape("circle", .class("dot"), .init("cx", "46"), .init("cy", "7"), .init("r", "3.6"))
        }
    }

    @HTMLBuilder static var always: HTML {
        element("svg", .class("sample und"), .init("width", "20"), .init("height", "8"), .ariaHidden) {
            shape("line", .class("line"), .init("x1", "0"), .init("x2", "20"), .init("y1", "4.5"), .init("y2", "4.5"))
        }
        "Always-valid"
    }

    @HTMLBuilder static func oneLook(_ edition: Edition) -> HTML {
        element("svg", .class("sample und"), .init("width", "20"), .init("height", "8"), .ariaHidden) {
            shape(
                "rect", .class("bar"), .init("x", "0"), .init("y", "1"), .init("width", "20"), .init("height", "6"))
        }
        "\(level(edition)) interval"
    }

    static func level(_ edition: Edition) -> String { NumberText.level(edition.results.options.confidence) }
}
