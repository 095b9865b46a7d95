"""Runs a cell with top-level await, so that an interrupt ends it: asyncio would leave its task for the next cell."""

from IPython.core.async_helpers import get_asyncio_loop


def run_coroutine(shell, coroutine):
    loop = get_asyncio_loop()
    task = loop.create_task(coroutine)
    try:
        return loop.run_until_complete(task)
    except KeyboardInterrupt:
        if task.done():
            # It came inside the task. To run the loop for it again would wait for ever: a task that ended so stops none.
            raise
        # It came while the loop waited, outside the cell's own code. The cell sees it as a cancellation where it awaits.
        shell.cancelled = True
        task.cancel()
        return loop.run_until_complete(task)
