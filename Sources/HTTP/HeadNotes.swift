import Synchronization

/// What the stages of the path have made of a request's head, kept for the requests that repeat it byte for byte.
///
/// A client sends the same head again and again, so what follows from a head alone is made once. A note may depend on the
/// head and on what stays while the process runs; not on the body, the connection, the time or the database.
package final class HeadNotes: Sendable {
    private final class Box<Note: Sendable>: Sendable {
        let note: Note

        init(_ note: Note) { self.note = note }
    }

    /// Boxes, by the types of what is in them.
    private let notes = Mutex<[(kind: ObjectIdentifier, box: any AnyObject & Sendable)]>([])

    package init() {}

    /// The note of a type, which is made now if there is none.
    package func note<Note: Sendable>(made make: () -> Note) -> Note {
        let kind = ObjectIdentifier(Note.self)
        // What is under a type's own identity is a box of that type; asking the runtime would cost more than all the rest.
        if let box = notes.withLock({ notes in notes.first { $0.kind == kind }?.box }) {
            return unsafe unsafeDowncast(box, to: Box<Note>.self).note
        }
        let made = Box(make())
        notes.withLock { notes in
            if !notes.contains(where: { $0.kind == kind }) { notes.append((kind, made)) }
        }
        return made.note
    }
}
