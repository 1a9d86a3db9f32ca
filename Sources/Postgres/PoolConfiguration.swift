/// The sizes and times of a ``WorkerPool``.
package struct PoolConfiguration: Sendable {
    /// Where the database is: a connection string of libpq.
    package var url: String
    /// What the server shows in its list of sessions.
    package var applicationName = "workport"
    /// Timeouts and search path of the connections.
    package var connection = ConnectionOptions()
    /// How many workers, each with a connection; about one and a half times the database's cores.
    package var workers = 4
    /// How many workers calls of one tenant may occupy at a time; nil for all but one.
    package var workersPerTenant: Int?
    /// How many workers' flushes calls of one tenant may fill while others call; nil for what is left of two thirds of the
    /// workers, about as many as the database has cores, when one is left free: whoever calls modestly finds a worker and
    /// a core that do nothing else.
    package var workersBesideOthers: Int?
    /// How many waiting calls one flush takes.
    package var batch = 16
    /// How long reads that are alike may take in one transaction; see ``Job``'s `readOn`.
    ///
    /// The server sends what a transaction brings when its buffer is full or the transaction ends, so the first of a group
    /// may wait for the last.
    package var groupTime: Duration = .milliseconds(4)
    /// How many calls may wait.
    package var backlog = 1024
    /// How many calls of one tenant may wait.
    package var backlogPerTenant = 256
    /// How long a call may wait for a worker; nil for as long as its deadline allows.
    ///
    /// A call that would wait longer than half of it, by what calls have cost lately, is turned away at once; one that
    /// has waited for all of it is refused.
    package var queueTime: Duration?
    /// How many prepared statements each connection remembers.
    package var preparedStatements = 256
    /// How long the server may take to react to a cancel request before its connection is given up.
    package var cancelGrace: Duration = .seconds(1)
    /// How long the first call of a flush may take before those behind it go to another worker.
    package var displacement: Duration = .milliseconds(250)
    /// The pause before the second attempt to connect; it doubles with every further one.
    package var firstPause: Duration = .milliseconds(100)
    /// The longest pause between attempts to connect.
    package var longestPause: Duration = .seconds(2)
    /// How often idle connections are looked at.
    package var idleCheck: Duration = .seconds(1)

    /// The defaults for a database.
    package init(url: String) { self.url = url }

    var tenantWorkers: Int { max(1, min(workers, workersPerTenant ?? workers - 1)) }

    var tenantWorkersBesideOthers: Int {
        max(1, min(tenantWorkers, workersBesideOthers ?? workers * 2 / 3 - 1))
    }

    var pipelineLimits: Pipeline.Limits {
        Pipeline.Limits(
            preparedStatements: preparedStatements,
            cancelGrace: cancelGrace,
            displacement: workers > 1 ? displacement : nil
        )
    }
}
