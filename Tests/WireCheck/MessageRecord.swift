import Foundation
import JSON
import Synchronization

/// A file of all messages that servers sent in a run, one a line, for a check by a program that is not ours.
package final class MessageRecord: Sendable {
    /// The file that `WORKPORT_TEST_MESSAGES` names; `make test` sets it.
    package static let ofTheRun = ProcessInfo.processInfo.environment["WORKPORT_TEST_MESSAGES"].map {
        MessageRecord(path: $0)
    }

    private let path: String
    private let file: Mutex<FileHandle>

    /// Begins a file, in the place of one that is there.
    package init(path: String) {
        self.path = path
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let handle = FileHandle(forWritingAtPath: path) else {
            preconditionFailure("\(path) cannot be written")
        }
        file = Mutex(handle)
    }

    /// Adds a message.
    func write(_ message: JSONNode, _ revision: String, answering method: String?) {
        let line: JSONValue = [
            "revision": .string(revision), "method": method.map { .string($0) } ?? .null, "message": .raw(message.raw),
        ]
        let bytes = RawJSON(line).bytes + [UInt8(ascii: "\n")]
        file.withLock { file in
            do {
                try file.write(contentsOf: bytes)
            } catch {
                preconditionFailure("\(path) cannot be written: \(error)")
            }
        }
    }
}
