import Experimentation

/// A log of units and their variants: a table of them, or the exposures of one experiment in a vendor's log.
enum ParityLog {
    case table(VendorLog)
    case events(VendorLogReader, of: ExperimentName)

    /// The next unit, or nil at the end.
    func next() throws(Failure) -> VendorLog.Line? {
        switch self {
        case .table(let log): return try log.next()
        case .events(let reader, let experiment):
            while try reader.advance() {
                do throws(ExperimentError) {
                    let record = try reader.exposure()
                    guard record.experiment == experiment, let unitID = record.userID else { continue }
                    return VendorLog.Line(
                        line: reader.line, unitID: unitID, variantID: record.variantID, bucket: nil)
                } catch {
                    throw Failure(.input, "line \(reader.line): \(error)")
                }
            }
            return nil
        }
    }
}
