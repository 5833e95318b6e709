"""The door to the internet: every address is checked before it is called, also after each redirect.

Only https, and never to this machine or the network it stands in.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Literal

import httpx

Reason = Literal[
    "address", "inside", "no_network", "unreachable", "certificate", "redirects", "status", "not_found", "busy",
    "slow", "type", "too_large", "changed", "malformed", "foreign", "no_text", "no_text_at_all", "ambiguous",
    "other_text", "not_pdf", "folder",
]  # fmt: skip


class FetchError(RuntimeError):
    """Something cannot be fetched. `reason` is the key of a sentence in the interface, `values` fill it in."""

    def __init__(self, reason: Reason, **values: object) -> None:
        super().__init__(f"{reason}: " + ", ".join(f"{name}={value}" for name, value in values.items()))
        self.reason: Reason = reason
        self.values = values


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also when it is wrapped in an IPv6 address."""
    found = ipaddress.ip_address(address)
    if isinstance(found, ipaddress.IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour
        if wrapped is None and found in ipaddress.ip_network("64:ff9b::/96"):
            wrapped = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not found.is_multicast


class Guarded(httpx.BaseTransport):
    """Resolves a host, checks all its addresses, and connects to one of those, not to what a second look-up says."""

    def __init__(self, exempt: frozenset[str]) -> None:
        self._exempt = exempt
        # A kept connection would be found again by its IP address, for another host as well.
        self._inner = httpx.HTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        refused: httpx.TransportError | None = None
        for address in self._addresses(request.url):
            pinned = httpx.Request(
                request.method,
                request.url.copy_with(host=address),
                headers=request.headers,
                stream=request.stream,
                extensions={**request.extensions, "sni_hostname": request.url.raw_host.decode("ascii")},
            )
            try:
                return self._inner.handle_request(pinned)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                refused = error
        raise refused or httpx.ConnectError(f"{request.url.host} has no address")

    def _addresses(self, url: httpx.URL) -> list[str]:
        host, port = url.raw_host.decode("ascii"), url.port or (443 if url.scheme == "https" else 80)
        exempt = f"{host}:{port}" in self._exempt
        if url.scheme != "https" and not exempt:
            raise FetchError("address", url=url)
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            raise httpx.ConnectError(f"{host}: {error}") from error
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not exempt and not all(is_public(address) for address in addresses):
            raise FetchError("inside", host=host)
        return addresses

    def close(self) -> None:
        self._inner.close()
