import Identity
import JSON
import Postgres
import TestSupport

/// Finds out when a node has heard of what was committed, from outside.
///
/// A node hears letters in the order of their commits. So when a stream ends that a letter of now ends, the node has heard
/// everything that was posted before.
struct NodeWatch: Sendable {
    private let workspace: TestWorkspace
    private let token: String
    private let database: BenchDatabase

    init(_ bench: Bench) throws {
        workspace = try bench.workspace("Watch")
        token = try bench.token(for: workspace)
        database = bench.database
    }

    /// Returns when the node has heard of every change that was committed before.
    func catchUp(_ node: TestService) throws {
        let client = try node.client(workspace, token)
        try client.wire.send(
            client.request("subscriptions/listen", ["notifications": ["toolsListChanged": true]]))
        let events = try EventReader(client.wire)
        guard try events.next()?["method"] == "notifications/subscriptions/acknowledged" else {
            throw WireClient.Failure(description: "no stream to watch a node by")
        }
        let scope = "workspace/" + workspace.id.uuid
        _ = try database.connect(as: .owner).query("SELECT announce_change(\(scope), 'access:')::text")
        while try events.next() != nil {}
    }
}
