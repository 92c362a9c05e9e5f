/// Finds the name that somebody who typed another one probably meant.
package enum Suggestion {
    /// The closest candidate, or nil when none is close: up to a third of the typed scalars wrong, at least one.
    ///
    /// A name that was cut short counts as one mistake.
    package static func closest(to typed: String, among candidates: [String]) -> String? {
        let wanted = Array(typed.lowercased().unicodeScalars.prefix(200))
        let limit = max(1, wanted.count / 3)
        var best: (candidate: String, distance: Int)?
        for candidate in candidates {
            let scalars = Array(candidate.lowercased().unicodeScalars.prefix(200))
            let distances = distances(wanted, scalars)
            let toBeginning = wanted.count >= 3 ? (distances.min() ?? .max) + 1 : .max
            let distance = min(distances[scalars.count], toBeginning)
            guard distance <= limit, distance < best?.distance ?? .max else { continue }
            best = (candidate, distance)
        }
        return best?.candidate
    }

    /// Insertions, deletions, substitutions and swaps of neighbours between a text and every beginning of another.
    ///
    /// Source: optimal string alignment distance; L. Boytsov, "Indexing methods for approximate dictionary searching",
    /// ACM J. Exp. Algorithmics 16 (2011), section 2.
    private static func distances(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> [Int] {
        var beforeLast: [Int] = []
        var last = Array(0...right.count)
        for row in 0..<left.count {
            var current = [row + 1]
            for column in 0..<right.count {
                let isSame = left[row] == right[column]
                var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current.append(cost)
            }
            beforeLast = last
            last = current
        }
        return last
    }
}
