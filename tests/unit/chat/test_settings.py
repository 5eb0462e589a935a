"""Settings: what is read, and every problem with its line."""

import pytest

from app.chat.patience import Patience
from app.chat.settings import (
    Problem,
    Queue,
    Retry,
    Settings,
    SettingsError,
    Stall,
    read_settings,
)

WHOLE = """\
interpreter = "./static/interpreter.js"
packages = ["./static/vendor/wheels/a.whl"]
[files]
"./static/vendor/app.zip" = "./*"
[thalweg]
endpoint = "http://127.0.0.1:8435/v1"
protocol = "openai-chat"
model = "SmolLM2-135M-Instruct"
where = "on this computer"
title = "Thalweg"
system_prompt = ""
greeting = "Ask away"
suggested_prompts = ["One?", "Two?", "Three?"]
allowed_origins = ["https://Models.Example:443"]
theme = "auto"
language = "auto"
overridable = ["model", "system_prompt", "title", "greeting", "theme", "language"]
resume = "byte-log"
when_cut = "continue"
[thalweg.retry]
max_retries = 5
retry_delay = 1000
max_delay = 30000
[thalweg.stall]
first_byte = 300000
heartbeat = 35000
silence = 90000
probe = 2000
[thalweg.queue]
max_concurrent = 2
max_queue_size = 0
"""

LEAST = '[thalweg]\nendpoint = "http://localhost/v1"\nmodel = "m"\n'


def problems_of(text: str) -> tuple[Problem, ...]:
    with pytest.raises(SettingsError) as caught:
        read_settings(text)
    return caught.value.problems


def only_problem(text: str) -> Problem:
    (problem,) = problems_of(text)
    return problem


def test_a_whole_file() -> None:
    assert read_settings(WHOLE) == Settings(
        endpoint="http://127.0.0.1:8435/v1",
        model="SmolLM2-135M-Instruct",
        protocol="openai-chat",
        where="on this computer",
        title="Thalweg",
        system_prompt="",
        greeting="Ask away",
        suggested_prompts=("One?", "Two?", "Three?"),
        allowed_origins=("https://models.example",),
        theme="auto",
        language="auto",
        overridable=("model", "system_prompt", "title", "greeting", "theme", "language"),
        retry=Retry(max_retries=5, retry_delay=1000, max_delay=30_000),
        stall=Stall(first_byte=300_000, heartbeat=35_000, silence=90_000, probe=2000),
        when_cut="continue",
        resume="byte-log",
        queue=Queue(max_concurrent=2, max_queue_size=0),
    )


def test_options_of_the_model() -> None:
    lines = 'reasoning_effort = "low"\nmax_tokens = 9\ntemperature = 1\nrequest_id = false\n'
    settings = read_settings(f"{LEAST}\n{lines}max_event_bytes = 2048\n")
    assert (settings.reasoning_effort, settings.max_tokens, settings.temperature) == ("low", 9, 1.0)
    assert (settings.request_id, settings.max_event_bytes) == (False, 2048)
    usual = read_settings(LEAST)
    assert (usual.reasoning_effort, usual.max_tokens, usual.temperature) == (None, None, None)
    assert (usual.request_id, usual.max_event_bytes) == (True, 16 * 1024 * 1024)


def test_what_is_left_out_has_its_usual_value() -> None:
    settings = read_settings(LEAST)
    assert (settings.protocol, settings.title, settings.theme) == ("openai-chat", "Thalweg", "auto")
    assert settings.overridable == ()
    assert settings.retry == Retry()
    assert settings.queue == Queue(max_concurrent=3, max_queue_size=10)
    assert (settings.resume, settings.when_cut) == ("auto", "ask")
    assert settings.retry == Retry(max_retries=5, retry_delay=1000, max_delay=30_000)
    assert settings.stall == Stall(
        first_byte=120_000, heartbeat=45_000, silence=120_000, probe=1500
    )


@pytest.mark.parametrize(
    "resume", ["auto", "none", "byte-log", "background", "last-event-id", "replay"]
)
def test_each_way_to_read_on_can_be_chosen(resume: str) -> None:
    assert read_settings(f'{LEAST}resume = "{resume}"\n').resume == resume


@pytest.mark.parametrize("when_cut", ["ask", "continue", "restart"])
def test_what_becomes_of_a_cut_answer_can_be_chosen(when_cut: str) -> None:
    assert read_settings(f'{LEAST}when_cut = "{when_cut}"\n').when_cut == when_cut


def test_one_limit_of_silence_alone_can_be_set() -> None:
    settings = read_settings(f"{LEAST}[thalweg.stall]\nsilence = 100\n")
    assert settings.stall == Stall(silence=100)


def test_a_turn_is_given_all_its_patience_at_once() -> None:
    assert read_settings(WHOLE).patience == Patience(
        Retry(5, 1000, 30_000), Stall(300_000, 35_000, 90_000, 2000), "continue"
    )
    assert read_settings(LEAST).patience == Patience()


@pytest.mark.parametrize(
    ("line", "key", "message"),
    [
        (
            'modle = "m"',
            "modle",
            'The key "modle" is not known in [thalweg]. Did you mean "model"?',
        ),
        (
            "xyzzy = 1",
            "xyzzy",
            'The key "xyzzy" is not known in [thalweg]. Remove it or correct its name.',
        ),
        ("title = 3", "title", 'The key "title" must be text that is not empty; it is 3.'),
        ('title = " "', "title", 'The key "title" must be text that is not empty; it is " ".'),
        ("greeting = []", "greeting", 'The key "greeting" must be text; it is a list.'),
        ("where = true", "where", 'The key "where" must be text; it is true.'),
        ("where = 1.5", "where", 'The key "where" must be text; it is 1.5.'),
        ("where = {}", "where", 'The key "where" must be text; it is a table.'),
        ("where = 07:32:00", "where", 'The key "where" must be text; it is a date or time.'),
        (
            'theme = "drak"',
            "theme",
            'The key "theme" must be "auto", "light" or "dark"; it is "drak". Did you mean "dark"?',
        ),
        (
            'protocol = "openai"',
            "protocol",
            '"ag-ui" or "ai-sdk"; it is "openai". Did you mean "openai-chat"?',
        ),
        (
            'reasoning_effort = "much"',
            "reasoning_effort",
            'must be "none", "minimal", "low", "medium" or "high"; it is "much".',
        ),
        ("max_tokens = 0", "max_tokens", "must be a whole number from 1 to 10000000; it is 0."),
        ("temperature = 3", "temperature", "must be a number from 0 to 2; it is 3."),
        ("temperature = nan", "temperature", "must be a number from 0 to 2; it is nan."),
        ('temperature = "1"', "temperature", 'must be a number from 0 to 2; it is "1".'),
        ("temperature = true", "temperature", "must be a number from 0 to 2; it is true."),
        ("request_id = 1", "request_id", 'The key "request_id" must be true or false; it is 1.'),
        ("max_event_bytes = 1", "max_event_bytes", "from 1024 to 1073741824 (bytes); it is 1."),
        (
            'language = "Deutsch!"',
            "language",
            'The key "language" must be "auto" or a language tag such as "en" or "pt-BR"; '
            'it is "Deutsch!".',
        ),
        (
            'suggested_prompts = "One?"',
            "suggested_prompts",
            'The key "suggested_prompts" must be a list of texts that are not empty; it is "One?".',
        ),
        (
            'suggested_prompts = ["One?", 2]',
            "suggested_prompts",
            'The key "suggested_prompts" must be a list of texts that are not empty; entry 2 is 2.',
        ),
        (
            'allowed_origins = ["https://a.example/v1"]',
            "allowed_origins",
            'The key "allowed_origins" must be a list of origins such as '
            '"https://models.example" (no path, no *); entry 1 is "https://a.example/v1".',
        ),
        ('overridable = "all"', "overridable", 'must be a list of names; it is "all".'),
        ('overridable = ["tilte"]', "overridable", 'it holds "tilte". Did you mean "title"?'),
        ('overridable = ["allowed_origins"]', "overridable", 'it holds "allowed_origins".'),
        (
            "retry = 3",
            "retry",
            'The key "retry" must be a table. Write its keys under [thalweg.retry].',
        ),
        (
            "retry.max_retries = 21",
            "retry.max_retries",
            'The key "max_retries" must be a whole number from 0 to 20; it is 21.',
        ),
        ("retry.max_retries = true", "retry.max_retries", "whole number from 0 to 20; it is true."),
        ("retry.max_retries = 1.0", "retry.max_retries", "whole number from 0 to 20; it is 1.0."),
        (
            "retry.retry_delay = -1",
            "retry.retry_delay",
            "must be a whole number from 0 to 3600000 (milliseconds); it is -1.",
        ),
        (
            "retry.max_delay = 10",
            "retry.max_delay",
            'The key "max_delay" must not be less than "retry_delay".',
        ),
        (
            "retry.max_retry = 1",
            "retry.max_retry",
            'not known in [thalweg.retry]. Did you mean "max_retries"?',
        ),
        (
            'resume = "byte_log"',
            "resume",
            'must be "auto", "none", "byte-log", "background", "last-event-id" or "replay"; '
            'it is "byte_log". Did you mean "byte-log"?',
        ),
        ("resume = true", "resume", '"last-event-id" or "replay"; it is true.'),
        (
            'when_cut = "restrat"',
            "when_cut",
            'The key "when_cut" must be "ask", "continue" or "restart"; it is "restrat". '
            'Did you mean "restart"?',
        ),
        (
            "stall = 3",
            "stall",
            'The key "stall" must be a table. Write its keys under [thalweg.stall].',
        ),
        *(
            (
                f"stall.{name} = {value}",
                f"stall.{name}",
                f'The key "{name}" must be a whole number from 100 to 3600000 (milliseconds); '
                f"it is {value}.",
            )
            for name in ("first_byte", "heartbeat", "silence", "probe")
            for value in ("99", "3600001", "1.5", "true")
        ),
        (
            "stall.firstbyte = 1000",
            "stall.firstbyte",
            'not known in [thalweg.stall]. Did you mean "first_byte"?',
        ),
        (
            "queue = 3",
            "queue",
            'The key "queue" must be a table. Write its keys under [thalweg.queue].',
        ),
        (
            "queue.max_concurrent = 0",
            "queue.max_concurrent",
            'The key "max_concurrent" must be a whole number from 1 to 100; it is 0.',
        ),
        (
            "queue.max_queue_size = -1",
            "queue.max_queue_size",
            'The key "max_queue_size" must be a whole number from 0 to 1000; it is -1.',
        ),
        (
            "queue.max_size = 1",
            "queue.max_size",
            'not known in [thalweg.queue]. Did you mean "max_queue_size"?',
        ),
    ],
)
def test_each_kind_of_problem(line: str, key: str, message: str) -> None:
    problem = only_problem(f"{LEAST}\n{line}\n")
    assert problem.key == f"thalweg.{key}"
    assert problem.line == 5
    assert problem.message.endswith(message)


@pytest.mark.parametrize(
    "endpoint",
    ["", "127.0.0.1:8435", "ftp://a.example", "http://a@b.example", "http://a.example?k"],
)
def test_an_endpoint_is_a_plain_address(endpoint: str) -> None:
    problem = only_problem(f'[thalweg]\nmodel = "m"\nendpoint = "{endpoint}"\n')
    assert (problem.key, problem.line) == ("thalweg.endpoint", 3)
    assert problem.message == (
        'The key "endpoint" must be a plain address that begins with http:// or https://; '
        f'it is "{endpoint}".'
    )


def test_what_is_missing_is_told_at_the_table() -> None:
    problems = problems_of("\n[thalweg]\ntitle = 'x'\n")
    assert [(problem.key, problem.line) for problem in problems] == [
        ("thalweg.endpoint", 2),
        ("thalweg.model", 2),
    ]
    assert problems[0].message == 'The key "endpoint" is missing. Add it to [thalweg].'


@pytest.mark.parametrize("text", ["", "thalweg = 1", "[[thalweg]]"])
def test_the_table_must_be_there(text: str) -> None:
    assert only_problem(text).key == "thalweg"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('interpretr = "x"', 'The key "interpretr" is not known. Did you mean "interpreter"?'),
        ("zzz = 1", 'The key "zzz" is not known. Remove it or correct its name.'),
        (
            'theme = "dark"',
            'The key "theme" belongs in the table [thalweg]. Move it there.',
        ),
    ],
)
def test_a_key_outside_our_table(line: str, message: str) -> None:
    problem = only_problem(f"{line}\n{LEAST}")
    assert (problem.line, problem.message) == (1, message)


def test_several_problems_come_at_once_in_the_order_of_the_file() -> None:
    text = '[thalwge]\na = 1\n[thalweg]\nmodel = 1\ntheme = "blue"\nendpoint = "x"\ncolour = 1\n'
    problems = problems_of(text)
    assert [(problem.key, problem.line) for problem in problems] == [
        ("thalwge", 1),
        ("thalweg.model", 4),
        ("thalweg.theme", 5),
        ("thalweg.endpoint", 6),
        ("thalweg.colour", 7),
    ]


def test_the_error_lists_its_problems() -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings(LEAST + 'title = 1\ntheme = "x"\n')
    first, second = str(caught.value).split("\n")
    assert first.startswith('line 4: The key "title" must be')
    assert second.startswith('line 5: The key "theme" must be')


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\n[thalweg\n", 2, "The file is not valid TOML: expected ']' at the end"),
        ("a = 1\na = 2\n", 2, "The file is not valid TOML: cannot overwrite a value."),
        ('a = 1\n\nb = """', 3, "The file is not valid TOML: "),
        ("a = 1\nb = \n", 2, "The file is not valid TOML: invalid value."),
        ("a = " + "9" * 5000, None, "The file holds a number that is too long."),
    ],
)
def test_a_syntax_error_has_its_line(text: str, line: int | None, message: str) -> None:
    problem = only_problem(text)
    assert (problem.key, problem.line) == ("", line)
    assert problem.message.startswith(message)
