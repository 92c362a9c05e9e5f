package import Experimentation

/// A recorded row on its way out, whole: what of it may leave is decided by a ``Disclosure``.
package struct ForwardedEvent: Sendable, Hashable {
    /// The record of the row: an exposure or an outcome.
    package enum Record: Sendable, Hashable {
        case exposure(ExposureRecord)
        case outcome(OutcomeRecord)
    }

    /// The row's id.
    package let id: RowID
    package let record: Record

    package init(id: RowID, record: Record) {
        self.id = id
        self.record = record
    }

    package var timestampMicroseconds: Int64 {
        switch record {
        case .exposure(let exposure): exposure.timestampMicroseconds
        case .outcome(let outcome): outcome.timestampMicroseconds
        }
    }

    package var attributes: [String: String] {
        switch record {
        case .exposure(let exposure): exposure.attributes
        case .outcome(let outcome): outcome.attributes
        }
    }
}
