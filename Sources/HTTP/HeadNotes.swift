import Synchronization

/// What the stages of the path have made of a request's head, kept for the requests that repeat it byte for byte.
///
/// A client sends the same head again and again, so what follows from a head alone is made once. A note may depend on the
/// head and on what stays while the process runs; not on the body, the connection, the time or the database.
package final class HeadNotes: Sendable {
    private let notes = Mutex<[(kind: ObjectIdentifier, note: any Sendable)]>([])

    package init() {}

    /// The note of a type, which is made now if there is none.
    package func note<Note: Sendable>(made make: () -> Note) -> Note {
        let kind = ObjectIdentifier(Note.self)
        let found = notes.withLock { notes in notes.first { $0.kind == kind }?.note }
        if let found = found as? Note { return found }
        let made = make()
        notes.withLock { notes in
            if !notes.contains(where: { $0.kind == kind }) { notes.append((kind, made)) }
        }
        return made
    }
}
