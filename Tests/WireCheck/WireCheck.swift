import Foundation
package import JSON
import Synchronization

/// Checks what comes back from a server with the schema of the revision that the client speaks.
///
/// It watches requests and answers, so it knows which revision a session was opened with and which method an answer is
/// of. It reads them by itself and uses nothing of the server but the validator.
package final class WireCheck: Sendable {
    /// The one that all tests of a run share: a session that one client opened is used by another.
    package static let shared = WireCheck(record: MessageRecord.ofTheRun)

    private struct State {
        /// The revision of each session.
        var revisions: [String: String] = [:]
        /// The method of each request of a session, for an answer that comes on another stream.
        var methods: [String: String] = [:]
        /// Messages that were right; most of them come again and again.
        var known: Set<Int> = []
    }

    private let state = Mutex(State())
    private let record: MessageRecord?

    package init(record: MessageRecord? = nil) { self.record = record }

    /// Takes note of a request, before its answer comes.
    package func note(_ question: WireQuestion) {
        guard let session = question.session else { return }
        state.withLock { state in
            for (id, method) in question.methods { state.methods[session + " " + id] = method }
        }
    }

    /// What is wrong with a whole answer, an object, an array or a stream.
    ///
    /// - Parameter session: The session that the answer opens, if it opens one.
    package func mistakes(in body: [UInt8], to question: WireQuestion, opening session: String? = nil) -> [String] {
        // The fields of an event begin with a letter or a colon, and no JSON that is an object or array does.
        let isStream = body.first.map { "dir:".utf8.contains($0) } ?? false
        let texts = isStream ? Self.events(in: body) : [body]
        return texts.flatMap { text in
            guard !text.isEmpty else { return [] as [String] }
            guard let root = try? JSONDocument(text).root else {
                return ["It is not JSON: \(String(decoding: text.prefix(200), as: UTF8.self))"]
            }
            return mistakes(in: root, to: question, opening: session)
        }
    }

    /// What is wrong with one message, or with an array of them.
    package func mistakes(in root: JSONNode, to question: WireQuestion, opening session: String? = nil) -> [String] {
        let revision = self.revision(of: root, to: question, opening: session)
        guard let elements = root.elements else { return check(root, revision, question) }
        guard revision == "2025-03-26" else { return ["\(revision) has no batches"] }
        return elements.flatMap { check($0, revision, question) }
    }

    private func revision(of root: JSONNode, to question: WireQuestion, opening session: String?) -> String {
        let newest = "2025-11-25"
        if question.isStateless { return "2026-07-28" }
        // What answers no message of anybody, an error without an id, is of no revision; older ones do not know it.
        guard root.kind == .array || root["id"] != nil || root["method"] != nil else { return newest }
        return state.withLock { state in
            if question.isHandshake, let revision = root["result"]?["protocolVersion"]?.string {
                if let session { state.revisions[session] = revision }
                return revision
            }
            return question.session.flatMap { state.revisions[$0] } ?? newest
        }
    }

    private func check(_ message: JSONNode, _ revision: String, _ question: WireQuestion) -> [String] {
        guard let schema = ProtocolSchema.of(revision) else { return ["There is no revision \(revision)"] }
        // A line feed would end the line of a stream.
        if message.raw.bytes.contains(UInt8(ascii: "\n")) { return ["It has a line feed"] }
        let id = message["id"]?.raw.text ?? ""
        let method = message["result"] == nil ? nil : self.method(id, question)
        let content = ["result", "error", "params"].compactMap { message[$0]?.raw.text }.joined()
        let key = [
            revision, method ?? "", message["method"]?.string ?? "", message["id"]?.kind.rawValue ?? "", content,
        ].hashValue
        if state.withLock({ $0.known.contains(key) }) { return [] }
        let mistakes = schema.mistakes(in: message, answering: method)
        if mistakes.isEmpty { state.withLock { _ = $0.known.insert(key) } }
        record?.write(message, revision, answering: method)
        return mistakes.map { "\($0) [\(revision)] in \(message.raw.text.prefix(1000))" }
    }

    private func method(_ id: String, _ question: WireQuestion) -> String? {
        if let method = question.methods[id] { return method }
        guard let session = question.session else { return nil }
        return state.withLock { $0.methods[session + " " + id] }
    }

    private static func events(in body: [UInt8]) -> [[UInt8]] {
        String(decoding: body, as: UTF8.self).split(separator: "\n\n").flatMap { block in
            block.split(separator: "\n").filter { $0.hasPrefix("data: ") }.map { Array($0.dropFirst(6).utf8) }
        }
    }
}
