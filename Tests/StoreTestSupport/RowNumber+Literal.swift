package import ExperimentDatabase

/// Tests know the numbers of the rows that they insert.
extension RowNumber: ExpressibleByIntegerLiteral {
    package init(integerLiteral value: Int64) { self.init(value) }
}
