import ExperimentAnalysis

/// An experiment that could not be analysed; it does not stop the others.
struct FailureSection {
    let failure: AnalysisResults.Failure
    let anchor: String

    var html: HTML {
        element("article", .class("card sick"), .id(anchor)) {
            element("header") {
                VerdictMark(kind: .failed, title: "Failed").html
                element("h2") { name(failure.experiment) }
                element("p", .class("say")) { "It could not be analysed; the others could." }
                element("p", .class("rule")) { "\(NumberText.capitalized(failure.reason))." }
            }
        }
    }
}
