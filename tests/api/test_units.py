#!/usr/bin/env python3
"""on: sqlite, which is what the unit of the page runs.

The units, alert rules and figures of docs/operation.md against systemd's own checker and the
running program. The fence of the unit is tried by what the program really does: its system calls,
the files it opens for writing, memory that is written and run."""
import os
import re
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from deployment import texts  # noqa: E402
from exposition import read  # noqa: E402
from harness import ROOT, TENON, App, main, until  # noqa: E402

_UNITS = 'tenon.service', 'tenon@.service'
_ANALYZE = shutil.which('systemd-analyze')


def _lines(unit):
    return [line for line in texts(unit).splitlines() if line and not line.startswith('#')]


def _values(unit, key):
    return [line.split('=', 1)[1] for line in _lines(unit) if line.startswith(key + '=')]


def _placed(unit):
    """The unit with programs and folders that are here, in a folder of its own."""
    app = App()
    text = texts(unit).replace('/usr/local/bin/tenon', os.path.abspath(TENON))
    for key in ('User', 'Group'):
        text = re.sub(f'^{key}=.*\n', '', text, flags=re.M)
    app.write(unit, text)
    return os.path.join(app.dir, unit)


def both_units_are_the_same_but_for_what_they_run():
    one, many = (_lines(u) for u in _UNITS)
    assert len(one) == len(many)
    differ = [(a, b) for a, b in zip(one, many) if a != b]
    assert [a.split('=')[0] for a, _ in differ] == ['Description', 'ExecStart'], differ


def systemd_finds_nothing_wrong_with_them():
    if not _ANALYZE:
        return
    for unit in _UNITS:
        path = _placed(unit).replace('@.service', '@8080.service')
        if '@' in unit:
            os.rename(path.replace('@8080', '@'), path)
        done = subprocess.run([_ANALYZE, 'verify', '--man=no', path], capture_output=True, text=True)
        said = [line for line in done.stderr.splitlines() if os.path.dirname(path) in line
                or unit.split('.')[0] in line]
        assert done.returncode == 0 and not said, done.stderr


def systemd_calls_the_fence_ok():
    if not _ANALYZE:
        return
    done = subprocess.run([_ANALYZE, 'security', '--offline=true', '--threshold=20', '--no-pager',
                           _placed('tenon.service')], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr


def what_the_units_run_is_what_the_program_takes():
    known = re.findall(r'--[\w-]+', subprocess.run([TENON, 'debug', 'docs', 'verbs'],
                                                   capture_output=True, text=True).stdout)
    for unit in _UNITS:
        start, = _values(unit, 'ExecStart')
        assert start.split()[:3] == ['/usr/local/bin/tenon', 'serve', '/srv/crm'], start
        for option in re.findall(r'--[\w-]+', start):
            assert option in known, start
        for name in re.findall(r'\$\{(\w+)\}', start):
            assert f'`{name}=' in open(os.path.join(ROOT, 'docs', 'operation.md')).read(), name


def _allowed(filters):
    """The calls that the lists of SystemCallFilter let through."""
    def members(group):
        text = subprocess.run([_ANALYZE, 'syscall-filter', '--no-pager', group],
                              capture_output=True, text=True, check=True).stdout
        found = set()
        for word in re.findall(r'^ +([@\w-]+)', text, re.M):
            found |= members(word) if word.startswith('@') else {word}
        return found
    calls = set()
    for each in filters:
        for word in each.lstrip('~').split():
            group = members(word) if word.startswith('@') else {word}
            calls = calls - group if each.startswith('~') else calls | group
    return calls


_FILES = {
    'app.yaml': 'app: notes\nroles: {writer: {label: Writer}}\n',
    'forms/note.yaml': '''form: note
title: "{name}"
fields:
  name: {type: text, pattern: "^[a-z ]+$"}
  picture: {type: image}
permissions:
  writer: {create: true, read: all, update: all}
''',
    'plugins/p.lua': 'on("note.before_create", function(note) note.name = note.name .. " x" end)\n',
}


def _picture(width, height):
    """A PNG of one colour."""
    import struct
    import zlib

    def chunk(kind, data):
        return struct.pack('>I', len(data)) + kind + data \
            + struct.pack('>I', zlib.crc32(kind + data))
    rows = (b'\0' + b'\x20\x60\xa0' * width) * height
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0,
                                                            0)) \
        + chunk(b'IDAT', zlib.compress(rows)) + chunk(b'IEND', b'')


def _work(server, token):
    """Something of all it does."""
    made = server.post('/api/v1/forms/note/records', {'name': 'a note'}, token=token)
    assert made.status == 201, made
    sent = server.ask('POST', '/api/v1/files?name=a.png', _picture(900, 700), token=token,
                      type='image/png')
    assert sent.status == 201, sent
    url = sent.json['url'] + '?thumbnail=1'
    thumbnail = server.get(url, token=token)
    assert thumbnail.status in (200, 404), thumbnail
    assert server.client().login('ann').get('/f/note').status == 200
    assert server.get('/metrics').status == 200
    server.process.send_signal(signal.SIGHUP)
    assert server.get('/readyz').status == 200
    return thumbnail


def the_fence_holds_nothing_that_it_does():
    if not (_ANALYZE and shutil.which('strace')):
        return
    app = App(_FILES)
    app.user('ann', roles='writer')
    token = app.token('ann')
    with app.serve() as server:
        wanted = _work(server, token)
    trace = os.path.join(app.place, 'trace')
    app.write('../fenced', '#!/usr/bin/env python3\nimport ctypes, os, sys\n'
              'prctl = ctypes.CDLL(None).prctl\n'
              'prctl(38, 1, 0, 0, 0)                  # PR_SET_NO_NEW_PRIVS\n'
              'prctl(65, 1, 0, 0, 0)                  # PR_SET_MDWE: no memory both written and run\n'
              f'os.execvp("strace", ["strace", "-D", "-f", "-qq", "-o", "{trace}", '
              f'"{os.path.abspath(TENON)}", *sys.argv[1:]])\n')
    app.program = os.path.join(app.place, 'fenced')
    os.chmod(app.program, 0o755)
    with app.serve() as server:
        got = _work(server, token)
    assert (got.status, got.headers['Content-Type']) \
        == (wanted.status, wanted.headers['Content-Type']), (wanted, got)
    assert until(lambda: 'exit_group(0' in open(trace, encoding='utf-8', errors='replace').read())
    with open(trace, encoding='utf-8', errors='replace') as f:
        text = f.read()
    _check_calls(text)
    _check_files(text, app)


def _check_calls(text):
    used = set(re.findall(r'^\d+ +(\w+)\(', text, re.M))
    assert len(used) > 30 and 'accept' in used, used
    if os.geteuid() == 0:
        used.discard('fchown')                 # root's SQLite keeps the owner of its files
    refused = used - _allowed(_values('tenon.service', 'SystemCallFilter'))
    assert not refused, f'SystemCallFilter refuses {refused}'
    families = set(re.findall(r'\bsocket\((AF_\w+)', text))
    allowed = set(_values('tenon.service', 'RestrictAddressFamilies')[0].split())
    assert families <= allowed, families - allowed


def _check_files(text, app):
    """Everything that is written lies in the app, the state or /tmp."""
    opened = re.findall(r'\bopen(?:at)?\((?:AT_FDCWD, )?"([^"]+)", (\S+?)(?:,|\))', text)
    assert opened
    written = {path for path, flags in opened if re.search('O_WRONLY|O_RDWR|O_CREAT', flags)}
    outside = {p for p in written if p.startswith('/') and not p.startswith(
        (app.place, '/tmp/', '/dev/null', '/proc/self/'))}
    assert not outside, f'ProtectSystem=strict refuses {outside}'
    assert any(p.endswith('tenon.db') for p in written), written


def _names(text):
    return set(re.findall(r'\b(?:tenon|process)_[a-z_]+', text))


def _known(families):
    names = set(families)
    for name, family in families.items():
        if family.type == 'histogram':
            names |= {name + s for s in ('_bucket', '_sum', '_count')}
    return names


def alerts_and_the_table_of_figures_name_figures_that_are_there():
    app = App({**_FILES})
    app.user('ann', roles='writer')
    token = app.token('ann')
    with app.serve() as server:
        _work(server, token)
        families = read(server.get('/metrics').text)
    known = _known(families)
    alerts = texts('tenon-alerts.yaml')
    assert len(re.findall('- alert: ', alerts)) == len(re.findall('expr: ', alerts)) > 8
    with open(os.path.join(ROOT, 'docs', 'operation.md'), encoding='utf-8') as f:
        page = f.read()
    for name in _names(alerts) | (_names(page) - {'process_'}):
        assert name in known, f'there is no figure {name}'
    told = _names(page)
    for name in families:
        assert name in told or name.startswith('process_'), f'docs/operation.md lacks {name}'


if __name__ == '__main__':
    main(globals())
