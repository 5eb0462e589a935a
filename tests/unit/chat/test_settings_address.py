"""What a link may set: only what the file allows, and never where a key goes."""

import pytest

from app.chat.settings import Settings, read_settings
from app.chat.settings_address import Refusal, with_address

FILE = """\
[thalweg]
endpoint = "https://models.example/v1"
model = "m"
allowed_origins = ["https://other.example"]
overridable = ["endpoint", "model", "theme", "greeting"]
"""


def read(text: str, query: dict[str, str], *, key_is_stored: bool = False) -> Settings:
    settings, refusals = with_address(read_settings(text), query, key_is_stored=key_is_stored)
    assert refusals == ()
    return settings


def refusal(text: str = FILE, *, key_is_stored: bool = False, **query: str) -> Refusal:
    before = read_settings(text)
    settings, (refused,) = with_address(before, query, key_is_stored=key_is_stored)
    assert settings == before
    start = f'The address\'s parameter "{refused.name}" is left out: '
    assert refused.message.startswith(start)
    return refused


def test_a_link_sets_what_it_may() -> None:
    settings = read(FILE, {"model": "other", "theme": "dark", "greeting": ""})
    assert (settings.model, settings.theme, settings.greeting) == ("other", "dark", "")
    assert settings.endpoint == "https://models.example/v1"


def test_parameters_of_others_are_left_alone() -> None:
    assert read(FILE, {"utm_source": "x"}) == read(FILE, {})


@pytest.mark.parametrize(
    "name",
    ["title", "system_prompt", "protocol", "overridable", "allowed_origins", "retry", "queue"],
)
def test_what_the_file_does_not_allow_is_refused(name: str) -> None:
    problem = refusal(key_is_stored=False, **{name: "x"})
    assert problem.name == name
    assert problem.message.endswith('left out: "overridable" in pyscript.toml has no such entry.')


def test_a_value_from_a_link_is_checked_like_one_from_the_file() -> None:
    assert refusal(theme="drak").message == (
        'The address\'s parameter "theme" is left out: it must be "auto", "light" or "dark"; '
        'it is "drak". Did you mean "dark"?'
    )
    assert refusal(model=" ").name == "model"


@pytest.mark.parametrize(
    "endpoint",
    ["https://models.example/v2", "https://MODELS.example:443/v2", "https://other.example/v1"],
)
def test_an_endpoint_from_a_link_lies_in_an_allowed_origin(endpoint: str) -> None:
    assert read(FILE, {"endpoint": endpoint}).endpoint == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example/v1",
        "http://models.example/v1",
        "https://models.example:8443/v1",
        "https://models.example.evil.example/v1",
        "https://sub.models.example/v1",
    ],
)
def test_an_endpoint_elsewhere_is_refused(endpoint: str) -> None:
    assert refusal(endpoint=endpoint).message.endswith(
        'is left out: its server is not in "allowed_origins" in pyscript.toml.'
    )


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://evil.example\\@models.example/v1",
        "https://models.example@evil.example/v1",
        "javascript:alert(1)",
        "",
    ],
)
def test_an_endpoint_that_is_no_plain_address_is_refused(endpoint: str) -> None:
    assert "must be a plain address" in refusal(endpoint=endpoint).message


@pytest.mark.parametrize("endpoint", ["https://models.example/v2", "https://evil.example/v1"])
def test_an_endpoint_never_comes_together_with_a_stored_key(endpoint: str) -> None:
    problem = refusal(key_is_stored=True, endpoint=endpoint)
    assert "a stored access key would be sent there" in problem.message


def test_a_stored_key_does_not_matter_to_other_parameters() -> None:
    assert read(FILE, {"theme": "dark"}, key_is_stored=True).theme == "dark"


def test_an_endpoint_that_is_not_overridable_is_refused() -> None:
    text = FILE.replace('"endpoint", ', "")
    assert "has no such entry" in refusal(text, endpoint="https://models.example/v2").message


def test_what_is_refused_does_not_hold_back_the_rest() -> None:
    query = {"theme": "purple", "model": "other", "title": "x"}
    settings, refusals = with_address(read_settings(FILE), query)
    assert (settings.theme, settings.model) == ("auto", "other")
    assert [refused.name for refused in refusals] == ["title", "theme"]
