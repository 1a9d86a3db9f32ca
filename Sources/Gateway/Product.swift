package import MCP

/// What the program calls itself.
package enum Product {
    package static let version = "0.1.0"

    /// The protocol revisions that the endpoint serves, oldest first.
    package static let revisions =
        (Revision.served(in: .handshake) + Revision.served(in: .stateless)).map(\.rawValue).sorted()

    /// How the server introduces itself to clients.
    package static let info = Implementation(name: "workport", version: version, title: "Workport")
}
