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

from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app


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
asyncio.run(serve(app, config))
