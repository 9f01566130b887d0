"""A purse: money set aside before a request and settled after it, so that a cap holds with many requests under way."""

from __future__ import annotations

import asyncio


class Purse:
    """`cap` None is no limit. What cannot be set aside waits for what others give back."""

    def __init__(self, cap: float | None, spent: float = 0.0) -> None:
        self.cap, self.spent, self._held, self._n_held = cap, spent, 0.0, 0
        self._changed = asyncio.Condition()

    async def reserve(self, worst: float) -> bool:
        """Set `worst` aside; False where it would pass the cap even if nobody else were asking."""
        async with self._changed:
            while self.cap is not None and self.spent + self._held + worst > self.cap:
                if not self._n_held:
                    return False
                await self._changed.wait()
            self._held += worst
            self._n_held += 1
            return True

    async def settle(self, worst: float, cost: float) -> None:
        """Give back what was set aside, and count what it came to."""
        async with self._changed:
            self._held -= worst
            self._n_held -= 1
            self.spent += cost
            self._changed.notify_all()
