import ExperimentPlatform
import Testing

@testable import ExperimentStatistics

@Suite("Distributions")
struct DistributionTests {
    struct Content: Decodable {
        let functions: [String: Function]
    }
    struct Function: Decodable {
        let cases: [Case]
    }
    struct Case: Decodable {
        let z: Double?
        let q: Double?
        let p: Double?
        let t: Double?
        let df: Double?
        let x: Double?
        let value: Double?
        let ln: Double?
    }

    let functions: [String: Function]

    init() throws {
        functions = try Golden.load("special_functions", as: Content.self).functions
    }

    /// The worst error of a function over its cases; `compute` gives nil for a case that isn't meant.
    private func worst(
        _ name: String, scale: Double = 0, _ compute: (Case) throws -> (got: Double, want: Double)?
    ) throws -> WorstError {
        var worst = WorstError()
        for item in try #require(functions[name]).cases {
            guard let pair = try compute(item) else { continue }
            worst.note(pair.got, pair.want, scale: scale, at: "\(item)")
        }
        #expect(worst.count > 0)
        return worst
    }

    @Test("normal tails meet 60 digits to 1e-14, down to the last normal number")
    func normalTails() throws {
        let tail = try worst("normal_sf") { item in
            let want = try #require(item.value)
            return want < 1e-300 ? nil : (Normal.upperTail(try #require(item.z)), want)
        }
        #expect(tail.value < 1e-15, "\(tail)")
        let log = try worst("normal_log_sf", scale: 1e-15) { item in
            (Normal.logUpperTail(try #require(item.z)), try #require(item.value))
        }
        #expect(log.value < 1e-14, "\(log)")
        let logOfTail = try worst("normal_sf", scale: 1e-15) { item in
            try item.ln.map { (Normal.logUpperTail(try #require(item.z)), $0) }
        }
        #expect(logOfTail.value < 1e-14, "\(logOfTail)")
    }

    @Test("normal quantiles meet 60 digits to 1e-15")
    func normalQuantiles() throws {
        let upper = try worst("normal_isf") { item in
            (Normal.quantile(upperTail: try #require(item.q)), try #require(item.value))
        }
        #expect(upper.value < 1e-15, "\(upper)")
        let lower = try worst("normal_ppf") { item in
            (-Normal.quantile(upperTail: try #require(item.p)), try #require(item.value))
        }
        #expect(lower.value < 1e-15, "\(lower)")
    }

    @Test("Student tails meet 60 digits to 5e-13 from 1 to 1e12 degrees of freedom, their logarithms to 1e-13")
    func studentTails() throws {
        for name in ["student_t_sf", "student_t_sf_negative_t"] {
            let tail = try worst(name) { item in
                let want = try #require(item.value)
                let distribution = StudentT(degreesOfFreedom: try #require(item.df))
                return want < 1e-300 ? nil : (distribution.upperTail(try #require(item.t)), want)
            }
            #expect(tail.value < 2e-13, "\(tail)")
            let log = try worst(name, scale: 1e-15) { item in
                let distribution = StudentT(degreesOfFreedom: try #require(item.df))
                return try item.ln.map { (distribution.logUpperTail(try #require(item.t)), $0) }
            }
            #expect(log.value < 5e-15, "\(log)")
        }
    }

    @Test("Student quantiles meet 60 digits to 1e-12, nearer the centre to 1e-14 absolute")
    func studentQuantiles() throws {
        let outer = try worst("student_t_isf") { item in
            let q = try #require(item.q)
            let distribution = StudentT(degreesOfFreedom: try #require(item.df))
            return q > 0.4 ? nil : (distribution.quantile(upperTail: q), try #require(item.value))
        }
        #expect(outer.value < 2e-13, "\(outer)")
        let all = try worst("student_t_isf", scale: 1) { item in
            let distribution = StudentT(degreesOfFreedom: try #require(item.df))
            return (distribution.quantile(upperTail: try #require(item.q)), try #require(item.value))
        }
        #expect(all.value < 2e-13, "\(all)")
        #expect(StudentT(degreesOfFreedom: 3).quantile(upperTail: 0.5) == 0)
        #expect(
            StudentT(degreesOfFreedom: 1).quantile(upperTail: 0.75) == -StudentT(degreesOfFreedom: 1).quantile(
                upperTail: 0.25))
    }

    @Test("chi-squared tails meet 60 digits to 1e-14, their logarithms to 1e-13 however far out")
    func chiSquaredTails() throws {
        let tail = try worst("chi2_sf") { item in
            let want = try #require(item.value)
            let distribution = ChiSquared(degreesOfFreedom: Int(try #require(item.df)))
            return want < 1e-300 ? nil : (distribution.upperTail(try #require(item.x)), want)
        }
        #expect(tail.value < 2e-15, "\(tail)")
        let log = try worst("chi2_sf", scale: 1e-15) { item in
            let distribution = ChiSquared(degreesOfFreedom: Int(try #require(item.df)))
            return try item.ln.map { (distribution.logUpperTail(try #require(item.x)), $0) }
        }
        #expect(log.value < 1e-13, "\(log)")
        let far = try worst("chi2_log_sf") { item in
            let distribution = ChiSquared(degreesOfFreedom: Int(try #require(item.df)))
            return (distribution.logUpperTail(try #require(item.x)), try #require(item.value))
        }
        #expect(far.value < 1e-15, "\(far)")
    }

    @Test("the ratio of two gamma functions half a step apart meets 60 digits, however large they are")
    func gammaRatio() throws {
        let ratio = try worst("log_gamma_half_ratio") { item in
            let a = try #require(item.x)
            return (GammaRatio.logHalfStep(a) + 0.5 * log(a), try #require(item.value))
        }
        #expect(ratio.value < 2e-15, "\(ratio)")
    }

    @Test("outside their domain the functions give limits or NaN, never a wrong number")
    func domain() {
        #expect(Normal.upperTail(.infinity) == 0)
        #expect(Normal.upperTail(-.infinity) == 1)
        #expect(Normal.quantile(upperTail: 0) == .infinity)
        #expect(Normal.quantile(upperTail: 1.5).isNaN)
        #expect(Normal.quantile(upperTail: .nan).isNaN)
        let student = StudentT(degreesOfFreedom: 4)
        #expect(student.upperTail(.infinity) == 0)
        #expect(student.logUpperTail(.infinity) == -.infinity)
        #expect(student.quantile(upperTail: 1) == -.infinity)
        #expect(student.quantile(upperTail: -0.1).isNaN)
        let chiSquared = ChiSquared(degreesOfFreedom: 3)
        #expect(chiSquared.upperTail(0) == 1)
        #expect(chiSquared.upperTail(.infinity) == 0)
        #expect(chiSquared.logUpperTail(.infinity) == -.infinity)
    }
}
