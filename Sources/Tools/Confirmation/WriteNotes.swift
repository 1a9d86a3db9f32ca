package import Identity
package import JSON
import Synchronization

/// What a write notes of itself while it runs for a preview: which rows it stands on, and what a person should read.
///
/// A tool that works through ``RowWrite`` has nothing to do with it. One with statements of its own notes the rows that
/// its outcome depends on, so that a confirmation that comes too late is known; without a description of its own, the
/// person is shown what its answer holds.
package final class WriteNotes: Sendable {
    /// A row as it was when the write looked at it.
    package struct RowVersion: Sendable, Hashable {
        package let entity: String
        package let row: RowID
        package let version: Int64

        package init(_ entity: String, _ row: RowID, _ version: Int64) {
            self.entity = entity
            self.row = row
            self.version = version
        }
    }

    /// What a person reads before the write is done.
    package struct Description: Sendable {
        /// One sentence with names and counts.
        package let summary: String
        /// A JSON object: what would change, be made or go.
        package let preview: RawJSON
        package let warnings: [String]
        /// Where in the preview text of outsiders may stand.
        package let untrusted: [UntrustedPath]

        package init(
            _ summary: String, _ preview: RawJSON, warnings: [String] = [], untrusted: [UntrustedPath] = []
        ) {
            self.untrusted = untrusted
            self.summary = summary
            self.preview = preview
            self.warnings = warnings
        }
    }

    private struct State {
        var rows: [RowVersion] = []
        var description: Description?
        var hasNoEffect = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Notes a row that the write stands on.
    package func read(_ entity: String, _ row: RowID, version: Int64) {
        state.withLock { $0.rows.append(RowVersion(entity, row, version)) }
    }

    /// Says what the write would do; what is said last holds.
    package func describe(_ description: Description) { state.withLock { $0.description = description } }

    /// Notes that there is nothing to confirm: the call changes nothing, or was answered before.
    package func noteNoEffect() { state.withLock { $0.hasNoEffect = true } }

    package var rows: [RowVersion] { state.withLock { $0.rows } }

    package var description: Description? { state.withLock { $0.description } }

    package var hasNoEffect: Bool { state.withLock { $0.hasNoEffect } }
}
