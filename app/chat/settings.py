"""The settings of the page: the table [thalweg] of pyscript.toml.

Every problem is found at once, each with its line, so that a settings file is put right in one
go. What the page's address may change in them is `app.chat.settings_address`'s concern.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, get_args

from app.chat import setting_values as values
from app.chat.patience import Patience, Retry, Stall, WhenCut
from app.chat.plan import Resume
from app.chat.settings_file import Problem, Problems, SettingsError, Table, parse
from app.chat.toml_lines import key_lines
from app.wire import DIALECTS, EFFORTS, MAX_EVENT_BYTES, Effort

__all__ = ["Problem", "Queue", "Retry", "Settings", "SettingsError", "Stall", "read_settings"]

# Longest wait between two tries, in milliseconds: an hour.
_LONGEST_DELAY = 60 * 60 * 1000

# Keys of the same file that PyScript and polyscript read (PyScript 0.7.31, `core.js`, `config.js`).
PYSCRIPT_KEYS = (
    "debug",
    "description",
    "experimental_create_proxy",
    "experimental_ffi_timeout",
    "fetch",
    "files",
    "index_urls",
    "interpreter",
    "js_modules",
    "name",
    "packages",
    "packages_cache",
    "plugins",
    "sync_main_only",
    "version",
)

# Keys whose value is one text; a link can set these and no others.
TEXT_CHECKS: Mapping[str, Callable[[object], str]] = {
    "endpoint": values.endpoint,
    "protocol": values.one_of(DIALECTS),
    "model": values.filled_text,
    "where": values.text,
    "title": values.filled_text,
    "system_prompt": values.text,
    "greeting": values.text,
    "theme": values.one_of(("auto", "light", "dark")),
    "language": values.language,
}

# Largest limits that are accepted: a model's context, and what a tab may hold, in bytes.
_MOST_TOKENS = 10_000_000
_LARGEST_EVENT = 1024 * 1024 * 1024

_REQUIRED = ("endpoint", "model")


@dataclass(frozen=True, slots=True)
class Queue:
    """How many requests run at once, and how many more may wait."""

    max_concurrent: int = 3
    max_queue_size: int = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """What the table [thalweg] says, checked; `allowed_origins` come beside the endpoint's own.

    `reasoning_effort`, `max_tokens` and `temperature` are the server's own where they are None.
    """

    endpoint: str
    model: str
    protocol: str = "openai-chat"
    where: str = ""
    title: str = "Thalweg"
    system_prompt: str = ""
    greeting: str = ""
    suggested_prompts: tuple[str, ...] = ()
    allowed_origins: tuple[str, ...] = ()
    theme: str = "auto"
    language: str = "auto"
    overridable: tuple[str, ...] = ()
    reasoning_effort: Effort | None = None
    max_tokens: int | None = None
    temperature: float | None = None
    request_id: bool = True
    smooth: bool = False
    max_event_bytes: int = MAX_EVENT_BYTES
    retry: Retry = field(default_factory=Retry)
    stall: Stall = field(default_factory=Stall)
    when_cut: WhenCut = "ask"
    resume: Resume = "auto"
    queue: Queue = Queue()

    @property
    def patience(self) -> Patience:
        """How long is waited for what, and what becomes of a cut answer."""
        return Patience(self.retry, self.stall, self.when_cut)


def read_settings(toml_text: str) -> Settings:
    """Read pyscript.toml.

    Raises `SettingsError` with all problems.
    """
    document = parse(toml_text)
    problems = Problems(key_lines(toml_text))
    _check_top_level(document, problems)
    settings = _read_thalweg(document.get("thalweg"), problems)
    if problems.found:
        raise SettingsError(problems.in_order())
    return settings


def _check_top_level(document: Mapping[str, Any], problems: Problems) -> None:
    known = (*PYSCRIPT_KEYS, "thalweg")
    ours = SETTING_NAMES
    for key in document:
        if key in known:
            continue
        if key in ours:
            problems.add((key,), f'The key "{key}" belongs in the table [thalweg]. Move it there.')
            continue
        suggestion = values.did_you_mean(key, known) or " Remove it or correct its name."
        problems.add((key,), f"The key {values.shown(key)} is not known.{suggestion}")


def _read_thalweg(held: object, problems: Problems) -> Settings:
    if not isinstance(held, dict):
        words = "is missing" if held is None else "must be one table"
        problems.add(("thalweg",), f"The table [thalweg] {words}. Write its keys under [thalweg].")
        return Settings(endpoint="", model="")
    table = Table(("thalweg",), held, problems)
    table.refuse_unknown(SETTING_NAMES)
    table.require(_REQUIRED)
    texts: dict[str, Any] = {
        key: table.take(key, check, getattr(_DEFAULTS, key)) for key, check in TEXT_CHECKS.items()
    }
    when_cut: Callable[[object], WhenCut] = values.one_of(get_args(WhenCut))
    resume: Callable[[object], Resume] = values.one_of(get_args(Resume))
    return Settings(
        **texts,
        suggested_prompts=table.take("suggested_prompts", values.filled_texts, ()),
        allowed_origins=table.take("allowed_origins", values.origins, ()),
        overridable=table.take("overridable", values.some_of(TEXT_CHECKS), ()),
        **_read_model_options(table),
        smooth=table.take("smooth", values.switch, _DEFAULTS.smooth),
        when_cut=table.take("when_cut", when_cut, _DEFAULTS.when_cut),
        resume=table.take("resume", resume, _DEFAULTS.resume),
        retry=_read_retry(held.get("retry", {}), problems),
        stall=_read_stall(held.get("stall", {}), problems),
        queue=_read_queue(held.get("queue", {}), problems),
    )


def _read_model_options(table: Table) -> dict[str, Any]:
    tokens: Callable[[object], int | None] = values.whole_number(1, _MOST_TOKENS)
    temperature: Callable[[object], float | None] = values.number(0, 2)
    effort: Callable[[object], str | None] = values.one_of(EFFORTS)
    return {
        "reasoning_effort": table.take("reasoning_effort", effort, None),
        "max_tokens": table.take("max_tokens", tokens, None),
        "temperature": table.take("temperature", temperature, None),
        "request_id": table.take("request_id", values.switch, _DEFAULTS.request_id),
        "max_event_bytes": table.take(
            "max_event_bytes",
            values.whole_number(1024, _LARGEST_EVENT, " (bytes)"),
            _DEFAULTS.max_event_bytes,
        ),
    }


def _read_retry(held: object, problems: Problems) -> Retry:
    path = ("thalweg", "retry")
    if not isinstance(held, dict):
        problems.add(path, 'The key "retry" must be a table. Write its keys under [thalweg.retry].')
        return Retry()
    table = Table(path, held, problems)
    table.refuse_unknown(_RETRY_NAMES)
    delay = values.whole_number(0, _LONGEST_DELAY, " (milliseconds)")
    usual = Retry()
    retry = Retry(
        max_retries=table.take("max_retries", values.whole_number(0, 20), usual.max_retries),
        retry_delay=table.take("retry_delay", delay, usual.retry_delay),
        max_delay=table.take("max_delay", delay, usual.max_delay),
    )
    if retry.max_delay < retry.retry_delay:
        table.complain("max_delay", 'The key "max_delay" must not be less than "retry_delay".')
    return retry


def _read_queue(held: object, problems: Problems) -> Queue:
    path = ("thalweg", "queue")
    if not isinstance(held, dict):
        problems.add(path, 'The key "queue" must be a table. Write its keys under [thalweg.queue].')
        return Queue()
    table = Table(path, held, problems)
    table.refuse_unknown(_QUEUE_NAMES)
    running, waiting = values.whole_number(1, 100), values.whole_number(0, 1000)
    usual = Queue()
    return Queue(
        max_concurrent=table.take("max_concurrent", running, usual.max_concurrent),
        max_queue_size=table.take("max_queue_size", waiting, usual.max_queue_size),
    )


def _read_stall(held: object, problems: Problems) -> Stall:
    path = ("thalweg", "stall")
    if not isinstance(held, dict):
        problems.add(path, 'The key "stall" must be a table. Write its keys under [thalweg.stall].')
        return Stall()
    table = Table(path, held, problems)
    names = tuple(each.name for each in fields(Stall))
    table.refuse_unknown(names)
    usual = Stall()
    wait = values.whole_number(100, _LONGEST_DELAY, " (milliseconds)")
    return Stall(**{name: table.take(name, wait, getattr(usual, name)) for name in names})


SETTING_NAMES = tuple(each.name for each in fields(Settings))
_RETRY_NAMES = tuple(each.name for each in fields(Retry))
_QUEUE_NAMES = tuple(each.name for each in fields(Queue))
_DEFAULTS = Settings(endpoint="", model="")
