"""A program that tells how it was begun."""

import json
import os
import sys

# The interpreter adds it where nobody has named a language.
ADDED = "LC_CTYPE"

if __name__ == "__main__":
    given = {name: value for name, value in os.environ.items() if name != ADDED}
    is_main = vars(sys.modules["__main__"]) is globals()
    sys.stdout.write(json.dumps([sys.argv, sys.path[0], given, is_main]))
