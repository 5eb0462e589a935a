"""A thousand answers in the worst weather: each is what its server wrote, or says it is not."""

from collections import Counter
from random import Random

import pytest

from app.chat.phases import ENDED, Phase
from app.chat.steps import Continue, PageSignal, Retry, Step, Stop
from app.chat.ways import Policy
from tests.unit.chat.world import World

TURNS = 1000
WAYS: tuple[tuple[Policy, ...], ...] = (
    (Policy.KEEP,),
    (Policy.KEEP, Policy.KEEP),
    (Policy.RESET,),
    (Policy.REPLAY,),
    (Policy.KEEP, Policy.RESET, Policy.REPLAY),
    (),
)
PATIENT_STEPS = 2_000


def live(seed: int) -> World:
    """Live through one answer, in bad weather at first, then in good, until it has ended."""
    random = Random(seed)
    world = World(random, WAYS[seed % len(WAYS)])
    world.begin()
    bad_weather = random.randrange(120)
    for number in range(PATIENT_STEPS):
        if world.turn.phase in ENDED and number > bad_weather:
            break
        happen(world, random, is_bad=number < bad_weather)
    return world


def happen(world: World, random: Random, *, is_bad: bool) -> None:
    kind = random.random()
    if not is_bad or kind < 0.45:
        world.respond()
        world.deliver(random.randrange(1, 300))
        if world.connection is not None and not world.connection.rest:
            world.end()
        world.pass_time(random.choice([10, 200, 1_000, 6_000]))
    elif kind < 0.65:
        if random.random() < 0.33:
            world.end()
        else:
            world.cut(is_offline=random.random() < 0.5)
    elif kind < 0.75:
        world.respond(random.choice([200, 429, 503, 404, 500]))
    elif kind < 0.85:
        world.pass_time(random.choice([1_500, 60_000, 130_000, 3_600_000]))
    elif kind < 0.96:
        world.signal(random.choice([*PageSignal]))
    elif kind < 0.98:
        world.reload()
    else:
        words: list[Step] = [Retry(), Continue(), Stop()]
        world.say(random.choice(words))


def test_a_thousand_answers() -> None:
    ends: Counter[str] = Counter()
    for seed in range(TURNS):
        world = live(seed)
        turn = world.turn
        assert turn.phase in ENDED, f"seed {seed} never ended: {turn.phase}, {turn.journal[-3:]}"
        written = [log.text for log in world.logs]
        if turn.phase is Phase.DONE and not turn.is_continued:
            assert world.text in written, f"seed {seed}"
        elif not turn.is_continued and turn.phase is not Phase.DONE:
            # What is shown of an answer that is not whole is the beginning of one.
            assert any(text.startswith(world.text) for text in written), f"seed {seed}"
        ends[turn.phase.value] += 1
        ends["read on"] += any(each.resumed_from for each in world.opened)
        ends["continued"] += turn.is_continued
    # The weather is such that all of it is seen.
    assert ends["done"] > 400, ends
    assert min(ends[each] for each in ("stopped", "incomplete", "failed", "continued")) > 10, ends
    assert ends["read on"] > 200, ends


@pytest.mark.parametrize("seed", [3, 17, 42])
def test_the_same_chance_gives_the_same_life(seed: int) -> None:
    one, other = live(seed), live(seed)
    assert (one.text, one.phases, one.opened) == (other.text, other.phases, other.opened)
