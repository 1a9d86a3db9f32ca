import Synchronization

/// One metric with its series, one for each combination of label values that occurred.
final class MetricFamily: Sendable {
    private struct State {
        /// For each label, its values and their positions.
        var labels: [LabelValues]
        /// From a combination of label values to the index of its series.
        var indices: [Int: Int] = [:]
        var combinations: [Int] = []
        /// The value of a counter or gauge, the sum of a histogram.
        var values: [Double] = []
        /// The counts of all histograms' buckets, one after the other; the last of each has no bound.
        var buckets: [UInt64] = []
    }

    private let definition: MetricDefinition
    private let bounds: [Double]
    private let state: Mutex<State>

    init(_ definition: MetricDefinition, registered: [MetricLabel: [String]]) {
        self.definition = definition
        if case .histogram(let bounds) = definition.kind { self.bounds = bounds } else { bounds = [] }
        state = Mutex(State(labels: definition.labels.map { LabelValues($0, registered: registered[$0] ?? []) }))
        // Without labels there is one series, and it is there from the start, so that a rate is known from zero.
        if definition.labels.isEmpty { state.withLock { _ = series([:], &$0) } }
    }

    func add(_ kind: MetricDefinition.Kind, _ amount: Double, _ labels: Metrics.Labels) {
        precondition(definition.kind == kind, "Counters are incremented, gauges go up and down.")
        state.withLock { $0.values[series(labels, &$0)] += amount }
    }

    func set(_ value: Double, _ labels: Metrics.Labels) {
        precondition(definition.kind == .gauge, "Only gauges are set.")
        state.withLock { $0.values[series(labels, &$0)] = value }
    }

    /// Takes over the value that the metric's owner keeps.
    func read(_ value: Double) {
        precondition(bounds.isEmpty, "A histogram has no single value.")
        state.withLock { $0.values[series([:], &$0)] = value }
    }

    func observe(_ value: Double, _ labels: Metrics.Labels) {
        precondition(!bounds.isEmpty, "Only histograms are observed.")
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            let index = series(labels, &state)
            state.values[index] += value
            state.buckets[index * (bounds.count + 1) + bucket] += 1
        }
    }

    private func series(_ labels: Metrics.Labels, _ state: inout State) -> Int {
        var combination = 0
        for (position, label) in definition.labels.enumerated() {
            let value = labels.first { $0.key == label }?.value
            combination = combination << 16 | state.labels[position].position(of: value ?? MetricLabel.other)
        }
        if let index = state.indices[combination] { return index }
        let index = state.combinations.count
        state.indices[combination] = index
        state.combinations.append(combination)
        state.values.append(0)
        if !bounds.isEmpty { state.buckets.append(contentsOf: repeatElement(0, count: bounds.count + 1)) }
        return index
    }
}

extension MetricFamily {
    /// Appends the metric in Prometheus' text format; nothing if no series exists yet.
    func write(to text: inout [UInt8]) {
        let state = state.withLock { $0 }
        guard !state.combinations.isEmpty else { return }
        var out = MetricText(definition)
        for (index, combination) in state.combinations.enumerated() {
            let labels = pairs(combination, state)
            guard !bounds.isEmpty else {
                out.write(suffix: "", labels, state.values[index])
                continue
            }
            var count: UInt64 = 0
            for (position, bucket) in state.buckets[index * (bounds.count + 1)..<(index + 1) * (bounds.count + 1)]
                .enumerated()
            {
                count += bucket
                let bound = position < bounds.count ? MetricText.number(bounds[position]) : "+Inf"
                out.write(suffix: "_bucket", labels + [("le", bound)], Double(count))
            }
            out.write(suffix: "_sum", labels, state.values[index])
            out.write(suffix: "_count", labels, Double(count))
        }
        text += out.bytes
    }

    private func pairs(_ combination: Int, _ state: State) -> [(String, String)] {
        definition.labels.enumerated().map { position, label in
            let shift = 16 * (definition.labels.count - 1 - position)
            return (label.rawValue, state.labels[position].names[combination >> shift & 0xFFFF])
        }
    }
}

/// The values of one label; the first is `other`.
private struct LabelValues {
    private(set) var names = [MetricLabel.other]
    private var positions = [MetricLabel.other: 0]
    private let label: MetricLabel

    init(_ label: MetricLabel, registered: [String]) {
        self.label = label
        for value in registered { add(value) }
    }

    mutating func position(of value: String) -> Int {
        if let position = positions[value] { return position }
        guard !label.isRegistered, value.utf8.count <= 64 else { return 0 }
        add(value)
        return positions[value] ?? 0
    }

    private mutating func add(_ value: String) {
        guard names.count <= label.maxValues, positions[value] == nil else { return }
        positions[value] = names.count
        names.append(value)
    }
}
