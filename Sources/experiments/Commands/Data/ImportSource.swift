public import ArgumentParser
public import ExperimentVendors

/// The kind of input that an import reads: records for a log, or the configuration of a vendor.
enum ImportSource: ExpressibleByArgument {
    case records(RecordLog)
    case vendor(Vendor)

    init?(argument: String) {
        if let log = RecordLog(rawValue: argument) {
            self = .records(log)
        } else if let vendor = Vendor(rawValue: argument) {
            self = .vendor(vendor)
        } else {
            return nil
        }
    }

    static var allValueStrings: [String] { RecordLog.allCases.map(\.rawValue) + Vendor.allCases.map(\.rawValue) }
}

extension TextEncoding: ExpressibleByArgument {}
