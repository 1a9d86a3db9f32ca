package import Identity
import JSON
package import MCP

extension ToolProvider {
    /// Asks the person for what a call leaves open, and runs the call with the answers.
    package func inquiry(for call: ToolCallRequest) -> Handler<ToolCaller, ToolResult>? {
        guard call.takesForms, let tool = registry[call.name], let inquiry = tool.inquiry else { return nil }
        return { conversation, caller in
            try complete(call, of: tool, by: inquiry, conversation, caller)
        }
    }

    private func complete(
        _ request: ToolCallRequest,
        of tool: Tool,
        by inquiry: Inquiry,
        _ conversation: Conversation,
        _ caller: ToolCaller
    ) throws -> ToolResult {
        var prepared = prepare(request, from: caller.credential)
        var arguments = request.arguments
        for round in 1...Inquiry.rounds {
            guard let form = prepared.form(for: caller.principal.access, round: round) else { break }
            let answer = try ask(form, round: round, prepared, conversation, caller)
            guard let content = answer.content else {
                caller.end(prepared, as: answer.action == .decline ? .declined : .closed)
                return ToolResult(structured: inquiry.unanswered(answer.action ?? .cancel).structured)
            }
            arguments = try JSONDocument(
                RawJSON(inquiry.arguments(arguments, adding: content, to: form)).bytes
            ).root
            prepared = prepare(tool, arguments, given: request.arguments, conversation.nonce, from: caller.credential)
        }
        return try caller.run(prepared).result(of: request.name)
    }

    private func ask(
        _ form: Inquiry.Form,
        round: Int,
        _ prepared: PreparedCall,
        _ conversation: Conversation,
        _ caller: ToolCaller
    ) throws -> Answer {
        do {
            let key = "answer-\(round)"
            // Answers without the state that came with the questions have no nonce, by which their effect happens once.
            if conversation.revision.era == .stateless, conversation.nonce == nil {
                throw Interruption.inputRequired([(key, form.question)])
            }
            return try conversation.ask(form.question, as: key)
        } catch Interruption.inputRequired(let questions) {
            caller.end(prepared, as: .asked)
            throw Interruption.inputRequired(questions)
        } catch {
            caller.end(prepared, as: .unanswered)
            throw error
        }
    }
}

extension PreparedCall {
    /// What the person has to be asked before this call can run, for a caller with these settings.
    package func form(for access: ToolAccess, round: Int = 1) -> Inquiry.Form? {
        switch self {
        case .read(let tool, let call, _), .write(let tool, let call, _):
            guard tool.isVisible(to: access) else { return nil }
            return tool.inquiry?.form(call, access, round)
        case .unknown, .refused: return nil
        }
    }
}
