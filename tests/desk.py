"""Somebody signed in at a desk, without JavaScript: fills in forms by the names of their fields."""

import html
import re
from html.parser import HTMLParser
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from people import sign_in
from werkzeug.test import TestResponse


class Tags(HTMLParser):
    """The elements of a page, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """The attributes of every element of this kind."""
        return [attrs for name, attrs in self.found if name == tag]

    def ids(self) -> list[str]:
        """Every id, in order."""
        return [str(attrs["id"]) for _tag, attrs in self.found if "id" in attrs]


def words(page: str) -> str:
    """The text of a page, as one line."""
    page = re.sub(r"<(script|style)\b.*?</\1>", " ", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", "", page)))


class Desk:
    """Somebody signed in, who fills in forms by the names of their fields."""

    def __init__(self, app: Flask, who: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.client.set_cookie("language", "en")
        self.token = sign_in(self.client, who)

    def form(self, path: str) -> dict[str, list[str]]:
        """What a browser would send of the form whose address is ``path``."""
        return fields(self.client.get(path).text, path)

    def send(self, path: str, form: dict[str, Any]) -> TestResponse:
        return self.client.post(path, data={"csrf_token": self.token} | form)


def fields(page: str, action: str) -> dict[str, list[str]]:
    """What a browser would send of the form with this action, as it stands."""
    form = re.search(rf'<form[^>]* action="{re.escape(action)}"[^>]*>(.*?)</form>', page, re.DOTALL)
    assert form, page
    found: dict[str, list[str]] = {}
    outline = Tags(form.group(1))
    for attrs in outline.all("input"):
        kind, name = attrs.get("type", "text"), attrs.get("name")
        if name and (kind not in ("radio", "checkbox") or "checked" in attrs):
            found.setdefault(name, []).append(str(attrs.get("value") or ""))
    for name, options in re.findall(
        r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form.group(1), re.DOTALL
    ):
        chosen = [attrs["value"] for attrs in Tags(options).all("option") if "selected" in attrs]
        found[name] = [str(chosen[0] if chosen else Tags(options).all("option")[0]["value"])]
    for name, text in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>\n?(.*?)</textarea>', form.group(1), re.DOTALL
    ):
        found.setdefault(name, []).append(html.unescape(text))
    return found
