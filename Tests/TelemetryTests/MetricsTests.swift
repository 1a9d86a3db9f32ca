import Dispatch
import Telemetry
import Testing

@Suite("Metrics")
struct MetricsTests {
    private func lines(_ metrics: Metrics, _ name: String) -> [String] {
        String(decoding: metrics.exposition(), as: UTF8.self)
            .split(separator: "\n").map(String.init).filter { $0.hasPrefix(name) }
    }

    @Test("without labels are there from the start")
    func zeros() {
        #expect(lines(Metrics(), "http_connections ") == ["http_connections 0"])
        #expect(lines(Metrics(), "audit_events_total ") == ["audit_events_total 0"])
        #expect(lines(Metrics(), "worker_wait_seconds_count") == ["worker_wait_seconds_count 0"])
        #expect(lines(Metrics(), "tool_calls_total").isEmpty)
    }

    @Test("count by label, in the labels' own order")
    func counting() {
        let metrics = Metrics(tools: ["find_task"])
        metrics.increment(.toolCalls, [.era: "stateless", .outcome: "ok", .tool: "find_task"])
        metrics.increment(.toolCalls, by: 2, [.tool: "find_task", .outcome: "ok", .era: "stateless"])
        metrics.increment(.toolCalls, [.tool: "find_task", .outcome: "error", .era: "handshake"])
        #expect(
            lines(metrics, "tool_calls_total") == [
                #"tool_calls_total{tool="find_task",outcome="ok",era="stateless"} 3"#,
                #"tool_calls_total{tool="find_task",outcome="error",era="handshake"} 1"#,
            ])
    }

    @Test("know only registered tools, so a client cannot make series")
    func tools() {
        let metrics = Metrics(tools: ["find_task"])
        for number in 0..<10_000 {
            metrics.increment(.toolCalls, [.tool: "made_up_\(number)", .outcome: "unknown", .era: "x"])
        }
        #expect(
            lines(metrics, "tool_calls_total") == [#"tool_calls_total{tool="other",outcome="unknown",era="x"} 10000"#])
    }

    @Test("keep every label set bounded")
    func bounds() {
        let metrics = Metrics()
        for number in 0..<1000 { metrics.increment(.httpRefusals, [.reason: "reason_\(number)"]) }
        metrics.increment(.httpRefusals)
        metrics.increment(.httpRefusals, [.reason: String(repeating: "long", count: 100)])
        let found = lines(metrics, "http_refusals_total")
        #expect(found.count == 33)
        #expect(found.contains(#"http_refusals_total{reason="other"} 970"#))
    }

    @Test("go up and down as gauges, or are read when scraped")
    func gauges() {
        let metrics = Metrics()
        metrics.add(.httpConnections, 3)
        metrics.add(.httpConnections, -1)
        metrics.set(.backlogJobs, 7)
        metrics.watch(.logLinesDropped) { 12 }
        #expect(lines(metrics, "http_connections ") == ["http_connections 2"])
        #expect(lines(metrics, "backlog_jobs ") == ["backlog_jobs 7"])
        #expect(lines(metrics, "log_lines_dropped_total ") == ["log_lines_dropped_total 12"])
    }

    @Test("sort observations into cumulative buckets, bounds included")
    func histogram() {
        let metrics = Metrics()
        for size in [1, 2, 2, 5, 16, 40] { metrics.observe(.workerBatchSize, Double(size)) }
        #expect(
            lines(metrics, "worker_batch_size") == [
                #"worker_batch_size_bucket{le="1"} 1"#, #"worker_batch_size_bucket{le="2"} 3"#,
                #"worker_batch_size_bucket{le="4"} 3"#, #"worker_batch_size_bucket{le="8"} 4"#,
                #"worker_batch_size_bucket{le="16"} 5"#, #"worker_batch_size_bucket{le="+Inf"} 6"#,
                "worker_batch_size_sum 66", "worker_batch_size_count 6",
            ])
    }

    @Test("take durations as seconds")
    func durations() {
        let metrics = Metrics()
        metrics.observe(.workerWait, .milliseconds(1500))
        #expect(lines(metrics, "worker_wait_seconds_sum") == ["worker_wait_seconds_sum 1.5"])
    }

    @Test("lose nothing when many threads count at once")
    func contention() {
        let metrics = Metrics(tools: ["a", "b"])
        DispatchQueue.concurrentPerform(iterations: 8) { thread in
            for _ in 0..<5000 {
                metrics.increment(.auditEvents)
                metrics.observe(
                    .toolDuration, 0.002, [.tool: thread.isMultiple(of: 2) ? "a" : "b", .outcome: "ok", .era: "x"])
            }
        }
        #expect(lines(metrics, "audit_events_total ") == ["audit_events_total 40000"])
        #expect(
            lines(metrics, "tool_duration_seconds_count").sorted() == [
                #"tool_duration_seconds_count{tool="a",outcome="ok",era="x"} 20000"#,
                #"tool_duration_seconds_count{tool="b",outcome="ok",era="x"} 20000"#,
            ])
    }

    @Test("escape label values")
    func escaping() {
        let metrics = Metrics()
        metrics.increment(.httpRefusals, [.reason: "a\"b\\c\nd"])
        #expect(lines(metrics, "http_refusals_total") == [#"http_refusals_total{reason="a\"b\\c\nd"} 1"#])
    }

    @Test("describe the process")
    func process() throws {
        let metrics = Metrics(version: "1.2.3", clock: ManualClock(at: 1_750_000_000_000_000).wall)
        #expect(lines(metrics, "build_info") == [#"build_info{version="1.2.3"} 1"#])
        #expect(lines(metrics, "process_start_time_seconds ") == ["process_start_time_seconds 1750000000"])
        let resident = try #require(lines(metrics, "process_resident_bytes ").first?.split(separator: " ").last)
        #expect(try #require(Int(resident)) > 1_000_000)
    }

    @Test("have names that say what they are, each once")
    func names() {
        let definitions = Metric.allCases.map(\.definition)
        #expect(Set(definitions.map(\.name)).count == definitions.count)
        for definition in definitions {
            #expect(definition.name.hasSuffix("_total") == (definition.kind == .counter), "\(definition.name)")
            if case .histogram(let bounds) = definition.kind { #expect(bounds == bounds.sorted()) }
        }
    }

    @Test(
        "group status codes",
        arguments: [(100, "1xx"), (204, "2xx"), (304, "3xx"), (429, "4xx"), (503, "5xx"), (0, "other"), (600, "other")])
    func statusClass(status: Int, name: String) {
        #expect(MetricLabel.statusClass(of: status) == name)
    }
}
