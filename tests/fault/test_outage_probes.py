#!/usr/bin/env python3
"""on: postgresql. The database goes away and comes back: what probes and scrapers see of it."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ('api', 'pg'):
    sys.path.insert(0, os.path.join(HERE, '..', folder))
from cluster import Cluster  # noqa: E402
from exposition import read  # noqa: E402
from harness import ON_PG, App, main, until  # noqa: E402


def a_database_that_is_away_is_told_until_it_is_back():
    if not ON_PG:
        return
    with Cluster() as pg:
        os.environ['TENON_TEST_PG'] = pg.url
        os.environ['TENON_TEST_THROUGH'] = ''
        app = App({'app.yaml': 'app: notes\n',
                   'forms/note.yaml': 'form: note\nfields:\n  name: {type: text}\n'})
        with app.serve() as server:
            for how in (pg.stop, pg.kill):
                assert server.get('/readyz').status == 200
                before = read(server.get('/metrics').text)
                assert before['tenon_database_up'].value() == 1
                how()
                away = until(lambda: (a := server.get('/readyz')).status == 503 and a)
                assert away and away.code == 'not_ready' and away.headers['Retry-After'], away
                assert server.get('/healthz').status == 200
                now = read(server.get('/metrics').text)
                assert now['tenon_database_up'].value() == 0 and 'tenon_jobs' not in now
                pg.start()
                assert until(lambda: server.get('/readyz').status == 200, 20)
                now = read(server.get('/metrics').text)
                assert now['tenon_database_up'].value() == 1
                assert now['tenon_db_reconnects_total'].value() \
                    > before['tenon_db_reconnects_total'].value()


if __name__ == '__main__':
    main(globals())
