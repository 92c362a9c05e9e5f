/// Which experiments are read: all in one pass, or one.
enum ExperimentSelection {
    case all
    /// By its number.
    case one(Int64)

    /// The numbers asked for.
    var numbers: ClosedRange<Int64> {
        switch self {
        case .all: .min ... .max
        case .one(let number): number...number
        }
    }
}
