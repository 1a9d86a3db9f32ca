import Dispatch

/// Something that is done when time has passed, once or again and again, unless it is called off.
///
/// A block that a queue is given for later stays in memory until then, whatever has become of it: with an hour for each
/// stream, a client that opens and closes streams would fill the memory. What an alarm holds goes as soon as it is called
/// off. It has to be called off in the end, unless it goes off once.
///
/// Safe to share: a timer may be used from any thread, and this one does not change once it is set.
final class Alarm: @unchecked Sendable {
    private let timer: any DispatchSourceTimer

    /// Sets an alarm.
    ///
    /// - Parameters:
    ///   - pause: The time until it goes off, and between two times if it repeats.
    ///   - body: What is done then, on a thread of its own; must be quick.
    init(after pause: Duration, repeats: Bool = false, _ body: @escaping @Sendable () -> Void) {
        let pause = DispatchTimeInterval.milliseconds(Int(max(pause.milliseconds, 1)))
        timer = DispatchSource.makeTimerSource(queue: .global())
        timer.schedule(deadline: .now() + pause, repeating: repeats ? pause : .never)
        timer.setEventHandler { [timer] in
            body()
            if !repeats { timer.cancel() }
        }
        timer.activate()
    }

    /// Calls it off. What goes on at this moment comes to its end.
    func cancel() { timer.cancel() }
}
