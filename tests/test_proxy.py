"""Behind a real nginx, as docs/beheer.md sets it up: a sub-path, TLS, a login passed on, and streaming."""

from __future__ import annotations

import json
import os
import re
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from conftest import ROOT
from serving import free_port, served

from ingest.index.generation import DataFolder

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
pytestmark = [
    pytest.mark.skipif(not Path(NGINX).exists(), reason="no nginx on this machine"),
    pytest.mark.skipif(not shutil.which("openssl"), reason="no openssl on this machine"),
]
HANDBOOK = ROOT / "docs" / "beheer.md"
QUESTION = {"question": "Wat is publieke familiariteit?"}


def locations(upstream: str) -> str:
    """The part for nginx of the handbook, for another port."""
    text = HANDBOOK.read_text(encoding="utf-8")
    found = re.search(r"```nginx\n(.*?)```", text, re.DOTALL)
    assert found
    return found[1].replace("http://127.0.0.1:7860", upstream)


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext",
         "subjectAltName=DNS:localhost", "-keyout", str(folder / "kennis.key"), "-out", str(folder / "kennis.crt")],
        check=True, capture_output=True,
    )  # fmt: skip


@pytest.fixture(scope="module")
def proxy(own_data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of nginx that trusts its certificate and logs in as anna."""
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    certificate(folder)
    password = subprocess.run(["openssl", "passwd", "-apr1", "geheim"], check=True, capture_output=True, text=True)
    (folder / "gebruikers").write_text(f"anna:{password.stdout.strip()}\n", encoding="utf-8")
    settings = {"root_path": "/mengpaneel", "trusted_proxies": "127.0.0.1", "login_header": "X-Remote-User"}
    with served(own_data, **settings) as upstream:
        inner = (
            locations(upstream).replace("/etc/nginx/", f"{folder}/").replace("listen 443", f"listen 127.0.0.1:{port}")
        )
        user = "user root; " if os.geteuid() == 0 else ""  # else its worker could not read the folder of the test
        (folder / "nginx.conf").write_text(
            f"{user}daemon off; pid {folder}/pid; error_log stderr warn; worker_processes 1;\n"
            "events {}\n"
            f"http {{ access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};\n"
            f"fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};\n{inner}\n}}\n",
            encoding="utf-8",
        )
        nginx = subprocess.Popen([NGINX, "-c", str(folder / "nginx.conf"), "-p", str(folder)], stderr=subprocess.PIPE)
        trust = ssl.create_default_context(cafile=str(folder / "kennis.crt"))
        base = f"https://localhost:{port}"
        try:
            with httpx.Client(verify=trust, base_url=base, auth=("anna", "geheim"), timeout=60) as client:
                _await(client, nginx)
                yield client
        finally:
            nginx.terminate()
            nginx.communicate(timeout=20)


def _await(client: httpx.Client, nginx: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        assert nginx.poll() is None, nginx.stderr and nginx.stderr.read()
        try:
            client.get("/mengpaneel/api/v1/health")
        except httpx.ConnectError:
            time.sleep(0.05)
        else:
            return
    pytest.fail("nginx does not answer")


def test_page_and_interface_stand_under_the_sub_path(proxy: httpx.Client) -> None:
    page = proxy.get("/mengpaneel/")
    assert page.status_code == 200
    config, _ = json.JSONDecoder().raw_decode(page.text.partition("window.gradio_config = ")[2])
    root = config["root"]
    assert root == f"{proxy.base_url.raw_path.decode()}mengpaneel" or root.endswith("/mengpaneel")
    assert root.startswith("https://")
    script = re.search(r'src="(\./)?(assets/[^"]+\.js)"', page.text)
    assert script
    assert proxy.get(f"/mengpaneel/{script[2]}").status_code == 200
    assert proxy.post("/mengpaneel/api/v1/ask", json=QUESTION).json()["answered"]
    assert proxy.get("/mengpaneel/api/v1/openapi.json").json()["servers"] == [{"url": "/mengpaneel/api/v1"}]
    assert proxy.get("/mengpaneel/embed.js").status_code == 200


def test_without_a_login_nothing_is_shown(proxy: httpx.Client) -> None:
    assert proxy.get("/mengpaneel/", auth=("anna", "fout")).status_code == 401
    assert (
        proxy.get("/mengpaneel/api/v1/aims", auth=("anna", "fout"), headers={"X-Remote-User": "anna"}).status_code
        == 401
    )


def test_figures_are_not_for_the_outside(proxy: httpx.Client) -> None:
    assert proxy.get("/mengpaneel/metrics").status_code == 403


def test_a_stream_comes_through_event_by_event(proxy: httpx.Client) -> None:
    """The passages arrive before the answer is ready: nothing on the way keeps them."""
    with proxy.stream("POST", "/mengpaneel/api/v1/ask/stream", json=QUESTION) as response:
        pieces = list(response.iter_raw())
    assert pieces[0].startswith(b"event: passages")
    assert b"event: answer" not in pieces[0]
    assert b"".join(pieces).rstrip().count(b"event: ") == 2


def test_a_person_who_logs_in_asks_on_the_page(proxy: httpx.Client) -> None:
    sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install '.[dev]'")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("no chromium on this machine")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(ignore_https_errors=True, http_credentials={"username": "anna", "password": "geheim"})
        foreign: list[str] = []
        page.on("request", lambda request: request.url.startswith(str(proxy.base_url)) or foreign.append(request.url))
        page.goto(f"{proxy.base_url}/mengpaneel/".replace("//mengpaneel", "/mengpaneel"))
        page.fill("#question textarea", QUESTION["question"])
        page.press("#question textarea", "Enter")
        page.wait_for_selector(".answer a[href='#bron-1']", timeout=30_000)
        browser.close()
    assert not foreign
