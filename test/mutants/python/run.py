"""`run.py NAME`: plays the scenario as the mutant NAME; `right` changes nothing; `--table` prints the table."""

import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(HERE, "../../../examples/other-languages/python")]
sys.dont_write_bytecode = True

import connecteur  # noqa: E402
import wrong  # noqa: E402
import wrong_content  # noqa: E402, F401
import wrong_mailbox  # noqa: E402, F401
import wrong_receipts  # noqa: E402, F401
import wrong_sessions  # noqa: E402, F401
import wrong_tls  # noqa: E402, F401

if __name__ == "__main__":
    name = sys.argv[1]
    if name == "--table":
        wrong.printed()
        sys.exit(0)
    if name != "right":
        wrong.TABLE[name]["change"]()
    sys.exit(connecteur.main())
