/// The rules that input must keep; every check names the field and the rule, and never repeats the value.
package enum Rules {
    package static let maximumNameBytes = 128
    package static let maximumUnitIDBytes = 1024
    package static let maximumRecordIDBytes = 64
    package static let maximumVariants = 64
    package static let maximumAttributeBytes = 65_536
    package static let maximumSegments = 5
    package static let maximumHypothesisBytes = 1024
    /// 1970-01-01T00:00:00Z up to, not including, the year 10000, in µs.
    package static let timestamps: Range<Int64> = 0..<253_402_300_800_000_000

    /// Checks the name of an experiment, variant or metric: any script, spaces and quotes, but nothing that could
    /// redraw the terminal or page of whoever reads it.
    ///
    /// Refused are Unicode's control characters (general category Cc) and the explicit directional formatting characters
    /// of UAX #9: embeddings, overrides, isolates and what ends them; and the line and paragraph separators. The implicit marks U+200E, U+200F and U+061C, and
    /// the joiners, are part of writing Arabic, Hebrew or Hindi and legal.
    package static func checkName<Of>(
        _ name: Name<Of>, field: String, maximumBytes: Int = maximumNameBytes
    ) throws(ExperimentError) {
        let count = name.text.utf8.count
        guard count > 0 else { throw .invalid(field, "must not be empty") }
        guard count <= maximumBytes else { throw .invalid(field, "must be at most \(maximumBytes) bytes") }
        // The common case needs no decoding.
        guard !name.text.isPrintableASCII else { return }
        for scalar in name.text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7f..<0xa0:
                throw .invalid(field, "must not contain control characters")
            case 0x202a...0x202e, 0x2066...0x2069:
                throw .invalid(field, "must not contain bidirectional-override characters")
            case 0x2028, 0x2029:
                throw .invalid(field, "must not contain line or paragraph separators")
            default: continue
            }
        }
    }

    /// Checks the id of a user or session.
    package static func checkUnitID(_ id: UnitID?, field: String) throws(ExperimentError) {
        guard let id else { return }
        try checkID(id.text, field: field, maximumBytes: maximumUnitIDBytes)
    }

    /// Checks the id of a record.
    package static func checkRecordID(_ id: RecordID?) throws(ExperimentError) {
        guard let id else { return }
        try checkID(id.text, field: "id", maximumBytes: maximumRecordIDBytes)
    }

    /// Checks a time in µs since 1970 UTC.
    package static func checkTimestamp(_ microseconds: Int64) throws(ExperimentError) {
        guard timestamps.contains(microseconds) else {
            throw .invalid("timestamp", "must be within the years 1970 to 9999")
        }
    }

    private static func checkID(_ id: String, field: String, maximumBytes: Int) throws(ExperimentError) {
        let count = id.utf8.count
        guard count > 0 else { throw .invalid(field, "must not be empty") }
        guard count <= maximumBytes else { throw .invalid(field, "must be at most \(maximumBytes) bytes") }
        guard !id.hasZeroByte else { throw .invalid(field, "must not contain U+0000") }
    }
}
