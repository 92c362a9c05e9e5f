import Experimentation

/// Reads an input record by record, and the fields of the record it stands on.
protocol RecordReader: AnyObject {
    /// Advances to the next record, which may be malformed.
    /// - Returns: Whether there is one.
    func advance() throws(Failure) -> Bool

    /// The line on which the record begins, from 1.
    var line: Int { get }

    /// Refuses a record that is unreadable as a whole, with what makes it so.
    func checkForm() throws(ExperimentError)
    /// A column's text; nil when absent.
    func text(_ column: Column) throws(ExperimentError) -> String?
    /// The time in µs since 1970 UTC; nil when absent.
    func time() throws(ExperimentError) -> Int64?
    /// The column `value`, read as a kind demands; nil when absent.
    func value(_ kind: OutcomeValue.Kind) throws(ExperimentError) -> OutcomeValue?
    /// The column `attributes`; empty when absent.
    func attributes() throws(ExperimentError) -> [String: String]
    /// The record as an exposure.
    func exposure() throws(ExperimentError) -> ExposureRecord
    /// The record as an outcome.
    func outcome() throws(ExperimentError) -> OutcomeRecord
}

extension RecordReader {
    /// A column as the input writes it, for messages; nil when absent.
    func shown(_ column: Column) throws(ExperimentError) -> String? {
        switch column {
        case .value:
            guard let kind = try text(.kind).flatMap(OutcomeValue.Kind.init), let value = try value(kind) else {
                return nil
            }
            return switch value {
            case .bool(let value): "\(value)"
            case .count(let value): "\(value)"
            case .numeric(let value): "\(value)"
            }
        default: return try text(column)
        }
    }

    /// The record as an exposure.
    func exposure() throws(ExperimentError) -> ExposureRecord {
        try checkForm()
        return ExposureRecord(
            experiment: try required(.experiment), variantID: try required(.variantID), userID: try text(.userID),
            timestampMicroseconds: try requiredTime(), sessionID: try text(.sessionID), attributes: try attributes(),
            enrollment: try enrollment(), phase: try phase(), id: try text(.id))
    }

    /// The record as an outcome.
    func outcome() throws(ExperimentError) -> OutcomeRecord {
        try checkForm()
        guard let kind = OutcomeValue.Kind(rawValue: try required(.kind)) else {
            throw .invalid("kind", "must be bool, numeric or count")
        }
        guard let value = try value(kind) else { throw .invalid("value", "is missing") }
        return OutcomeRecord(
            experiment: try text(.experiment), metric: try required(.metric), value: value, userID: try text(.userID),
            timestampMicroseconds: try requiredTime(), sessionID: try text(.sessionID), attributes: try attributes(),
            id: try text(.id))
    }

    /// The record as a link.
    func link() throws(ExperimentError) -> LinkRecord {
        try checkForm()
        return LinkRecord(
            sessionID: UnitID(try required(.sessionID)), userID: UnitID(try required(.userID)),
            timestampMicroseconds: try requiredTime())
    }

    private func required(_ column: Column) throws(ExperimentError) -> String {
        guard let text = try text(column) else { throw .invalid(column.rawValue, "is missing") }
        return text
    }

    private func enrollment() throws(ExperimentError) -> Enrollment? {
        guard let name = try text(.enrollment) else { return nil }
        guard let enrollment = Enrollment(rawValue: name) else {
            throw .invalid("enrollment", "must be enrolled, override, not_enrolled or not_running")
        }
        return enrollment
    }

    private func phase() throws(ExperimentError) -> Int? {
        guard let digits = try text(.phase) else { return nil }
        guard case .count(let number)? = try? CellValue.outcome(digits, .count), let phase = Int(exactly: number) else {
            throw .invalid("phase", "must be a whole number")
        }
        return phase
    }

    private func requiredTime() throws(ExperimentError) -> Int64 {
        guard let time = try time() else { throw .invalid("timestamp", "is missing") }
        return time
    }
}
