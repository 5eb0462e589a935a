"""The model server of `make bench-keeper`: chat events at an even rate, each with its sending time.

python -m tests.bench.keeper_sender RATE SECONDS     # prints its address
"""

from __future__ import annotations

import socket
import sys
import threading
import time

from tests.servers.scripted import PREFLIGHT, ok, read_request

# The fields of an OpenAI chunk, in its usual length.
EVENT = (
    'data: {"id":"chatcmpl-Hk2vQmW9sT4xL7yBn3RcZ8dF","object":"chat.completion.chunk",'
    '"created":1760000000,"model":"some-model-2026-01-01","service_tier":"default",'
    '"system_fingerprint":"fp_0123456789","choices":[{"index":0,"delta":{"content":" river"},'
    '"logprobs":null,"finish_reason":null}],"sent":%017.3f}\n\n'
)


def serve(client: socket.socket, rate: float, seconds: float) -> None:
    """Answer one request."""
    with client:
        client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        request = read_request(client)
        if not request.startswith(b"POST"):
            client.sendall(PREFLIGHT)
            return
        client.sendall(ok())
        start = time.monotonic()
        for number in range(int(rate * seconds)):
            wait = start + number / rate - time.monotonic()
            if wait > 0:
                time.sleep(wait)
            client.sendall((EVENT % (time.time() * 1000)).encode())


def main() -> None:
    """Serve until terminated."""
    rate, seconds = float(sys.argv[1]), float(sys.argv[2])
    listener = socket.create_server(("127.0.0.1", 0))
    print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
    while True:
        client, _ = listener.accept()
        threading.Thread(target=serve, args=(client, rate, seconds), daemon=True).start()


if __name__ == "__main__":
    main()
