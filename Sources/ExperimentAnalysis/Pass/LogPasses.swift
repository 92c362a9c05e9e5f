import ExperimentDatabase
import Experimentation

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// The settings that the passes of a report have in common, and the units that a pass is about.
struct PassScope {
    /// Experiments of the file, each in the phase that would be reported.
    let all: [ReportedPhase]
    let reported: [ReportedPhase]
    let options: AnalysisOptions
    /// The time of the machine's clock as the report began, in µs since 1970 UTC.
    let clock = Date().microsecondsSince1970
    /// The seed of the hashes of ids.
    let seed = UInt64.random(in: .min ... .max)
    var share = UnitShare.all
    /// The bytes that units may take.
    var memory = Int.max

    init(_ all: [ReportedPhase], _ reported: [ReportedPhase], _ options: AnalysisOptions) {
        self.all = all
        self.reported = reported
        self.options = options
    }

    /// The units whose ids are known: a link leads from one share to another, so where any experiment goes by links, all.
    var known: UnitShare { all.contains { $0.identity != .strict } ? .all : share }
}

/// The passes over the logs that a report needs.
///
/// Mostly one pass is enough. Where its units turn out to take more memory than they may, the passes begin again with half the
/// share of the units each. The passes then come in rounds: one over the exposures alone; one that adds up; and one more for each
/// total on which sums depend, such as a cap at a percentile. A round begins with the share that is at hand.
enum LogPasses {
    static func aggregates(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ scope: PassScope,
        telling tell: (AnalysisStep) -> Void
    ) throws -> Aggregates {
        var shares = 1
        while true {
            do {
                return try run(connection, other, scope, shares, telling: tell)
            } catch let beyond as UnitsBeyondMemory {
                shares = beyond.shares
            }
        }
    }

    private static func run(
        _ connection: borrowing Connection, _ other: ReadingConnection?, _ scope: PassScope, _ shares: Int,
        telling tell: (AnalysisStep) -> Void
    ) throws -> Aggregates {
        let totals = PassTotals(shares: shares)
        var scope = scope
        scope.memory = shares < UnitShare.maximumCount ? scope.options.memory : .max
        var order = (0..<shares).map { UnitShare(index: $0, count: shares) }
        if shares > 1 {
            tell(.exposures)
            for share in order {
                scope.share = share
                totals.beginPass()
                try LogPass.lookAtExposures(connection, scope, totals)
            }
            _ = totals.endRound()
        }
        var pass: LogPass?
        while true {
            for share in order {
                if pass?.scope.share != share {
                    // Before the next pass takes memory.
                    pass = nil
                    scope.share = share
                    pass = try LogPass(connection, other, scope, totals, telling: tell)
                }
                totals.beginPass()
                let aggregates = try pass.map { try Aggregates($0, connection) }
                if shares == 1, let aggregates { return aggregates }
            }
            let news = totals.endRound()
            precondition(news > 0, "each round of passes completes what its sums depend on")
            if let whole = try pass.map({ try Aggregates($0, connection) }), !totals.isLacking { return whole }
            totals.beginAgain()
            order.reverse()
        }
    }
}
