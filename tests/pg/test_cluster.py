#!/usr/bin/env python3
"""The throw-away cluster: it is there for its caller alone, and gone when that is, in whatever way."""
import glob
import os
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), 'api'))
sys.path.insert(0, HERE)
from cluster import Cluster, answers  # noqa: E402
from harness import main, until  # noqa: E402
from pq import Connection, Refused  # noqa: E402

PLACE = tempfile.mkdtemp(prefix='tenon-test-')
CALLER = f'''
python3 {HERE}/cluster.py start {PLACE}/pg || exit 1
sh {HERE}/on.sh {PLACE}/pg env
'''


def _caller(more=''):
    """A shell that starts a cluster as ctest does; its variables."""
    shell = subprocess.Popen(['sh', '-c', CALLER + 'echo\n' + more], stdout=subprocess.PIPE,
                             text=True, env={k: v for k, v in os.environ.items()
                                             if not k.startswith('TENON_TEST')})
    found = {}
    for line in shell.stdout:
        if line == '\n':
            break
        name, _, value = line.strip().partition('=')
        found[name] = value
    return shell, found


def _port(url):
    return int(url.split(':')[-1].split('/')[0])


def _left(found):
    """What would be left of it."""
    return [f for f in glob.glob(PLACE + '/pg*')] + [
        k for k in ('TENON_TEST_PG', 'TENON_TEST_BOUNCER') if k in found and answers(_port(found[k]))]


def a_caller_has_its_cluster_until_it_stops_it():
    shell, found = _caller(f'python3 {HERE}/cluster.py stop {PLACE}/pg\n')
    assert shell.wait() == 0 and found['TENON_TEST_DB'] == 'postgresql', found
    assert not _left(found), _left(found)


def a_killed_caller_leaves_nothing():
    shell, found = _caller('exec sleep 60\n')
    with Connection(found['TENON_TEST_PG']) as c:
        assert c.rows('SELECT 1') == [(1,)]
        shell.send_signal(signal.SIGKILL)
        shell.wait()
        assert until(lambda: not _left(found)), _left(found)


def its_settings_are_not_those_that_a_program_hopes_for():
    with Cluster() as pg, Connection(pg.url) as c:
        assert c.rows("SELECT datlocprovider, daticulocale FROM pg_database "
                      "WHERE datname = 'postgres'") == [('i', 'zh')]
        assert c.rows("SELECT 'a' < 'B', 'a' COLLATE \"C\" < 'B'") == [(1, 0)]
        c.run('RESET TimeZone')
        assert c.rows('SHOW TimeZone') == [('Asia/Kathmandu',)]
    assert not os.path.exists(pg.dir) and not answers(pg.port)


def a_killed_durable_server_comes_back_with_what_was_committed():
    with Cluster(durable=True) as pg:
        with Connection(pg.url) as c:
            assert c.rows('SHOW fsync') == [('on',)]
            c.run('CREATE TABLE t(a int); INSERT INTO t VALUES(7)')
            pg.kill()
            try:
                until(lambda: c.rows('SELECT 1') and False, 5)
                raise AssertionError('the connection lives')
            except Refused:
                pass
        pg.start()
        with Connection(pg.url) as c:
            assert c.rows('SELECT a FROM t') == [(7,)]


def values_come_as_sqlite_has_them():
    with Cluster() as pg, Connection(pg.url) as c:
        c.run('CREATE TABLE t(a boolean, b numeric, c timestamptz, d date, e time, f bigint, g text)')
        assert c.run("INSERT INTO t VALUES (true, 12.50, '2026-03-02T09:00+08', '2026-03-02', "
                     "'09:30', 5, 'x?'), (NULL, NULL, NULL, NULL, NULL, NULL, NULL)") == 2
        assert c.rows("SELECT * FROM t WHERE g = 'x?' AND f = ? OR g IS NULL ORDER BY a", 5) == [
            (1, 1250, '2026-03-02T01:00:00Z', '2026-03-02', '09:30', 5, 'x?'), (None,) * 7]


if __name__ == '__main__':
    try:
        main(globals())
    finally:
        os.rmdir(PLACE)
