import HTTP
import Identity
import MCP
import Postgres
import Tools

extension Work {
    /// Answers the messages of a batch (2025-03-26) one after the other, each in a transaction of its own.
    func batch(_ answer: @escaping Answer) -> Step {
        .write { database in
            guard case .batch(let plans, let combine) = self.plan.action else { return }
            var responses: [HTTPResponse] = []
            do {
                for plan in plans { responses.append(try self.part(plan).answer(database)) }
                answer(combine(responses), self.record())
            } catch let refused as Refused {
                answer(refused.response, self.record(refused.record))
            } catch let error as PostgresError {
                self.fail(error, answer)
            } catch {
                self.fail(PostgresError(.unexpectedResult, "\(error)"), answer)
            }
        }
    }

    private func part(_ plan: Plan<ToolProvider>) -> Work { Work(call: call, plan: plan, parts: parts, waited: waited) }

    /// One message of a batch, with the worker to itself.
    private func answer(_ database: borrowing Database) throws -> HTTPResponse {
        guard case .work(let request, _) = plan.action else {
            return response(for: try database.transaction { try caller(from: try $0.query(authentication)) })
        }
        let prepared = parts.tools.prepare(request, from: call.credential)
        if case .write(let tool, let toolCall, let body) = prepared {
            let (principal, outcome) = try WriteCall(tool: tool, call: toolCall, body: body).run(self, database)
            return response(for: principal, outcome.result)
        }
        var statements = [authentication]
        if case .read(_, _, let read) = prepared { statements += read.statements }
        let results = try database.transaction(.readOnly) { try $0.queries(statements) }
        let principal = try caller(from: results[0])
        let outcome = ReadCall(prepared).outcome(Array(results.dropFirst()), for: principal, call.id)
        audit(outcome, prepared, of: principal)
        return response(for: principal, outcome.result)
    }
}
