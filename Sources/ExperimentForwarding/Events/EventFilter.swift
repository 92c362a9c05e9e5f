public import Experimentation

/// The choice of the recorded rows that a destination gets.
public struct EventFilter: Sendable, Hashable {
    /// An attribute that says whether a unit agreed.
    public struct Consent: Sendable, Hashable {
        /// The attribute's name.
        public let attribute: AttributeName
        /// The attribute's value for a unit that agreed.
        public let value: AttributeValue

        /// Asks for consent.
        /// - Parameters:
        ///   - attribute: The attribute's name.
        ///   - value: What it says of a unit that agreed.
        public init(attribute: AttributeName, value: AttributeValue) {
            self.attribute = attribute
            self.value = value
        }
    }

    /// The experiments whose rows leave; nil for all of them.
    ///
    /// An outcome that belongs to no experiment in particular counts in every one that its unit is in, and so leaves too.
    public var experiments: Set<ExperimentName>?
    /// The attribute's value that a row must have for it to leave; nil where no consent is asked for.
    ///
    /// A row without the attribute stays: who was not asked has not agreed.
    public var consent: Consent?

    /// Creates a filter.
    /// - Parameters:
    ///   - experiments: The experiments whose rows leave; nil for all.
    ///   - consent: What a row must say for it to leave; nil for nothing.
    public init(experiments: Set<ExperimentName>? = nil, consent: Consent? = nil) {
        self.experiments = experiments
        self.consent = consent
    }

    /// Why a row stays; nil for one that leaves.
    package func withholding(_ event: ForwardedEvent) -> Withholding? {
        if let experiments {
            switch event.record {
            case .exposure(let exposure) where !experiments.contains(exposure.experiment):
                return .otherExperiment
            case .outcome(let outcome):
                if let name = outcome.experiment, !experiments.contains(name) {
                    return .otherExperiment
                }
            case .exposure: break
            }
        }
        if let consent {
            let given = event.attributes[consent.attribute.text].map { AttributeValue($0) }
            if given != consent.value { return .noConsent }
        }
        return nil
    }
}

/// Why a row is not sent to a destination, though nothing is wrong with either.
public enum Withholding: String, Sendable, Hashable, CaseIterable {
    /// The row belongs to an experiment that is not forwarded there.
    case otherExperiment = "other_experiment"
    /// The row's unit has not agreed.
    case noConsent = "no_consent"
    /// An exposure that starts no unit: of a tester, outside of the experiment's coverage or of its runs.
    ///
    /// A vendor would count it as any other.
    case notEnrolled = "not_enrolled"
    /// The row names no unit, so a vendor has nobody to count.
    case noUnit = "no_unit"
    /// An outcome that says that something did not happen: to a vendor every event did.
    case nothingHappened = "nothing_happened"
    /// The row has a name or an id that the vendor does not know or refuses; the destination's notes say which.
    case unknownToVendor = "unknown_to_vendor"
}
