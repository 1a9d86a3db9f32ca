import Dispatch
import Gateway
import Glibc
import Telemetry

/// `workport serve`
enum Serve {
    static let command = Subcommand(
        words: ["serve"], summary: "Serve the endpoint on an existing database",
        settings: Setting.all.filter { $0 != .adminDatabaseURL && !Setting.ofTheBridge.contains($0) }, run: run
    )

    @Sendable private static func run(_ flags: Flags) throws {
        let signals = StopSignals()
        let settings = try flags.settings()
        let configuration = try Configuration(settings, cores: Process.cores)
        let service = Service(configuration, log: Log(level: configuration.logLevel))
        _ = try service.start(try Migrations.migrator(settings))
        signals.wait()
        service.stop()
    }
}

/// The signals that end the program in good order.
///
/// They are blocked before any thread starts, so that every thread inherits the mask and only ``wait()`` takes them.
struct StopSignals {
    private var set = sigset_t()

    init() {
        sigemptyset(&set)
        sigaddset(&set, SIGTERM)
        sigaddset(&set, SIGINT)
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Returns when one of them arrives. A second one ends the program at once.
    func wait() {
        var set = set
        var signal: Int32 = 0
        sigwait(&set, &signal)
        let again = set
        Thread.start {
            var again = again
            var signal: Int32 = 0
            sigwait(&again, &signal)
            _exit(1)
        }
    }
}

/// A thread for one closure.
enum Thread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        DispatchQueue(label: "workport.thread", qos: .userInitiated).async(execute: body)
    }
}
