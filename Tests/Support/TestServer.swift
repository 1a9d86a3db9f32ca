package import PostgresServer

/// A server of one test's own, for tests that stop it or break it.
package final class TestServer: Sendable {
    /// The cluster; started.
    package let cluster: LocalCluster
    private let folder: TestFolder

    /// Creates and starts a cluster with the database `workport` and the two roles of the program.
    package init() throws {
        folder = try TestFolder()
        cluster = LocalCluster(directory: "\(folder.path)/cluster", options: Self.options)
        try cluster.start()
        try cluster.prepare(database: "workport", owner: TestCluster.owner, application: TestCluster.application)
    }

    deinit { try? cluster.stop(.immediate) }

    /// Where the application's role connects.
    package var url: String { cluster.url(database: "workport", role: TestCluster.application) }

    /// Where one may do anything.
    package var superuserURL: String { cluster.url(database: "workport", role: "postgres") }

    /// A small server that need not survive a crash of the machine.
    package static var options: LocalCluster.Options {
        var options = LocalCluster.Options()
        options.isDurable = false
        options.settings = ["shared_buffers": "16MB", "max_connections": "30"]
        return options
    }
}
