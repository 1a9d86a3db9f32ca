/// What a person pastes to connect a client.
struct ClientConfiguration {
    let endpoint: String
    let token: String
    /// Where the program is that is running.
    let program: String

    var text: String {
        """

        Workport is serving.

          Endpoint   \(endpoint)
          Token      \(token)

        Try it:

          \(curl)

        Claude Code:

          claude mcp add --transport http workport \(endpoint) --header "Authorization: Bearer \(token)"

        VS Code (.vscode/mcp.json):

          {"servers": {"workport": {"type": "http", "url": "\(endpoint)",
            "headers": {"Authorization": "Bearer \(token)"}}}}

        Cursor (~/.cursor/mcp.json):

          {"mcpServers": {"workport": {"url": "\(endpoint)",
            "headers": {"Authorization": "Bearer \(token)"}}}}

        Clients that only speak stdio (Claude Desktop: claude_desktop_config.json):

          {"mcpServers": {"workport": {"command": "\(program)", "args": ["stdio", "\(endpoint)"],
            "env": {"WORKPORT_TOKEN": "\(token)"}}}}

        Any other client: transport Streamable HTTP, the endpoint as URL, and the header

          Authorization: Bearer \(token)

        Ctrl-C stops it. Data and token are kept for the next start.
        """
    }

    /// A call in the stateless era: no session, one request.
    private var curl: String {
        let body =
            #"{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"searchWorkspaceTasks","#
            + #""arguments":{"query":"703-597-4534"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","#
            + #""io.modelcontextprotocol/clientCapabilities":{}}}}"#
        return """
            curl -s \(endpoint) \\
                -H 'Authorization: Bearer \(token)' \\
                -H 'Content-Type: application/json' -H 'Accept: application/json, text/event-stream' \\
                -H 'MCP-Protocol-Version: 2026-07-28' -H 'Mcp-Method: tools/call' -H 'Mcp-Name: searchWorkspaceTasks' \\
                -d '\(body)'
            """
    }
}
