import ArgumentParser

/// The options for a file that says what the logs' columns say, where it says it otherwise.
struct ShapeOptions: ParsableArguments {
    @Option(
        help: "Columns by their names in the file, ours=theirs, or a value for all lines, ours='value'; commas between."
    )
    var columns: [String] = []
    @Option(help: "Columns to leave unread, with commas between.") var ignore: [String] = []
    @Flag(help: "Leave all columns unread that are not known.") var ignoreOthers = false
    @Option(help: "Columns to take as attributes, with commas between.") var attributes: [String] = []
    @Option(help: "Make each line's id of these columns, with commas between.") var idFrom: [String] = []
    @Option(help: "The unit of times that are numbers: s, ms, us or ns since 1970.") var timestampUnit: TimeUnit?
    @Option(
        help: "The zone of times that say none: UTC, +02:00 or a name such as Europe/Berlin.",
        transform: InputZone.parsed)
    var timezone: InputZone?

    @Option(name: .customLong("null"), help: "A text that stands for no value, such as NULL or NA; again for more.")
    var nulls: [String] = []

    /// Whether none was given.
    var isEmpty: Bool {
        columns.isEmpty && ignore.isEmpty && !ignoreOthers && attributes.isEmpty && idFrom.isEmpty
            && timestampUnit == nil && timezone == nil && nulls.isEmpty
    }

    /// The shape for a log.
    func shape(_ log: RecordLog) throws -> InputShape {
        var shape = InputShape(log: log)
        for part in Self.parts(columns) {
            let sides = part.split(separator: "=", maxSplits: 1).map(String.init)
            guard sides.count == 2, let (column, _) = Column.named(sides[0]), log.columns.contains(column) else {
                let known = log.columns.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--columns takes ours=theirs with ours one of \(known), and not '\(part)'.")
            }
            let theirs = sides[1]
            if theirs.count >= 2, theirs.hasPrefix("'"), theirs.hasSuffix("'") {
                shape.constants[column] = String(theirs.dropFirst().dropLast())
            } else {
                shape.theirNames[column] = theirs
            }
        }
        shape.ignored = Set(Self.parts(ignore))
        shape.ignoresOthers = ignoreOthers
        shape.attributes = Set(Self.parts(attributes))
        shape.idParts = Self.parts(idFrom)
        shape.unit = timestampUnit
        shape.zone = timezone
        shape.nulls = NullTexts(nulls)
        return shape
    }

    /// The shape that an input is read as, beside its format: another shape of the same file is another input.
    var text: String {
        let parts = [
            Self.parts(columns).sorted().joined(separator: ","), Self.parts(attributes).sorted().joined(separator: ","),
            Self.parts(idFrom).joined(separator: ","), timestampUnit?.rawValue ?? "", timezone?.name ?? "",
        ]
        let nulls = nulls.sorted().map { " null \($0)" }.joined()
        return parts.allSatisfy(\.isEmpty) ? nulls : " " + parts.joined(separator: "|") + nulls
    }

    private static func parts(_ lists: [String]) -> [String] {
        lists.flatMap { $0.split(separator: ",") }.map { String($0) }
    }
}

extension TimeUnit: ExpressibleByArgument {}

extension InputZone {
    /// The help for `--timezone` where days are counted.
    static let daysHelp: ArgumentHelp =
        "Whose days are counted, such as +02:00 or Europe/Berlin; the definitions file's timezone if not given, or UTC."

    /// The zone that a definitions file names.
    static func known(_ name: String) throws(Failure) -> InputZone {
        guard let zone = InputZone(name) else {
            throw Failure(
                .input, "timezone \(Escaping.quoted(name)) is none that this machine knows, such as Europe/Berlin")
        }
        return zone
    }

    /// The zone that an option names.
    static func parsed(_ name: String) throws -> InputZone {
        guard let zone = InputZone(name) else {
            throw ValidationError("'\(name)' is no zone: UTC, +02:00 or a name such as Europe/Berlin.")
        }
        return zone
    }
}
