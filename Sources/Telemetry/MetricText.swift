/// Lines of Prometheus' text format for one metric.
struct MetricText {
    private(set) var bytes: [UInt8] = []
    private let name: String

    init(_ definition: MetricDefinition) {
        name = definition.name
        let kind =
            switch definition.kind {
            case .counter: "counter"
            case .gauge: "gauge"
            case .histogram: "histogram"
            }
        bytes += "# HELP \(name) \(definition.help)\n# TYPE \(name) \(kind)\n".utf8
    }

    mutating func write(suffix: String, _ labels: [(String, String)], _ value: Double) {
        bytes += name.utf8
        bytes += suffix.utf8
        if !labels.isEmpty {
            bytes.append(UInt8(ascii: "{"))
            for (position, (label, value)) in labels.enumerated() {
                if position > 0 { bytes.append(UInt8(ascii: ",")) }
                bytes += label.utf8
                bytes += "=\"".utf8
                Self.append(escaping: value, to: &bytes)
                bytes.append(UInt8(ascii: "\""))
            }
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(UInt8(ascii: " "))
        bytes += Self.number(value).utf8
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Writes a number as the format has it, whole numbers without a fraction.
    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value), abs(whole) < 1 << 53 { return String(whole) }
        if value.isNaN { return "NaN" }
        return value.isFinite ? "\(value)" : value > 0 ? "+Inf" : "-Inf"
    }

    private static func append(escaping value: String, to bytes: inout [UInt8]) {
        for byte in value.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): bytes += #"\\"#.utf8
            case UInt8(ascii: "\""): bytes += #"\""#.utf8
            case UInt8(ascii: "\n"): bytes += #"\n"#.utf8
            default: bytes.append(byte)
            }
        }
    }
}
