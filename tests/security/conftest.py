"""Fixtures for the attacks: people with a browser, as the tests of pages have them."""

from tests.web.conftest import ed, editor_app

__all__ = ("ed", "editor_app")
