import Bridge
import Catalog
import Gateway
import Glibc
import HTTPServer
import Identity
import Postgres
import PostgresServer

/// A problem that ends a command, as one sentence with what to do next.
struct Failure: Error {
    let message: String

    init(_ message: String) { self.message = message }

    /// What the operating system said last.
    static func systemReason() -> String { String(cString: strerror(errno)) }

    /// The sentence for an error of any target.
    static func sentence(for error: any Error) -> String {
        switch error {
        case let failure as Failure: failure.message
        case let error as ConfigurationError: error.message
        case let error as BridgeError: error.message
        case let error as StartRefusal: error.message
        case let error as WorkspaceCreation.Refusal: error.message
        case let error as CredentialRegistry.Refusal: error.message
        case let error as WorkspaceRegistry.UnknownTimeZone: error.message
        case let error as AccessRequests.Refusal: error.message
        case let error as MemberRegistry.Refusal: error.message
        case let error as ServerRegistry.Refusal: error.message
        case let error as WorkspaceSeeder.Refusal: error.message
        case let error as PostgresError: sentence(for: error)
        case let error as HTTPServerError: error.message
        case let error as LocalClusterError: error.message
        default: "\(error)"
        }
    }

    /// Operators see what the server said; callers of the service never do.
    private static func sentence(for error: PostgresError) -> String {
        switch error.kind {
        case .connectionFailed: "The database cannot be reached: \(error.message)"
        case .migration, .unsupportedServer: error.message
        default: "The database refused: \(error.message)"
        }
    }
}
