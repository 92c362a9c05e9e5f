import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The rules that a record must pass on its caller's thread before it is queued; counts what is refused.
struct RecordCheck {
    /// The longest time that a record may lie ahead of the clock, in µs; nil for any time.
    let clockTolerance: Int64?
    let metrics: StoreMetrics

    /// An exposure, ready to be queued.
    func content(of exposure: ExposureRecord) throws(ExperimentError) -> QueuedRecord.Content {
        try counted { () throws(ExperimentError) in
            let prepared = try PreparedRecord(exposure)
            try check(prepared.record.timestampMicroseconds, prepared.record.userID, prepared.record.sessionID)
            return .exposure(prepared)
        }
    }

    /// An outcome, ready to be queued.
    func content(of outcome: OutcomeRecord) throws(ExperimentError) -> QueuedRecord.Content {
        try counted { () throws(ExperimentError) in
            let prepared = try PreparedRecord(outcome)
            try check(prepared.record.timestampMicroseconds, prepared.record.userID, prepared.record.sessionID)
            return .outcome(prepared)
        }
    }

    /// A link, ready to be queued.
    func content(of link: LinkRecord) throws(ExperimentError) -> QueuedRecord.Content {
        try counted { () throws(ExperimentError) in
            try link.validate()
            try check(link.timestampMicroseconds, link.userID, link.sessionID)
            return .link(link)
        }
    }

    private func counted(
        _ body: () throws(ExperimentError) -> QueuedRecord.Content
    ) throws(ExperimentError) -> QueuedRecord.Content {
        do throws(ExperimentError) {
            return try body()
        } catch {
            metrics.refuse(.invalid)
            throw error
        }
    }

    /// Refuses a time that lies too far ahead: a single such record would date a report to its year.
    ///
    /// A record without an id of any unit is stored, and can count nowhere.
    private func check(_ microseconds: Int64, _ userID: UnitID?, _ sessionID: UnitID?) throws(ExperimentError) {
        if let clockTolerance, microseconds - Date.now.microsecondsSince1970 > clockTolerance {
            throw .invalid(
                "timestamp", "must be at most \(clockTolerance / 1_000_000) s ahead of the clock (`clockTolerance`)")
        }
        if userID == nil, sessionID == nil { metrics.lacksUnit() }
    }
}
