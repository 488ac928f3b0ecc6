"""How much one connection may ask for."""

from dataclasses import dataclass


@dataclass(slots=True)
class TokenBucket:
    """``rate_per_s`` on average, ``burst`` at once; time is an argument."""

    rate_per_s: float
    burst: float
    _tokens: float = -1.0
    _at_ms: float = 0.0

    def take(self, now_ms: float, cost: float = 1.0) -> bool:
        """Spend ``cost`` if there is that much; a refusal costs nothing."""
        if self._tokens < 0:  # first use: full
            self._tokens = self.burst
        else:
            self._tokens = min(self.burst, self._tokens + (now_ms - self._at_ms) * self.rate_per_s / 1000)
        self._at_ms = now_ms
        if self._tokens < cost:
            return False
        self._tokens -= cost
        return True
