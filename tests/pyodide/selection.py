"""Which tests are the suite of app/wire."""

SUITE = ("tests/unit/wire", "tests/conformance")
