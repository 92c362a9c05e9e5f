import ExperimentDefinitions

/// An experiment that could not be analysed; it does not stop the others.
struct FailureSection {
    let damaged: DamagedExperiment
    let anchor: String

    var html: HTML {
        element("article", .class("card sick"), .id(anchor)) {
            element("header") {
                VerdictMark(kind: .failed, title: "Failed").html
                element("h2") { name(damaged.id) }
                element("p", .class("say")) { "It could not be analysed; the others could." }
                element("p", .class("rule")) { "It \(damaged.fault)." }
            }
        }
    }
}
