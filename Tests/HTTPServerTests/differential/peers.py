"""Two parsers that others trust: h11, and llhttp as aiohttp ships it. Each turns bytes into the same shape as ours."""

import asyncio

import h11
from aiohttp import base_protocol, http_exceptions, http_parser

_loop = asyncio.new_event_loop()


def request(method, target, headers, body):
    """One request in the common shape."""
    return {
        "method": method,
        "target": target,
        "headers": [[name.decode("latin-1").lower(), value.strip(b" \t").hex()] for name, value in headers],
        "body": body.hex(),
    }


def start_h11(data):
    """A parser that begins with these bytes."""
    connection = h11.Connection(h11.SERVER, max_incomplete_event_size=64 << 10)
    data = data.removeprefix(b"\r\n")
    # Empty bytes would mean that the client has gone.
    if data not in (b"", b"\r"):
        connection.receive_data(data)
    return connection


def read_with_h11(data):
    """What h11 makes of the bytes: the requests, and whether it refused what came then.

    h11 does not skip the one empty line before a request that RFC 9112 section 2.2 wants skipped, so it is not shown one.
    """
    connection = start_h11(data)
    requests, head, body = [], None, b""
    try:
        while True:
            event = connection.next_event()
            if event is h11.NEED_DATA:
                return requests, False
            if event is h11.PAUSED:
                return requests, False
            if isinstance(event, h11.Request):
                head, body = event, b""
            elif isinstance(event, h11.Data):
                body += event.data
            elif isinstance(event, h11.EndOfMessage):
                headers = [(name, value) for name, value in head.headers.raw_items()]
                requests.append(request(head.method.decode(), head.target.decode("latin-1"), headers, body))
                if head.method == b"CONNECT":
                    return requests, False
                connection.send(h11.Response(status_code=204, headers=[]))
                connection.send(h11.EndOfMessage())
                if connection.our_state is not h11.DONE:
                    return requests, False
                connection = start_h11(connection.trailing_data[0])
    except h11.RemoteProtocolError:
        return requests, True


def read_with_aiohttp(data):
    """What aiohttp's parser makes of the bytes, in the same way."""
    protocol = base_protocol.BaseProtocol(_loop)
    parser = http_parser.HttpRequestParser(
        protocol, _loop, limit=8 << 20, max_line_size=8192, max_field_size=32 << 10, auto_decompress=False
    )
    requests = []
    # Byte by byte, so that requests before a mistake come out; the parser throws away the others of the same call.
    waiting = []
    refused = False
    for index in range(len(data)):
        try:
            messages, _, _ = parser.feed_data(data[index : index + 1])
        except http_exceptions.HttpProcessingError:
            refused = True
            break
        waiting += messages
    for message, payload in waiting:
        if payload.exception() is not None:
            refused = True
            break
        if not payload.is_eof():
            break
        body = payload.read_nowait(-1) if not isinstance(payload, type(http_parser.EMPTY_PAYLOAD)) else b""
        requests.append(request(message.method, message.path, message.raw_headers, body))
        if message.should_close:
            return requests, False
    return requests, refused
