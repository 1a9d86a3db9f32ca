import CLinux
import Dispatch
import Glibc
package import HTTP
import Synchronization

/// An HTTP/1.1 server: one thread that owns all sockets and hands complete requests on.
///
/// The handler runs on that thread, so it must only look and hand over; the answer comes back through the responder,
/// from any thread. Answers to pipelined requests leave in the order of the requests, whenever they come.
///
/// HTTP/1.0 is served too, and each such connection ends with its first answer.
package final class HTTPServer: Sendable {
    /// Takes a request that was read completely, and what answers it.
    package typealias Handler = @Sendable (HTTPRequest, HTTPResponder) -> Void

    private let configuration: HTTPServerConfiguration
    private let log: @Sendable (HTTPServerEvent) -> Void
    private let handler: Handler
    private let mailbox = Mailbox()
    private let board = CounterBoard()
    private let isStarted = Atomic(false)
    private let loopIsRunning = DispatchGroup()

    /// Makes a server that does not listen yet.
    package init(
        configuration: HTTPServerConfiguration = HTTPServerConfiguration(),
        log: @escaping @Sendable (HTTPServerEvent) -> Void = { _ in },
        handler: @escaping Handler
    ) {
        self.configuration = configuration
        self.log = log
        self.handler = handler
    }

    deinit { mailbox.post(.drain(until: .now)) }

    /// What the server has done so far; at most one turn of its loop old.
    package var counters: HTTPServerCounters { board.counters }

    /// Listens, and starts the thread.
    ///
    /// - Returns: The port, which matters if the configuration leaves it open.
    /// - Throws: ``HTTPServerError`` if the address cannot be had. A server starts once.
    package func start() throws(HTTPServerError) -> UInt16 {
        guard !isStarted.exchange(true, ordering: .relaxed) else {
            throw HTTPServerError(code: .alreadyStarted, message: "The HTTP server was started before.")
        }
        let listener = try ListeningSocket(configuration)
        let port = listener.port
        let loop = try EventLoop(
            listener: listener,
            configuration: configuration,
            mailbox: mailbox,
            board: board,
            log: log,
            handler: handler
        )
        loopIsRunning.enter()
        let context = Unmanaged.passRetained(LoopThread(loop: loop, running: loopIsRunning)).toOpaque()
        var thread = pthread_t()
        let result = pthread_create(&thread, nil, runEventLoop, context)
        guard result == 0 else {
            Unmanaged<LoopThread>.fromOpaque(context).release()
            loopIsRunning.leave()
            throw HTTPServerError(
                code: .system, message: "The HTTP server's thread cannot be started (errno \(result)).")
        }
        pthread_detach(thread)
        log(.listening(port: port))
        return port
    }

    /// Stops: accepts nothing new, answers what has arrived, ends streams, and cuts what is left at the deadline.
    ///
    /// Waits until the thread has ended; must not be called from the handler. Answers that come later are dropped.
    package func drain(deadline: Duration) {
        mailbox.post(.drain(until: .now + deadline))
        loopIsRunning.wait()
    }
}

/// What the new thread takes over: the loop, which from then on belongs to it alone.
private final class LoopThread {
    let loop: EventLoop
    let running: DispatchGroup

    init(loop: EventLoop, running: DispatchGroup) {
        self.loop = loop
        self.running = running
    }
}

/// The thread's entry; takes over the reference that `start` has retained.
private func runEventLoop(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    let thread = Unmanaged<LoopThread>.fromOpaque(context).takeRetainedValue()
    linux_name_thread("http-loop")
    thread.loop.run()
    thread.running.leave()
    return nil
}

/// The counters as other threads may read them.
final class CounterBoard: Sendable {
    private let published = Mutex(HTTPServerCounters())

    var counters: HTTPServerCounters { published.withLock { $0 } }

    func publish(_ counters: HTTPServerCounters) { published.withLock { $0 = counters } }
}
