/// What a workspace and a credential together let a caller do; of two settings the stricter one holds.
///
/// Two callers with equal values see the same tools, so the value is also the key under which a rendered list is kept.
package struct ToolAccess: Sendable, Hashable {
    /// No tool that writes may be called.
    package let readOnly: Bool
    /// Whether both the workspace and the credential turn customer comments on.
    package let customerComments: Bool
    /// How many facts about a customer a comment needs, 0 to 3.
    package let customerCommentFactors: Int
    /// Names that the workspace allows, or `nil` for all; then the same for the credential.
    package let allowLists: [Set<String>]
    /// Names that the workspace or the credential denies.
    package let denied: Set<String>

    package init(
        readOnly: Bool,
        customerComments: Bool,
        customerCommentFactors: Int,
        allowLists: [Set<String>],
        denied: Set<String>
    ) {
        self.readOnly = readOnly
        self.customerComments = customerComments
        self.customerCommentFactors = customerCommentFactors
        self.allowLists = allowLists
        self.denied = denied
    }

    /// Whether the lists leave a tool in: every allow list names it and no deny list does.
    package func names(_ tool: String) -> Bool {
        !denied.contains(tool) && allowLists.allSatisfy { $0.contains(tool) }
    }
}
