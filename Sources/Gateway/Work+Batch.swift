import HTTP
import HTTPServer
import Identity
import MCP
import Postgres
import Tools

extension Work {
    /// Answers the messages of a batch (2025-03-26): each becomes a call of its own, once it is known that somebody calls.
    func batch(_ answer: @escaping Answer) -> Step {
        .read([authentication]) { outcome in
            do throws(Refused) {
                switch outcome {
                case .success(let results):
                    _ = try self.caller(from: results[0])
                    self.scatter { answer($0, self.record()) }
                case .failure(let error): self.fail(error, answer)
                }
            } catch {
                answer(error.response, self.record(error.record))
            }
        }
    }

    /// Hands the messages to the workers; the last answer sends the whole.
    private func scatter(_ finish: @escaping @Sendable (HTTPResponse) -> Void) {
        guard case .batch(let plans, let combine) = plan.action else { return }
        let collector = BatchCollector(count: plans.count, combine: combine, finish: finish)
        for (index, plan) in plans.enumerated() {
            let cancellation = CallCancellation(call.responder, isStateless: false, since: call.request.arrival)
            cancellation.follow(plan.cancellation)
            let part = Work(
                call: call, plan: plan, parts: parts, waited: waited,
                batch: BatchPlace(collector: collector, index: index), deadline: deadline,
                isAbandoned: { cancellation.isCancelled }
            )
            let refuse = { @Sendable (error: ToolError) in
                collector.take(.unserved(error, plan, requestID: part.call.id), at: index)
            }
            let job = Job(
                tenant: call.credential.workspace.share,
                deadline: deadline,
                isAbandoned: { cancellation.isCancelled },
                plan: { part.step { response, _ in collector.take(response, at: index) } },
                refuse: { refusal in
                    guard refusal != .abandoned else {
                        return collector.take(HTTPResponse(status: .accepted), at: index)
                    }
                    refuse(ToolError(refusal))
                }
            )
            if case .full(let wait) = parts.pool.submit(job) { refuse(.busy(retryAfter: wait.retrySeconds)) }
        }
    }
}

/// Where the answer to a message of a batch goes.
struct BatchPlace: Sendable {
    let collector: BatchCollector
    let index: Int

    var channel: any ResponseChannel { collector.channel(at: index) }
}
