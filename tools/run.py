"""`make run`: set up what is missing, start the local model and the page, print the address."""

from __future__ import annotations

import os
import re
import signal
import threading

from tools import model
from tools.errors import ToolError, run_tool
from tools.page import origin
from tools.places import ROOT
from tools.serve import PageServer
from tools.vendor import ensure_vendor

DEFAULT_PORT = 8000


def asked_port() -> int:
    """Return the port to serve the page on, from PORT.

    Raises:
        ToolError: it is not a port number.
    """
    text = os.environ.get("PORT") or str(DEFAULT_PORT)
    if not re.fullmatch("[0-9]{1,5}", text) or int(text) > 65535:
        raise ToolError(f"PORT={text} is not a port. Give a number from 1024 to 65535.")
    return int(text)


def asked_settings() -> dict[str, str]:
    """Return the settings that ENDPOINT, MODEL and PROTOCOL replace.

    Raises:
        ToolError: the endpoint is no address, or the other two are given without it.
    """
    given = {key: os.environ.get(key.upper(), "") for key in ("endpoint", "model", "protocol")}
    given = {key: value for key, value in given.items() if value}
    if given and "endpoint" not in given:
        raise ToolError("MODEL and PROTOCOL go with ENDPOINT: make run ENDPOINT=http://… MODEL=….")
    if given:
        given["where"] = origin(given["endpoint"]).split("//")[1]
    return given


def main() -> None:
    """Serve until Ctrl-C."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupt(stop))
    port, settings = asked_port(), asked_settings()
    PageServer(ROOT, port, settings).close()  # a taken port shall not cost a set-up
    ensure_vendor()
    if not settings:
        model.install()
    server = None
    try:
        if not settings:
            server = model.start()
            settings = {"endpoint": f"{server.address}/v1"}
        page = PageServer(ROOT, port, settings)
        print(f"Thalweg is at {page.address} (Ctrl-C ends it)", flush=True)
        stop.wait()
        page.close()
    finally:
        if server is not None:
            server.stop()


def interrupt(stop: threading.Event) -> None:
    """Break off what is being done; only once, so that ending the model is not broken off."""
    if not stop.is_set():
        stop.set()
        raise KeyboardInterrupt


if __name__ == "__main__":
    run_tool(main)
