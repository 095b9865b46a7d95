"""Lets a client of the benchmark's Jupyter server ask for `…/channels?nodelay=1`.

The server's sockets use Nagle's algorithm, Linux delays acknowledgements, and so each answer of several messages takes
40 ms longer than its work does.
"""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

open_channels = KernelWebsocketHandler.open


async def open_without_delay(self, kernel_id):
    if self.get_argument("nodelay", ""):
        self.set_nodelay(True)
    await open_channels(self, kernel_id)


KernelWebsocketHandler.open = open_without_delay
# Output of more than 1 MB a second would be dropped.
c.ZMQChannelsWebsocketConnection.limit_rate = False  # noqa: F821
