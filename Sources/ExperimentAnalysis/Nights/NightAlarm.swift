import Experimentation

/// Something that was wrong on a stored night.
public struct NightAlarm: Sendable {
    /// The problem's name.
    public let name: String
    /// What it was about: a metric and a variant, or a reason; empty where the name says it all.
    public let subject: [String]
}

extension NightAlarm: Hashable {
    /// Whether two are the same; names of metrics and variants are bytes.
    public static func == (left: NightAlarm, right: NightAlarm) -> Bool {
        left.name == right.name && left.subject.map { ByteString($0) } == right.subject.map { ByteString($0) }
    }

    /// Puts what makes it the same into a hash.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(name)
        hasher.combine(subject.map { ByteString($0) })
    }
}

extension NightAlarm {
    /// The alarm that a problem is, as a night stores it.
    public init(_ problem: HealthProblem) {
        self.init(name: problem.name, subject: problem.subject)
    }

    /// The alarms that a night stored: a JSON array of their names, then of an array of name and subject for each that
    /// has one.
    ///
    /// Nights of earlier versions have the names only: what those were about is not known.
    static func stored(_ array: String) -> [NightAlarm] {
        var array = array
        let node = array.withUTF8 { try? JSONParser.parse($0) }
        guard case .array(let elements)? = node?.value else { return [] }
        var about = elements.compactMap { element -> NightAlarm? in
            guard case .array(let parts) = element.value else { return nil }
            let words = parts.compactMap(\.word)
            return words.first.map { NightAlarm(name: $0, subject: Array(words.dropFirst())) }
        }
        return elements.compactMap(\.word).map { name in
            let index = about.firstIndex { $0.name == name }
            return index.map { about.remove(at: $0) } ?? NightAlarm(name: name, subject: [])
        }
    }
}

extension JSONNode {
    /// The text it is; nil for anything else.
    fileprivate var word: String? {
        if case .string(let word) = value { word } else { nil }
    }
}
