"""Serves the emulator on a free port, prints the port, and ends when its standard input does."""

import asyncio
import os
import socket
import sys
import threading

listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(1024)
port = listener.getsockname()[1]
# read when the module is imported: addresses of queues are made of it
os.environ["GATEWAY_PORT"] = str(port)
os.environ.setdefault("LOG_LEVEL", "ERROR")

import time
from urllib.parse import parse_qs

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
from ministack.core.responses import get_account_id
from ministack.services import sqs

# Seconds by which the clock of an account's queues is ahead: a test moves it instead of waiting for two minutes.
ahead = {}


class AccountTime:
    """What the queues take for the module `time`."""

    def __getattr__(self, name):
        return getattr(time, name)

    def time(self):
        return time.time() + ahead.get(get_account_id(), 0)


sqs.time = AccountTime()


async def with_clock(scope, receive, send):
    if scope["type"] != "http" or scope["path"] != "/_hermes/advance":
        return await app(scope, receive, send)
    asked = parse_qs(scope["query_string"].decode())
    account = asked["account"][0]
    ahead[account] = ahead.get(account, 0) + int(asked["ms"][0]) / 1000
    headers = [(b"content-length", b"0")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def end_with_the_parent():
    while sys.stdin.buffer.read(4096):
        pass
    os._exit(0)


threading.Thread(target=end_with_the_parent, daemon=True).start()
config = Config()
config.bind = [f"fd://{listener.fileno()}"]
config.keep_alive_timeout = 75
config.loglevel = "ERROR"
print(port, flush=True)
asyncio.run(serve(with_clock, config))
