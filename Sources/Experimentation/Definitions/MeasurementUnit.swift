/// The unit in which a metric's values are measured, such as `EUR` or `ms`: words for reports, which convert nothing.
public struct MeasurementUnit: Sendable, Hashable {
    package static let maximumBytes = 16

    private let name: Name<MeasurementUnit>

    /// The unit as it was given.
    public var text: String { name.text }

    /// Creates a unit.
    /// - Parameter text: 1 to 16 bytes, without control characters.
    /// - Throws: ``ExperimentError/invalidContext(_:)`` for any other.
    public init(_ text: String) throws(ExperimentError) {
        let name = Name<MeasurementUnit>(text)
        try Rules.checkName(name, field: "unit", maximumBytes: Self.maximumBytes)
        self.name = name
    }
}
