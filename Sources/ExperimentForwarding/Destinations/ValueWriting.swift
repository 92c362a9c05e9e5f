package import ExperimentJSON
package import Experimentation

extension OutcomeValue {
    /// Whether it is a count that a double does not hold exactly, as it holds all up to ±2⁵³.
    package var isCountBeyondDouble: Bool {
        guard case .count(let count) = self else { return false }
        return Int64(exactly: Double(count)) != count
    }

    /// The number that it is; nil for true and false.
    package var number: Double? {
        switch self {
        case .bool: nil
        case .numeric(let number): number
        case .count(let count): Double(count)
        }
    }
}

extension JSONWriter {
    /// Writes an amount or a count as a member, exactly; nothing for true and false, which are events and no numbers.
    package mutating func member(_ name: String, ofNumber value: OutcomeValue) {
        switch value {
        case .bool: break
        case .numeric(let number): member(name, number)
        case .count(let count): member(name, count)
        }
    }
}

extension String {
    /// The text without the characters of a kind at its ends.
    func trimming(while isTrimmed: (Character) -> Bool) -> String {
        let start = drop(while: isTrimmed)
        return String(start.reversed().drop(while: isTrimmed).reversed())
    }
}
