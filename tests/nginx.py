"""nginx with the configuration that we ship, on loopback, in front of a server of the tests."""

from __future__ import annotations

import socket
from collections import Counter
from pathlib import Path
from typing import Final

from tests.servers import _Server, require

SHIPPED: Final = Path(__file__).resolve().parents[1] / "recordings" / "nginx"
_FRAME: Final = """
pid {folder}/nginx.pid;
daemon off;
master_process off;
error_log {folder}/error.log warn;
worker_rlimit_nofile 8192;
events {{ worker_connections 4096; }}
http {{
  {temporary}
  log_format origin '$request_method $uri $status $upstream_cache_status $upstream_addr';
{cache}
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    keepalive_requests 1000000;
    {location}
    location / {{ proxy_pass http://kachehri; proxy_http_version 1.1; proxy_set_header Host $http_host; access_log off;
      proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $http_connection; }}
  }}
}}
"""


class Nginx(_Server):
    """The two shipped files in the smallest frame; only the server's address, the cache's folder and the log differ.

    Arguments:
        origin: host and port of the server behind it.
    """

    def __init__(self, origin: str) -> None:
        super().__init__()
        self.origin = origin

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def command(self) -> list[str]:
        cache, location = ((SHIPPED / name).read_text("utf-8") for name in ("cache.conf", "location.conf"))
        for text, part in (
            ("127.0.0.1:8000", cache),
            ("/var/cache/nginx/kachehri", cache),
            ("access_log off", location),
        ):
            assert part.count(text) == 1, f"{text} stands once in the shipped files"
        cache = cache.replace("127.0.0.1:8000", self.origin)
        cache = cache.replace("/var/cache/nginx/kachehri", str(self.directory / "cache"))
        location = location.replace("access_log off", f"access_log {self.directory}/requests.log origin")
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n  ".join(f"{kind}_temp_path {self.directory}/{kind};" for kind in kinds)
        folder = str(self.directory)
        written = _FRAME.format(folder=folder, temporary=temporary, cache=cache, port=self.port, location=location)
        (self.directory / "nginx.conf").write_text(written)
        return [str(require("nginx")), "-p", folder, "-c", str(self.directory / "nginx.conf")]

    def answers(self) -> bool:
        try:
            with socket.create_connection(("127.0.0.1", self.port), 0.2):
                return True
        except OSError:
            return False

    def requests(self) -> Counter[str]:
        """How many requests of the program were answered, by what the cache had to say; `-` in front of none."""
        log = self.directory / "requests.log"
        return Counter(line.split(" ")[3] for line in log.read_text().splitlines()) if log.exists() else Counter()

    def upstream(self) -> int:
        """How many of them reached the server."""
        log = self.directory / "requests.log"
        return sum(not line.endswith(" -") for line in log.read_text().splitlines()) if log.exists() else 0
