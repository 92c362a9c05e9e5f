import ExperimentDatabase
import Experimentation

/// Values that some attributes had at the first exposures of an experiment's units.
///
/// Two bytes a unit and attribute. Mostly many units have the same text of attributes, so each text is read once.
struct PassAttributes {
    /// The values that units have of an attribute.
    struct Column {
        /// Values of the attribute in order of appearance; nil stands for units without the attribute.
        fileprivate(set) var values: [AttributeValue?] = []
        /// Codes by the unit's place: the place of its value, or ``several`` for one of too many.
        fileprivate(set) var codes: [UInt16]
        fileprivate var places: [AttributeValue?: UInt16] = [:]

        fileprivate init(units: Int) { codes = Array(repeating: PassAttributes.several, count: units) }

        fileprivate mutating func code(_ value: AttributeValue?) -> UInt16 {
            if let place = places[value] { return place }
            guard values.count < Int(PassAttributes.several) else { return PassAttributes.several }
            let place = UInt16(values.count)
            values.append(value)
            places[value] = place
            return place
        }
    }

    private enum Text {}

    /// The code of values beyond as many as are told apart: an attribute of that many is no segment of anything.
    static let several = UInt16.max
    /// Number of attributes' texts that are kept to be found again.
    private static let knownTexts = 65_536

    private static let attributes = "SELECT attributes FROM main.exposure_log WHERE exposure_id = ?1"
    /// An attribute's text is found by its exact name, since a JSON path could not hold every name.
    private static let values = "SELECT key, CAST(value AS TEXT) FROM json_each(?1) WHERE atom IS NOT NULL"

    private(set) var columns: [AttributeName: Column] = [:]

    /// Looks at the attributes of each unit's first exposure.
    init(_ experiment: PassExperiment, _ connection: borrowing Connection) throws {
        guard !experiment.attributes.isEmpty else { return }
        let names = Set(experiment.attributes.map(\.name)).sorted()
        let firstExposures = experiment.firstExposures
        var columns = names.map { _ in Column(units: firstExposures.count) }
        let select = try connection.prepare(Self.attributes)
        let parse = try connection.prepare(Self.values)
        var known: [Name<Text>?: [UInt16]] = [:]
        for (place, exposure) in firstExposures.enumerated() {
            try select.bind(exposure, at: 1)
            let text: Name<Text>? = try select.step() ? select.optionalName(0) : nil
            select.reset()
            let codes: [UInt16]
            if let found = known[text] {
                codes = found
            } else {
                let values = try Self.values(names, of: text, parse)
                codes = columns.indices.map { columns[$0].code(values[$0]) }
                if known.count < Self.knownTexts { known[text] = codes }
            }
            for column in columns.indices { columns[column].codes[place] = codes[column] }
        }
        self.columns = Dictionary(uniqueKeysWithValues: zip(names, columns))
    }

    private static func values<Of>(
        _ names: [AttributeName], of text: Name<Of>?, _ parse: borrowing Statement
    ) throws -> [AttributeValue?] {
        var values = names.map { _ in AttributeValue?.none }
        guard let text else { return values }
        try parse.bind(text, at: 1)
        while try parse.step() {
            let key: AttributeName = parse.name(0)
            // Of a name that is there twice the first counts.
            if let place = names.firstIndex(of: key), values[place] == nil { values[place] = parse.optionalName(1) }
        }
        parse.reset()
        return values
    }
}
