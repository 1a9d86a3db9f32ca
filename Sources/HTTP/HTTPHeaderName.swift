/// The name of a header field; case does not matter when names are compared.
package struct HTTPHeaderName: RawRepresentable, Sendable, ExpressibleByStringLiteral {
    /// The name as it goes out.
    package let rawValue: String

    /// Takes a name as it should go out.
    package init(rawValue: String) { self.rawValue = rawValue }

    /// Takes a literal name.
    package init(stringLiteral value: String) { rawValue = value }
}

// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension HTTPHeaderName {
    // The names that this program reads or writes.
    package static var accept: Self { "Accept" }
    package static var accessControlAllowHeaders: Self { "Access-Control-Allow-Headers" }
    package static var accessControlAllowMethods: Self { "Access-Control-Allow-Methods" }
    package static var accessControlAllowOrigin: Self { "Access-Control-Allow-Origin" }
    package static var accessControlExposeHeaders: Self { "Access-Control-Expose-Headers" }
    package static var accessControlMaxAge: Self { "Access-Control-Max-Age" }
    package static var accessControlRequestHeaders: Self { "Access-Control-Request-Headers" }
    package static var accessControlRequestMethod: Self { "Access-Control-Request-Method" }
    package static var allow: Self { "Allow" }
    package static var authorization: Self { "Authorization" }
    package static var cacheControl: Self { "Cache-Control" }
    package static var connection: Self { "Connection" }
    package static var contentLength: Self { "Content-Length" }
    package static var contentType: Self { "Content-Type" }
    package static var cookie: Self { "Cookie" }
    package static var date: Self { "Date" }
    package static var expect: Self { "Expect" }
    package static var host: Self { "Host" }
    package static var lastEventID: Self { "Last-Event-ID" }
    package static var location: Self { "Location" }
    package static var mcpMethod: Self { "Mcp-Method" }
    package static var mcpName: Self { "Mcp-Name" }
    package static var mcpProtocolVersion: Self { "MCP-Protocol-Version" }
    package static var mcpSessionID: Self { "Mcp-Session-Id" }
    package static var origin: Self { "Origin" }
    package static var rateLimitLimit: Self { "RateLimit-Limit" }
    package static var rateLimitRemaining: Self { "RateLimit-Remaining" }
    package static var rateLimitReset: Self { "RateLimit-Reset" }
    package static var retryAfter: Self { "Retry-After" }
    package static var setCookie: Self { "Set-Cookie" }
    package static var traceparent: Self { "traceparent" }
    package static var transferEncoding: Self { "Transfer-Encoding" }
    package static var userAgent: Self { "User-Agent" }
    package static var vary: Self { "Vary" }
    package static var wwwAuthenticate: Self { "WWW-Authenticate" }
    package static var xAccelBuffering: Self { "X-Accel-Buffering" }
    package static var xForwardedFor: Self { "X-Forwarded-For" }
    package static var xMCPExcludeTools: Self { "X-MCP-Exclude-Tools" }
    package static var xMCPLockdown: Self { "X-MCP-Lockdown" }
    package static var xMCPReadonly: Self { "X-MCP-Readonly" }
    package static var xMCPTools: Self { "X-MCP-Tools" }
    package static var xMCPToolsets: Self { "X-MCP-Toolsets" }
    package static var xRequestID: Self { "X-Request-Id" }
}
