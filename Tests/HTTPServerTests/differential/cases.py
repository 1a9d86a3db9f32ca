"""What is fed to all parsers: known attacks on message framing, and requests made and mutated from a seed."""

import random

HEAD = b"POST /a HTTP/1.1\r\nHost: a\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
NEXT = b"GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

# Each is a way by which two readers in a row have been made to disagree about where a request ends.
FIELDS = [
    b"Content-Length: 5", b"Content-Length: +5", b"Content-Length: -5", b"Content-Length: 0x5", b"Content-Length: 5, 5",
    b"Content-Length: 5\r\nContent-Length: 5", b"Content-Length: 5\r\nContent-Length: 6", b"Content-Length: 5 ",
    b"Content-Length:\t5", b"Content-Length: 5_0", b"Content-Length: \x0b5", b"Content-Length : 5", b"Content-Length: 05",
    b"Content-Length: ", b"Content-Length: \xb2", b"Content-Length: 5;", b"Content-Length: 99999999999999999999",
    b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Transfer-Encoding: chunked\r\nContent-Length: 5",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: Chunked", b"Transfer-Encoding:chunked ", b"Transfer-Encoding: xchunked",
    b"Transfer-Encoding : chunked", b"Transfer-Encoding\x00: chunked", b"Transfer-Encoding:\x0bchunked",
    b"Transfer-Encoding: \"chunked\"", b"Transfer-Encoding: chunked, identity", b"Transfer-Encoding: identity, chunked",
    b"Transfer-Encoding: gzip, chunked", b"Transfer-Encoding: chunked, chunked", b"Transfer-Encoding: identity",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", b"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked",
    b"Transfer-Encoding:\r\n chunked", b"Transfer-Encoding\r\n: chunked", b"X: y\r\nTransfer-Encoding: chunked",
    b"X: y\rTransfer-Encoding: chunked", b"X: y\nTransfer-Encoding: chunked", b" Transfer-Encoding: chunked",
    b"X: y\r\n Transfer-Encoding: chunked", b"Transfer_Encoding: chunked", b"Transfer-Encoding: chunk\xc3\xa9d",
    b"Host: a", b"Host: b", b"X: \x00", b"X: \x7f", b"X: \x80", b"X: \xc3\xa9", b"X: a\tb", b"X:", b": y", b"X", b"X y: z", b"X\x80: y",
    b"Connection: close", b"Connection: keep-alive", b"Connection: close, x", b"Expect: 100-continue", b"Expect: other",
]
GOOD_FIELDS = [
    b"Accept: */*", b"X:", b"x-y: z \t", b"X: a\tb", b"X: \xc3\xa9", b"Connection: keep-alive", b"Expect: 100-continue", b"X: \"a, b\"",
]
FRAMED = [
    (b"Content-Length: 5", b"hello"), (b"content-length: 0", b""), (b"Content-Length:5", b"\r\n\r\n0"),
    (b"Transfer-Encoding: chunked", b"5\r\nhello\r\n0\r\n\r\n"), (b"Transfer-Encoding:CHUNKED", b"1;a=b\r\nx\r\n0\r\nX: y\r\n\r\n"),
]
BODIES = [b"", b"hello", b"5\r\nhello\r\n0\r\n\r\n", b"0\r\n\r\n", b"hello" + NEXT, b"5\r\nhello\r\n0\r\n\r\n" + NEXT]
CHUNKS = [
    b"5\r\nhello\r\n0\r\n\r\n", b"5;a=b\r\nhello\r\n0\r\n\r\n", b"5;a=\"b\"\r\nhello\r\n0\r\n\r\n", b"5 ;a\r\nhello\r\n0\r\n\r\n",
    b"5 \r\nhello\r\n0\r\n\r\n", b" 5\r\nhello\r\n0\r\n\r\n", b"0x5\r\nhello\r\n0\r\n\r\n", b"+5\r\nhello\r\n0\r\n\r\n",
    b"-5\r\nhello\r\n0\r\n\r\n", b"5\nhello\r\n0\r\n\r\n", b"5\rhello\r\n0\r\n\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhello0\r\n\r\n",
    b"5\r\nhelloXX0\r\n\r\n", b"5;\n\r\nhello\r\n0\r\n\r\n", b"5;a\x00\r\nhello\r\n0\r\n\r\n", b"00005\r\nhello\r\n0000\r\n\r\n",
    b"5\r\nhello\r\n0\r\nX: y\r\n\r\n", b"5\r\nhello\r\n0\r\nX : y\r\n\r\n", b"5\r\nhello\r\n0\r\nX\r\n\r\n", b"5\r\nhello\r\n0\r\n\n",
    b"5\r\nhello\r\n0\n\n", b"\r\n5\r\nhello\r\n0\r\n\r\n", b"fffffffffffffffff\r\nhello", b"100000000000000005\r\nhello\r\n0\r\n\r\n",
    b"5_0\r\nhello\r\n0\r\n\r\n", b"5\r\nhello\r\n0\r\nContent-Length: 9\r\n\r\n", b"5,5\r\nhello\r\n0\r\n\r\n", b"G\r\n", b"A\r\n0123456789\r\n0\r\n\r\n",
]
LINES = [
    b"GET / HTTP/1.1", b"get / HTTP/1.1", b"GET  / HTTP/1.1", b"GET /  HTTP/1.1", b"GET / HTTP/1.1 ", b" GET / HTTP/1.1",
    b"GET\t/\tHTTP/1.1", b"GET / HTTP/1.0", b"GET / HTTP/1.2", b"GET / HTTP/2.0", b"GET / HTTP/0.9", b"GET / http/1.1",
    b"GET / HTTP/1.10", b"GET / HTTP/1", b"GET / HTTP/+1.1", b"GET /", b"GET", b"", b"\r\nGET / HTTP/1.1", b"\r\n\r\n\r\nGET / HTTP/1.1",
    b"\nGET / HTTP/1.1", b"GET http://a/x HTTP/1.1", b"GET http://b/x HTTP/1.1", b"OPTIONS * HTTP/1.1", b"GET * HTTP/1.1",
    b"CONNECT a:443 HTTP/1.1", b"GET /a#b HTTP/1.1", b"GET /%zz HTTP/1.1", b"GET /\x00 HTTP/1.1", b"GET /\x80 HTTP/1.1", b"GET /a b HTTP/1.1",
    b"GET /a\\b HTTP/1.1", b"GET //a HTTP/1.1", b"GET a HTTP/1.1", b"GET ? HTTP/1.1", b"G(T / HTTP/1.1", b"M-SEARCH / HTTP/1.1",
    b"GET /a|b{}\"<>^` HTTP/1.1", b"PRI * HTTP/2.0",
]
HOSTS = [b"a", b"a:80", b"[::1]:80", b"", b"a b", b"a,b", b"u@a", b"a/b", b"a:", b"a:x", b"a\x00", b"a_b", b"1.2.3.4", b"a?b", b"a#b", b"a%41"]


def known():
    """The cases that people wrote."""
    for field in FIELDS:
        for body in BODIES:
            yield HEAD + field + b"\r\n\r\n" + body
    for chunks in CHUNKS:
        yield CHUNKED + chunks + NEXT
    for line in LINES:
        for end in (b"\r\n", b"\n"):
            yield line + end + b"Host: a" + end + end + NEXT
        yield line + b"\r\n\r\n"
    for host in HOSTS:
        yield b"GET / HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" + NEXT
        yield b"GET http://" + host + b"/ HTTP/1.1\r\nHost: " + host + b"\r\n\r\n" + NEXT


WORDS = [
    b"\r\n", b"\n", b"\r", b" ", b"\t", b":", b"\x00", b";", b",", b"0", b"5", b"a", b"chunked", b"close", b"Host: a\r\n",
    b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"HTTP/1.1", b"\r\n\r\n", b"\r\n ", b"\xff", b"\x7f", b"\"", b"%",
]


def generated(count, seed):
    """Requests put together from the parts above, most of them then damaged a little."""
    chance = random.Random(seed)
    for _ in range(count):
        case = b""
        for _ in range(chance.choice((1, 1, 2))):
            fields = [b"Host: " + chance.choice((b"a", b"a", b"a", chance.choice(HOSTS)))]
            fields += chance.sample(GOOD_FIELDS, chance.choice((0, 1, 2)))
            line = chance.choice((b"GET / HTTP/1.1", b"POST /x?y HTTP/1.1", b"PUT //%20 HTTP/1.1", chance.choice(LINES)))
            if chance.random() < 0.7:
                field, body = chance.choice(FRAMED)
                fields.append(field)
            else:
                fields += chance.sample(FIELDS, chance.choice((0, 1, 1, 2)))
                body = chance.choice((b"", b"", chance.choice(BODIES), chance.choice(CHUNKS)))
            chance.shuffle(fields)
            case += line + b"\r\n" + b"\r\n".join(fields) + b"\r\n\r\n" + body
        case = bytearray(case)
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            place = chance.randrange(len(case) + 1)
            end = min(len(case), place + chance.randrange(4))
            kind = chance.randrange(4)
            if kind == 0:
                del case[place:end]
            elif kind == 1:
                case[place:place] = chance.choice(WORDS)
            elif kind == 2:
                case[place:end] = chance.choice(WORDS)
            elif place < len(case):
                case[place] ^= 1 << chance.randrange(8)
        yield bytes(case)
