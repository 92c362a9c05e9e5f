import ExperimentDatabase
import Experimentation

/// The numbers that a report needs of all units together.
enum PassTotal: Hashable {
    /// The ledger and the times of outcomes.
    case log
    /// The day on which an experiment, named by its place, began.
    case startDay(Int)
    /// The largest segments.
    case segments(Int, PassSegments.Attribute)
    /// Units and outcomes of the segments.
    case segmentUnits(Int, PassSegments.Attribute)
    /// Units of an experiment, exposed and analysed.
    case units(Int)
    /// The measures that have outcomes.
    case presence(Int)
    case discards(Int)
    /// Doubled outcomes of an experiment in a measure.
    case doubled(Int, Int)
    case placeholders(Int)
    /// The largest unit in a measure.
    case largest(UnitValues.Request)
    /// Whether any window is over, and any unit has an outcome.
    case standing(UnitValues.Request)
    case cap(UnitValues.Request, ofPasts: Bool)
    case pastMean(UnitValues.Request)
    /// The groups of units in a metric.
    case groups(FoldedGroup.Request)
    /// The numbers that a quantile is taken over.
    case numbers(FoldedGroup.Request)
}

/// Adds up over the passes of a report what each finds among its share of the units.
///
/// Code that needs a total asks for the total in every pass and says what the pass itself adds. The answer is nil until all
/// passes have been asked; then the passes begin again, now with the total. A total that depends on another is asked for once
/// the other is there.
/// So nothing but totals crosses from one pass to the next, and code that asks reads as if there were one pass: with one
/// share every answer is there at once.
final class PassTotals {
    private final class Sum<Part> {
        var value: Part
        init(_ value: Part) { self.value = value }
    }

    private final class Total<Value> {
        let value: Value
        init(_ value: Value) { self.value = value }
    }

    let shares: Int
    private var growing: [PassTotal: (passes: Int, last: Int, sum: AnyObject)] = [:]
    private var pass = 0
    private var complete: [PassTotal: AnyObject] = [:]
    /// Whether anybody was told nil since the passes began, or began again.
    private(set) var isLacking = false

    init(shares: Int = 1) { self.shares = shares }

    /// The sum of the parts of all passes; nil where that is not known yet.
    func total<Part, Value>(
        _ key: PassTotal, _ part: () -> Part, merging merge: (inout Part, Part) -> Void,
        finishing finish: (inout Part) -> Value
    ) -> Value? {
        if shares == 1 {
            var whole = part()
            return finish(&whole)
        }
        switch complete[key] {
        case let total as Total<Value>: return total.value
        case let sum as Sum<Part>:
            let total = Total(finish(&sum.value))
            complete[key] = total
            return total.value
        default: break
        }
        isLacking = true
        guard let known = growing[key], let sum = known.sum as? Sum<Part> else {
            growing[key] = (1, pass, Sum(part()))
            return nil
        }
        if known.last != pass {
            merge(&sum.value, part())
            growing[key] = (known.passes + 1, pass, sum)
        }
        return nil
    }

    /// The same, of parts that are the total when they are added up.
    func total<Value>(_ key: PassTotal, _ part: Value, merging merge: (inout Value, Value) -> Void) -> Value? {
        total(key, { part }, merging: merge, finishing: { $0 })
    }

    /// Begins a pass: until the next one each part is added once, however often its total is asked for.
    func beginPass() { pass += 1 }

    /// Ends a round of passes: what each of them has added to is known from now on.
    ///
    /// A total that only some passes have asked for depended on another that was not there yet, and is asked for again.
    /// - Returns: How much is new.
    func endRound() -> Int {
        let whole = growing.filter { $1.passes == shares }
        for (key, known) in whole { complete[key] = known.sum }
        beginAgain()
        return whole.count
    }

    /// Forgets what was asked for in vain.
    func beginAgain() {
        growing = [:]
        isLacking = false
    }
}
