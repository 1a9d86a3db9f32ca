import HTTP
import JSON
import Synchronization

/// A task, as the handler that works for it sees it.
final class TaskHandle: Asker {
    let id: String
    /// The answer to the call that has become this task.
    let creation: HTTPResponse
    private let owner: String
    private let shelf: TaskShelf
    private let receptions: Mutex<[Reception]>

    init(_ record: TaskRecord, on shelf: TaskShelf, creation: HTTPResponse, for conversation: Conversation) {
        id = record.id
        owner = record.owner
        self.shelf = shelf
        self.creation = creation
        receptions = Mutex([])
        let (id, owner) = (record.id, record.owner)
        let reception = shelf.mailroom.receive(at: TaskShelf.address(id)) { [weak conversation] _ in
            guard let conversation else { return }
            if shelf.record(id, of: owner)?.status == .cancelled { conversation.cancel() } else { conversation.wake() }
        }
        receptions.withLock { $0.append(reception) }
    }

    func say(_ message: String) { shelf.amend(id, of: owner) { $0.message = message } }

    func complete(_ result: MethodResult) {
        var writer = JSONWriter(capacity: result.sizeHint)
        writer.beginObject()
        result.writeMembers(&writer)
        if !result.meta.isEmpty { writer.write("_meta", .object(result.meta)) }
        writer.endObject()
        let bytes = writer.bytes
        shelf.amend(id, of: owner) { record in
            record.status = .completed
            record.result = RawJSON(bytes)
        }
    }

    func fail(_ error: ProtocolError) {
        let code = error.answer(in: .stateless).code
        shelf.amend(id, of: owner) { record in
            record.status = .failed
            record.error = RawJSON(["code": .integer(code), "message": .string(error.message)])
        }
    }

    func end(as status: TaskRecord.Status) { shelf.amend(id, of: owner) { $0.status = status } }

    func ask(
        _ questions: [(key: String, question: Question)],
        _ conversation: Conversation
    ) throws -> [String: JSONNode] {
        shelf.amend(id, of: owner) { record in
            record.status = .inputRequired
            record.questions = questions.map { key, question in
                let request: JSONValue = [
                    "method": .string(question.method), "params": question.params(for: conversation.revision),
                ]
                return JSONMember(key, request)
            }
        }
        var results: [String: JSONNode] = [:]
        let isAnswered = conversation.wait(for: shelf.limits.taskLifetime) {
            results = answers(to: questions)
            return results.count == questions.count
        }
        try conversation.checkCancellation()
        guard isAnswered else { throw Interruption.failed("Nobody answered in time") }
        shelf.amend(id, of: owner) { record in
            record.status = .working
            record.questions = []
            record.answers = []
        }
        return results
    }

    private func answers(to questions: [(key: String, question: Question)]) -> [String: JSONNode] {
        var results: [String: JSONNode] = [:]
        for member in shelf.record(id, of: owner)?.answers ?? [] {
            guard let question = questions.first(where: { $0.key == member.name })?.question,
                case .raw(let raw) = member.value, let answer = (try? JSONDocument(raw.bytes))?.root,
                question.accepts(answer)
            else { continue }
            results[member.name] = answer
        }
        return results
    }
}
