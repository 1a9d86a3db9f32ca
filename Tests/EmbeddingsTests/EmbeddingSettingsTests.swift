import Testing

@testable import Embeddings

@Suite("Settings of embeddings")
struct EmbeddingSettingsTests {
    @Test(
        "take addresses to which a key can go safely",
        arguments: [
            ("https://api.example.com/v1/embeddings", "sk-1", "m", true),
            ("http://api.example.com/v1/embeddings", "sk-1", "m", false),
            ("http://api.example.com/v1/embeddings", nil, "m", true),
            ("http://127.0.0.1:9/v1/embeddings", "sk-1", "m", true),
            ("http://127.0.0.1.example.com/v1/embeddings", "sk-1", "m", false),
            ("ftp://api.example.com/", nil, "m", false), ("api.example.com", nil, "m", false),
            ("https://user:pass@api.example.com/", nil, "m", false), ("https://api.example.com/#x", nil, "m", false),
            ("https://api.example.com/", "two words", "m", false), ("https://api.example.com/", "a\nb", "m", false),
            ("https://api.example.com/", "sk-1", "", false), ("https://api.example.com/", "sk-1", "a b", false),
        ] as [(String, String?, String, Bool)]
    )
    func addresses(url: String, key: String?, model: String, isTaken: Bool) {
        let make = { () throws(EmbeddingError) in
            try EmbeddingSettings(url: url, model: model, key: key, timeout: .seconds(1), agent: "tests")
        }
        if isTaken {
            #expect(throws: Never.self) { try make() }
        } else {
            let error = #expect(throws: EmbeddingError.self) { try make() }
            #expect(error?.code == .settings && key.map { error?.message.contains($0) == true } != true)
        }
    }

    @Test("do not show the key")
    func secrecy() throws {
        let settings = try EmbeddingSettings(
            url: "https://api.example.com/", model: "m", key: "sk-secret", timeout: .seconds(1), agent: "tests")
        var dumped = ""
        dump(settings, to: &dumped)
        #expect(!dumped.contains("sk-secret") && !"\(settings)".contains("sk-secret"))
    }
}
