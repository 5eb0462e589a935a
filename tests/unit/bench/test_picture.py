"""The benchmark's picture."""

from xml.etree import ElementTree

from tests.bench.render.chart import LEFT, Panel, chart
from tests.bench.render.figures import Spread
from tests.bench.render.measures import PARTS
from tests.bench.render.picture import picture
from tests.bench.render.results import Results

SVG = "{http://www.w3.org/2000/svg}"


def test_bars_are_as_long_as_their_medians() -> None:
    bars = (("ours", Spread(10, 8, 20)), ("<theirs>", Spread(20, 20, 40)))
    drawn = ElementTree.fromstring(chart([Panel("Cost & noise", bars)], "x"))
    ours, theirs = drawn.findall(f"{SVG}rect")
    assert 2 * float(ours.attrib["width"]) == float(theirs.attrib["width"])
    assert (ours.attrib["class"], theirs.attrib["class"]) == ("ours", "peer")
    noise = drawn.findall(f"{SVG}line")[0]
    assert float(noise.attrib["x2"]) - LEFT == float(theirs.attrib["width"])
    assert "<theirs>" in [text.text for text in drawn.findall(f"{SVG}text")]


def test_nothing_measured_is_an_empty_picture() -> None:
    assert ElementTree.fromstring(picture(Results())).findall(f"{SVG}rect") == []


def test_a_number_of_nothing_is_drawn_too() -> None:
    results = Results()
    for part in PARTS:
        for row, _ in part.rows:
            results.add(row, "Thalweg", [0.0])
    drawn = ElementTree.fromstring(picture(results))
    shown = [row for part in PARTS for row, _ in part.rows if row.measure in ("R1", "R3", "R7")]
    assert len(drawn.findall(f"{SVG}rect")) == len(shown)
