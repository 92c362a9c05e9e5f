import ExperimentDatabase
import Experimentation
import FoundationEssentials

/// Reads what most experiments do not have, before the experiments themselves.
struct RarePartsTables {
    private typealias Schedule = (startsAt: Date?, endsAt: Date?)

    private let designs: RareRows<RareParts.Design>
    private let coverages: RareRows<Double>
    private let schedules: RareRows<Schedule>
    private let plans: RareRows<ExperimentPlan?>

    init(_ selection: ExperimentSelection, _ connection: borrowing Connection) throws(SQLiteError) {
        designs = try RareRows(
            "settings, namespace, range_start, range_end, holdout, holdout_share", of: "phase_design", by: .phase,
            selection, connection
        ) { (row) throws(ExperimentError) in
            RareParts.Design(
                settings: row.optionalText(1),
                namespace: row.isNull(2)
                    ? nil : try NamespaceClaim(row.text(2), from: row.double(3), to: row.double(4)),
                holdout: row.isNull(5) ? nil : try Holdout(name: row.text(5), share: row.double(6)))
        }
        // The highest is the last.
        coverages = try RareRows("coverage", of: "phase_coverage", by: .phase, selection, connection) { $0.double(1) }
        schedules = try RareRows("start_us, end_us", of: "experiment_schedule", by: .experiment, selection, connection)
        {
            (
                $0.optionalInt64(1).map(Date.init(microsecondsSince1970:)),
                $0.optionalInt64(2).map(Date.init(microsecondsSince1970:))
            )
        }
        plans = try RareRows("units, minimum_lift", of: "experiment_plan", by: .experiment, selection, connection) {
            (row) throws(ExperimentError) in
            // A row that says nothing, which only a file without its checks takes, keeps nobody from reading the rest.
            if row.isNull(1), row.isNull(2) { return nil }
            return try ExperimentPlan(units: row.optionalInt64(1).map { Int($0) }, minimumLift: row.optionalDouble(2))
        }
    }

    /// What an experiment has in one of its phases.
    func parts(of number: Int64, in phase: Int64) throws(ExperimentError) -> RareParts {
        var parts = RareParts()
        if let design = try designs.row(phase) { parts.design = design }
        if let coverage = try coverages.row(phase) { parts.coverage = coverage }
        if let schedule = try schedules.row(number) { (parts.startsAt, parts.endsAt) = schedule }
        parts.plan = try plans.row(number) ?? nil
        return parts
    }
}
