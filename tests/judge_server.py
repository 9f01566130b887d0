"""A real HTTP server that speaks the chat completions protocol, and misbehaves on request.

`answer(request, number)` gives what is sent for the n-th request of a document: a `Sent`, or a text that becomes the content
of a sound completion. Every request is kept.
"""

import json
import re
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FENCED = re.compile(r"BEGIN (DOCUMENT(?: [AB])?) ([0-9a-f]{32})\n(.*?)\nEND \1 \2", re.DOTALL)


@dataclass
class Sent:
    """A response: status, headers, body (JSON or bytes), and how long it takes."""

    body: object = None
    status: int = 200
    headers: dict = field(default_factory=dict)
    delay_s: float = 0.0


def completion(content, finish="stop", refusal=None, usage=(100, 20)):
    message = {"role": "assistant", "content": content}
    if refusal:
        message["refusal"] = refusal
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 0,
        "model": "m",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
    }
    if usage:
        n_in, n_out = usage
        body["usage"] = {
            "prompt_tokens": n_in,
            "completion_tokens": n_out,
            "total_tokens": n_in + n_out,
        }
    return Sent(body)


def error(status, message, code=None, headers=None):
    return Sent({"error": {"message": message, "code": code}}, status, headers or {})


def documents_of(request):
    """The fenced texts of a request, in order."""
    return [match[2] for match in FENCED.findall(request["messages"][-1]["content"])]


def scores(value, *dimensions):
    return json.dumps({name: {"reason": f"why {name}", "score": value} for name in dimensions})


class JudgeServer:
    """`with JudgeServer(answer) as server:` listens on a free port of this machine."""

    def __init__(self, answer):
        self.answer, self.requests, self.headers = answer, [], []
        self.seen, self.under_way, self.most_under_way = {}, 0, 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                length = int(self.headers["content-length"])
                outer.serve(self, json.loads(self.rfile.read(length)))

            def log_message(self, *_):
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._http.daemon_threads = True

    def serve(self, handler, request):
        with self._lock:
            text = "\n".join(documents_of(request))
            number = self.seen[text] = self.seen.get(text, 0) + 1
            self.requests.append(request)
            self.headers.append({k.lower(): v for k, v in handler.headers.items()})
            self.under_way += 1
            self.most_under_way = max(self.most_under_way, self.under_way)
        sent = self.answer(request, number)
        sent = completion(sent) if isinstance(sent, str) else sent
        time.sleep(sent.delay_s)
        with self._lock:
            self.under_way -= 1
        body = sent.body if isinstance(sent.body, bytes) else json.dumps(sent.body).encode()
        try:
            handler.send_response(sent.status)
            for name, value in {"content-type": "application/json", **sent.headers}.items():
                handler.send_header(name, value)
            handler.send_header("content-length", str(len(body)))
            handler.end_headers()
            handler.wfile.write(body)
        except OSError:
            pass  # the client gave up

    @property
    def url(self):
        return f"http://127.0.0.1:{self._http.server_port}/v1"

    def texts(self):
        return [documents_of(request) for request in self.requests]

    def __enter__(self):
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self._http.shutdown()
        self._http.server_close()
