"""Work begun ahead: a few letters behind the one in hand lie on disk, and their files are read while it is carried out.

Nothing follows from what is read before its letter has its turn, and letters keep their order.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")
U = TypeVar("U")


@dataclass(slots=True)
class Ahead:
    """Threads for what may be begun before it is needed; with none it is done when it is needed."""

    threads: int = 0
    _pool: ThreadPoolExecutor | None = None

    @property
    def most(self) -> int:
        """So many letters are prepared before the first of them is carried out."""
        return 2 * self.threads

    def begin(self, job: Callable[[], T]) -> Callable[[], T]:
        """Begin a job; the call that comes back waits for its result, and fails as the job did."""
        if not self.threads:
            return job
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, "ahead")
        return self._pool.submit(job).result

    def close(self) -> None:
        """What has not begun never will; what is in hand is finished."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(cancel_futures=True)


def prepared(items: Iterable[T], prepare: Callable[[T], U], most: int) -> Iterator[U]:
    """Every item prepared, in its order, up to `most` of them in advance. When one fails, or there are no more to be
    had, those before it come first."""
    waiting: deque[U] = deque()
    failure: Exception | None = None
    try:
        for item in items:
            waiting.append(prepare(item))
            if len(waiting) > most:
                yield waiting.popleft()
    except Exception as error:  # raised below
        failure = error
    while waiting:
        yield waiting.popleft()
    if failure is not None:
        raise failure
