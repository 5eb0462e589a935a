import pytest

from tests.unit.ui.fake_page import FakePage


@pytest.fixture
def page() -> FakePage:
    return FakePage()
