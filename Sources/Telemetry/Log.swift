/// The log: one line of JSON an event.
///
/// The message is a constant, so lines of one kind are found by it; what varies is metadata under a ``LogKey``.
///
///     log.info("Tool called", [.tool: .string(name), .durationMS: .milliseconds(elapsed)])
///
/// A call formats the line and returns; writing happens in the background. Copies share one writer.
package struct Log: Sendable {
    /// Lines below this level are not written.
    package let level: LogLevel

    private let writer: LogWriter
    private let clock: WallClock
    private let context: LogFields

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - level: The lowest level that is written.
    ///   - clock: Stamps the lines.
    ///   - capacity: How many bytes may wait for the sink before lines are dropped.
    ///   - sink: Takes whole lines, each with its line feed. It is called in order on one queue and may block.
    package init(
        level: LogLevel = .info,
        clock: WallClock = .system,
        capacity: Int = 1 << 20,
        sink: @escaping @Sendable ([UInt8]) -> Void = StandardError.write
    ) {
        self.level = level
        self.clock = clock
        self.context = [:]
        self.writer = LogWriter(capacity: capacity, clock: clock, sink: sink)
    }

    private init(level: LogLevel, clock: WallClock, context: LogFields, writer: LogWriter) {
        self.level = level
        self.clock = clock
        self.context = context
        self.writer = writer
    }

    /// A log that writes nothing.
    package static let disabled = Log(level: .error, capacity: 0) { _ in }

    /// Gives a log that adds `fields` to every line.
    package func with(_ fields: LogFields) -> Log {
        Log(level: level, clock: clock, context: context.merging(fields), writer: writer)
    }

    /// Writes what only somebody debugging wants.
    package func debug(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.debug, message, fields())
    }

    /// Writes what happened.
    package func info(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.info, message, fields())
    }

    /// Writes what somebody should look at within a week.
    package func warning(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.warning, message, fields())
    }

    /// Writes what somebody should look at now.
    package func error(_ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        write(.error, message, fields())
    }

    /// Writes a line of a level that is known only at run time.
    package func write(_ level: LogLevel, _ message: StaticString, _ fields: @autoclosure () -> LogFields = [:]) {
        guard level >= self.level else { return }
        let fields = context.merging(fields())
        writer.append(LogLine.bytes(time: clock.now, level: level, message: message, fields: fields))
    }

    /// Returns once every line written before has reached the sink. Not to be called from the sink.
    package func flush() {
        writer.flush()
    }

    /// How many lines were lost because the sink was too slow.
    package var droppedLines: Int { writer.droppedLines }
}
