import Dispatch
import HTTP
import HTTPClient
import Synchronization

/// Asks an OpenAI-compatible endpoint for embeddings.
package final class EmbeddingEndpoint: Sendable {
    /// Called once, from another thread; it must not block.
    package typealias Completion = @Sendable (Result<[Embedding], EmbeddingError>) -> Void

    /// What is asked for.
    package let settings: EmbeddingSettings
    private let sender: RequestSender

    /// Makes a way to the endpoint; nothing is sent yet.
    ///
    /// - Throws: ``EmbeddingError`` if the HTTP library cannot be started.
    package init(_ settings: EmbeddingSettings) throws(EmbeddingError) {
        guard let sender = RequestSender(to: settings.destination, answerBytes: EmbeddingExchange.answerBytes) else {
            throw EmbeddingError(.settings, "libcurl cannot be started.")
        }
        self.settings = settings
        self.sender = sender
    }

    /// Asks for the embeddings of some texts, in their order.
    package func embed(_ texts: [String], within limit: Duration, then completion: @escaping Completion) {
        let exchange = EmbeddingExchange(texts: texts, model: settings.model, dimensions: settings.dimensions)
        let request = OutgoingRequest(
            method: .post, headers: [:], body: exchange.body, isRepeatable: true, timeLimit: limit)
        sender.send(request) { result in
            do throws(EmbeddingError) {
                switch result {
                case .success(let answer): completion(.success(try exchange.embeddings(in: answer)))
                case .failure(let failure):
                    throw EmbeddingError(.unreachable, "The endpoint cannot be asked: \(failure.reason).")
                }
            } catch {
                completion(.failure(error))
            }
        }
    }

    /// The same for those who may wait.
    package func embed(_ texts: [String], within limit: Duration) throws(EmbeddingError) -> [Embedding] {
        let done = DispatchSemaphore(value: 0)
        let outcome = Mutex<Result<[Embedding], EmbeddingError>?>(nil)
        embed(texts, within: limit) { result in
            outcome.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        guard let result = outcome.withLock({ $0 }) else {
            throw EmbeddingError(.unreachable, "The endpoint gave no answer.")
        }
        return try result.get()
    }
}
