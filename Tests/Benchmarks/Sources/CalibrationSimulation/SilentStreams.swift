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
        /// Of the second variant's units, where that is faster or slower.
        var treated: (@Sendable (_ age: Int, _ day: Int) -> Double)?
        /// The first variant's share of the units.
        var share = 0.5
        var dispersion = 1.0
        /// Whether only the second variant's stream stops.
        var isOneSided = false
        /// The day on which everything stops.
        var stops = Int.max
    }

    static func tables(_ experiments: Int, _ seed: UInt64) -> Bool {
        let isMetricGood = metrics(max(200, experiments / 10), seed)
        let isTimesGood = times(max(500, experiments / 4), seed)
        return exposures(max(500, experiments / 4), seed) && isMetricGood && isTimesGood
    }

    /// A weekend has half of a weekday's events.
    private static func weekday(_ day: Int) -> Double { day % 7 > 4 ? 0.5 : 1 }

    /// The first alarm: by the whole rule, and of all variants by weekdays alone with φ = 1, of one by its share of all events.
    private struct Found {
        var rule: Int?
        var weekdays: Int?
        var variant: Int?
        var share: Int?
    }

    /// What is known of a variant without ages: its events, those of all until its last one, and the others' since.
    private struct Share {
        var events = 0
        var all = 0
        var since = 0

        mutating func add(_ own: Int, of all: Int) {
            if own > 0 {
                events += own
                self.all += since + all
                since = 0
            } else {
                since += all
            }
        }

        func isAlarm(_ dispersion: EventDispersion) -> Bool {
            events > 0 && events < all
                && SilenceTest(
                    eventsOfOthers: since, share: Double(events) / Double(all), dispersion: dispersion
                ).isAlarm
        }
    }

    private static func run(_ stream: Stream, _ random: inout Random) -> Found {
        let rates = [stream.rate, stream.treated ?? stream.rate]
        let shares = [stream.share, 1 - stream.share]
        var enrolled = [[Double](), [Double]()]
        var heartbeat = EventHeartbeat()
        var variants = VariantHeartbeats(count: 2)
        var shareKnown = [Share(), Share()]
        var byWeekday = Array(repeating: (days: 0, events: 0), count: 7)
        var silentByWeekday = [SilenceTest.Day]()
        var found = Found()
        for day in 0..<nights {
            let today = stream.enrolment(day)
            for variant in 0...1 { enrolled[variant].append(random.poisson(today * shares[variant])) }
            let units = enrolled.map { units in (0..<min(stream.window, day + 1)).map { Int(units[day - $0]) } }
            let means = (0...1).map { variant in
                units[variant].enumerated().map { Double($0.element) * rates[variant]($0.offset, day) }
            }
            // One shock a day for all, so that the total is over-dispersed.
            let total = means.joined().reduce(0, +)
            let shock =
                stream.dispersion > 1 && total > 0
                ? random.gamma(total / (stream.dispersion - 1)) * (stream.dispersion - 1) / total : 1
            let days = (0...1).map { variant in
                let isOver = day >= stream.stops && (variant == 1 || !stream.isOneSided)
                return EventHeartbeat.Day(
                    weekday: day % 7, unitsByAge: units[variant],
                    eventsByAge: means[variant].map { isOver || $0 == 0 ? 0 : Int(random.poisson($0 * shock)) })
            }
            let all = EventHeartbeat.Day(days, weekday: day % 7)
            heartbeat.add(all)
            variants.add(days)
            let dispersion = heartbeat.dispersion
            for variant in 0...1 { shareKnown[variant].add(days[variant].events, of: all.events) }
            if found.rule == nil, heartbeat.silence.isAlarm { found.rule = day }
            // Where all are silent no variant is called so.
            let silent = (0...1).contains {
                !heartbeat.silence.isAlarm && variants.silence(of: $0, dispersion: dispersion)?.isAlarm == true
                    || variants.gap(of: $0, dispersion: dispersion)?.isAlarm == true
            }
            if found.variant == nil, silent { found.variant = day }
            if found.share == nil, shareKnown.contains(where: { $0.isAlarm(dispersion) }) { found.share = day }
            let same = byWeekday[day % 7]
            let expected = same.days >= 2 ? Double(same.events) / Double(same.days) : 0
            silentByWeekday =
                all.events == 0 ? silentByWeekday + [.init(expected: expected, eventsKnown: same.events)] : []
            let plain = SilenceTest(days: silentByWeekday, dispersion: EventDispersion(known: 1))
            if found.weekdays == nil, plain.isAlarm { found.weekdays = day }
            byWeekday[day % 7].days += 1
            byWeekday[day % 7].events += all.events
        }
        return found
    }

    /// So many events a unit, spread evenly over the days after its exposure.
    private static func within(_ days: Int, events: Double) -> @Sendable (_ age: Int, _ day: Int) -> Double {
        { age, day in age < days ? events / Double(days) * weekday(day) : 0 }
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
            Stream(
                name: "a variant does on the day what the other does in 14; enrolment over after 40 days",
                enrolment: { $0 < 40 ? 50 : 0 }, window: nights, rate: within(14, events: 0.3),
                treated: within(1, events: 0.3)),
            Stream(
                name: "the same, of 200 units every other Monday and Tuesday", enrolment: { $0 % 14 < 2 ? 200 : 0 },
                window: nights, rate: within(14, events: 0.3), treated: within(1, events: 0.3)),
            Stream(
                name: "in one week and in two, after a campaign of 30 days, φ 10",
                enrolment: { $0 < 30 ? 100 : 1 }, window: nights, rate: within(14, events: 0.3),
                treated: within(7, events: 0.3), dispersion: 10),
            Stream(
                name: "on the day and in 14, rarely, a tenth of the units", enrolment: { $0 < 40 ? 100 : 0 },
                window: nights, rate: within(14, events: 0.05), treated: within(1, events: 0.05), share: 0.9),
        ]
        var table = LevelTable(
            "90 nights of a stream that goes on",
            ["cries", "a variant, given the others", "weekdays alone, φ = 1", "a variant, by its share alone"])
        for (index, stream) in streams.enumerated() {
            var random = Random(seed: seed &* 11_000 &+ UInt64(index))
            var (rule, variant, weekdays, share) = (Rate(), Rate(), Rate(), Rate())
            for _ in 0..<experiments {
                let found = run(stream, &random)
                rule.note(found.rule != nil)
                variant.note(found.variant != nil)
                weekdays.note(found.weekdays != nil)
                share.note(found.share != nil)
            }
            table.row(
                stream.name, [.atMost(rule, 0.001), .atMost(variant, 0.001), .shown(weekdays), .shown(share)])
        }
        let goingOn = [
            Stream(
                name: "a variant does on the day what the other does in 14", enrolment: steady, window: nights,
                rate: within(14, events: 0.3), treated: within(1, events: 0.3))
        ]
        print("\n| a stream that stops on day 43 | median days until found | a variant's alone | by its share alone |")
        print("|---|---:|---:|---:|")
        for (index, stream) in (streams[...3] + goingOn).enumerated() {
            var random = Random(seed: seed &* 11_500 &+ UInt64(index))
            var stopping = stream
            stopping.stops = 42
            let all = (0..<experiments / 5).map { _ in run(stopping, &random) }
            stopping.isOneSided = true
            let one = (0..<experiments / 5).map { _ in run(stopping, &random) }
            func days(_ found: [Found], _ day: (Found) -> Int?) -> String {
                found.map { day($0).map { $0 - 41 } }.median
            }
            print(
                "| \(stream.name) | \(days(all, \.rule)) | \(days(one, \.variant)) | \(days(one, \.share)) |")
        }
        return table.isGood
    }

    /// Times of which some lie at full hours, and those that are cut from a day on.
    private static func times(_ experiments: Int, _ seed: UInt64) -> Bool {
        let streams: [(name: String, outcomes: Double, full: @Sendable (_ day: Int) -> Double)] = [
            ("times to the minute, 20 a day", 20, { _ in 1.0 / 60 }),
            ("times to the minute, 2 a day", 2, { _ in 1.0 / 60 }),
            ("a third in batches of full hours, 20 a day", 20, { _ in 1.0 / 3 }),
            ("45 % in such batches, 2 a day", 2, { _ in 0.45 }),
            ("a third on weekdays, all on weekends of three days", 20, { $0 % 7 > 3 ? 1 : 1.0 / 3 }),
        ]
        func run(_ stream: Int, stops: Int, _ random: inout Random) -> Int? {
            var days = [CutDays.Day]()
            for day in 0..<nights {
                let outcomes = Int(random.poisson(streams[stream].outcomes))
                let share = day >= stops ? 1 : streams[stream].full(day)
                let full = (0..<outcomes).count { _ in random.chance(share) }
                if outcomes > 0 { days.append(.init(number: day, outcomes: outcomes, atFullHours: full)) }
                if CutDays(days).firstDay != nil { return day }
            }
            return nil
        }
        var table = LevelTable(
            "90 nights of times", ["called cut, though they are not", "cut from day 43 on: median days until found"])
        for (index, stream) in streams.enumerated() {
            var random = Random(seed: seed &* 13_000 &+ UInt64(index))
            var cries = Rate()
            for _ in 0..<experiments { cries.note(run(index, stops: .max, &random) != nil) }
            let days = (0..<200).map { _ in run(index, stops: 42, &random).map { $0 - 41 } }
            table.row(stream.name, [.atMost(cries, 0.001), .text(days.median)])
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
