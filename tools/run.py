"""`make run`: set up what is missing, start the local model and the page, print the address."""

from __future__ import annotations

import os
import re
import signal
import threading
from contextlib import ExitStack, suppress

from app.wire import DIALECTS
from tools import model
from tools.environment import shown
from tools.errors import ToolError, run_tool
from tools.one_at_a_time import one_at_a_time
from tools.page import origin
from tools.places import ROOT
from tools.serve import PageServer
from tools.vendor import ensure_vendor

DEFAULT_PORT = 8000
# What llama.cpp, which runs the local model, answers to.
LOCAL_PROTOCOLS = ("anthropic", "openai-chat", "openai-responses")


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
        ToolError: the endpoint is no address, MODEL is given without it, or there is no such
            protocol, or not one of the local model's.
    """
    given = {key: os.environ.get(key.upper(), "") for key in ("endpoint", "model", "protocol")}
    given = {key: value for key, value in given.items() if value}
    if "protocol" in given and given["protocol"] not in DIALECTS:
        known = ", ".join(sorted(DIALECTS))
        raise ToolError(f"There is no protocol {given['protocol']!r}. Choose one of: {known}.")
    if "endpoint" not in given:
        if "model" in given:
            raise ToolError("MODEL goes with ENDPOINT: make run ENDPOINT=http://… MODEL=….")
        if given.get("protocol", LOCAL_PROTOCOLS[0]) not in LOCAL_PROTOCOLS:
            known = ", ".join(LOCAL_PROTOCOLS)
            raise ToolError(
                f"The local model does not speak {given['protocol']}. Give the ENDPOINT of a "
                f"server that does, or choose one of: {known}."
            )
    else:
        given["where"] = origin(given["endpoint"]).split("//")[1]
        given["resume"] = "auto"  # llama.cpp's way is for the local model
    return given


def main() -> None:
    """Serve until Ctrl-C, which is how it is meant to end.

    Raises:
        ToolError: something that is asked for or needed is not there, or the local model ended.
    """
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: interrupt(stop))
    with suppress(KeyboardInterrupt):  # an exit code would make `make` speak of an error
        port, settings = asked_port(), asked_settings()
        PageServer(ROOT, port, settings).close()  # a taken port shall not cost a set-up
        set_up(with_model="endpoint" not in settings)
        serve(port, settings, stop)


def set_up(*, with_model: bool) -> None:
    """Install and build what is missing."""
    with one_at_a_time():
        ensure_vendor()
        if with_model:
            model.install()


def serve(port: int, settings: dict[str, str], stop: threading.Event) -> None:
    """Serve the page until `stop`, or until the local model ends.

    Args:
        port: 0 takes a free one.
        settings: what replaces the page's own; without an endpoint, the local model is started.
        stop: set by who ends it.

    Raises:
        ToolError: the local model did not start or ended, or the port is taken.
    """
    with ExitStack() as ends:
        server = None
        if "endpoint" not in settings:
            server = model.start()
            ends.callback(server.stop)
            settings = {**settings, "endpoint": f"{server.address}/v1"}
        page = PageServer(ROOT, port, settings)
        ends.callback(page.close)
        print(f"Thalweg is at {page.address} (Ctrl-C ends it)", flush=True)
        if server is None:
            stop.wait()
            return
        server.wait()
        raise ToolError(
            f"The local model ended, and the page with it. Its log is {shown(model.LOG)}; "
            "run the same command again to start both."
        )


def interrupt(stop: threading.Event) -> None:
    """Break off what is being done; only once, so that ending the model is not broken off."""
    if not stop.is_set():
        stop.set()
        raise KeyboardInterrupt


if __name__ == "__main__":
    run_tool(main)
