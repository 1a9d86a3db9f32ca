import Dispatch
import Glibc
import Synchronization

/// A running server: started by this program, or found running and adopted.
final class Postmaster: Sendable {
    let process: pid_t
    private let isAdopted: Bool
    private let data: String
    private let ended: DispatchSemaphore
    private let exitStatus: Mutex<Int?>

    /// Starts a server.
    ///
    /// A thread stays with it until it ends: the kernel tells the server to shut down when that thread ends, so it must not
    /// be one that comes and goes.
    static func start(
        _ command: [String],
        layout: ClusterLayout
    ) throws(LocalClusterError) -> Postmaster {
        let started = DispatchSemaphore(value: 0)
        let box = Outcome()
        DispatchQueue(label: "workport.postmaster").async {
            do throws(LocalClusterError) {
                let process = try ChildProcess.start(command, in: layout.folder, output: layout.log)
                let postmaster = Postmaster(process: process, data: layout.data, isAdopted: false)
                box.outcome.withLock { $0 = .success(postmaster) }
                started.signal()
                let status = ChildProcess.wait(for: process)
                postmaster.exitStatus.withLock { $0 = status }
                postmaster.ended.signal()
            } catch {
                box.outcome.withLock { $0 = .failure(error) }
                started.signal()
            }
        }
        started.wait()
        guard let result = box.outcome.withLock({ $0 }) else { throw .system("the server's thread", EINVAL) }
        return try result.get()
    }

    init(process: pid_t, data: String, isAdopted: Bool) {
        self.process = process
        self.data = data
        self.isAdopted = isAdopted
        ended = DispatchSemaphore(value: 0)
        exitStatus = Mutex(nil)
    }

    /// How the server ended; nil while it runs.
    var exit: Int? {
        if isAdopted {
            let file = PostmasterFile("\(data)/postmaster.pid")
            return file?.process == process && file?.isRunning(on: data) == true ? nil : 0
        }
        return exitStatus.withLock { $0 }
    }

    /// Tells the server to stop, and waits; returns whether it has ended.
    func stop(_ signal: CInt, within limit: Duration) -> Bool {
        guard exit == nil else { return true }
        kill(process, signal)
        let deadline = ContinuousClock.now + limit
        while exit == nil {
            guard ContinuousClock.now < deadline else { return false }
            if isAdopted {
                usleep(10_000)
            } else {
                _ = ended.wait(timeout: .now() + .milliseconds(100))
            }
        }
        return true
    }
}

/// What the thread of a server tells the thread that asked for it.
private final class Outcome: Sendable {
    let outcome = Mutex<Result<Postmaster, LocalClusterError>?>(nil)
}
