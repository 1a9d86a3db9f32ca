// swift-tools-version: 6.2
// Workport: a hosted, multi-tenant MCP service. Targets follow the path of a request; see README.md.
import PackageDescription

let package = Package(
    name: "workport",
    products: [.executable(name: "workport", targets: ["Command"])],
    targets: [
        // C libraries: a module map and a shim header each.
        .systemLibrary(name: "CLinux"),
        .systemLibrary(name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSpawn"),
        .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),

        // Values and pure functions.
        .target(name: "JSON"),
        .target(name: "HTTP"),
        .target(name: "Telemetry"),
        .target(name: "Matching"),

        // The only targets that own C pointers.
        .target(name: "HTTPServer", dependencies: ["CLinux", "HTTP", "Telemetry"]),
        .target(name: "Crypto", dependencies: ["COpenSSL"]),
        .target(name: "Postgres", dependencies: ["CPostgres"]),
        .target(name: "HTTPClient", dependencies: ["CCurl", "HTTP"]),
        .target(name: "PostgresServer", dependencies: ["CSpawn", "Postgres"]),

        // One stage, or one standard, each.
        .target(name: "MCP", dependencies: ["JSON", "HTTP", "Crypto", "Telemetry"]),
        .target(name: "Identity", dependencies: ["JSON", "HTTP", "Crypto", "Postgres", "Telemetry"]),
        .target(name: "Policy", dependencies: ["JSON", "Identity", "Postgres", "Telemetry"]),

        // What the nodes of the service share beside the data.
        .target(name: "Mail", dependencies: ["JSON", "Crypto", "Postgres", "MCP"]),

        // What texts mean, as numbers that an endpoint elsewhere makes.
        .target(name: "Embeddings", dependencies: ["JSON", "HTTP", "HTTPClient", "Crypto", "Postgres", "Identity"]),

        // What a tool is, and what this product has.
        .target(name: "Tools", dependencies: ["JSON", "HTTP", "Crypto", "Postgres", "MCP", "Identity", "Telemetry"]),
        .target(
            name: "Catalog",
            dependencies: [
                "JSON", "Crypto", "Matching", "Postgres", "Telemetry", "Identity", "Policy", "MCP", "Embeddings",
                "Tools",
            ]),

        // The path itself, and the wiring.
        .target(
            name: "Gateway",
            dependencies: [
                "JSON", "HTTP", "HTTPServer", "Telemetry", "Crypto", "Postgres", "MCP", "Mail", "Identity", "Policy",
                "Embeddings", "Tools", "Catalog",
            ]
        ),

        // The way to an endpoint for clients that only speak over lines.
        .target(name: "Bridge", dependencies: ["CLinux", "HTTPClient", "JSON", "HTTP", "Telemetry", "MCP"]),

        .executableTarget(
            name: "Command",
            dependencies: [
                "JSON", "HTTP", "HTTPServer", "Telemetry", "Crypto", "Postgres", "PostgresServer", "MCP", "Identity",
                "Embeddings", "Tools", "Catalog", "Gateway", "Matching", "Bridge",
            ]
        ),

        // The fixtures of the official conformance suite on the protocol library; not part of the product.
        .executableTarget(
            name: "ConformanceServer",
            dependencies: ["JSON", "HTTP", "HTTPServer", "Telemetry", "Crypto", "Postgres", "MCP", "Mail"]
        ),

        // Tests; `Tests/Support` holds what several of them share.
        .target(
            name: "TestSupport",
            dependencies: ["Postgres", "PostgresServer"],
            path: "Tests/Support",
            exclude: ["pg_trgm"]
        ),
        // Checks every message that a test gets from a server with the protocol's own schemas.
        .target(
            name: "WireCheck",
            dependencies: ["JSON", "MCP"],
            path: "Tests/WireCheck",
            exclude: ["Schemas", "python"]
        ),
        .testTarget(name: "JSONTests", dependencies: ["JSON"]),
        .testTarget(name: "HTTPTests", dependencies: ["HTTP"]),
        .testTarget(name: "TelemetryTests", dependencies: ["Telemetry"]),
        .testTarget(name: "MatchingTests", dependencies: ["Matching", "Telemetry"], exclude: ["Generators"]),
        .testTarget(
            name: "HTTPServerTests",
            dependencies: ["HTTPServer", "HTTP", "Telemetry", "CLinux"],
            exclude: ["differential"]  // A script, which compares the parser with others.
        ),
        .testTarget(name: "CryptoTests", dependencies: ["Crypto"]),
        .testTarget(name: "PostgresTests", dependencies: ["Postgres", "PostgresServer", "TestSupport"]),
        .testTarget(name: "MailTests", dependencies: ["Mail", "MCP", "Postgres", "TestSupport"]),
        .testTarget(
            name: "IdentityTests",
            dependencies: ["Identity", "Crypto", "HTTP", "Postgres", "Telemetry", "TestSupport"]),
        .testTarget(
            name: "EmbeddingsTests",
            dependencies: ["Embeddings", "HTTP", "HTTPClient", "HTTPServer", "Identity", "JSON", "Postgres"]),
        .testTarget(
            name: "PolicyTests",
            dependencies: ["Policy", "Identity", "Postgres", "Telemetry", "HTTP", "Catalog", "TestSupport"]),
        .testTarget(
            name: "ToolsTests", dependencies: ["Tools", "Crypto", "HTTP", "Identity", "JSON", "Postgres", "Telemetry"]),
        .testTarget(name: "BridgeTests", dependencies: ["Bridge", "JSON", "HTTP", "HTTPClient", "MCP", "Telemetry"]),
        .testTarget(name: "GatewayTests", dependencies: ["Gateway", "Catalog", "Identity", "MCP", "Tools"]),
        .testTarget(
            name: "MCPTests",
            dependencies: ["MCP", "JSON", "HTTP", "Crypto", "Telemetry", "WireCheck"],
            exclude: ["Transcripts"]
        ),
        .testTarget(
            name: "CatalogTests",
            dependencies: [
                "Catalog", "Crypto", "HTTP", "Identity", "JSON", "Matching", "Postgres", "PostgresServer",
                "MCP", "TestSupport", "Tools",
            ],
            exclude: ["listing-budget.json", "Tools"]
        ),
        .testTarget(
            name: "ServiceTests",
            dependencies: [
                "JSON", "HTTP", "HTTPServer", "Matching", "Crypto", "Telemetry", "Postgres", "PostgresServer", "MCP",
                "Identity", "Embeddings", "Tools", "Catalog", "Gateway", "TestSupport", "WireCheck",
            ],
            exclude: ["python"]
        ),
    ]
)

// Fuzzing; see Tests/Fuzz/run. Links with libFuzzer only, so no other build knows of it.
if Context.environment["WORKPORT_FUZZ"] != nil {
    package.targets += [
        .systemLibrary(name: "CFuzzer", path: "Tests/Fuzz/CFuzzer"),
        .executableTarget(
            name: "Fuzz",
            dependencies: [
                "CFuzzer", "JSON", "HTTP", "HTTPServer", "Telemetry", "Crypto", "Matching", "MCP", "Identity", "Tools",
                "Catalog",
            ],
            path: "Tests/Fuzz/Program"
        ),
    ]
}

/// Targets that call C and therefore hold unsafe code; the compiler keeps all others free of it.
let unsafeTargets: Set = ["HTTPServer", "Crypto", "Postgres", "PostgresServer", "HTTPClient", "Bridge"]

for target in package.targets where target.type != .system {
    var settings: [SwiftSetting] = [
        .enableUpcomingFeature("ExistentialAny"),  // SE-0335
        .enableUpcomingFeature("InternalImportsByDefault"),  // SE-0409
        .enableUpcomingFeature("MemberImportVisibility"),  // SE-0444
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),  // SE-0461
        .treatAllWarnings(as: .error),
    ]
    if target.type == .regular, !unsafeTargets.contains(target.name) { settings.append(.strictMemorySafety()) }
    target.swiftSettings = (target.swiftSettings ?? []) + settings
}
