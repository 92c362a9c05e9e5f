import Experimentation

/// Something that was wrong on a stored night.
public struct NightAlarm: Sendable {
    /// The problem's name.
    public let name: String
    /// The metric it was about; nil for none.
    public let metric: String?
    /// The variant it was about; nil for none.
    public let variantID: String?
    /// What else it was about, where an experiment can have several of its name: the reason of a discard.
    public let detail: String?
}

extension NightAlarm: Hashable {
    /// Whether two are the same; names of metrics and variants are bytes.
    public static func == (left: NightAlarm, right: NightAlarm) -> Bool {
        left.name == right.name && left.metric.isSameBytes(as: right.metric)
            && left.variantID.isSameBytes(as: right.variantID) && left.detail == right.detail
    }

    /// Puts what makes it the same into a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(metric.map { ByteString($0) })
        hasher.combine(variantID.map { ByteString($0) })
    }
}

extension NightAlarm {
    /// The alarm that a problem is, as a night stores it.
    public init(_ problem: HealthProblem) {
        switch problem {
        case .differentialDiscards(let reason, _):
            self.init(name: problem.name, metric: nil, variantID: nil, detail: reason.rawValue)
        case .imbalance(let metric, let variantID, _):
            self.init(name: problem.name, metric: metric, variantID: variantID, detail: nil)
        default: self.init(name: problem.name, metric: nil, variantID: nil, detail: nil)
        }
    }
}
