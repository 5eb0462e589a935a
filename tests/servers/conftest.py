"""Real servers and mock servers, each started once for all tests that need it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.processes import free_port, running
from tools import model
from tools.apart import aimock, python_of

HERE = Path(__file__).parent
PYTHON = python_of("servers")
LITELLM_KEY = "sk-thalweg-tests-0123456789abcdef"


@pytest.fixture(scope="session")
def llama() -> Iterator[str]:
    """llama.cpp with the model that `make run` uses."""
    model.install()
    server = model.start()
    yield server.address
    server.stop()


@pytest.fixture(scope="session")
def aimock_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """aimock with our fixtures, in small chunks."""
    config = json.loads((HERE / "fixtures" / "aimock.json").read_text())
    folder = tmp_path_factory.mktemp("aimock")
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": config.pop("fixtures")}))
    config["llm"]["fixtures"] = str(folder / "fixtures.json")
    path = folder / "config.json"
    path.write_text(json.dumps(config))
    port = free_port()
    node = shutil.which("node") or "node"
    command = [node, str(aimock()), "--config", str(path), "--port", str(port)]
    with running(command, port, "/health") as address:
        yield address


@pytest.fixture(scope="session")
def llmock() -> Iterator[str]:
    """llmock, which judges its client."""
    port = free_port()
    # At a pace like a model's: what is all there at once cannot be broken off.
    pace = ["--stream-chunk-delay-ms", "15"]
    command = [str(PYTHON), "-m", "llmock.cli", "serve", "--port", str(port), *pace]
    with running(command, port, "/health") as address:
        yield address


@pytest.fixture(scope="session")
def litellm() -> Iterator[str]:
    """LiteLLM's proxy over models that answer from a text."""
    port = free_port()
    command = [str(PYTHON.parent / "litellm"), "--config", str(HERE / "fixtures" / "litellm.yaml")]
    environment = {
        "LITELLM_MASTER_KEY": LITELLM_KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # else it asks the network for prices
        "LITELLM_TELEMETRY": "False",
        "PATH": f"{PYTHON.parent}:/usr/bin:/bin",
    }
    options = ["--host", "127.0.0.1", "--port", str(port)]
    with running([*command, *options], port, "/health/liveliness", environment) as address:
        yield address


@pytest.fixture(scope="session")
def agents() -> Iterator[str]:
    """pydantic-ai's two adapters over functions in place of models."""
    port = free_port()
    command = [str(PYTHON), str(HERE / "agents.py"), str(port)]
    with running(command, port, "/health") as address:
        yield address


@pytest.fixture
def nothing_stays() -> Iterator[None]:
    """Whatever a test opens, its server closes: threads and sockets."""
    threads, sockets = set(threading.enumerate()), open_sockets()
    yield
    assert set(threading.enumerate()) <= threads
    assert open_sockets() <= sockets


def open_sockets() -> set[str]:
    """Name the sockets that this process has open."""
    names = set()
    for each in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(FileNotFoundError):
            names.add(os.readlink(each))
    return {name for name in names if name.startswith("socket:")}
