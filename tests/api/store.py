"""store — an app's database as another program sees it, the same calls for both.

    app.store.rows('SELECT name FROM note WHERE id = ?', 1)        values as SQLite has them (pg/pq.py)
    app.store.dicts('SELECT * FROM note')                          rows as dictionaries
    app.store.run('UPDATE note SET size = ?', 7)                   a write that the program knows not of
    app.store.columns('note'), .tables(), .indexes(), .references('note__tags')
    app.store.check()                                              is it sound?
    app.store.keep('before'); app.store.put_back('before')         while no server runs

`url_args` is what a command needs to work on it. Which one it is, $TENON_TEST_DB says: nothing
for a file in the app's folder, `postgresql` for a database of its own on $TENON_TEST_PG (through
$TENON_TEST_BOUNCER where $TENON_TEST_THROUGH is `bouncer`), dropped when the test ends.

SQL of tests is written for both: "user" and "order" stand in quotes, truth is TRUE.
"""
import atexit
import contextlib
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'pg'))
import pq  # noqa: E402

ON_PG = os.environ.get('TENON_TEST_DB') == 'postgresql'


class Sqlite:
    on_pg = False

    def __init__(self, folder):
        self.folder = os.path.join(folder, 'data')
        self.path = os.path.join(self.folder, 'tenon.db')
        self.url_args = []                     # the program's own default

    def exists(self):
        return os.path.exists(self.path)

    @contextlib.contextmanager
    def _open(self, mode):
        connection = sqlite3.connect(f'file:{self.path}?mode={mode}', uri=True, timeout=10)
        try:
            connection.create_function('tn_fold', 1, lambda x: x, deterministic=True)
            yield connection
        finally:
            connection.close()

    def rows(self, sql, *values):
        with self._open('ro') as c:
            return c.execute(sql, values).fetchall()

    def dicts(self, sql, *values):
        with self._open('ro') as c:
            c.row_factory = sqlite3.Row
            return [dict(r) for r in c.execute(sql, values)]

    def run(self, sql, *values):
        with self._open('rw') as c:
            if values:
                c.execute(sql, values)
            else:
                c.executescript(sql)
            c.commit()

    def columns(self, table):
        return [r[1] for r in self.rows(f'PRAGMA table_info("{table}")')]

    def tables(self):
        return {r[0] for r in self.rows(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')")}

    def indexes(self):
        return {r[0] for r in self.rows("SELECT name FROM sqlite_schema WHERE type = 'index'")}

    def references(self, table):
        return {(r[3], r[2]) for r in self.rows(f'PRAGMA foreign_key_list("{table}")')}

    def check(self):
        assert self.rows('PRAGMA integrity_check') == [('ok',)]
        assert self.rows('PRAGMA foreign_key_check') == []

    def shell(self, sql):
        """What the database's own shell prints."""
        return subprocess.run(['sqlite3', '-readonly', self.path, sql], capture_output=True,
                              text=True, check=True).stdout

    def shape(self):
        """The whole schema, to compare."""
        return [(n, s) for n, s in self.rows('SELECT name, sql FROM sqlite_schema ORDER BY name')
                if not n.startswith('sqlite_')]

    def bytes(self):
        """Everything that is stored."""
        found = b''
        for end in ('', '-wal'):
            if os.path.exists(self.path + end):
                with open(self.path + end, 'rb') as f:
                    found += f.read()
        return found

    @contextlib.contextmanager
    def held(self):
        """Somebody else holds it: nobody can write."""
        with self._open('rw') as c:
            c.isolation_level = None
            c.execute('BEGIN IMMEDIATE')
            yield
            c.execute('ROLLBACK')

    def _clear(self):
        for end in ('', '-wal', '-shm'):
            if os.path.exists(self.path + end):
                os.remove(self.path + end)

    def keep(self, name):
        with self._open('rw') as c:
            c.execute('PRAGMA wal_checkpoint(TRUNCATE)')
        shutil.copy(self.path, f'{self.path}.{name}')

    def put_back(self, name):
        self._clear()
        shutil.copy(f'{self.path}.{name}', self.path)


class Postgres:
    on_pg = True

    def __init__(self):
        self.server = os.environ['TENON_TEST_PG']
        self.name = None

    def _server(self, sql, *values):
        with pq.Connection(self.server) as c:
            return c.rows(sql, *values)

    def _make(self):
        if not self.name:
            self.name = 'tn_' + secrets.token_hex(6)
            self._server(f'CREATE DATABASE {self.name}')
            atexit.register(self._drop, self.name)

    def _drop(self, name):
        with contextlib.suppress(pq.Refused):      # a test that killed the server may have ended so
            self._server(f'DROP DATABASE IF EXISTS {name} WITH (FORCE)')

    def _at(self, server):
        self._make()
        return server.rsplit('/', 1)[0] + '/' + self.name

    @property
    def url(self):
        through = os.environ.get('TENON_TEST_THROUGH') == 'bouncer'
        return self._at(os.environ['TENON_TEST_BOUNCER'] if through else self.server)

    @property
    def url_args(self):
        return ['--db', self.url]

    def exists(self):
        return bool(self.name)

    def _open(self):
        return pq.Connection(self._at(self.server))

    def rows(self, sql, *values):
        with self._open() as c:
            return c.rows(sql, *values)

    def dicts(self, sql, *values):
        with self._open() as c:
            return c.dicts(sql, *values)

    def run(self, sql, *values):
        with self._open() as c:
            c.run(sql, *values)

    @contextlib.contextmanager
    def hold(self, table):
        """Nobody reads the table; what it gives says whether somebody waits for it."""
        with self._open() as c:
            c.run('BEGIN')
            c.run(f'LOCK TABLE "{table}"')
            yield lambda: self.rows('SELECT count(*) FROM pg_locks WHERE NOT granted AND '
                                    'relation = to_regclass(?)', f'"{table}"')[0][0]
            c.run('COMMIT')

    def columns(self, table):
        return [r[0] for r in self.rows(
            'SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(?) AND attnum > 0 '
            'AND NOT attisdropped ORDER BY attnum', f'"{table}"')]

    def _relations(self, kinds):
        return {r[0] for r in self.rows(
            'SELECT relname FROM pg_class WHERE relnamespace = current_schema()::regnamespace '
            'AND strpos(?, relkind::text) > 0', kinds)}

    def tables(self):
        return self._relations('rvm')

    def indexes(self):
        return self._relations('i')

    def references(self, table):
        return set(self.rows(
            'SELECT a.attname, t.relname FROM pg_constraint c JOIN pg_class t ON t.oid = c.confrelid '
            'JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] '
            "WHERE c.contype = 'f' AND c.conrelid = to_regclass(?)", f'"{table}"'))

    def check(self):
        """Foreign keys as the tables say them, with all of them looked at anew."""
        with self._open() as c:
            for table, name, on, to, column in c.rows(
                    'SELECT s.relname, c.conname, a.attname, t.relname, b.attname '
                    'FROM pg_constraint c JOIN pg_class s ON s.oid = c.conrelid '
                    'JOIN pg_class t ON t.oid = c.confrelid '
                    'JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] '
                    'JOIN pg_attribute b ON b.attrelid = c.confrelid AND b.attnum = c.confkey[1] '
                    "WHERE c.contype = 'f'"):
                left = c.rows(f'SELECT count(*) FROM "{table}" x WHERE "{on}" IS NOT NULL AND NOT '
                              f'EXISTS (SELECT 1 FROM "{to}" y WHERE y."{column}" = x."{on}")')
                assert left == [(0,)], (table, name, left)
            assert c.rows('SELECT count(*) FROM pg_constraint WHERE NOT convalidated') == [(0,)]
            assert c.rows('SELECT count(*) FROM pg_index WHERE NOT indisvalid') == [(0,)]

    def shell(self, sql):
        return subprocess.run(['psql', '-XAtc', sql, self._at(self.server)], capture_output=True,
                              text=True, check=True).stdout

    def shape(self):
        with self._open() as c:
            return c.rows(
                'SELECT table_name, column_name, data_type, collation_name, is_nullable, '
                'column_default FROM information_schema.columns WHERE table_schema = '
                'current_schema() ORDER BY table_name, column_name') + c.rows(
                'SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() '
                'ORDER BY 1') + c.rows(
                'SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint '
                'WHERE connamespace = current_schema()::regnamespace ORDER BY 1, 2') + c.rows(
                'SELECT viewname, definition FROM pg_views WHERE schemaname = current_schema() '
                'ORDER BY 1')

    def bytes(self):
        with self._open() as c:
            return '\n'.join(r[0] for t in self._relations('r')
                             for r in c.rows(f'SELECT t::text FROM "{t}" t')).encode()

    @contextlib.contextmanager
    def held(self):
        with self._open() as c:
            c.run('BEGIN')
            for table in self._relations('r'):
                c.run(f'LOCK TABLE "{table}" IN EXCLUSIVE MODE')
            yield
            c.run('ROLLBACK')

    def _copy(self, source, to):
        self._server(f'DROP DATABASE IF EXISTS {to} WITH (FORCE)')
        self._server('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ?',
                     source)
        self._server(f'CREATE DATABASE {to} TEMPLATE {source}')

    def keep(self, name):
        self._copy(self.name, f'{self.name}_{name}')
        atexit.register(self._drop, f'{self.name}_{name}')

    def put_back(self, name):
        self._copy(f'{self.name}_{name}', self.name)


def store(folder):
    return Postgres() if ON_PG else Sqlite(folder)
