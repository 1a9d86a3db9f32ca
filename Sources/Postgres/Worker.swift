import Dispatch
import Synchronization

/// A serial queue and the connection that only this queue touches.
///
/// Everything mutable is confined to `queue`; only the canceller is shared, behind a lock.
final class Worker: @unchecked Sendable {
    let index: Int
    let queue: DispatchQueue
    private let configuration: PoolConfiguration
    private let observer: any PoolObserver
    private let runningCanceller = Mutex<Canceller?>(nil)
    private var pipeline: Pipeline?
    private(set) var failedAttempts = 0
    /// How long statements take this worker's connection.
    var pace: Pace
    /// Whether the pool counts this worker as connected; only the pool's methods on this queue use it.
    var isCountedConnected = false

    init(index: Int, configuration: PoolConfiguration, observer: any PoolObserver) {
        self.index = index
        self.configuration = configuration
        self.observer = observer
        pace = Pace(groupTime: configuration.groupTime)
        queue = DispatchQueue(label: "workport.database.\(index)")
    }

    /// The connection, when there is one that can be used.
    var usablePipeline: Pipeline? {
        dispatchPrecondition(condition: .onQueue(queue))
        guard let pipeline, pipeline.isUsable else { return nil }
        return pipeline
    }

    /// The connection; opens a new one if the last has ended.
    func connectedPipeline() throws(PostgresError) -> Pipeline {
        if let usablePipeline { return usablePipeline }
        if pipeline != nil { observer.connectionLost(nil) }
        pipeline = nil
        do throws(PostgresError) {
            let new = try Pipeline(
                url: configuration.url,
                applicationName: configuration.applicationName,
                options: configuration.connection,
                limits: configuration.pipelineLimits
            )
            pipeline = new
            failedAttempts = 0
            runningCanceller.withLock { $0 = new.canceller }
            observer.connected()
            return new
        } catch {
            failedAttempts += 1
            runningCanceller.withLock { $0 = nil }
            observer.connectionFailed(error)
            throw error
        }
    }

    /// How long to wait before the next attempt to connect.
    var pause: Duration {
        min(configuration.longestPause, configuration.firstPause * (1 << min(16, max(0, failedAttempts - 1))))
    }

    /// Ends the connection.
    func disconnect() {
        dispatchPrecondition(condition: .onQueue(queue))
        pipeline?.close()
        pipeline = nil
    }

    /// Stops what the server does for this worker; from any thread.
    func interrupt() {
        runningCanceller.withLock { $0 }?.cancel()
    }

    /// Notes that a transaction or a read is repeated.
    func noteRepetition(_ error: PostgresError) { observer.repeated(because: error) }

    /// Ends a connection on which a call has left a transaction open, so that it cannot leak into the next call.
    func leaveCleanly() {
        guard let usablePipeline, !usablePipeline.isOutsideTransaction else { return }
        disconnect()
    }
}
