import Crypto
import JSON
import Synchronization

/// A way to ask the client.
protocol Asker: Sendable {
    /// The answers to all questions, each of which the client can be asked and whose keys differ.
    func ask(_ questions: [(key: String, question: Question)], _ conversation: Conversation) throws -> [String:
        JSONNode]
}

/// The handshake era: a request on the stream of the call, answered by a POST, perhaps to another process.
struct SessionAsker: Asker {
    let notes: SessionNotes
    let line: AnswerLine
    let deadline: Duration

    func ask(
        _ questions: [(key: String, question: Question)],
        _ conversation: Conversation
    ) throws -> [String: JSONNode] {
        var open: [OpenQuestion] = []
        for (key, question) in questions {
            let id = OpenQuestion.makeID()
            open.append(
                try OpenQuestion(key, at: notes.answerAddress(id), notes, for: deadline) { conversation.wake() })
            let request: JSONValue = [
                "jsonrpc": "2.0", "id": .string(id), "method": .string(question.method),
                "params": question.params(for: conversation.revision),
            ]
            guard line.notify(RawJSON(request).bytes) else {
                throw Interruption.failed("The client takes no stream, so it cannot be asked anything")
            }
        }
        guard try conversation.wait(for: deadline, until: { try open.allSatisfy { try $0.isAnswered() } }) else {
            if conversation.isCancelled { throw Interruption.cancelled }
            throw Interruption.failed("Nobody answered in time")
        }
        let answers = open.compactMap { question in question.answer.map { (question.key, $0) } }
        return try check(Dictionary(answers) { $1 }, of: questions)
    }

    private func check(
        _ answers: [String: JSONNode],
        of questions: [(key: String, question: Question)]
    ) throws -> [String: JSONNode] {
        var results: [String: JSONNode] = [:]
        for (key, question) in questions {
            guard let result = answers[key]?["result"] else {
                let reason = answers[key]?["error"]?["message"]?.string ?? "it gave no reason"
                throw Interruption.failed("The client could not answer: \(shortened(reason, to: 200))")
            }
            guard question.accepts(result) else {
                throw Interruption.failed("What the client answered does not fit the question")
            }
            results[key] = result
        }
        return results
    }
}

/// The stateless era: the call ends with the questions, and is made again with the answers.
final class RetryAsker: Asker {
    private let given: [String: JSONNode]
    /// What was asked and answered, to be brought back with the next answers.
    private let used: Mutex<[String: RawJSON]>

    /// - Parameters:
    ///   - state: The answers of rounds before.
    ///   - responses: The answers of this request.
    init(_ state: RequestState, _ responses: JSONNode?) {
        var given: [String: JSONNode] = [:]
        for (key, answer) in state.answers { given[key] = (try? JSONDocument(answer.bytes))?.root }
        for (key, answer) in responses?.members ?? [] where given[key] == nil { given[key] = answer }
        self.given = given
        used = Mutex(state.answers)
    }

    var answers: [String: RawJSON] { used.withLock { $0 } }

    func ask(
        _ questions: [(key: String, question: Question)],
        _ conversation: Conversation
    ) throws -> [String: JSONNode] {
        var results: [String: JSONNode] = [:]
        var open: [(key: String, question: Question)] = []
        for (key, question) in questions {
            if let answer = given[key], question.accepts(answer) {
                results[key] = answer
                used.withLock { $0[key] = answer.raw }
            } else {
                open.append((key, question))
            }
        }
        guard open.isEmpty else { throw Interruption.inputRequired(open) }
        return results
    }
}
