"""Stands before a server and speaks TLS, with a certificate for `localhost` of an authority of its own.

Usage: tls_proxy.py PORT FOLDER

PORT is the server's. The certificate of the authority is written to FOLDER/authority.pem; then one line with the proxy's
own port is printed. It runs until its standard input ends.
"""

import asyncio
import ssl
import sys

import trustme


async def copy(reader, writer):
    try:
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()
    except (ConnectionError, ssl.SSLError):
        pass
    writer.close()


async def main():
    port, folder = int(sys.argv[1]), sys.argv[2]
    authority = trustme.CA()
    authority.cert_pem.write_to_path(f"{folder}/authority.pem")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    async def serve(reader, writer):
        upstream_reader, upstream_writer = await asyncio.open_connection("127.0.0.1", port)
        await asyncio.gather(copy(reader, upstream_writer), copy(upstream_reader, writer))

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    server.close()


asyncio.run(main())
