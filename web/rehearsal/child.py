"""What the demo starts as its server: the ordinary server, which also ends when whoever started it is gone.

    python -m web.rehearsal.child serve …

Its standard input is a pipe that is never written to; the system closes it even when the demo is killed.
"""

from kachehri import attached
from kachehri.__main__ import main

if __name__ == "__main__":
    attached.end_with_parent()
    main()
