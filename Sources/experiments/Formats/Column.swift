/// The columns of the two logs; a column's raw value is its name in CSV and NDJSON.
enum Column: String, CaseIterable {
    case experiment
    case variantID = "variant_id"
    case metric
    case kind
    case value
    case userID = "user_id"
    case sessionID = "session_id"
    case timestamp
    case timestampMicroseconds = "timestamp_us"
    case attributes
    case enrollment
    case phase
    case id

    /// Finds a column by its name, or by the other name that `kind` has.
    init?(name: String) {
        if name == "value_type" { self = .kind } else { self.init(rawValue: name) }
    }

    /// Finds a column by its name in an input; a time's may end in the unit of its numbers.
    static func named(_ name: String) -> (column: Column, unit: TimeUnit?)? {
        if let column = Column(name: name) { return (column, column == .timestampMicroseconds ? .microseconds : nil) }
        for unit in TimeUnit.allCases where name == "timestamp_\(unit.rawValue)" { return (.timestamp, unit) }
        let plain = withoutCapitals(name)
        return plain == name ? nil : named(plain)
    }

    /// A name that is all in capitals in small letters: Snowflake and Oracle write the names so that nobody quoted.
    static func withoutCapitals(_ name: String) -> String { name == name.uppercased() ? name.lowercased() : name }

    /// The column's place in tables of all columns.
    var index: Int {
        switch self {
        case .experiment: 0
        case .variantID: 1
        case .metric: 2
        case .kind: 3
        case .value: 4
        case .userID: 5
        case .sessionID: 6
        case .timestamp: 7
        case .timestampMicroseconds: 8
        case .attributes: 9
        case .enrollment: 10
        case .id: 11
        case .phase: 12
        }
    }
}
