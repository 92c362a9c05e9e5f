import Experimentation

/// A rule of a feature: tried in order, the first that takes the user decides.
public enum GrowthBookRule: Sendable, Hashable {
    /// Splits units between variations.
    case experiment(GrowthBookExperiment)
    /// Gives a value to everybody, or to a share.
    case rollout(GrowthBookRollout)
}

extension GrowthBookRule {
    /// Reads a rule by what it does.
    init(_ reader: JSONReader) {
        let fields = reader.fields
        let isRollout = fields.contains("force")
        if !isRollout, fields.contains("variations") {
            self = .experiment(GrowthBookExperiment(reader))
        } else {
            if !isRollout { fields.problem("is a rule of an unknown type: it has neither force nor variations") }
            self = .rollout(GrowthBookRollout(reader))
        }
    }
}
