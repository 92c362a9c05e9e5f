import Experimentation

/// An outcome on its way from the thread that read its row to the thread that adds up its unit.
struct OutcomeMessage {
    /// The unit's place among the experiment's.
    let place: UInt32
    /// The place of the list of measures that take the outcome, among the reader's ``takers``.
    let measures: Int32
    let fate: Disposition
    /// Whether its record has an id, so that it was not recorded twice.
    let hasRecordID: Bool
    /// The bits of a double, or of a whole number.
    let value: UInt64
    /// In µs.
    let time: Int64
    /// Since the unit's first exposure, in µs.
    let elapsed: Int64
}
