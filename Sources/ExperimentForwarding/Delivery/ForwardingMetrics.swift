import Experimentation
import Metrics

/// The numbers about a destination that an operator's metrics system is told.
struct ForwardingMetrics: Sendable {
    private let sent: Counter
    private let refused: Counter
    private let withheld: Counter
    private let repeats: Counter
    private let requestTime: Timer
    private let lag: Gauge
    private let lagSeconds: Gauge

    init(_ destination: DestinationName, _ factory: any MetricsFactory) {
        let dimensions = [("destination", destination.text)]
        func counter(_ label: String) -> Counter { Counter(label: label, dimensions: dimensions, factory: factory) }
        sent = counter("experiments_forwarded_rows_total")
        refused = counter("experiments_forwarding_refused_rows_total")
        withheld = counter("experiments_forwarding_withheld_rows_total")
        repeats = counter("experiments_forwarding_repeated_requests_total")
        requestTime = Timer(
            label: "experiments_forwarding_request_duration", dimensions: dimensions, factory: factory)
        lag = Gauge(label: "experiments_forwarding_lag_rows", dimensions: dimensions, factory: factory)
        lagSeconds = Gauge(label: "experiments_forwarding_lag_seconds", dimensions: dimensions, factory: factory)
    }

    func answered(microseconds: Int64) { requestTime.recordMicroseconds(microseconds) }

    func stepped(_ step: DeliveryStep, repeats count: Int, _ backlog: Backlog) {
        sent.increment(by: step.sent)
        refused.increment(by: step.refused.count)
        withheld.increment(by: step.withheld.values.reduce(0, +))
        repeats.increment(by: count)
        lag.record(backlog.rows)
        let age = backlog.oldestMicroseconds.map { step.atMicroseconds - $0 } ?? 0
        lagSeconds.record(Double(max(0, age)) / 1e6)
    }
}
