"""Why a bus could not do what was asked."""


class BusError(Exception):
    """`code` is one of address, in_use, denied, unreachable, unserved, failed, lost, timeout, too_large, closed."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
