"""The settings of the page: the table [thalweg] of pyscript.toml and the address's parameters.

Every problem is found at once, each with its line, so that a settings file is put right in one
go. Only what the file allows can be set by a link, and a link never takes a stored key along.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from app.chat import setting_values as values
from app.chat.origins import origin_of
from app.chat.settings_file import Problem, Problems, SettingsError, Table, parse
from app.chat.toml_lines import key_lines
from app.wire.protocols import DIALECTS

__all__ = ["Problem", "Retry", "Settings", "SettingsError", "read_settings"]

# Longest wait between two tries, in milliseconds: an hour.
_LONGEST_DELAY = 60 * 60 * 1000

# Keys of the same file that PyScript and polyscript read (PyScript 0.7.31, `core.js`, `config.js`).
_PYSCRIPT_KEYS = (
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
_TEXT_CHECKS: Mapping[str, Callable[[object], str]] = {
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

_REQUIRED = ("endpoint", "model")


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how patiently a failed request is repeated; delays in milliseconds."""

    max_retries: int = 5
    retry_delay: int = 1000
    max_delay: int = 30_000


@dataclass(frozen=True, slots=True)
class Settings:
    """What the table [thalweg] says, checked; `allowed_origins` come beside the endpoint's own."""

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
    retry: Retry = Retry()


def read_settings(
    toml_text: str, query: Mapping[str, str], *, key_is_stored: bool = False
) -> Settings:
    """Read pyscript.toml and the address's parameters.

    Parameters that name no setting are left alone: they may belong to the site around the page.
    With `key_is_stored` the parameter `endpoint` is refused, since the key would go along.
    Raises `SettingsError` with all problems.
    """
    document = parse(toml_text)
    problems = Problems(key_lines(toml_text))
    _check_top_level(document, problems)
    settings = _read_thalweg(document.get("thalweg"), problems)
    settings = _with_query(settings, query, problems, key_is_stored)
    if problems.found:
        raise SettingsError(problems.in_order())
    return settings


def _check_top_level(document: Mapping[str, Any], problems: Problems) -> None:
    known = (*_PYSCRIPT_KEYS, "thalweg")
    ours = _names(Settings)
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
    table.refuse_unknown(_names(Settings))
    table.require(_REQUIRED)
    texts: dict[str, Any] = {
        key: table.take(key, check, getattr(_DEFAULTS, key)) for key, check in _TEXT_CHECKS.items()
    }
    return Settings(
        **texts,
        suggested_prompts=table.take("suggested_prompts", values.filled_texts, ()),
        allowed_origins=table.take("allowed_origins", values.origins, ()),
        overridable=table.take("overridable", values.some_of(_TEXT_CHECKS), ()),
        retry=_read_retry(held.get("retry", {}), problems),
    )


def _read_retry(held: object, problems: Problems) -> Retry:
    path = ("thalweg", "retry")
    if not isinstance(held, dict):
        problems.add(path, 'The key "retry" must be a table. Write its keys under [thalweg.retry].')
        return Retry()
    table = Table(path, held, problems)
    table.refuse_unknown(_names(Retry))
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


def _with_query(
    settings: Settings, query: Mapping[str, str], problems: Problems, key_is_stored: bool
) -> Settings:
    changes: dict[str, Any] = {}
    for name in _names(Settings):
        if name not in query:
            continue
        if name not in settings.overridable:
            problems.add_parameter(
                name, 'is refused: "overridable" in pyscript.toml has no such entry.'
            )
            continue
        try:
            changes[name] = _TEXT_CHECKS[name](query[name])
        except values.UnfitError as unfit:
            problems.add_parameter(name, str(unfit))
    if "endpoint" in changes:
        refusal = _refusal(changes["endpoint"], settings, key_is_stored)
        if refusal:
            problems.add_parameter("endpoint", refusal)
    return replace(settings, **changes)


def _refusal(endpoint: str, settings: Settings, key_is_stored: bool) -> str:
    """Say why a link may not lead the conversation to this endpoint, or nothing."""
    if key_is_stored:
        return (
            "is refused: a stored access key would be sent there. Remove the key or the parameter."
        )
    if origin_of(endpoint) in {origin_of(settings.endpoint), *settings.allowed_origins}:
        return ""
    return 'is refused: its server is not in "allowed_origins" in pyscript.toml.'


def _names(table: type[Settings] | type[Retry]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(table))


_DEFAULTS = Settings(endpoint="", model="")
