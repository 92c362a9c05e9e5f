import ExperimentDatabase

/// Which experiments are read: all in one pass, or one.
enum ExperimentSelection {
    case all
    /// By its number.
    case one(RowNumber<ExperimentRow>)

    /// The numbers asked for.
    var numbers: ClosedRange<RowNumber<ExperimentRow>> {
        switch self {
        case .all: RowNumber(.min)...RowNumber(.max)
        case .one(let number): number...number
        }
    }
}
