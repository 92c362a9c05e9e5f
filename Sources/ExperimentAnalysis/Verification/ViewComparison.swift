import Experimentation

/// Comparison of the report's numbers with those of the views, which are plain SQL.
public struct ViewComparison: Sendable, Hashable {
    /// A number in which the report and the view differ.
    public struct Difference: Sendable, Hashable {
        /// Subject of the number: the experiment's id, and the metric and variant or the reason, if any.
        public let subject: String
        /// The number of the report; nil where it has none.
        public let report: Double?
        /// The number of the view; nil where it has none.
        public let view: Double?
    }

    /// The numbers compared.
    public let numbers: Int
    /// Numbers that differ: counts at all, the others by more than rounding.
    public let differences: [Difference]

    init(report: ComparedNumbers, views: ComparedNumbers) {
        let subjects = Set(report.all.keys).union(views.all.keys)
        numbers = subjects.count
        differences = subjects.compactMap { subject in
            let (left, right) = (report.all[subject], views.all[subject])
            if let left, let right, left.agrees(with: right) { return nil }
            return Difference(subject: subject.text, report: left?.value, view: right?.value)
        }
        .sorted { $0.subject < $1.subject }
    }
}
