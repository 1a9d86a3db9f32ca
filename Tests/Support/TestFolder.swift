import Foundation

/// A folder of a test's own below `/tmp`, removed with the last reference.
package final class TestFolder: Sendable {
    /// Where it is.
    package let path: String

    /// Makes a folder with a name that no other has.
    package init() throws {
        path = "/tmp/workport-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o755]
        )
    }

    deinit { Self.remove(path) }

    /// Removes a folder with all in it, if it is there.
    package static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }
}
