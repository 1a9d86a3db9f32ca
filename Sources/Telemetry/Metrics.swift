import Synchronization

/// All metrics of the process.
///
/// Each metric has its own lock, held for a few additions, so callers on different stages do not meet.
///
///     metrics.increment(.toolCalls, [.tool: name, .outcome: "ok", .era: "stateless"])
package final class Metrics: Sendable {
    /// The values of a metric's labels at one call.
    package typealias Labels = KeyValuePairs<MetricLabel, String>

    private let families: [MetricFamily]
    private let readings = Mutex<[(metric: Metric, read: @Sendable () -> Double)]>([])

    /// Sets all metrics to zero.
    ///
    /// - Parameters:
    ///   - version: The program's version, for `build_info`.
    ///   - tools: The names that the label `tool` may have; any other becomes `other`.
    ///   - clock: Tells the start of the process.
    package init(version: String = "", tools: [String] = [], clock: WallClock = .system) {
        families = Metric.allCases.map { MetricFamily($0.definition, registered: [.tool: tools]) }
        set(.buildInfo, 1, [.version: version])
        set(.processStartTime, Double(clock.now) / 1_000_000)
        watch(.processResidentBytes) { Double(ProcessMemory.residentBytes ?? 0) }
    }

    /// Counts `amount` more events.
    package func increment(_ metric: Metric, by amount: Int = 1, _ labels: Labels = [:]) {
        precondition(amount >= 0, "Counters only grow.")
        families[metric.rawValue].add(.counter, Double(amount), labels)
    }

    /// Moves a gauge up, or down by a negative amount.
    package func add(_ metric: Metric, _ amount: Int, _ labels: Labels = [:]) {
        families[metric.rawValue].add(.gauge, Double(amount), labels)
    }

    /// Sets a gauge.
    package func set(_ metric: Metric, _ value: Double, _ labels: Labels = [:]) {
        families[metric.rawValue].set(value, labels)
    }

    /// Counts one observation in a histogram.
    package func observe(_ metric: Metric, _ value: Double, _ labels: Labels = [:]) {
        families[metric.rawValue].observe(value, labels)
    }

    /// Counts one time span in a histogram of seconds.
    package func observe(_ metric: Metric, _ duration: Duration, _ labels: Labels = [:]) {
        let (seconds, attoseconds) = duration.components
        observe(metric, Double(seconds) + Double(attoseconds) * 1e-18, labels)
    }

    /// Reads a counter or gauge without labels from its owner at every scrape, instead of being told each change.
    ///
    /// `read` runs on the thread that scrapes, must not block, and is kept as long as the metrics are.
    package func watch(_ metric: Metric, _ read: @escaping @Sendable () -> Double) {
        precondition(metric.definition.labels.isEmpty, "Only a metric without labels has one value to read.")
        readings.withLock { $0.append((metric, read)) }
    }

    /// Writes all metrics in Prometheus' text format, version 0.0.4.
    package func exposition() -> [UInt8] {
        for (metric, read) in readings.withLock({ $0 }) { families[metric.rawValue].read(read()) }
        var text: [UInt8] = []
        text.reserveCapacity(16 * 1024)
        for family in families { family.write(to: &text) }
        return text
    }
}
