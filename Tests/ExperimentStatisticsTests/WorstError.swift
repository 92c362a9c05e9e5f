/// The largest error seen over many values, and where.
struct WorstError: CustomStringConvertible {
    private(set) var value = 0.0
    private(set) var place = ""
    private(set) var count = 0

    /// Notes |got − want| relative to |want| and, if given, to a scale beside it.
    mutating func note(_ got: Double?, _ want: Double, scale: Double = 0, at place: @autoclosure () -> String) {
        count += 1
        let size = abs(want) + scale
        let error = got.map { $0 == want ? 0 : abs($0 - want) / size } ?? .infinity
        if !(error <= value) {
            value = error.isNaN ? .infinity : error
            self.place = "\(place()): \(got.map { "\($0)" } ?? "nil") for \(want)"
        }
    }

    var description: String { "\(value) over \(count) values, at \(place)" }
}
