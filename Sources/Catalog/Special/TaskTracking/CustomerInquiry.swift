import Identity
import JSON
import MCP
import Tools

extension Inquiry {
    /// Asks the person who talks to the customer for the facts that ``Tool/addCustomerComment`` lacks.
    ///
    /// The question is made of the call alone: it is the same whether or not there is such a task, and whatever is known
    /// of its customer.
    static let customerFacts = Inquiry(
        into: "verification",
        form: { call, access, round in
            guard CustomerComment.isComplete(call), let reference = try? TaskReference(call.arguments) else {
                return nil
            }
            let given = call.arguments.object("verification")
            let open = CustomerFact.allCases.filter { !(given?.has($0.rawValue) ?? false) }
            let needed = access.customerCommentFactors - (CustomerFact.allCases.count - open.count)
            guard needed > 0 else { return nil }
            return Form(
                message(reference, needed: needed, of: open.count, isRepeated: round > 1), open.map(\.field),
                needsAll: needed == open.count
            )
        },
        unanswered: { action in
            let message =
                action == .decline
                ? "The person chose not to give the facts about the customer. Nothing was saved. Do not guess them and "
                    + "do not take them from a task; leave the comment to a member of the workspace, or drop it."
                : "The form was closed without an answer. Nothing was saved. The same call may be made again when the "
                    + "person has the facts."
            let content: JSONValue = [
                "saved": false, "reason": action == .decline ? "declined" : "closed", "message": .string(message),
            ]
            return ToolAnswer(RawJSON(content))
        }
    )

    private static func message(
        _ reference: TaskReference,
        needed: Int,
        of open: Int,
        isRepeated: Bool
    ) -> String {
        let start = isRepeated ? "That is not enough yet. " : ""
        let what =
            switch (needed, open) {
            case (1, 1): "one more fact"
            case (let needed, let open) where needed == open: "\(needed == 2 ? "both" : "all \(needed)") facts"
            case (let needed, _): "at least \(needed == 1 ? "one" : "two") of these facts"
            }
        return start
            + "Before a comment of the customer is added to \(reference.wording), this workspace checks who is "
            + "speaking. Ask the customer for \(what) and enter the answer as the customer gave it."
    }
}

/// What a customer can be asked for; the words are the arguments' names.
enum CustomerFact: String, CaseIterable {
    case taskNumber, customerName, phone

    /// The argument of ``Tool/addCustomerComment``, whose words stand in every listing of tools.
    var argument: Parameter { Parameter(rawValue, parameter.kind, self == .phone ? "At least 7 digits." : "").terse }

    /// The same as a form asks for it.
    fileprivate var parameter: Parameter {
        switch self {
        case .taskNumber: Parameter(rawValue, .taskNumber, "The task's number, as the customer gave it.")
        case .customerName: Parameter(rawValue, .text(maximum: 200), "The customer's name, as the customer gave it.")
        case .phone: Parameter(rawValue, .text(maximum: 60), "A phone number of the customer, at least 7 digits.")
        }
    }

    /// The field of the form.
    fileprivate var field: Inquiry.Field {
        let title =
            switch self {
            case .taskNumber: "Task number"
            case .customerName: "Customer name"
            case .phone: "Phone number"
            }
        return Inquiry.Field(parameter, title: title)
    }
}
