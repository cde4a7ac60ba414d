#!/usr/bin/env python3
"""kill -9 while `tenon copy` runs: the next run goes on where it stopped, and what is there in the
end is the source; until then nobody serves it. What differs is found and told."""
import json
import os
import resource
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ON_PG, TENON, main  # noqa: E402
from store import Postgres, Sqlite  # noqa: E402

ROWS = int(os.environ.get('RECORDS', '150000'))
APP = '''
app: moving
languages: [en]
time_zone: Asia/Shanghai
currency: CNY
'''
FORM = '''
form: item
title: "{name}"
fields:
  name:  {type: text, required: true}
  price: {type: money}
  on:    {type: date, index: true}
  at:    {type: datetime}
  good:  {type: boolean}
  next:  {type: link, to: item}
'''
COLUMNS = '(id, version, created_at, name, price, "on", at, good, next)'
FILL_SQLITE = f'''INSERT INTO item {COLUMNS} WITH RECURSIVE n(i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {ROWS})
    SELECT i, 1, '2026-03-02T01:00:00Z', 'item ' || i, i * 7, date('2020-01-01', i % 2000 || ' days'),
    '2026-03-02T01:00:00Z', i % 2, CASE WHEN i % 3 = 0 THEN {ROWS} + 1 - i END FROM n'''
FILL_PG = f'''INSERT INTO item {COLUMNS} SELECT i, 1, '2026-03-02T01:00:00Z', 'item ' || i,
    i * 0.07, date '2020-01-01' + (i % 2000), '2026-03-02T01:00:00Z', i % 2 = 1,
    CASE WHEN i % 3 = 0 THEN {ROWS} + 1 - i END FROM generate_series(1, {ROWS}) i;
    SELECT setval(pg_get_serial_sequence('item', 'id'), {ROWS})'''
# Is it PostgreSQL: from and to; between files only where no server is.
WAYS = [(True, True), (True, False), (False, True)] if ON_PG else [(False, False)]


def _source(on_pg=ON_PG):
    app = App({'app.yaml': APP, 'forms/item.yaml': FORM})
    if not on_pg:
        app.store = Sqlite(app.dir)
    app.cli('apply')
    app.store.run(FILL_PG if on_pg else FILL_SQLITE)
    return app


def _empty(like, on_pg):
    t = App(copy=like.dir)
    t.store = Postgres() if on_pg else Sqlite(t.dir)
    os.makedirs(os.path.join(t.dir, 'data'), exist_ok=True)
    if on_pg:
        t.store._make()
    return t


def _start(a, b, **more):
    def url(x):
        return x.store.url if x.store.on_pg else 'sqlite:' + x.store.path
    return subprocess.Popen([TENON, 'copy', b.dir, '--from', url(a), '--to', url(b), '--json'],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)


def _result(process, status=0):
    out, err = process.communicate(timeout=300)
    assert process.returncode == status, (process.returncode, out[-3000:], err[-3000:])
    return json.loads(out)


def _copied(app):
    """How many rows of the big table are noted to be there."""
    try:
        return (app.rows("SELECT copied FROM _copy WHERE name = 'item'") or [(0,)])[0][0]
    except Exception:                      # noqa: not there yet, or just being made
        return 0


def _kill_in_the_middle(a, b):
    """Kills a copy when some more rows have come than there were; how many there are then."""
    before, process = _copied(b), _start(a, b)
    while process.poll() is None and _copied(b) <= before:
        time.sleep(0.001)
    process.kill()
    process.communicate()
    return _copied(b)


def _half(a, on_pg):
    b = _empty(a, on_pg)
    there = _kill_in_the_middle(a, b)
    assert 0 < there < ROWS, there
    return b, there


def a_killed_copy_goes_on_where_it_stopped():
    for source, on_pg in WAYS:
        app = _source(source)
        there, n = _half(app, on_pg)
        for verb in ('log', 'plan', 'recompute'):
            told = there.cli(verb, status=1)
            assert 'is a copy that is not whole yet' in told.errors, told.errors
        m = _kill_in_the_middle(app, there)
        assert m >= n
        got = _result(_start(app, there))
        assert got['ok'] and got['resumed'] >= n, got
        assert there.count('item') == ROWS
        there.store.check()
        assert 'nothing to do' in there.cli('plan').text
        assert there.rows('SELECT count(*), sum(price), max(id) FROM item') \
            == app.rows('SELECT count(*), sum(price), max(id) FROM item')


def rows_that_differ_are_found_and_the_copy_is_not_served():
    for source, on_pg in WAYS[1:] or WAYS:
        app = _source(source)
        there, n = _half(app, on_pg)
        there.store.run("UPDATE item SET name = 'touched' WHERE id = 7; DELETE FROM item WHERE id = 9")
        got = _result(_start(app, there), status=1)
        assert not got['ok'] and got['differences'] == 2, got
        assert got['rows_that_differ'] == [
            {'table': 'item', 'row': 'id 7', 'what': 'changed', 'column': 'name', 'from': 'item 7',
             'to': 'touched'},
            {'table': 'item', 'row': 'id 9', 'what': 'missing', 'column': None, 'from': None,
             'to': None}], got
        bad = [t for t in got['tables'] if not t['same']]
        assert [t['name'] for t in bad] == ['item'] and bad[0]['to']['rows'] == ROWS - 1, bad
        assert 'not whole yet' in there.cli('log', status=1).errors


def a_source_that_has_changed_meanwhile_is_not_mixed_with_what_is_there():
    app = _source()
    there, _ = _half(app, ON_PG)
    app.store.run('INSERT INTO item (id, version, created_at, name) '
                  f"VALUES ({ROWS + 1}, 1, '2026-03-02T01:00:00Z', 'more')")
    done = _start(app, there)
    out, err = done.communicate()
    assert done.returncode == 1 and 'the source has changed since' in out.decode(), (out, err)


def a_disk_that_takes_no_more_ends_it_and_with_room_it_goes_on():
    """By a limit on the size of files; its signal is ignored, so that the write fails."""
    app = _source()
    there = _empty(app, False)
    size = 4 << 20
    full = _start(app, there, restore_signals=False, preexec_fn=lambda: resource.setrlimit(
        resource.RLIMIT_FSIZE, (size, size)))
    out, err = full.communicate()
    assert full.returncode == 3, (full.returncode, out, err)
    n = _copied(there)
    assert 0 < n < ROWS, n
    got = _result(_start(app, there))
    assert got['ok'] and got['resumed'] >= n, got
    there.store.check()


def a_reference_to_nothing_is_refused_at_the_end():
    app = _source()
    there, _ = _half(app, ON_PG)
    there.store.run('PRAGMA foreign_keys = OFF; UPDATE item SET next = 999999999 WHERE id = 3'
                    if not there.store.on_pg else 'UPDATE item SET next = 999999999 WHERE id = 3')
    out, err = _start(app, there).communicate()
    assert 'missing or in use' in out.decode(), (out, err)


main(globals())
