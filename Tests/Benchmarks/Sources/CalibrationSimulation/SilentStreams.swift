import ExperimentStatistics

/// Ninety nights of streams of events that go on, thin out or stop.
enum SilentStreams {
    private static let nights = 90

    /// A stream: units a day, what they do at each age, and when they stop.
    private struct Stream {
        let name: String
        /// New units of a day.
        let enrolment: @Sendable (_ day: Int) -> Double
        let window: Int
        /// Events a unit-day by age, on a day of that number.
        let rate: @Sendable (_ age: Int, _ day: Int) -> Double
        var dispersion = 1.0
        /// The day on which everything stops.
        var stops = Int.max
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let isMetricGood = metrics(max(200, experiments / 10), seed)
        return exposures(max(500, experiments / 4), seed) && isMetricGood
    }

    /// A weekend has half of a weekday's events.
    private static func weekday(_ day: Int) -> Double { day % 7 > 4 ? 0.5 : 1 }

    /// The first alarm, by the whole rule and by weekdays alone with φ = 1, and by a variant given the others.
    private static func run(_ stream: Stream, _ random: inout Random) -> (rule: Int?, weekdays: Int?, variant: Int?) {
        var enrolled = [Double]()
        var heartbeat = EventHeartbeat()
        var variants = VariantHeartbeats(count: 2)
        var byWeekday = Array(repeating: (days: 0, events: 0), count: 7)
        var silentByWeekday = [SilenceTest.Day]()
        var found: (rule: Int?, weekdays: Int?, variant: Int?)
        for day in 0..<nights {
            enrolled.append(random.poisson(stream.enrolment(day)))
            let units = (0..<min(stream.window, day + 1)).map { Int(enrolled[day - $0]) }
            var events = [Int]()
            var split = [0, 0]
            // One shock a day for all ages, so that the total is over-dispersed.
            let total = units.enumerated().reduce(0) { $0 + Double($1.element) * stream.rate($1.offset, day) }
            let shock =
                stream.dispersion > 1 && total > 0
                ? random.gamma(total / (stream.dispersion - 1)) * (stream.dispersion - 1) / total : 1
            for (age, count) in units.enumerated() {
                let mean = day >= stream.stops ? 0 : Double(count) * stream.rate(age, day) * shock
                let number = mean > 0 ? Int(random.poisson(mean)) : 0
                events.append(number)
                for _ in 0..<number { split[random.chance(0.5) ? 0 : 1] += 1 }
            }
            heartbeat.add(.init(weekday: day % 7, unitsByAge: units, eventsByAge: events))
            variants.add(split)
            if found.rule == nil, heartbeat.silence.isAlarm { found.rule = day }
            let silent = (0..<2).contains {
                variants.silence(of: $0, dispersion: heartbeat.dispersion)?.isAlarm == true
                    || variants.gap(of: $0, dispersion: heartbeat.dispersion)?.isAlarm == true
            }
            if found.variant == nil, silent { found.variant = day }
            let same = byWeekday[day % 7]
            let sum = events.reduce(0, +)
            let expected = same.days >= 2 ? Double(same.events) / Double(same.days) : 0
            silentByWeekday = sum == 0 ? silentByWeekday + [.init(expected: expected, eventsKnown: same.events)] : []
            let plain = SilenceTest(days: silentByWeekday, dispersion: EventDispersion(known: 1))
            if found.weekdays == nil, plain.isAlarm { found.weekdays = day }
            byWeekday[day % 7].days += 1
            byWeekday[day % 7].events += sum
        }
        return found
    }

    private static func metrics(_ experiments: Int, _ seed: UInt64) -> Bool {
        let steady: @Sendable (Int) -> Double = { _ in 50 }
        let streams = [
            Stream(
                name: "20 events a day, weekends half", enrolment: steady, window: 14,
                rate: { 0.1 * weekday($1) / Double(1 + $0) }),
            Stream(
                name: "3 events a day", enrolment: steady, window: 14, rate: { 0.018 * weekday($1) / Double(1 + $0) }),
            Stream(
                name: "one a weekday, none on weekends", enrolment: steady, window: 14,
                rate: { $1 % 7 > 4 ? 0 : 0.006 / Double(1 + $0) }),
            Stream(
                name: "20 a day, φ 10", enrolment: steady, window: 14, rate: { 0.1 * weekday($1) / Double(1 + $0) },
                dispersion: 10),
            Stream(
                name: "after a campaign of 30 days", enrolment: { $0 < 30 ? 100 : 1 }, window: 14,
                rate: { 0.05 * weekday($1) / Double(1 + $0) }),
            Stream(
                name: "enrolment over after 40 days, 14-day window", enrolment: { $0 < 40 ? 50 : 0 }, window: 14,
                rate: { _, day in 0.03 * weekday(day) }),
            Stream(
                name: "enrolment over, no window, interest fades", enrolment: { $0 < 40 ? 50 : 0 }, window: nights,
                rate: { 0.1 * weekday($1) / Double(1 + $0 * $0) }),
        ]
        var table = LevelTable(
            "90 nights of a stream that goes on", ["cries", "a variant, given the others", "weekdays alone, φ = 1"])
        for (index, stream) in streams.enumerated() {
            var random = Random(seed: seed &* 11_000 &+ UInt64(index))
            var (rule, variant, weekdays) = (Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(stream, &random)
                rule.note(found.rule != nil)
                variant.note(found.variant != nil)
                weekdays.note(found.weekdays != nil)
            }
            table.row(stream.name, [.atMost(rule, 0.001), .atMost(variant, 0.001), .shown(weekdays)])
        }
        print("\n| a stream that stops on day 43 | median days until found |")
        print("|---|---:|")
        for (index, stream) in streams[...3].enumerated() {
            var random = Random(seed: seed &* 11_500 &+ UInt64(index))
            var stopping = stream
            stopping.stops = 42
            let days = (0..<experiments / 5).map { _ in run(stopping, &random).rule.map { $0 - 41 } }
            print("| \(stream.name) | \(days.median) |")
        }
        return table.isGood
    }

    private static func exposures(_ experiments: Int, _ seed: UInt64) -> Bool {
        let streams: [(String, (Int, inout Random) -> Double)] = [
            ("weekdays only, 30 a day", { $0 % 7 > 4 ? 0 : $1.poisson(30) }),
            ("3 a day", { $1.poisson(3) }),
            ("1 a day", { $1.poisson(1) }),
            ("decay, halved every 10 days from 200", { $1.poisson(200 * Level.half(Double($0) / 10)) }),
            ("decay, halved every 3 days from 200", { $1.poisson(200 * Level.half(Double($0) / 3)) }),
            ("campaigns of 5 days every 20 of 100 a day, else 10", { $1.poisson($0 % 20 < 5 ? 100 : 10) }),
            ("30 a day, φ 10", { $1.overDispersed(30, 10) }),
        ]
        func run(_ draw: (Int, inout Random) -> Double, stops: Int, _ random: inout Random) -> (rule: Int?, day: Int?) {
            var heartbeat = ExposureHeartbeat()
            var found: (rule: Int?, day: Int?)
            for day in 0..<nights {
                let count = day >= stops ? 0 : Int(draw(day, &random))
                heartbeat.add(exposures: count, weekday: day % 7)
                if found.rule == nil, heartbeat.silence.isAlarm { found.rule = day }
                if found.day == nil, count == 0, day > 0 { found.day = day }
            }
            return found
        }
        var table = LevelTable(
            "90 nights of exposures that go on",
            ["cries", "24 hours without one", "stops on day 43: median days until found"])
        for (index, stream) in streams.enumerated() {
            var random = Random(seed: seed &* 12_000 &+ UInt64(index))
            var (rule, day) = (Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(stream.1, stops: .max, &random)
                rule.note(found.rule != nil)
                day.note(found.day != nil)
            }
            let days = (0..<200).map { _ in run(stream.1, stops: 42, &random).rule.map { $0 - 41 } }
            table.row(stream.0, [.atMost(rule, 0.001), .shown(day), .text(days.median)])
        }
        return table.isGood
    }
}
