"""pq — a small client of PostgreSQL over libpq, for tests that look into a database from outside.

    with Connection(url) as c:
        c.rows('SELECT name FROM note WHERE id = ?', 1)      → [('x',)]
        c.run('DELETE FROM note')                            also several statements, no values

Values come as SQLite has the same column, so that one expectation holds for both: boolean as 0
and 1, date and time as ISO texts, a time stamp as UTC with Z, numeric as the integer of its last
digit (12.50 is 1250).
"""
import ctypes
import ctypes.util
import re
import threading

_lib = None
_loading = threading.Lock()


def _libpq():
    global _lib
    with _loading:
        if not _lib:
            lib = ctypes.CDLL(ctypes.util.find_library('pq') or 'libpq.so.5')
            text, handle, number = ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int
            for name, result, *args in (
                    ('PQconnectdb', handle, text), ('PQfinish', None, handle),
                    ('PQstatus', number, handle), ('PQerrorMessage', text, handle),
                    ('PQexec', handle, handle, text), ('PQclear', None, handle),
                    ('PQexecParams', handle, handle, text, number, handle,
                     ctypes.POINTER(text), handle, handle, number),
                    ('PQresultStatus', number, handle), ('PQresultErrorMessage', text, handle),
                    ('PQntuples', number, handle), ('PQnfields', number, handle),
                    ('PQftype', ctypes.c_uint, handle, number), ('PQfname', text, handle, number),
                    ('PQgetisnull', number, handle, number, number),
                    ('PQgetvalue', text, handle, number, number),
                    ('PQcmdTuples', text, handle)):
                f = getattr(lib, name)
                f.restype, f.argtypes = result, args
            _lib = lib
    return _lib


def _stamp(text):
    """2026-03-02 01:00:00.5+00 → 2026-03-02T01:00:00.5Z"""
    return text.replace(' ', 'T').removesuffix('+00') + 'Z'


def _time(text):
    return text.removesuffix(':00') if text.count(':') == 2 else text


_TYPES = {16: lambda t: int(t == 't'), 20: int, 21: int, 23: int, 26: int, 700: float, 701: float,
          1083: _time, 1184: _stamp,
          1700: lambda t: float(t) if t in ('NaN', 'Infinity', '-Infinity')
          else int(t.replace('.', ''))}


class Refused(Exception):
    """What the server said."""


class Connection:
    def __init__(self, url):
        self.pq, self.handle = _libpq(), None
        self.handle = self.pq.PQconnectdb(url.encode())
        if self.pq.PQstatus(self.handle):
            said = self.pq.PQerrorMessage(self.handle).decode('utf-8', 'replace')
            self.close()
            raise Refused(said)
        self.run("SET TimeZone = 'UTC'; SET DateStyle = 'ISO'; SET client_min_messages = error")

    def close(self):
        if self.handle:
            self.pq.PQfinish(self.handle)
        self.handle = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def _take(self, result):
        """(rows, how many rows a statement changed, names of columns)"""
        try:
            if self.pq.PQresultStatus(result) not in (1, 2):
                raise Refused(self.pq.PQresultErrorMessage(result).decode('utf-8', 'replace')
                              or self.pq.PQerrorMessage(self.handle).decode('utf-8', 'replace'))
            columns = range(self.pq.PQnfields(result))
            read = [_TYPES.get(self.pq.PQftype(result, i), str) for i in columns]
            rows = [tuple(None if self.pq.PQgetisnull(result, r, i)
                          else read[i](self.pq.PQgetvalue(result, r, i).decode())
                          for i in columns)
                    for r in range(self.pq.PQntuples(result))]
            return (rows, int(self.pq.PQcmdTuples(result) or 0),
                    [self.pq.PQfname(result, i).decode() for i in columns])
        finally:
            self.pq.PQclear(result)

    def _ask(self, sql, values):
        numbers = iter(range(1, len(values) + 1))
        sql = re.sub(r"'(?:[^']|'')*'|\?", lambda m: f'${next(numbers)}' if m[0] == '?' else m[0],
                     sql)
        if not values:
            return self._take(self.pq.PQexec(self.handle, sql.encode()))
        texts = [None if v is None else str(int(v) if isinstance(v, bool) else v).encode()
                 for v in values]
        return self._take(self.pq.PQexecParams(
            self.handle, sql.encode(), len(texts), None, (ctypes.c_char_p * len(texts))(*texts),
            None, None, 0))

    def rows(self, sql, *values):
        return self._ask(sql, values)[0]

    def dicts(self, sql, *values):
        rows, _, names = self._ask(sql, values)
        return [dict(zip(names, r)) for r in rows]

    def run(self, sql, *values):
        """How many rows it changed."""
        return self._ask(sql, values)[1]
