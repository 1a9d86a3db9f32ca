import Dispatch
import HTTP
import JSON
import Synchronization
import Telemetry

/// A task, as the handler that works for it sees it.
///
/// While it lives it renews the task's lease, so that a task whose process has died does not look alive for ever.
final class TaskHandle: Asker {
    let id: String
    /// The answer to the call that has become this task.
    let creation: HTTPResponse
    private let shelf: TaskShelf
    private let reception: Reception
    private let usedNames = Mutex<Set<String>>([])

    init(_ record: TaskRecord, on shelf: TaskShelf, creation: HTTPResponse, for conversation: Conversation) {
        id = record.id
        self.shelf = shelf
        self.creation = creation
        let id = record.id
        reception = shelf.mailroom.receive(at: shelf.address(id)) { [weak conversation] delivery in
            switch delivery {
            case .letter(TaskRecord.Status.cancelled.rawValue): conversation?.cancel()
            case .letter, .event: conversation?.wake()
            case .gap:
                shelf.errands.async { [weak conversation] in
                    let isCancelled = (try? shelf.record(id))??.status == .cancelled
                    isCancelled ? conversation?.cancel() : conversation?.wake()
                }
            }
        }
        keepAlive()
    }

    private func keepAlive() {
        let pause = shelf.limits.taskLease.milliseconds / 3
        shelf.errands.asyncAfter(deadline: .now() + .milliseconds(Int(pause))) { [weak self] in
            guard let self else { return }
            let end = shelf.clock.now + shelf.limits.taskLease.microseconds
            _ = try? shelf.amend(id, isQuiet: true) { $0.leaseEnd = end }
            keepAlive()
        }
    }

    func say(_ message: String) { _ = try? shelf.amend(id) { $0.message = message } }

    func complete(_ result: MethodResult) {
        var writer = JSONWriter(capacity: result.sizeHint)
        writer.beginObject()
        result.writeMembers(&writer)
        if !result.meta.isEmpty { writer.write("_meta", .object(result.meta)) }
        writer.endObject()
        let bytes = writer.bytes
        finish { record in
            record.status = .completed
            record.result = RawJSON(bytes)
        }
    }

    func fail(_ error: ProtocolError) {
        let code = error.answer(in: .stateless).code
        finish { record in
            record.status = .failed
            record.error = RawJSON(["code": .integer(code), "message": .string(error.message)])
        }
    }

    func end(as status: TaskRecord.Status) { finish { $0.status = status } }

    /// Keeps how the task ended, also when what is shared cannot be reached for some seconds.
    private func finish(_ body: (inout TaskRecord) -> Void) {
        let pause = DispatchSemaphore(value: 0)
        for attempt in 0..<6 {
            if (try? shelf.amend(id, body)) != nil { return }
            _ = pause.wait(timeout: .now() + .milliseconds(100 << attempt))
        }
    }

    /// Asks by way of the task. An answer that does not fit is asked for again, under another name: no name is used
    /// twice in a task's life, so that a late answer is never taken for one to a later question.
    func ask(
        _ questions: [(key: String, question: Question)],
        _ conversation: Conversation
    ) throws -> [String: JSONNode] {
        var results: [String: JSONNode] = [:]
        var open = questions
        for _ in 0..<shelf.limits.roundCount where !open.isEmpty {
            let names = open.map { newName(for: $0.key) }
            let answers = try put(Array(zip(names, open.map(\.question))), conversation)
            open = zip(names, open).compactMap { name, asked in
                guard let answer = answers[name], asked.question.accepts(answer) else { return asked }
                results[asked.key] = answer
                return nil
            }
        }
        guard open.isEmpty else { throw Interruption.failed("What the client answered does not fit the question") }
        return results
    }

    /// Shows questions on the task and waits for an answer to each.
    private func put(_ questions: [(String, Question)], _ conversation: Conversation) throws -> [String: JSONNode] {
        try shelf.amend(id) { record in
            record.status = .inputRequired
            record.questions = questions.map { name, question in
                let request: JSONValue = [
                    "method": .string(question.method), "params": question.params(for: conversation.revision),
                ]
                return JSONMember(name, request)
            }
        }
        var answers: [String: JSONNode] = [:]
        let isAnswered = try conversation.wait(for: shelf.limits.taskLifetime) {
            answers = try self.answers()
            return questions.allSatisfy { answers[$0.0] != nil }
        }
        try conversation.checkCancellation()
        guard isAnswered else { throw Interruption.failed("Nobody answered in time") }
        try shelf.amend(id) { record in
            record.status = .working
            record.questions = []
            record.answers = []
        }
        return answers
    }

    private func answers() throws -> [String: JSONNode] {
        var answers: [String: JSONNode] = [:]
        for member in try shelf.record(id)?.answers ?? [] {
            guard case .raw(let raw) = member.value else { continue }
            answers[member.name] = (try? JSONDocument(raw.bytes))?.root
        }
        return answers
    }

    private func newName(for key: String) -> String {
        usedNames.withLock { names in
            var name = key
            var number = 1
            while !names.insert(name).inserted {
                number += 1
                name = "\(key)-\(number)"
            }
            return name
        }
    }
}
