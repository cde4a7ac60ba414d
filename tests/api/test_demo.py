#!/usr/bin/env python3
"""The demo company of the shipped app is made by `serve --demo`, on both databases: thousands of
writes in a few batches."""
import time

from harness import ROOT, App, main, until


def a_company_is_there_and_what_is_to_come_still_comes():
    app = App(copy=ROOT)
    with app.serve('--demo') as server:
        assert until(lambda: 'demo data is loaded' in server.log()), server.log()[-800:]
        assert app.count('lead') > 100 and app.count('user') > 10
        now = int(time.time())
        assert app.count('_timer', f'due > {now} AND due < {now + 400 * 86400}') > 0
        waits = app.count('_approval', "state = 'waiting'")
        assert 0 < waits == app.rows("SELECT count(DISTINCT approval) FROM _task "
                                     "WHERE state = 'open'")[0][0], waits
        assert app.count('contract', "stage = 'active'") > 50 < app.count('contract', "stage = 'expired'")
        old = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(now - 4 * 86400))
        unread = app.count('_message', 'read_at IS NULL')
        assert 0 < unread < 100 and not app.count('_message', f"read_at IS NULL AND at < '{old}'"), unread
        assert '"level":"error"' not in server.log(), server.log()[-800:]


if __name__ == '__main__':
    main(globals())
