import HTTP
import JSON
import Telemetry

@testable import MCP

extension FuzzTarget {
    /// The whole protocol: up to eight requests one after the other, each answered as the program would.
    ///
    /// An input is text: a method, header fields, an empty line and a body for each request, and a line `===` between
    /// two. What a client usually sends is added unless the request says otherwise (`-Accept` leaves it out). Names in
    /// angle brackets stand for what only the server can make; see ``Client``.
    static let messages = FuzzTarget("messages") { bytes in
        let client = FuzzClient()
        for part in bytes.parts(8) { client.send(part) }
        client.leave()
    }
}

extension [UInt8] {
    /// The parts between lines `===`.
    fileprivate func parts(_ limit: Int) -> [[UInt8]] {
        let lines = split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        let parts = lines.split(separator: ArraySlice("===".utf8), omittingEmptySubsequences: false)
        return parts.prefix(limit).map { [UInt8]($0.joined(separator: [UInt8(ascii: "\n")])) }
    }
}
