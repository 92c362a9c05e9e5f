import ExperimentAnalysis
import ExperimentDefinitions
import ExperimentJSON
import Experimentation

/// Changes of a plan, in words without their full stop and as JSON.
enum PlanChangeText {
    /// `Goals changed on 15 Jan 2026, night 13: purchase, revenue → items`.
    static func sentence(_ change: PlanChange) -> MarkedText {
        let night = change.night.map { ", night \(NumberText.count($0))" } ?? ""
        let when = "on \(day(change).medium)\(night)"
        let what: MarkedText =
            change.metric.map { "\(NumberText.capitalized(change.field)) of \(name: $0)" }
            ?? "\(NumberText.capitalized(change.field.replacing(".", with: " ").replacing("_", with: " ")))"
        let hand: MarkedText = change.origin == .hand ? ", by hand" : ""
        return what + " changed \(when): \(value(change.before)) → \(value(change.after))" + hand
    }

    static func json(_ change: PlanChange) -> JSONValue {
        .object([
            ("changed_at", .string(RFC3339.string(microseconds: change.changedAt))),
            ("origin", .string(change.origin.rawValue)), ("night", change.night.map { .integer($0) } ?? .null),
            ("metric", .name(change.metric)), ("field", .string(change.field)),
            ("before", change.before.map { .string($0) } ?? .null),
            ("after", change.after.map { .string($0) } ?? .null),
        ])
    }

    private static func day(_ change: PlanChange) -> Day { Day(Int(change.changedAt / 86_400_000_000)) }

    private static func value(_ text: String?) -> MarkedText {
        text.map { "\(name: AttributeValue($0))" } ?? "none"
    }
}
