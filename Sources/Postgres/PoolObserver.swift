/// What a pool tells to whoever measures it; called on its workers, so it must be quick.
package protocol PoolObserver: Sendable {
    /// A call left the backlog after waiting so long.
    func waited(_ duration: Duration)
    /// So many calls left in one flush.
    func flushed(batch: Int)
    /// So many workers serve calls now.
    func inUse(_ workers: Int)
    /// So many calls wait now.
    func backlog(_ calls: Int)
    /// A call was refused without having been tried.
    func refused(_ reason: Refusal)
    /// A call was turned away because the backlog, or its tenant's share of it, was full.
    func backlogFull()
    /// A read is sent again, or a transaction run again.
    func repeated(because error: PostgresError)
    /// A worker has a connection.
    func connected()
    /// A worker's connection ended.
    func connectionLost(_ error: PostgresError?)
    /// A worker could not connect.
    func connectionFailed(_ error: PostgresError)
}

extension PoolObserver {
    /// Ignores it.
    package func waited(_ duration: Duration) {}
    /// Ignores it.
    package func flushed(batch: Int) {}
    /// Ignores it.
    package func inUse(_ workers: Int) {}
    /// Ignores it.
    package func backlog(_ calls: Int) {}
    /// Ignores it.
    package func refused(_ reason: Refusal) {}
    /// Ignores it.
    package func backlogFull() {}
    /// Ignores it.
    package func repeated(because error: PostgresError) {}
    /// Ignores it.
    package func connected() {}
    /// Ignores it.
    package func connectionLost(_ error: PostgresError?) {}
    /// Ignores it.
    package func connectionFailed(_ error: PostgresError) {}
}

/// Lets a pool go unwatched.
package struct NoPoolObserver: PoolObserver {
    /// An observer that ignores everything.
    package init() {}
}
