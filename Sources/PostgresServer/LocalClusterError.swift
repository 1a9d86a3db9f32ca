import Glibc

/// Why a private cluster cannot be created, started or stopped.
package struct LocalClusterError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What the operator can do about it.
    package enum Code: Sendable {
        /// The server's programs are not installed.
        case missingBinaries
        /// There is no system account to run the server as.
        case missingAccount
        /// The server's account cannot reach the folder.
        case unreachableFolder
        /// The folder holds something else.
        case notACluster
        /// The folder was made by another major version.
        case wrongVersion
        /// Another program uses the folder.
        case inUse
        /// The operating system refused something.
        case system
        /// `initdb` failed.
        case creationFailed
        /// The server ended, or did not become ready.
        case startFailed
        /// The server did not end.
        case stopFailed
        /// Roles or database could not be prepared.
        case preparationFailed
    }

    /// What the operator can do about it.
    package let code: Code
    /// Sentences for the operator; may end with the last lines of the server's log.
    package let message: String

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A call that failed, with the reason in `errno`.
    static func system(_ what: String, _ reason: CInt) -> LocalClusterError {
        LocalClusterError(.system, "\(what): \(String(cString: strerror(reason))).")
    }

    /// The message.
    package var description: String { message }
}
