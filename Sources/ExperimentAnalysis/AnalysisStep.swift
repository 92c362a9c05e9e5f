/// Steps of an analysis, for telling its progress; each takes long where the logs are long.
public enum AnalysisStep: String, Sendable, Hashable, CaseIterable {
    /// Finding the first exposure of every unit.
    case exposures = "reading exposures"
    /// Finding what becomes of every outcome.
    case outcomes = "reading outcomes"
    /// Reducing what units did to numbers of variants.
    case aggregates = "adding up units"
}
