"""What a link may set: only what the file allows, and never where a key goes."""

import pytest

from app.chat.settings import Problem, SettingsError, read_settings

FILE = """\
[thalweg]
endpoint = "https://models.example/v1"
model = "m"
allowed_origins = ["https://other.example"]
overridable = ["endpoint", "model", "theme", "greeting"]
"""


def refusal(key_is_stored: bool = False, **query: str) -> Problem:
    with pytest.raises(SettingsError) as caught:
        read_settings(FILE, query, key_is_stored=key_is_stored)
    (problem,) = caught.value.problems
    assert problem.line is None
    assert problem.message.startswith(f'The address\'s parameter "{problem.key}" ')
    return problem


def test_a_link_sets_what_it_may() -> None:
    settings = read_settings(FILE, {"model": "other", "theme": "dark", "greeting": ""})
    assert (settings.model, settings.theme, settings.greeting) == ("other", "dark", "")
    assert settings.endpoint == "https://models.example/v1"


def test_parameters_of_others_are_left_alone() -> None:
    assert read_settings(FILE, {"utm_source": "x"}) == read_settings(FILE, {})


@pytest.mark.parametrize(
    "name",
    ["title", "system_prompt", "protocol", "overridable", "allowed_origins", "retry"],
)
def test_what_the_file_does_not_allow_is_refused(name: str) -> None:
    problem = refusal(key_is_stored=False, **{name: "x"})
    assert problem.key == name
    assert problem.message.endswith('refused: "overridable" in pyscript.toml has no such entry.')


def test_a_value_from_a_link_is_checked_like_one_from_the_file() -> None:
    assert refusal(theme="drak").message == (
        'The address\'s parameter "theme" must be "auto", "light" or "dark"; it is "drak". '
        'Did you mean "dark"?'
    )
    assert refusal(model=" ").key == "model"


@pytest.mark.parametrize(
    "endpoint",
    ["https://models.example/v2", "https://MODELS.example:443/v2", "https://other.example/v1"],
)
def test_an_endpoint_from_a_link_lies_in_an_allowed_origin(endpoint: str) -> None:
    assert read_settings(FILE, {"endpoint": endpoint}).endpoint == endpoint


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
        'is refused: its server is not in "allowed_origins" in pyscript.toml.'
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
    assert read_settings(FILE, {"theme": "dark"}, key_is_stored=True).theme == "dark"


def test_an_endpoint_that_is_not_overridable_is_refused() -> None:
    text = FILE.replace('"endpoint", ', "")
    with pytest.raises(SettingsError, match="has no such entry"):
        read_settings(text, {"endpoint": "https://models.example/v2"})
