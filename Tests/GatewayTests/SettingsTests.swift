import Gateway
import Testing

@Suite("Settings")
struct SettingsTests {
    private func settings(
        _ flags: [String: String] = [:],
        _ environment: [String: String] = [:],
        files: [String: String] = [:]
    ) throws -> Settings {
        try Settings(flags: flags, environment: environment) { files[$0] }
    }

    @Test("come from flags first, then the environment, then the defaults")
    func order() throws {
        #expect(try settings().integer(.port) == 8080)
        #expect(try settings([:], ["WORKPORT_PORT": "9000"]).integer(.port) == 9000)
        #expect(try settings(["port": "9001"], ["WORKPORT_PORT": "9000"]).integer(.port) == 9001)
        #expect(try settings([:], ["WORKPORT_PORT": ""]).integer(.port) == 8080)
    }

    @Test("that are secrets come from a file too, without line ends")
    func secrets() throws {
        let settings = try settings([:], ["WORKPORT_TOKEN_PEPPER_FILE": "/p"], files: ["/p": "abcd\n"])
        #expect(settings.text(.tokenPepper) == "abcd")
    }

    @Test(
        "tell every mistake, its source and what would be accepted",
        arguments: [
            (["WORKPORT_PORT": "99999"], "WORKPORT_PORT is 99999; it can be a whole number from 0 to 65535."),
            (["WORKPORT_LOG_LEVEL": "loud"], "it can be debug, info, warning, error"),
            (["WORKPORT_DATABASE_URL": "mysql://a/b"], "it can be postgresql://user:password@host:port/database"),
            (["WORKPORT_CALL_TIMEOUT": "0"], "0.1 to 300.0 seconds"),
            (["WORKPORT_SEAL_KEYS_FILE": "/none"], "the file /none cannot be read"),
        ]
    )
    func mistakes(environment: [String: String], expected: String) throws {
        do {
            _ = try settings([:], environment)
            Issue.record("accepted")
        } catch let error as ConfigurationError {
            #expect(error.message.contains(expected), "\(error.message)")
        }
    }

    @Test(
        "have one spelling of the public URL",
        arguments: [
            ("https://mcp.example.com", "https://mcp.example.com"),
            ("HTTPS://MCP.Example.com/", "https://mcp.example.com"),
            ("https://mcp.example.com:443", "https://mcp.example.com"), ("http://a:80/", "http://a"),
            ("https://a:80", "https://a:80"), ("http://localhost:8080", "http://localhost:8080"), ("https://a/b", nil),
            ("https://a?b", nil), ("https://a#b", nil), ("https://a@b", nil), ("ftp://a", nil),
            ("mcp.example.com", nil),
            ("https://", nil), ("https://ä", nil),
        ] as [(String, String?)]
    )
    func publicURL(text: String, origin: String?) throws {
        let settings = try settings(
            ["public-url": text, "database-url": "postgresql://a/b"],
            [
                "WORKPORT_TOKEN_PEPPER": String(repeating: "5a", count: 32),
                "WORKPORT_SEAL_KEYS": "1:" + String(repeating: "c3", count: 32),
            ]
        )
        guard let origin else {
            #expect(throws: ConfigurationError.self) { try Configuration(settings, cores: 2) }
            return
        }
        #expect(try Configuration(settings, cores: 2).publicURL == origin)
    }

    @Test(
        "take for a row's page an address of one's own host with the row's identifier in it",
        arguments: [
            ("https://app.example.com/{workspace}/{entity}/{id}", true),
            ("https://app.example.com/open?row={id}", true),
            ("https://app.example.com:8443/#/{entity}/{id}?w={workspace}", true), ("http://localhost:3000/{id}", true),
            ("http://127.0.0.1/{id}", true), ("http://[::1]:80/{id}/{id}", true),
            ("http://app.example.com/{id}", false), ("http://localhost.example.com/{id}", false),
            ("https://app.example.com/{workspace}/{entity}", false), ("https://app.example.com/{id}/{title}", false),
            ("https://{workspace}.example.com/{id}", false), ("https://app.example.com{id}", false),
            ("https://{id}/", false), ("https://a@app.example.com/{id}", false), ("https:///{id}", false),
            ("https://app.example.com/{id", false), ("https://app.example.com/id}", false),
            ("https://app.example.com/{{id}}", false), ("https://app.example.com/{}", false),
            ("https://app.example.com/%2x/{id}", false),
            ("https://app.example.com/{id} x", false), ("https://app.example.com/\"{id}", false),
            ("https://app.example.com/ä/{id}", false), ("https://app.example.com\\@b/{id}", false),
            ("javascript:alert({id})", false), ("app.example.com/{id}", false), ("ftp://a/{id}", false),
        ])
    func webURL(text: String, isTaken: Bool) throws {
        let settings = try settings(
            ["web-url": text, "database-url": "postgresql://a/b"],
            [
                "WORKPORT_TOKEN_PEPPER": String(repeating: "5a", count: 32),
                "WORKPORT_SEAL_KEYS": "1:" + String(repeating: "c3", count: 32),
            ]
        )
        guard isTaken else {
            let error = #expect(throws: ConfigurationError.self) { try Configuration(settings, cores: 2) }
            #expect(error?.message.contains("WORKPORT_WEB_URL") == true && error?.message.contains("{id}") == true)
            return
        }
        #expect(try Configuration(settings, cores: 2).web != nil)
    }

    @Test("do not include every variable that looks like one")
    func unknown() {
        let environment = ["WORKPORT_PROT": "1", "WORKPORT_PORT": "1", "WORKPORT_TOKEN_PEPPER_FILE": "/p", "HOME": "/"]
        #expect(Settings.unknownVariables(in: environment) == ["WORKPORT_PROT"])
    }

    @Test("that are missing where they are needed are named")
    func needed() throws {
        #expect(throws: ConfigurationError.self) { try settings().needed(.databaseURL) }
        #expect(throws: ConfigurationError.self) { try Configuration(try settings(), cores: 2) }
    }

    @Test("have one name each, a meaning, and a default that they accept")
    func table() throws {
        #expect(Set(Setting.all.map(\.name)).count == Setting.all.count)
        #expect(Setting.all.allSatisfy { !$0.meaning.isEmpty && $0.variable.hasPrefix("WORKPORT_") })
        var environment: [String: String] = [:]
        for setting in Setting.all { environment[setting.variable] = setting.standard }
        _ = try settings([:], environment)
    }
}
