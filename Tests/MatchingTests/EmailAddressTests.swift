import Matching
import Testing

@Suite("E-mail addresses")
struct EmailAddressTests {
    @Test(
        "are read alone and from the forms around them",
        arguments: [
            "Anna.Schmidt@Example.com", "anna.schmidt@example.com", " <ANNA.SCHMIDT@EXAMPLE.COM> ",
            "mailto:anna.schmidt@example.com",
            "Anna Schmidt <anna.schmidt@example.com>", "ａｎｎａ.schmidt＠example.com", "anna.schmidt@example.com,",
        ])
    func read(text: String) throws {
        let address = try #require(EmailAddress(text))
        #expect(address.local == "anna.schmidt")
        #expect(address.domain == "example.com")
        #expect(address.whole == "anna.schmidt@example.com")
    }

    @Test(
        "are not read from anything else",
        arguments: ["", "anna", "@", "@example.com", "anna@", "a@b@c", "anna schmidt@example.com"])
    func other(text: String) {
        #expect(EmailAddress(text) == nil)
    }

    @Test(
        "are found whole, by local part and by domain",
        arguments: [
            ("Anna@Example.COM", true), ("@EXAMPLE.com", true), ("anna@", true), ("anne@example.com", false),
            ("@example.org", false),
            ("@ample.com", false), ("ann@", false),
        ])
    func queries(query: String, isFound: Bool) throws {
        let stored = try #require(EmailAddress("anna@example.com"))
        #expect(try #require(EmailQuery(query)).matches(stored) == isFound)
    }

    @Test("survive hostile text", arguments: HostileText.all)
    func hostile(text: HostileText) {
        #expect(EmailQuery(text.value) == nil)
    }
}
