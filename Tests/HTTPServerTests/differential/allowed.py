"""The differences that are meant, each with the reason; everything else is a mistake of one of the parsers."""

import re

# What llhttp knows; it refuses others, and h11 and we leave them to the program.
LLHTTP_METHODS = set(
    "DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND "
    "ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK SOURCE QUERY".split()
)


def reason(peer, data, mine):
    """Why we may differ from a peer (`h11`, `aiohttp`, or `both`) in this case, or `None`."""
    chunked = any(name == "transfer-encoding" for request in mine["requests"] for name, _ in request["headers"])
    if peer == "aiohttp":
        if any(request["method"] not in LLHTTP_METHODS for request in mine["requests"]):
            return "llhttp refuses methods that it does not know"
        if chunked and re.search(rb"(^|\n)0+(;[^\r\n]*)?\r\n[^\r\n]", data):
            return "aiohttp gives the fields of a trailer to the next request"
    return None
