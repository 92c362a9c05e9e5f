package import ExperimentDatabase
import Experimentation

/// Spans of time by which exposures get what their records do not say, by variant: the rows of the view `variant_span`.
///
/// The view is the rule. Whoever goes through many exposures looks them up here instead of joining them with it.
package struct ExposureSpans: Sendable {
    /// A span of time that begins at a moment, and ends where the next one of the variant begins.
    package struct Span: Sendable {
        /// Beginning of the span, in µs since 1970 UTC.
        let start: Int64
        /// The phase that an exposure belongs to.
        package let phaseID: RowNumber<PhaseRow>
        /// The phase's number, from 1.
        package let phase: Int
        /// Enrollment of an exposure, as the log counts them: enrolled in a run of the experiment, else not running.
        package let enrollment: Int64

        /// Whether the span lies in a run of the experiment.
        package var isInRun: Bool { enrollment == Enrollment.enrolled.code }
    }

    private static let select = """
        SELECT s.variant_id, s.from_us, s.phase_id, p.number, s.enrollment
        FROM variant_span AS s JOIN phase_definition AS p ON p.phase_id = s.phase_id ORDER BY s.variant_id, s.from_us
        """

    private var spans: [RowNumber<VariantRow>: [Span]] = [:]

    /// Reads them; as many as all variants have phases and runs.
    package init(_ connection: borrowing Connection) throws {
        let rows = try connection.prepare(Self.select)
        while try rows.step() {
            spans[rows.rowNumber(0), default: []].append(
                Span(start: rows.int64(1), phaseID: rows.rowNumber(2), phase: rows.int(3), enrollment: rows.int64(4)))
        }
    }

    /// The span of a variant with a time in µs since 1970 UTC; nil for a variant of an experiment without any phase.
    package func span(of variant: RowNumber<VariantRow>, at time: Int64) -> Span? {
        spans[variant]?.last { $0.start <= time }
    }
}
