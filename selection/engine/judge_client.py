"""The line to a judge: one chat completion of any OpenAI-compatible endpoint, asked until it answers or is given up.

* Time-outs, lost connections and 5xx: asked again up to `attempts` times, after backoff_s x 2^k x uniform(0.5, 1).
* 429: all requests pause for `Retry-After`, else as above; given up after `patience_s` of waiting.
* 400 that names a parameter: servers differ in structured output, `max_tokens` and `temperature`; the next weaker form
  is used from then on (JSON schema, JSON object, plain text).
* A wrong key, an unknown model or an empty account stops everything with one sentence.

The key comes from the environment variable WINNOW_JUDGE_KEY alone; it goes into no file, and is taken out of whatever a
server says before that is shown or kept.
"""

from __future__ import annotations

import asyncio
import os
import random
import time
from email.utils import parsedate_to_datetime
from typing import Any, cast
from urllib.parse import urlsplit

import openai

from selection.core.errors import BackendUnavailable, BadSetting
from selection.core.judging import JudgeSettings, Reply

KEY = "WINNOW_JUDGE_KEY"
_LONGEST_PAUSE_S = 60.0
_WAITING = (openai.InternalServerError, openai.APIConnectionError, openai.ConflictError)
_FILTERED = ("content_filter", "content_policy", "safety", "moderation")


def checked_url(url: str) -> str:
    """An http(s) address without credentials or query, or a `BadSetting`."""
    try:
        parts = urlsplit(url.strip())
        sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
        sound = sound and (parts.port is None or parts.port > 0)
    except ValueError:
        raise BadSetting(f"--base-url must be an http(s) address, got {url[:200]!r}") from None
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise BadSetting(
            f"--base-url must hold no user, key or query, since it is kept with the ratings; set {KEY} instead"
        )
    if not sound:
        raise BadSetting(
            f"--base-url must be an http(s) address such as http://localhost:8000/v1, got {url[:200]!r}"
        )
    return url.strip().rstrip("/")


class JudgeClient:
    """`async with JudgeClient(url, model, settings) as line: reply = await line.ask(messages, schema)`."""

    def __init__(self, base_url: str, model: str, settings: JudgeSettings) -> None:
        self._key = os.environ.get(KEY, "").strip()
        self._settings, self._model = settings, model
        self._client = openai.AsyncOpenAI(
            api_key=self._key or "none",
            admin_api_key="none",  # else the library reads one from the environment
            base_url=base_url,
            max_retries=0,
            timeout=settings.timeout_s,
        )
        self._form = 0  # 0 JSON schema, 1 JSON object, 2 plain text
        self._limit = "max_tokens"
        self._temperature = True
        self._resume_at = 0.0  # monotonic; nobody asks before
        self.n_waits = 0

    async def __aenter__(self) -> JudgeClient:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._client.close()

    async def ask(self, messages: list[dict[str, str]], schema: dict[str, Any]) -> Reply:
        """One answer. Raises `BackendUnavailable` where no document could be answered."""
        failures = n_lost = 0
        waited, why = 0.0, ""
        while failures < self._settings.attempts:
            await self._turn()
            form = (self._form, self._limit, self._temperature)
            try:
                given = self._parameters(schema)
                answer = await asyncio.wait_for(
                    self._complete(messages, given), self._settings.timeout_s
                )
                return _reply(answer, messages, n_lost)
            except openai.RateLimitError as error:
                why = self._said(error)
                if "insufficient_quota" in str(error.code):
                    raise BackendUnavailable(
                        f"the endpoint says the account is empty: {why}"
                    ) from None
                pause = _retry_after(error) or self._pause(failures + self.n_waits % 6)
                waited += pause
                if waited > self._settings.patience_s:
                    break
                self.n_waits += 1
                self._resume_at = max(self._resume_at, time.monotonic() + pause)
            except (
                TimeoutError,
                *_WAITING,
                openai.APIResponseValidationError,
                ValueError,
            ) as error:
                lost = isinstance(error, TimeoutError | openai.APITimeoutError)
                n_lost += lost
                why = f"no answer in {self._settings.timeout_s:g} s" if lost else self._said(error)
                failures += 1
                if failures < self._settings.attempts:
                    await asyncio.sleep(_retry_after(error) or self._pause(failures - 1))
            except openai.APIStatusError as error:
                over = self._refused_or_fatal(error, form)
                if over is not None:
                    return over
        return Reply("unreachable", why=why, n_lost=n_lost)

    async def _turn(self) -> None:
        while (pause := self._resume_at - time.monotonic()) > 0:
            await asyncio.sleep(pause + random.uniform(0, 0.1) * pause)

    async def _complete(self, messages: list[dict[str, str]], given: dict[str, Any]) -> Any:
        return await self._client.chat.completions.create(
            model=self._model, messages=cast("Any", messages), **given
        )

    def _parameters(self, schema: dict[str, Any]) -> dict[str, Any]:
        given: dict[str, Any] = {self._limit: self._settings.max_output_tokens}
        if self._temperature:
            given["temperature"] = self._settings.temperature
        if self._form == 0:
            named = {"name": "answer", "schema": schema, "strict": True}
            given["response_format"] = {"type": "json_schema", "json_schema": named}
        elif self._form == 1:
            given["response_format"] = {"type": "json_object"}
        return given

    def _refused_or_fatal(self, error: openai.APIStatusError, form: tuple) -> Reply | None:
        """A reply where this document is the matter, None where the request may be asked another way, else an error."""
        why, said = self._said(error), f"{error.code} {error.message}".lower()
        if error.status_code in {401, 403, 404}:
            raise BackendUnavailable(
                f"the endpoint must know key and model, and it answers {error.status_code}: {why};"
                f" check --base-url, --model and the variable {KEY}"
            ) from None
        if any(word in said for word in _FILTERED):
            return Reply("refused", why=why)
        if error.status_code in {400, 422} and self._weaker(said, form):
            return None
        return Reply("rejected", why=why)

    def _weaker(self, said: str, form: tuple) -> bool:
        """Whether the complaint is about a parameter that can be given another way; then it is, from now on."""
        if form != (self._form, self._limit, self._temperature):
            return True  # another request has found out already
        if "max_completion_tokens" in said and self._limit == "max_tokens":
            self._limit = "max_completion_tokens"
        elif "temperature" in said and self._temperature:
            self._temperature = False
        elif (
            any(w in said for w in ("response_format", "json_schema", "json_object"))
            and self._form < 2
        ):
            self._form += 1
        else:
            return False
        return True

    def _pause(self, failures: int) -> float:
        longest = min(_LONGEST_PAUSE_S, self._settings.backoff_s * 2**failures)
        return random.uniform(0.5, 1.0) * longest

    def _said(self, error: BaseException) -> str:
        """What the server said, on one line, without the key."""
        text = " ".join(str(getattr(error, "message", "") or error or type(error).__name__).split())
        return (text.replace(self._key, "(key)") if self._key else text)[:300]


def _reply(answer: Any, messages: list[dict[str, str]], n_lost: int) -> Reply:
    """Reads a completion; what is not one raises ValueError, and is asked again."""
    choices = getattr(answer, "choices", None)
    if not choices or getattr(choices[0], "message", None) is None:
        raise ValueError("the server's answer holds no message")
    message, ended = choices[0].message, choices[0].finish_reason
    text = message.content if isinstance(message.content, str) else ""
    usage = getattr(answer, "usage", None)
    n_in = getattr(usage, "prompt_tokens", None)
    n_out = getattr(usage, "completion_tokens", None)
    tokens_in = n_in if isinstance(n_in, int) else sum(len(m["content"]) for m in messages) // 3
    tokens_out = n_out if isinstance(n_out, int) else len(text) // 3
    counted: dict[str, Any] = {"tokens_in": tokens_in, "tokens_out": tokens_out, "n_lost": n_lost}
    refusal = getattr(message, "refusal", None)
    if refusal or ended == "content_filter":
        return Reply(
            "refused", text, str(refusal or "the server's content filter")[:300], **counted
        )
    if ended == "length":
        return Reply("cut", text, "the answer was longer than max_output_tokens", **counted)
    return Reply("answered", text, **counted)


def _retry_after(error: BaseException) -> float:
    """Seconds the server asks to wait, 0 where it does not say; never more than ten minutes."""
    response = getattr(error, "response", None)
    value = response.headers.get("retry-after", "") if response is not None else ""
    try:
        return min(600.0, max(0.0, float(value)))
    except ValueError:
        pass
    try:
        return min(600.0, max(0.0, parsedate_to_datetime(value).timestamp() - time.time()))
    except (ValueError, TypeError):
        return 0.0
