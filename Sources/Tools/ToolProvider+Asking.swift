package import Identity
import JSON
package import MCP
import Postgres

extension ToolProvider {
    /// Asks the person for what a call leaves open, shows a write that waits for a confirmation, and runs the call.
    package func inquiry(for call: ToolCallRequest) -> Handler<ToolCaller, ToolResult>? {
        guard call.takesForms, let tool = registry[call.name], tool.inquiry != nil || tool.effects.writes else {
            return nil
        }
        return { conversation, caller in
            switch try self.complete(call, of: tool, conversation, caller) {
            case .ended(let result): result
            case .call(let prepared): try self.confirm(call, of: tool, prepared, conversation, caller)
            }
        }
    }

    /// What questions about the arguments come to.
    private enum Completion {
        case ended(ToolResult)
        case call(PreparedCall)
    }

    private func complete(
        _ request: ToolCallRequest,
        of tool: Tool,
        _ conversation: Conversation,
        _ caller: ToolCaller
    ) throws -> Completion {
        var prepared = prepare(request, from: caller.credential)
        guard let inquiry = tool.inquiry else { return .call(prepared) }
        var arguments = request.arguments
        for round in 1...Inquiry.rounds {
            guard let form = prepared.form(for: caller.principal.access, round: round) else { break }
            let answer = try ask(form.question, as: "answer-\(round)", prepared, conversation, caller)
            guard let content = answer.content else {
                caller.end(prepared, as: answer.action == .decline ? .declined : .closed)
                return .ended(ToolResult(structured: inquiry.unanswered(answer.action ?? .cancel).structured))
            }
            arguments = try JSONDocument(
                RawJSON(inquiry.arguments(arguments, adding: content, to: form)).bytes
            ).root
            prepared = prepare(tool, arguments, given: request.arguments, conversation.nonce, from: caller.credential)
        }
        return .call(prepared)
    }

    // MARK: Confirmations

    /// Runs the call; what waits for a confirmation is put before the person at once.
    ///
    /// In the stateless era the question comes back with its answer in another request. Its key names the pending action,
    /// which belongs to the credential and to this very call; a key that was made up names none.
    private func confirm(
        _ request: ToolCallRequest,
        of tool: Tool,
        _ prepared: PreparedCall,
        _ conversation: Conversation,
        _ caller: ToolCaller
    ) throws -> ToolResult {
        var shown = conversation.nonce == nil ? nil : request.answeredConfirmation
        var question = ShownPreview.question(nil)
        if shown == nil {
            let outcome = caller.run(prepared)
            guard case .result(let result) = outcome, let preview = ShownPreview(result) else {
                return try outcome.result(of: request.name)
            }
            shown = preview.id
            question = ShownPreview.question(preview)
        }
        guard let id = shown, case .write(_, let call, _) = prepared else {
            return try caller.run(prepared).result(of: request.name)
        }
        let answer = try ask(question, as: ShownPreview.key(of: id), prepared, conversation, caller)
        let isAccepted = answer.action == .accept
        let ending = PreparedCall.write(tool, call) { call, principal, transaction in
            let action = PendingAction(call, principal)
            let name = PendingAction.Name.row(id, of: call)
            return isAccepted
                ? try action.confirm(name, by: .client, transaction) : try action.cancel(name, transaction)
        }
        let outcome = try caller.run(ending).result(of: request.name)
        guard !isAccepted, !outcome.isError else { return outcome }
        return ToolResult(structured: ShownPreview.declined(answer.action ?? .cancel))
    }

    private func ask(
        _ question: Question,
        as key: String,
        _ prepared: PreparedCall,
        _ conversation: Conversation,
        _ caller: ToolCaller
    ) throws -> Answer {
        do {
            // Answers without the state that came with the questions have no nonce, by which their effect happens once.
            if conversation.revision.era == .stateless, conversation.nonce == nil {
                throw Interruption.inputRequired([(key, question)])
            }
            return try conversation.ask(question, as: key)
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

extension Tool {
    /// Whether the person has to be asked before this call can run: for what is missing, or for leave.
    package func asks(_ call: ToolCall, for access: ToolAccess) -> Bool {
        inquiry?.form(call, access, 1) != nil || waits(call, for: access)
    }
}

/// A pending action as it is put before a person.
private struct ShownPreview {
    private static let keyStart = "confirm-"

    let id: RowID
    private let text: String

    /// - Returns: `nil` for a result that is none.
    init?(_ result: ToolResult) {
        guard let structured = result.structured, let content = (try? JSONDocument(structured.bytes))?.root,
            content["status"]?.string == "pending_confirmation",
            let id = content["pending_id"]?.string.flatMap({ RowID($0, prefix: "pnd") })
        else { return nil }
        self.id = id
        let warnings = (content["warnings"]?.elements ?? []).compactMap(\.string)
        text = ([content["summary"]?.string ?? ""] + Self.lines(of: content["preview"]) + warnings)
            .joined(separator: "\n")
    }

    static func key(of id: RowID) -> String { keyStart + id.digits }

    static func id(in key: String) -> RowID? {
        key.hasPrefix(keyStart) ? RowID(uuid: String(key.dropFirst(keyStart.count))) : nil
    }

    /// Accepting the form is the answer; there is nothing to fill in.
    static func question(_ preview: ShownPreview?) -> Question {
        .form(message: preview?.text ?? "", schema: #"{"type":"object","properties":{}}"#)
    }

    static func declined(_ action: Answer.Action) -> RawJSON {
        let message =
            action == .decline
            ? "The person does not want this. Nothing was changed. Do not try it again unless they ask for it."
            : "The preview was closed without an answer. Nothing was changed. Ask the person before you try it again."
        return RawJSON(["status": "cancelled", "message": .string(message)])
    }

    /// A line for each thing that a preview tells, at most twenty.
    private static func lines(of preview: JSONNode?) -> [String] {
        let changes = (preview?["changes"] ?? preview?["row"])?.members ?? []
        let rows = (preview?["rows"]?.elements ?? []).compactMap { $0["name"]?.string }
        let told = changes.filter { !$0.value.isNull }.map { name, value -> String in
            guard let to = value["to"] else { return "\(name): \(short(value))" }
            return "\(name): \(value["from"].map(short) ?? "null") → \(short(to))"
        }
        return (told + rows).prefix(20).map { Untrusted.line($0, limit: 400) }
    }

    private static func short(_ value: JSONNode) -> String {
        let text = value.string ?? value.raw.text
        return text.count > 120 ? text.prefix(119) + "…" : text
    }
}

extension ToolCallRequest {
    /// The pending action whose question the request answers.
    fileprivate var answeredConfirmation: RowID? {
        (inputResponses?.members ?? []).lazy.compactMap { ShownPreview.id(in: $0.name) }.first
    }
}
