"""`make test` and its parts: install what the tests need, then run them.

check       formatting, lint, types, import rules
unit        CPython, no browser
servers     the wire against llama.cpp, aimock, llmock, LiteLLM and pydantic-ai
all         check, unit, servers, then the browser tests
bench-boot  the boot benchmark
bench-wire  the wire against its peers
bench-keeper  an answer through the keeper against a direct fetch
bench-markup  parsing that keeps up with a stream
bench-highlight  colouring code against Pygments
bench-render  the page against its peers while answers stream; its own arguments follow
pictures    the pictures in the README
"""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from tools import model
from tools.apart import ensure_bench, ensure_bench_npm, ensure_servers, python_of
from tools.browsers import CHROMIUM, FIREFOX, find_browser, find_nginx
from tools.environment import ensure_npm, ensure_pip
from tools.errors import ToolError, run_tool
from tools.inside import ensure_inside
from tools.one_at_a_time import one_at_a_time
from tools.places import ROOT, VENV_PYTHON
from tools.vendor import ensure_vendor
from tools.webkit import find_webkit

CHECKED = ("app", "tools", "tests")
# Stories by engine; those that fit any are told in Chromium's.
ENGINES = {
    "Chromium": "not firefox and not webkit",
    "Firefox": "firefox",
    "WebKit": "webkit",
}
# Files whose stories take half of an engine's time.
LONG_STORIES = tuple(
    f"tests/browser/test_{name}.py" for name in ("chaos_in_page", "cuts", "hidden", "reload")
)
BUILT_PAGE = "tests/browser/test_dist.py"


def in_venv(*arguments: str, environment: dict[str, str] | None = None) -> int:
    """Run a module of `.venv` in the project's folder; return its exit code."""
    command = [str(VENV_PYTHON), "-m", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **(environment or {})}, check=False
    ).returncode


def install_tools() -> None:
    """Install the checkers and the runner."""
    with one_at_a_time():
        ensure_pip("test", "installing the test tools")
        ensure_pip("tools", "installing the build tools")
        ensure_pip("page", "installing the page's packages for CPython")


def check() -> int:
    """Run every check that needs no test; all of them, even after one fails."""
    results = [
        in_venv("ruff", "format", "--check", "--quiet", *CHECKED),
        in_venv("ruff", "check", "--quiet", *CHECKED),
        in_venv("mypy", *[f"-p{package}" for package in CHECKED]),
        in_venv("tools.import_rules"),
    ]
    names = ("formatting", "lint", "types", "import rules")
    failed = [name for name, code in zip(names, results, strict=True) if code]
    print(f"check: {'failed: ' + ', '.join(failed) if failed else 'passed'}", flush=True)
    return bool(failed)


def unit(mutated_streams: int = 5_000) -> int:
    """Run the tests that need no browser, with this many streams through the byte fuzzer."""
    with one_at_a_time():
        ensure_npm()  # CommonMark's specification comes from there
    environment = {"THALWEG_MUTATIONS": str(mutated_streams)}
    wire = "tests/unit/wire"
    jobs = [
        ("the wire on CPython", [wire, "tests/conformance"]),
        ("all else on CPython", ["tests/unit", f"--ignore={wire}"]),
    ]
    return two_at_a_time(jobs, environment)


def prepare_browsers() -> dict[str, str]:
    """Get everything the browser tests need; return their environment.

    Raises:
        ToolError: something cannot be had; the text says what to do.
    """
    with one_at_a_time():
        ensure_vendor()
        model.install()
        environment = {engine.variable: find_browser(engine) for engine in (CHROMIUM, FIREFOX)}
        environment["THALWEG_NGINX"] = find_nginx() or ""
    return environment


def browser() -> int:
    """Run the tests in real browsers, against the real page and the real model.

    Two jobs at a time: most stories wait, for a model or for time to pass. What builds the page
    anew goes apart, since all of it has one folder for that.
    """
    environment = prepare_browsers()
    with one_at_a_time():
        environment |= find_webkit()
        ensure_inside()
    others = [f"--ignore={path}" for path in (*LONG_STORIES, BUILT_PAGE)]
    jobs: list[tuple[str, list[str]]] = []
    for name, chosen in ENGINES.items():
        jobs.append((f"the long stories in {name}", [*LONG_STORIES, "-k", chosen]))
    for name, chosen in ENGINES.items():
        jobs.append((f"the stories in {name}", ["tests/browser", *others, "-k", chosen]))
    jobs.append(("the stories of the built page", [BUILT_PAGE]))
    return two_at_a_time(jobs, environment)


def two_at_a_time(jobs: list[tuple[str, list[str]]], environment: dict[str, str]) -> int:
    """Run named choices of tests, on two cores; return the worst exit code."""
    with ThreadPoolExecutor(2) as pool:
        told = [pool.submit(pytest_apart, name, which, environment) for name, which in jobs]
        return max(each.result() for each in told)


def pytest_apart(name: str, arguments: list[str], environment: dict[str, str]) -> int:
    """Run tests and print all they say at their end; return the exit code."""
    print(f"thalweg: {name}: begun", flush=True)
    command = [str(VENV_PYTHON), "-m", "pytest", "-q", "--durations=8", *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, **environment},
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    print(f"\nthalweg: {name}:\n{done.stdout}", flush=True)
    return done.returncode


def servers() -> int:
    """Run the wire against real servers and mock servers."""
    with one_at_a_time():
        model.install()
        ensure_servers()
    return in_venv("pytest", "tests/servers", "-q")


def everything() -> int:
    """Run it all, the quick first; servers and browsers only when that is well."""
    code = check() | unit(mutated_streams=100_000)
    return code or (servers() | browser())


def bench_boot() -> int:
    """Run the boot benchmark."""
    return in_venv("tests.bench.boot", environment=prepare_browsers())


def bench_wire() -> int:
    """Run the wire's benchmark, in the environment of its peers."""
    with one_at_a_time():
        ensure_npm()
        ensure_bench()
    command = [str(python_of("bench")), "-m", "tests.bench.wire"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def bench_highlight() -> int:
    """Run the benchmark of colouring code, in the environment of its peer."""
    with one_at_a_time():
        ensure_bench()
    command = [str(python_of("bench")), "-m", "tests.bench.highlight"]
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def bench_markup() -> int:
    """Run the parser's benchmark, on CPython and in Pyodide."""
    with one_at_a_time():
        ensure_vendor()
    return in_venv("tests.bench.markup")


def bench_keeper() -> int:
    """Run the keeper's benchmark."""
    return in_venv("tests.bench.keeper", environment=prepare_browsers())


def bench_render() -> int:
    """Run the rendering benchmark, with what of the command line is its own."""
    environment = prepare_browsers()
    with one_at_a_time():
        ensure_bench_npm()
    return in_venv("tests.bench.render", *sys.argv[2:], environment=environment)


def pictures() -> int:
    """Take the pictures of the README."""
    return in_venv("tests.bench.pictures", environment=prepare_browsers())


PARTS = {
    "check": check,
    "unit": unit,
    "servers": servers,
    "browser": browser,
    "all": everything,
    "bench-boot": bench_boot,
    "bench-wire": bench_wire,
    "bench-keeper": bench_keeper,
    "bench-markup": bench_markup,
    "bench-highlight": bench_highlight,
    "bench-render": bench_render,
    "pictures": pictures,
}


def main() -> int:
    """Run the part that the command line names."""
    part = sys.argv[1] if len(sys.argv) > 1 else "all"
    if part not in PARTS:
        raise ToolError(f"There is no part {part!r}. Choose one of: {', '.join(PARTS)}.")
    install_tools()
    return PARTS[part]()


if __name__ == "__main__":
    run_tool(main)
