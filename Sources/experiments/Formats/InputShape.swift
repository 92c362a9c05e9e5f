import Experimentation

/// The way in which an input says what the logs' columns say: which of its columns is which, what else becomes of
/// columns, and what its times are.
struct InputShape {
    /// The role of a column of the input.
    enum Role {
        /// A column of the log; a time may have the unit that its name says.
        case column(Column, TimeUnit?)
        /// An attribute of its own name.
        case attribute
        /// Nothing that is read.
        case ignored
        /// Not known.
        case unknown
    }

    /// Columns that only number the rows: an export's first, and what pandas and R write for their row names.
    private static let rowNumbers: Set = ["row_id", "", "Unnamed: 0"]

    let log: RecordLog
    /// The names that columns of the log have in the input, where these are others.
    var theirNames: [Column: String] = [:]
    /// The texts that columns have in every record, whatever the input has.
    var constants: [Column: String] = [:]
    var ignored: Set<String> = []
    var ignoresOthers = false
    var attributes: Set<String> = []
    /// The columns whose values together are a record's id, in order.
    var idParts: [String] = []
    /// The unit of times that are numbers.
    var unit: TimeUnit?
    /// The zone of times that say none.
    var zone: InputZone?
    /// The texts that stand for no value.
    var nulls = NullTexts()

    init(log: RecordLog) {
        self.log = log
    }

    /// The role of a column, by its name in the input.
    func role(of name: String) -> Role {
        if let ours = theirNames.first(where: { $0.value == name })?.key {
            return .column(ours, ours == .timestampMicroseconds ? .microseconds : TimeUnit(ofColumn: name))
        }
        if attributes.contains(name) { return .attribute }
        if ignored.contains(name) { return .ignored }
        if let (column, unit) = Column.named(name), log.columns.contains(column), theirNames[column] == nil,
            constants[column] == nil
        {
            return .column(column, unit)
        }
        // The rows' own ids, which an export writes, are those of the file that they come from.
        if Self.rowNumbers.contains(name) { return .ignored }
        // A column that only makes an id is read for nothing else.
        return ignoresOthers || idParts.contains(name) ? .ignored : .unknown
    }

    /// Why an unknown column is refused, and what would help.
    func refusal(of name: String) -> String {
        let known = log.columns.map(\.rawValue)
        let hint = Suggestion.closest(to: name, among: known).map { "; did you mean '\($0)'?" } ?? ""
        return "\(log.rawValue) have no column \(Escaping.quoted(name))\(hint)"
    }

    /// Advice on what to do about unknown columns.
    var advice: String {
        """
        The columns are \(log.columns.map(\.rawValue).joined(separator: ", ")). --columns user_id=THEIRS names one that is \
        called otherwise, --ignore leaves one unread (--ignore-others all), --attributes takes one as an attribute.
        """
    }

    /// The id that parts make: joined, or where that is too long for an id, a hash of it.
    static func id(_ parts: [String]) -> String {
        let escaped = parts.map { part in
            parts.count == 1 ? part : part.replacing("\\", with: "\\\\").replacing(":", with: "\\:")
        }
        let joined = escaped.joined(separator: ":")
        guard joined.utf8.count > 64 else { return joined }
        return ["1:", "2:"].map { start in
            var hash = DefaultHash(start)
            hash.combine(joined)
            let digits = String(hash.fmix64, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }
}

/// The unit in which a time that is a number counts from 1970 on, UTC.
enum TimeUnit: String, CaseIterable {
    case seconds = "s"
    case milliseconds = "ms"
    case microseconds = "us"
    case nanoseconds = "ns"

    /// The unit that a column's name ends in, as `timestamp_ms` does.
    init?(ofColumn name: String) {
        let parts = name.split(separator: "_")
        guard parts.count > 1, let last = parts.last else { return nil }
        self.init(rawValue: String(last))
    }

    /// The unit as a word of a message.
    var word: String { "\(self)" }

    /// The number of these units in a second.
    private var perSecond: Int64 {
        switch self {
        case .seconds: 1
        case .milliseconds: 1_000
        case .microseconds: 1_000_000
        case .nanoseconds: 1_000_000_000
        }
    }

    /// A number as µs since 1970; nil where it is none, or beyond 64 bits.
    ///
    /// Digits after a point count, the last microsecond rounded.
    func microseconds(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        if let whole = CellValue.integer(bytes) {
            guard self != .nanoseconds else {
                return whole / 1_000 + (whole % 1_000 >= 500 ? 1 : whole % 1_000 < -500 ? -1 : 0)
            }
            let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000 / perSecond)
            return overflow ? nil : product
        }
        guard self == .seconds || self == .milliseconds, let point = bytes.firstIndex(of: UInt8(ascii: ".")),
            let whole = CellValue.integer(UnsafeBufferPointer(rebasing: bytes[..<point])), whole >= 0,
            let fraction = CellValue.double(UnsafeBufferPointer(rebasing: bytes[point...]))
        else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000 / perSecond)
        return overflow ? nil : product + Int64((fraction * Double(1_000_000 / perSecond)).rounded())
    }

    /// Whether a time in µs since 1970 is of this century's 2010 to 2100; a number is so in one unit at most.
    static func isPlausible(_ microseconds: Int64) -> Bool {
        1_262_304_000_000_000..<4_102_444_800_000_000 ~= microseconds
    }

    /// The unit in which a number is a plausible time, if it is one.
    static func plausible(_ bytes: UnsafeBufferPointer<UInt8>) -> TimeUnit? {
        allCases.first { unit in unit.microseconds(bytes).map(isPlausible) ?? false }
    }
}
