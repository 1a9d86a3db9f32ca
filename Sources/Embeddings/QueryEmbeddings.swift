import Crypto
package import Identity
package import Postgres
import Synchronization

/// The embeddings of what is searched for: asked of the endpoint while the call waits without a worker, and kept for the
/// same question of the same caller.
///
/// What is kept is found by workspace and credential, so nobody learns from the time of an answer what others ask for.
package final class QueryEmbeddings: Sendable {
    /// What was sent to the endpoint on behalf of a caller.
    package struct Sent: Sendable {
        package let workspace: WorkspaceID
        package let credential: RowID
        /// How many characters; never which.
        package let characters: Int
        /// What went wrong, if something did.
        package let error: EmbeddingError?
    }

    /// One question. Its gate opens once it is known what came of it.
    package final class Asked: Sendable {
        /// Opens when ``result`` is there.
        package let gate = Gate()
        private let outcome = Mutex<Result<Embedding, EmbeddingError>?>(nil)

        /// What came of it, once the gate is open.
        package var result: Result<Embedding, EmbeddingError>? { outcome.withLock { $0 } }

        fileprivate init() {}

        fileprivate func end(_ result: Result<Embedding, EmbeddingError>) {
            outcome.withLock { $0 = result }
            gate.open()
        }
    }

    fileprivate struct Key: Hashable {
        let workspace: WorkspaceID
        let credential: RowID
        let model: String
        let digest: [UInt8]
    }

    fileprivate struct State {
        var breaker = Breaker()
        /// What is under way, and what went well.
        var questions: [Key: (asked: Asked, lastUse: UInt64)] = [:]
        var clock: UInt64 = 0
        var underWay = 0
    }

    /// How many are kept, and how many may be under way at a time.
    fileprivate static let capacity = 1_024
    fileprivate static let mostUnderWay = 32

    private let endpoint: EmbeddingEndpoint
    private let note: @Sendable (Sent) -> Void
    private let state = Mutex(State())

    /// - Parameter note: Told of each question that was sent, from another thread.
    package init(_ endpoint: EmbeddingEndpoint, note: @escaping @Sendable (Sent) -> Void = { _ in }) {
        self.endpoint = endpoint
        self.note = note
    }

    /// What is asked of the endpoint.
    package var settings: EmbeddingSettings { endpoint.settings }

    /// Asks what a text means, unless that is known or nobody can be asked now.
    ///
    /// It takes no longer than the setting allows, also if nobody waits for it any more.
    package func ask(_ text: String, for principal: Principal) -> Asked {
        let key = Key(
            workspace: principal.workspace, credential: principal.credential, model: settings.model,
            digest: Digest.sha256(text))
        let (asked, begins) = state.withLock { state in state.question(key, at: .now) }
        guard begins else { return asked }
        endpoint.embed([text], within: settings.timeout) { result in
            let one = result.map { $0[0] }
            self.state.withLock { $0.end(key, one, at: .now) }
            asked.end(one)
            var error: EmbeddingError?
            if case .failure(let failure) = one { error = failure }
            self.note(
                Sent(
                    workspace: key.workspace, credential: key.credential, characters: text.unicodeScalars.count,
                    error: error))
        }
        return asked
    }
}

extension QueryEmbeddings.State {
    /// The question under a key, and whether the caller is to send it.
    fileprivate mutating func question(
        _ key: QueryEmbeddings.Key, at now: ContinuousClock.Instant
    ) -> (QueryEmbeddings.Asked, begins: Bool) {
        clock += 1
        if let known = questions[key] {
            questions[key]?.lastUse = clock
            return (known.asked, false)
        }
        let asked = QueryEmbeddings.Asked()
        guard underWay < QueryEmbeddings.mostUnderWay else {
            asked.end(.failure(EmbeddingError(.busy, "Too many questions wait for the endpoint.")))
            return (asked, false)
        }
        guard breaker.admits(at: now) else {
            asked.end(.failure(EmbeddingError(.resting, "The endpoint failed a moment ago.")))
            return (asked, false)
        }
        underWay += 1
        if questions.count >= QueryEmbeddings.capacity,
            let oldest = questions.filter({ $0.value.asked.gate.isOpen }).min(by: {
                $0.value.lastUse < $1.value.lastUse
            })
        {
            questions[oldest.key] = nil
        }
        questions[key] = (asked, clock)
        return (asked, true)
    }

    fileprivate mutating func end(
        _ key: QueryEmbeddings.Key, _ result: Result<Embedding, EmbeddingError>, at now: ContinuousClock.Instant
    ) {
        underWay -= 1
        switch result {
        case .success: breaker.succeed()
        case .failure(let error):
            questions[key] = nil
            // What is wrong with one text says nothing of the next.
            if error.passes { breaker.fail(at: now, retryAfter: error.retryAfter) } else { breaker.succeed() }
        }
    }
}
