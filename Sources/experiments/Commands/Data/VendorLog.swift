import Experimentation

/// The log of a vendor: a unit and the variant it got, a line each.
struct VendorLog {
    /// A line.
    struct Line {
        let line: Int
        let unitID: UnitID
        /// Nil for a unit that took no part.
        let variantID: VariantName?
        /// The bucket that the vendor logged, if it did.
        let bucket: String?
    }

    private static let unitNames = ["unit_id", "unit", "user_id", "session_id"]
    private static let variantNames = ["variant_id", "variant"]

    private let records: CSVRecords
    private let unit: Int
    private let variant: Int
    private let bucket: Int?

    /// Reads the header; columns besides unit, variant and bucket are not looked at.
    init(_ input: InputFile) throws(Failure) {
        records = try CSVRecords(input)
        unit = try Self.column(Self.unitNames, records.header)
        variant = try Self.column(Self.variantNames, records.header)
        bucket = records.header.firstIndex(of: "bucket")
    }

    private static func column(_ names: [String], _ header: [String]) throws(Failure) -> Int {
        for name in names {
            guard let index = header.firstIndex(of: name) else { continue }
            guard header.lastIndex(of: name) == index else {
                throw Failure(.input, "line 1: the column '\(name)' is there twice")
            }
            return index
        }
        throw Failure(.input, "line 1: a column of one of these names is missing: \(names.joined(separator: ", "))")
    }

    /// The next line, or nil at the end.
    func next() throws(Failure) -> Line? {
        guard try records.advance() else { return nil }
        do throws(ExperimentError) {
            try records.checkForm()
            guard let unitID = try records.text(unit, field: records.header[unit]) else {
                throw .invalid(records.header[unit], "must not be empty")
            }
            return Line(
                line: records.line, unitID: UnitID(unitID),
                variantID: try records.text(variant, field: "variant").map { VariantName($0) },
                bucket: try bucket.map { (index) throws(ExperimentError) in try records.text(index, field: "bucket") }
                    ?? nil)
        } catch {
            throw Failure(.input, "line \(records.line): \(error)")
        }
    }
}
