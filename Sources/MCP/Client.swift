/// The program at the other end, as it describes itself: for display and logs, and for what it can do.
///
/// A class, because it is handed on with a request many times and is never changed.
package final class Client: Sendable, Equatable {
    /// Its name and version; not verified, so nothing may depend on it.
    package let info: Implementation?
    /// What it can do.
    package let capabilities: ClientCapabilities

    /// Describes a client.
    package init(info: Implementation?, capabilities: ClientCapabilities) {
        self.info = info
        self.capabilities = capabilities
    }

    package static func == (left: Client, right: Client) -> Bool {
        left === right || (left.info == right.info && left.capabilities == right.capabilities)
    }
}
