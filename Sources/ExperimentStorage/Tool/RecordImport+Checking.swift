import ExperimentDatabase
public import Experimentation

/// The check of an input before anything of it is written: by the rules, and by the rows of earlier imports.
extension RecordImport {
    /// Prepares to compare the records that are checked from now on with what imports before wrote to the same log.
    /// - Parameter log: The log that the records are for.
    /// - Returns: Whether there is anything to compare with.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when the file cannot be read.
    public func beginComparison(with log: ImportedLog) throws(ExperimentError) -> Bool {
        checked = 0
        repeats = try translating("import") { try RepeatedRecords(of: log, digest: digest, file.connection) }
        return repeats != nil
    }

    /// Finds the records among those checked that equal rows of imports before, and which of them are left out.
    /// - Parameter policy: What becomes of them.
    /// - Returns: How many there are.
    /// - Throws: ``Experimentation/ExperimentError/backend(_:)`` when they cannot be compared.
    public func findRepeats(_ policy: RepeatPolicy) throws(ExperimentError) -> RepeatedRows {
        try translating("import") { try repeats?.find(policy, file.connection) ?? RepeatedRows() }
    }

    /// Passes over the next record of the input if it is left out as a repeat.
    /// - Returns: Whether it did.
    public func passIfRepeated() -> Bool {
        guard let repeats, repeats.isLeftOut(progress.position) else { return false }
        progress.accept()
        return true
    }

    /// Counts a record that could not even be read as one, among those that are checked.
    public func skipCheck() { checked += 1 }

    /// Checks an exposure against the rules and the definitions; writes nothing.
    /// - Parameter exposure: The record.
    /// - Throws: What `add(_:)` for an exposure would.
    public func check(_ exposure: ExposureRecord) throws(ExperimentError) {
        checked += 1
        let valid = try exposure.validated()
        try translating("import") {
            _ = try rows.resolve(valid, definitions.snapshot)
            try repeats?.add(valid, at: checked - 1)
        }
    }

    /// Checks an outcome against the rules and the definitions; writes nothing.
    /// - Parameter outcome: The record.
    /// - Throws: What `add(_:)` for an outcome would.
    public func check(_ outcome: OutcomeRecord) throws(ExperimentError) {
        checked += 1
        let valid = try outcome.validated()
        try translating("import") {
            try rows.check(valid, definitions.snapshot)
            try repeats?.add(valid, at: checked - 1)
        }
    }

    /// Checks a link against the rules; writes nothing.
    /// - Parameter link: The record.
    /// - Throws: What `add(_:)` for a link would.
    public func check(_ link: LinkRecord) throws(ExperimentError) {
        checked += 1
        try link.validate()
    }
}
