"""All that the map page loads travels compressed: files and layers too, which the extension leaves alone by itself."""

import gzip
import re

import pytest
from flask.testing import FlaskClient


def _addresses(client: FlaskClient) -> list[str]:
    page = client.get("/").text
    assets = re.findall(r'(?:href|src)="(/static/[^"]+\.(?:js|css)\?[^"]+)"', page)
    assert len(assets) > 5
    return ["/", *assets, "/api/layers/land.geojson"]


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_the_map_page_and_what_it_loads_is_compressed(client: FlaskClient, encoding: str) -> None:
    for address in _addresses(client):
        answer = client.get(address, headers={"Accept-Encoding": encoding})
        assert answer.status_code == 200
        assert answer.headers["Content-Encoding"] == encoding, address
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_compressed_files_are_the_files(client: FlaskClient) -> None:
    for address in _addresses(client)[1:]:
        plain = client.get(address, headers={"Accept-Encoding": "identity"})
        packed = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert gzip.decompress(packed.data) == plain.data


def test_a_compressed_file_is_not_sent_again_to_who_has_it(client: FlaskClient) -> None:
    address = _addresses(client)[1]
    first = client.get(address, headers={"Accept-Encoding": "gzip"})
    again = client.get(address, headers={"Accept-Encoding": "gzip", "If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
