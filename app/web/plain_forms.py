"""What forms bring, as text that a database can store: nobody types what it cannot, but anything may be sent."""

from __future__ import annotations

from typing import IO

from flask import Request
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.formparser import FormDataParser

from app.engine.core.values import plain_text


class _PlainParser(FormDataParser):
    """Reads a form, its names and texts as plain text; files stay as they are."""

    def parse(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str] | None = None
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        """Read the body of a request."""
        rest, form, files = super().parse(stream, mimetype, content_length, options)
        return rest, self.cls((plain_text(name), plain_text(text)) for name, text in form.items(multi=True)), files


class PlainRequest(Request):
    """A request whose form is plain text."""

    form_data_parser_class = _PlainParser
