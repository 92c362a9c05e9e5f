/// The number of a row of one table, so that no number of another table can stand in for it.
///
/// `Of` is one of the types below, none of which has a value: a phase's number is a `RowNumber<PhaseRow>`.
package struct RowNumber<Of>: Hashable, Sendable {
    /// The rowid.
    package let value: Int64

    package init(_ value: Int64) {
        self.value = value
    }
}

extension RowNumber: Comparable {
    package static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

extension RowNumber: CustomStringConvertible {
    /// The number alone.
    package var description: String { "\(value)" }
}

extension RowNumber: Bindable {
    package func bind(to statement: borrowing Statement, at index: Int32) throws {
        try statement.bind(value, at: index)
    }
}

/// A row of `experiment_definition`.
package enum ExperimentRow {}

/// A row of `phase_definition`.
package enum PhaseRow {}

/// A row of `variant_definition`.
package enum VariantRow {}

/// A row of `metric_definition`.
package enum MetricRow {}

/// A row of `exposure_log`; a unit is known by its first enrolled one.
package enum ExposureRow {}

/// A row of `removal`.
package enum RemovalRow {}

/// A row of `night`.
package enum NightRow {}

extension Statement {
    package func bind<Of>(_ value: RowNumber<Of>?, at index: Int32) throws { try bind(value?.value, at: index) }

    /// The number of a row in a column; 0 for NULL.
    package func rowNumber<Of>(_ column: Int32) -> RowNumber<Of> { RowNumber(int64(column)) }

    /// The number of a row in a column; nil for NULL.
    package func optionalRowNumber<Of>(_ column: Int32) -> RowNumber<Of>? { isNull(column) ? nil : rowNumber(column) }
}

extension Row {
    /// The number of a row in the next column; 0 for NULL.
    package mutating func rowNumber<Of>() -> RowNumber<Of> { RowNumber(int64()) }

    /// The number of a row in the next column; nil for NULL.
    package mutating func optionalRowNumber<Of>() -> RowNumber<Of>? { optionalInt64().map { RowNumber($0) } }
}
