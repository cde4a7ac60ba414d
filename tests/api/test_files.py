#!/usr/bin/env python3
"""Files: streamed to disk under their hash, attached by who uploaded them, shown to who may read
the record and its field, told by their bytes; what nobody holds is swept away."""
import hashlib
import http.client
import json
import os
import random
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import urllib.parse
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, TENON, main, sqlite_only, together, until  # noqa: E402

APP = '''
app: files
languages: [en, zh]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0, file: 2MB}
roles:
  rep:   {label: Rep}
  clerk: {label: Clerk}
'''
CASE = '''
form: case
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true}
  photo:  {type: image}
  paper:  {type: file, accept: [.pdf], max_size: 100KB}
  any:    {type: file}
  secret: {type: file}
  papers: {type: files}
  sign:   {type: signature}
  lines:
    type: subform
    fields:
      what: {type: text}
      scan: {type: file}
      more: {type: files}
  called: {type: formula, of: text, formula: "concat(any.name, ' ', any.size)"}
  many:   {type: formula, of: number, formula: "count(papers)"}
  owner:  {type: user, default: "=me()"}
views:
  all: {type: table, columns: [name, photo, papers]}
permissions:
  rep:   {read: own, create: true, update: own, delete: own, export: own}
  clerk: {read: all, update: all, export: all, fields: {secret: hidden, sign: masked}}
'''
MEMO = '''
form: memo
title: "{name}"
fields:
  name: {type: text}
  one:  {type: link, to: case}
  its:  {type: lookup, via: one, field: secret}
permissions:
  rep:   {read: all, create: true, update: all}
  clerk: {read: all}
'''


def _png(width=2, height=2):
    def chunk(kind, data):
        body = kind + data
        return struct.pack('>I', len(data)) + body + struct.pack('>I', zlib.crc32(body))
    rows = b''.join(b'\0' + b'\x20\x60\xc0' * min(width, 8) for _ in range(min(height, 8)))
    if width <= 8 and height <= 8:
        data = zlib.compress(rows)
    else:
        data = zlib.compress(b''.join(b'\0' + b'\x20\x60\xc0' * width for _ in range(height))) \
            if width * height < 4_000_000 else zlib.compress(b'\0')
    head = struct.pack('>IIBBBBB', width, height, 8, 2, 0, 0, 0)
    return b'\x89PNG\r\n\x1a\n' + chunk(b'IHDR', head) + chunk(b'IDAT', data) + chunk(b'IEND', b'')


PNG = _png()
PDF = b'%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n'
HTML = b'<!DOCTYPE html><html><body><script>alert(1)</script></body></html>'
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
WHERE = '/api/v1/files'
CASES = '/api/v1/forms/case/records'

_app = App({'app.yaml': APP, 'forms/case.yaml': CASE, 'forms/memo.yaml': MEMO})
for _login, _roles in (('ann', 'rep'), ('bob', 'rep'), ('cle', 'clerk'), ('adm', 'admin')):
    _app.user(_login, roles=_roles)
_ann, _bob, _cle, _adm = (_app.token(x) for x in ('ann', 'bob', 'cle', 'adm'))
_server = _app.serve()
FOLDER = _app.files.place


def _upload(data, name='a.txt', token=None, client=None, **k):
    path = WHERE + '?' + urllib.parse.urlencode({'name': name})
    return (client or _server).ask('POST', path, data, token=token or _ann,
                                   type='application/octet-stream', **k)


def _file(data, name='a.txt', token=None):
    got = _upload(data, name, token)
    assert got.status == 201, got
    return got.json


def _case(token=None, **values):
    got = _server.post(CASES, {'name': 'x', **values}, token=token or _ann)
    assert got.status == 201, got
    return got.json


def _parts(*parts, boundary='xxBOUNDxx'):
    out = b''
    for name, filename, data in parts:
        out += f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'.encode()
        if filename is not None:
            out += f'; filename="{filename}"\r\nContent-Type: text/html'.encode()
        out += b'\r\n\r\n' + (data if isinstance(data, bytes) else data.encode()) + b'\r\n'
    return out + f'--{boundary}--\r\n'.encode(), f'multipart/form-data; boundary={boundary}'


def _on_disk(data):
    name = hashlib.sha256(data).hexdigest()
    return os.path.join(FOLDER, name[:2], name[2:])


def _drafts():
    tmp = _app.files.tmp
    return os.listdir(tmp) if os.path.isdir(tmp) else []


def an_upload_is_kept_under_its_hash_and_comes_back_as_it_went():
    data = random.Random(1).randbytes(300_000)
    made = _file(data, 'data.bin')
    assert made == {'id': made['id'], 'name': 'data.bin', 'size': 300_000,
                    'type': 'application/octet-stream', 'url': f'{WHERE}/{made["id"]}'}, made
    with open(_on_disk(data), 'rb') as f:
        assert f.read() == data
    got = _server.get(made['url'], token=_ann)
    assert got.body == data
    assert got.headers['Content-Type'] == 'application/octet-stream'
    assert got.headers['Content-Disposition'].startswith('attachment; filename="data.bin"')
    assert got.headers['X-Content-Type-Options'] == 'nosniff'
    assert 'sandbox' in got.headers['Content-Security-Policy']
    again = _server.get(made['url'], token=_ann, headers={'If-None-Match': got.headers['ETag']})
    assert (again.status, again.body) == (304, b''), again
    assert not _drafts(), _drafts()


def the_same_content_is_kept_once():
    data = b'twice ' * 1000
    a, b = _file(data, 'a.txt'), _file(data, 'b.txt', _bob)
    assert a['id'] != b['id']
    assert os.path.exists(_on_disk(data))
    # Who knows a content gets a file of their own, not the other's.
    assert _server.get(a['url'], token=_bob).status == 404


def ranges_are_served():
    data = bytes(range(256)) * 10
    url = _file(data, 'r.bin')['url']
    for ask, status, want in (('bytes=0-9', 206, data[:10]), ('bytes=2550-', 206, data[2550:]),
                              ('bytes=-5', 206, data[-5:]), ('bytes=5-4', 200, data),
                              ('bytes=0-1,3-4', 200, data), ('lines=1', 200, data),
                              ('bytes=2560-', 416, b''), ('bytes=1-99999', 206, data[1:])):
        got = _server.get(url, token=_ann, headers={'Range': ask})
        assert got.status == status and got.body == want, (ask, got.status, len(got.body))
    got = _server.get(url, token=_ann, headers={'Range': 'bytes=1-2'})
    assert got.headers['Content-Range'] == 'bytes 1-2/2560'
    got = _server.get(url, token=_ann, headers={'Range': 'bytes=1-2', 'If-Range': '"other"'})
    assert got.status == 200
    assert _server.ask('HEAD', url, token=_ann).headers['Content-Length'] == '2560'


def the_type_is_what_the_bytes_say_and_the_name_fits_it():
    for data, name, type_, kept in (
            (PNG, 'a.png', 'image/png', 'a.png'), (PNG, 'scan.pdf', 'image/png', 'scan.pdf.png'),
            (HTML, 'logo.png', 'text/html', 'logo.png.html'),
            (HTML, 'x.PDF', 'text/html', 'x.PDF.html'),
            (SVG, 'pic.jpg', 'image/svg+xml', 'pic.jpg.svg'),
            (PDF, 'noname', 'application/pdf', 'noname.pdf'),
            (b'just text', 'a.png', 'text/plain', 'a.png.txt'),
            (b'just text', 'read.me', 'text/plain', 'read.me'),
            (b'just text', 'a.csv', 'text/plain', 'a.csv'),
            (b'\x7fELF\x02\x01\x01' + b'\0' * 60, 'cat.gif', None, None)):
        made = _file(data, name)
        if type_:
            assert (made['type'], made['name']) == (type_, kept), made
        else:
            assert not made['name'].endswith('.gif'), made
        head = _server.get(made['url'], token=_ann).headers
        assert head['Content-Type'] == made['type']
        inline = made['type'] in ('image/png', 'application/pdf')
        assert head['Content-Disposition'].startswith('inline' if inline else 'attachment'), head
        assert "default-src 'none'" in head['Content-Security-Policy']
        assert 'sandbox' in head['Content-Security-Policy'] or made['type'] == 'application/pdf'
    got = _server.get(_file(PNG, 'a.png')['url'] + '?download', token=_ann)
    assert got.headers['Content-Disposition'].startswith('attachment')


def a_name_is_only_a_name():
    for sent, kept in (('../../etc/passwd', 'passwd.txt'), ('..\\..\\boot.ini', 'boot.ini'),
                       ('/etc/shadow', 'shadow.txt'), ('....', 'file.txt'), ('.hidden', 'hidden.txt'),
                       ('a\u202efdp.txt', 'afdp.txt'), ('a"b;c.txt', 'a_b;c.txt'),
                       ('a<script>.txt', 'a_script_.txt'), ('报告.txt', '报告.txt'),
                       ('x' * 500 + '.txt', None), ('中' * 200 + '.txt', None)):
        made = _file(b'text', sent)
        if kept:
            assert made['name'] == kept, made
        else:
            assert len(made['name'].encode()) <= 200 and made['name'].endswith('.txt'), made
        head = _server.get(made['url'], token=_ann).headers['Content-Disposition']
        assert head.count('"') == 2 and '\n' not in head and head.isascii(), head
    assert "filename*=UTF-8''%E6%8A%A5%E5%91%8A.txt" in \
        _server.get(_file(b'text', '报告.txt')['url'], token=_ann).headers['Content-Disposition']
    # Line ends in a name: as an escape they are dropped, raw in a header the request is refused.
    made = _file(b'text', 'a\r\nSet-Cookie: x=1\r\n\r\n.txt')
    assert made['name'] == 'aSet-Cookie_ x=1.txt', made
    assert 'Set-Cookie' not in dict(_server.get(made['url'], token=_ann).headers)
    got = _server.ask('POST', WHERE, b'text', token=_ann, type='text/plain', headers={
        'Content-Disposition': "attachment; filename*=UTF-8''%E4%B8%AD%0d%0a.txt"})
    assert got.status == 201 and got.json['name'] == '中.txt', got
    assert not [f for f in os.listdir(os.path.dirname(FOLDER)) if 'passwd' in f]


def a_file_above_the_limit_is_refused_and_leaves_nothing():
    got = _upload(b'x' * (2 * 1024 * 1024 + 1))
    assert (got.status, got.code) == (413, 'too_large'), got
    body, kind = _parts(('f', 'a.txt', b'x' * (2 * 1024 * 1024 + 1)))
    got = _server.ask('POST', WHERE, body, token=_ann, type=kind)
    assert (got.status, got.code) == (413, 'too_large'), got
    body, kind = _parts(*[('f', f'{i}.txt', b'x' * 1_900_000) for i in range(12)])
    got = _server.ask('POST', WHERE, body, token=_ann, type=kind)
    assert (got.status, got.code) == (413, 'too_large'), got
    body, kind = _parts(*[('f', f'{i}.txt', b'x') for i in range(51)])
    got = _server.ask('POST', WHERE, body, token=_ann, type=kind)
    assert (got.status, got.code) == (413, 'too_large'), got
    assert not _drafts(), _drafts()
    assert _upload(b'').status == 400
    assert _upload(b'x' * 2 * 1024 * 1024).status == 201


def loose_uploads_of_one_person_are_bounded():
    app = App({'app.yaml': APP.replace('file: 2MB', 'file: 100KB'), 'forms/case.yaml': CASE,
               'forms/memo.yaml': MEMO})
    for login in ('ann', 'bob'):
        app.user(login, roles='rep')
    token, other = app.token('ann'), app.token('bob')
    with app.serve() as server:
        def send(token=token):
            return server.ask('POST', WHERE + '?name=a.txt', b'x' * 100_000, token=token, type='x/y')
        for _ in range(20):
            last = send()
            assert last.status == 201, last
        assert send().status == 429
        assert send(other).status == 201
        got = server.post(CASES, {'name': 'x', 'any': last.json['id']}, token=token)
        assert got.status == 201, got
        assert send().status == 201


def who_may_not_upload_is_turned_away_before_the_body():
    before = _app.count('_file')
    for head in ('', 'Authorization: Bearer wrong\r\n'):
        s = socket.create_connection(('127.0.0.1', _server.port), timeout=20)
        s.sendall(f'POST {WHERE} HTTP/1.1\r\nHost: x\r\n{head}Content-Length: 1000000\r\n\r\n'.encode())
        got = s.recv(4096)                  # not a byte of the body was sent
        assert got.startswith(b'HTTP/1.1 401'), got
        s.close()
    browser = _server.client().login('ann')
    browser.csrf = None
    assert _upload(b'x', client=browser, token=' ').status in (401, 403)
    got = browser.ask('POST', WHERE, b'x', type='text/plain')
    assert got.status == 403, got
    got = _server.client().login('ann').ask('POST', WHERE, b'x', type='text/plain',
                                            headers={'Origin': 'http://evil.example'})
    assert got.status == 403, got
    body, kind = _parts(('name', None, 'from elsewhere'), ('any', 'a.txt', 'x'))
    got = browser.ask('POST', '/f/case/new', body, type=kind)
    assert got.status == 403, got
    body, kind = _parts(('name', None, 'from elsewhere'), ('_csrf', None, 'x' * 43),
                        ('any', 'a.txt', 'x'))
    assert browser.ask('POST', '/f/case/new', body, type=kind).status == 403
    assert _app.count('_file') == before
    assert _app.count('case', "name = 'from elsewhere'") == 0
    assert not _drafts()


def broken_parts_are_refused():
    good, kind = _parts(('f', 'a.txt', b'data'), boundary='b')
    bad = (good[:-6], good.replace(b'name="f"', b'nome="f"'), b'', b'--b', b'--b--',
           good.replace(b'--b\r\n', b'--b\n', 1), good.replace(b'form-data', b'attachment'),
           b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Disposition: form-data; '
           b'name="b"\r\n\r\nx\r\n--b--\r\n', b'--b\r\n' + b'X-A: ' + b'y' * 9000 + b'\r\n\r\nx\r\n--b--',
           b'--b\r\nContent-Disposition: form-data; name="\xff"\r\n\r\nx\r\n--b--')
    for body in bad:
        got = _server.ask('POST', WHERE, body, token=_ann, type='multipart/form-data; boundary=b')
        assert got.status == 400, (body, got)
    for kind in ('multipart/form-data', 'multipart/form-data; boundary=',
                 'multipart/form-data; boundary="' + 'x' * 80 + '"'):
        got = _server.ask('POST', '/api/v1/forms/case/records', good, token=_ann, type=kind)
        assert got.status == 400, (kind, got)
    assert _server.alive() and not _drafts()


def several_files_come_in_one_form():
    body, kind = _parts(('f', 'a.txt', 'one'), ('f', '报告.txt', 'two'), ('other', None, 'text'))
    got = _server.ask('POST', WHERE, body, token=_ann, type=kind)
    assert got.status == 201, got
    assert [f['name'] for f in got.json['files']] == ['a.txt', '报告.txt']


def a_record_holds_files_and_shows_them():
    ids = [_file(b'%d' % i, f'{i}.txt')['id'] for i in range(3)]
    photo = _file(PNG, 'me.png')
    row = _case(photo=photo['id'], papers=ids, any={'id': ids[0]},
                lines=[{'what': 'a', 'scan': ids[1], 'more': [ids[2], ids[0]]}])
    assert row['photo'] == photo
    assert [f['name'] for f in row['papers']] == ['0.txt', '1.txt', '2.txt']
    assert row['lines'][0]['scan']['name'] == '1.txt'
    assert [f['id'] for f in row['lines'][0]['more']] == [ids[2], ids[0]]
    assert (row['called'], row['many']) == ('0.txt 1', 3)
    one = f'{CASES}/{row["id"]}'
    got = _server.patch(one, {'papers': [ids[2], ids[0]]}, token=_ann)
    assert [f['id'] for f in got.json['papers']] == [ids[2], ids[0]] and got.json['many'] == 2
    listed = _server.get(CASES + '?filter=' + urllib.parse.quote(
        f"photo != blank and any.name = '0.txt' and id = {row['id']}"), token=_ann)
    assert [r['photo']['name'] for r in listed.json['records']] == ['me.png'], listed
    got = _server.patch(one, {'photo': None, 'papers': []}, token=_ann)
    assert got.json['photo'] is None and got.json['papers'] == []
    got = _server.get(f'{one}?expand=photo', token=_ann)
    assert got.status in (200, 400), got
    view = _app.rows('SELECT "any", papers FROM case_v WHERE id = ?', row['id'])
    assert view == [('0.txt', None)], view
    csv = _server.get('/api/v1/forms/case/export.csv', token=_ann)
    assert '0.txt' in csv.text, csv
    said = _server.get(one + '/history', token=_ann).text
    assert 'me.png' in said and '2.txt' in said, said


def a_field_takes_only_what_it_accepts():
    for field, data, name, code in (
            ('paper', PNG, 'a.pdf', 'wrong_type'), ('paper', HTML, 'a.pdf', 'wrong_type'),
            ('paper', PDF + b' ' * 200_000, 'a.pdf', 'too_large'), ('photo', SVG, 'a.png', 'wrong_type'),
            ('photo', PDF, 'a.png', 'wrong_type'), ('sign', SVG, 'a.svg', 'wrong_type')):
        made = _file(data, name)
        got = _server.post(CASES, {'name': 'x', field: made['id']}, token=_ann)
        assert got.status == 422 and got.fields == {field: code}, (field, name, got)
    row = _case(paper=_file(PDF, 'a.pdf')['id'])
    assert row['paper']['name'] == 'a.pdf'
    for value in ('a.pdf', 'x', -1, 0, 1.5, [1], {'id': 'a'}, {'name': 'a.pdf'}, 10 ** 30, True,
                  {'by': {'name': 'a.pdf'}}, {'by': {'id': 1}}):
        got = _server.post(CASES, {'name': 'x', 'any': value}, token=_ann)
        assert got.status in (400, 422, 201), (value, got)
        assert got.status != 201 or got.json['any'] is None, (value, got)


def nobody_attaches_what_another_uploaded():
    """The attack: guess an id, put it into one's own record, read it there."""
    made = _file(b'top secret', 's.txt')
    for field, value in (('any', made['id']), ('papers', [made['id']]),
                         ('lines', [{'scan': made['id']}]), ('lines', [{'more': [made['id']]}])):
        got = _server.post(CASES, {'name': 'thief', field: value}, token=_bob)
        assert got.status == 422 and 'unknown_file' in got.text, got
        assert 's.txt' not in got.text
    mine = _case(any=made['id'])
    theirs = _case(token=_bob)
    for who in (_bob, _cle, _adm):
        got = _server.patch(f'{CASES}/{theirs["id"]}', {'any': made['id']}, token=who)
        assert got.status == 422, got
    # A file of another's record stays when the whole record is sent back; it goes nowhere else.
    whole = _server.get(f'{CASES}/{mine["id"]}', token=_cle).json
    got = _server.patch(f'{CASES}/{mine["id"]}', {'any': whole['any'], 'name': 'y'}, token=_cle)
    assert got.status == 200, got
    got = _server.patch(f'{CASES}/{mine["id"]}', {'papers': [made['id']]}, token=_cle)
    assert got.status == 422, got


def a_hidden_file_does_not_move_into_a_shown_field():
    made = _file(b'hidden paper', 'h.txt')
    row = _case(secret=made['id'])
    got = _server.patch(f'{CASES}/{row["id"]}', {'any': made['id']}, token=_cle)
    assert got.status == 422, got
    assert _server.get(made['url'], token=_cle).status == 404
    got = _server.post('/api/v1/forms/memo/records', {'name': 'm', 'one': row['id']}, token=_ann)
    assert got.status == 201 and got.json['its']['name'] == 'h.txt', got
    shown = _server.get(f'/api/v1/forms/memo/records/{got.json["id"]}', token=_cle)
    assert 'h.txt' not in shown.text, shown
    assert _server.get(made['url'], token=_cle).status == 404


def the_record_and_its_field_decide_who_sees_a_file():
    open_, hidden, masked = (_file(t.encode(), t + '.txt') for t in ('open', 'hidden', 'other'))
    sign = _file(PNG, 'signed.png')
    row = _case(any=open_['id'], secret=hidden['id'], sign=sign['id'], papers=[masked['id']])
    for url, who, status in ((open_, _ann, 200), (open_, _cle, 200), (open_, _bob, 404),
                             (hidden, _cle, 404), (hidden, _ann, 200), (hidden, _adm, 200),
                             (sign, _cle, 404), (masked, _cle, 200), (open_, None, 401)):
        got = _server.get(url['url'], token=who)
        assert got.status == status, (url, got)
    shown = _server.get(f'{CASES}/{row["id"]}', token=_cle).json
    assert 'secret' not in shown and isinstance(shown['sign'], str), shown
    assert 'signed' not in shown['sign'], shown
    # What is not there and what one may not see look the same.
    a, b = (_server.get(u, token=_bob) for u in (open_['url'], WHERE + '/999999'))
    a, b = ({k: v for k, v in x.json.items() if k != 'request'} for x in (a, b))
    assert a == b, (a, b)
    for path in ('/x', '/-1', '/1e3', '/%2e%2e', '/0', '/1%00', '/99999999999999999999'):
        assert _server.get(WHERE + path, token=_ann).status in (400, 404), path
    assert _server.get(open_['url'] + '?who=1', token=_ann).status == 400
    # Handed over, the record takes the file along.
    bob = _server.get('/api/v1/me', token=_bob).json
    uid = bob.get('id') or bob['user']['id']
    got = _server.patch(f'{CASES}/{row["id"]}', {'owner': uid}, token=_ann)
    assert got.status in (200, 201), got
    assert _server.get(open_['url'], token=_bob).status == 200
    assert _server.get(open_['url'], token=_ann).status == 404


def a_replaced_file_stays_for_history_and_can_come_back():
    old, new = _file(b'old', 'old.txt'), _file(b'new', 'new.txt')
    row = _case(any=old['id'])
    one = f'{CASES}/{row["id"]}'
    assert _server.patch(one, {'any': new['id']}, token=_ann).status == 200
    assert _server.get(old['url'], token=_cle).body == b'old'
    got = _server.patch(one, {'any': old['id']}, token=_cle)
    assert got.status == 200 and got.json['any']['name'] == 'old.txt', got
    assert _server.delete(one, token=_ann).status in (200, 204)
    assert _server.get(old['url'], token=_ann).status == 404
    assert _server.post(one + '/restore', token=_ann).status == 200
    assert _server.get(old['url'], token=_ann).body == b'old'


def rules_see_name_size_and_type_and_change_no_file():
    app = App({'app.yaml': APP, 'forms/case.yaml': CASE, 'forms/memo.yaml': MEMO, 'plugins/look.lua': '''
on("case.before_create", function(c)
  if c.name == "look" then
    c.name = table.concat({c.any.name, c.any.size, c.any.type, c.any.id, #c.papers, c.papers[1].name}, "|")
    c.secret = c.any
  elseif c.name == "change" then
    local ok = pcall(update, c.any, {name = "other.txt"})
    local gone = pcall(delete, c.any)
    local hash = pcall(function() return c.any.hash end)
    c.name = tostring(ok) .. tostring(gone) .. tostring(hash)
  end
end)
'''})
    app.user('ann', roles='rep')
    token = app.token('ann')
    with app.serve() as server:
        made = server.ask('POST', WHERE + '?name=a.txt', b'text', token=token, type='x/y').json
        def case(name):
            got = server.post(CASES, {'name': name, 'any': made['id'], 'papers': [made['id']]}, token=token)
            assert got.status == 201, got
            return got.json
        row = case('look')
        assert row['name'] == f'a.txt|4|text/plain|{made["id"]}|1|a.txt', row
        assert row['secret']['name'] == 'a.txt', row
        assert case('change')['name'] == 'falsefalsefalse'
    assert app.rows('SELECT name, version, deleted_at FROM _file') == [('a.txt', 1, None)]


def files_are_no_form_one_could_ask_for():
    for path in ('/api/v1/forms/_file/records', '/api/v1/forms/file/records', '/f/_file',
                 '/api/v1/forms/_file/aggregate?of=count()', '/bin/_file'):
        assert _server.get(path, token=_adm).status in (404, 401), path
    got = _server.get('/api/v1/forms/case/options?field=any', token=_ann)
    assert got.status in (400, 422) or got.json.get('options', got.json.get('records', [])) == [], got
    assert '.txt' not in got.text, got
    for text in ("count_of(_file, true) > 0", "exists(file, size > 0)", "lookup(_file, name, true) = 'x'"):
        got = _server.get(CASES + '?filter=' + urllib.parse.quote(text), token=_ann)
        assert got.status in (400, 422), (text, got)


def a_form_without_script_sends_files():
    browser = _server.client().login('ann')
    page = browser.get('/f/case/new', headers={'Accept': 'text/html'})
    assert 'enctype="multipart/form-data"' in page.text, page
    body, kind = _parts(('_csrf', None, browser.csrf), ('name', None, 'by form'),
                        ('photo', None, ''), ('photo', 'me.png', PNG), ('any', '', b''),
                        ('papers[]', None, ''), ('papers[]', 'a.txt', 'one'),
                        ('papers[]', 'b.txt', 'two'), ('lines.0.what', None, 'row'),
                        ('lines.0.scan', 'scan.pdf', PDF), ('lines.0.more[]', 'c.txt', 'three'))
    got = browser.ask('POST', '/f/case/new', body, type=kind)
    assert got.status == 303, got
    row = _app.rows("SELECT c.id, p.name, c.\"any\" FROM \"case\" c JOIN _file p ON p.id = c.photo "
                    "WHERE c.name = 'by form'")
    assert row and row[0][1:] == ('me.png', None), row
    id_ = row[0][0]
    full = _server.get(f'{CASES}/{id_}', token=_ann).json
    assert [f['name'] for f in full['papers']] == ['a.txt', 'b.txt'], full
    assert full['lines'][0]['scan']['name'] == 'scan.pdf', full
    assert [f['name'] for f in full['lines'][0]['more']] == ['c.txt'], full
    # One goes, one comes; the photo is taken away by its box.
    keep = full['papers'][1]['id']
    body, kind = _parts(('_csrf', None, browser.csrf), ('name', None, 'by form'),
                        ('photo', None, str(full['photo']['id'])), ('photo', None, ''),
                        ('papers[]', None, ''), ('papers[]', None, str(keep)),
                        ('papers[]', 'd.txt', 'four'))
    got = browser.ask('POST', f'/f/case/{id_}/edit', body, type=kind)
    assert got.status == 303, got
    full = _server.get(f'{CASES}/{id_}', token=_ann).json
    assert full['photo'] is None
    assert [f['name'] for f in full['papers']] == ['b.txt', 'd.txt'], full


def a_refused_form_keeps_the_files_that_came():
    browser = _server.client().login('ann')
    body, kind = _parts(('_csrf', None, browser.csrf), ('name', None, ''),
                        ('any', 'kept.txt', 'text'), ('papers[]', 'list.txt', 'text'))
    got = browser.ask('POST', '/f/case/new', body, type=kind, headers={'Accept': 'text/html'})
    assert got.status == 422 and 'kept.txt' in got.text and 'list.txt' in got.text, got
    body, kind = _parts(('_csrf', None, browser.csrf), ('name', None, 'x'), ('photo', 'a.png', HTML))
    got = browser.ask('POST', '/f/case/new', body, type=kind, headers={'Accept': 'text/html'})
    assert got.status == 422 and 'text/html' in got.text, got


def pages_show_files_by_name_and_never_run_them():
    made = _file(HTML, '<img src=x onerror=alert(1)>.html')
    row = _case(any=made['id'], photo=_file(PNG, 'p.png')['id'])
    page = _server.client().login('ann').get(f'/f/case/{row["id"]}', headers={'Accept': 'text/html'})
    assert '<img src=x' not in page.text and f'{WHERE}/{made["id"]}' in page.text, page


def thirty_two_people_upload_at_once():
    same = b'the same for all ' * 5000

    def one(i):
        client = _server.client(_ann if i % 2 else _bob)
        got = [_upload(d, f'{i}.bin', client=client, token=client.token)
               for d in (same, random.Random(i).randbytes(50_000))]
        client.close()
        return [g.json['id'] if g.status == 201 else g for g in got]
    ids = [i for pair in together(32, one) for i in pair]
    assert len(set(ids)) == 64, ids
    assert not _drafts()
    assert _server.get(f'{WHERE}/{ids[1]}', token=_bob).body == random.Random(0).randbytes(50_000)


def a_slow_upload_is_cut_off_and_leaves_nothing():
    s = socket.create_connection(('127.0.0.1', _server.port), timeout=30)
    s.sendall(f'POST {WHERE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_ann}\r\n'
              f'Content-Length: 1000000\r\n\r\n'.encode() + b'x' * 1000)
    got, end = b'', time.monotonic() + 28
    s.settimeout(0.2)
    while time.monotonic() < end:
        try:
            s.sendall(b'y')
            got += s.recv(4096)
            break
        except socket.timeout:
            continue
        except OSError:
            break
    assert got == b'' or b' 408 ' in got, got
    assert until(lambda: not _drafts()), _drafts()


def a_client_that_vanishes_leaves_nothing():
    s = socket.create_connection(('127.0.0.1', _server.port), timeout=30)
    s.sendall(f'POST {WHERE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {_ann}\r\n'
              f'Content-Length: 1000000\r\n\r\n'.encode() + b'x' * 500_000)
    assert until(_drafts)
    s.close()
    assert until(lambda: not _drafts()), _drafts()


def pictures_have_thumbnails():
    big = _file(_png(1200, 900), 'big.png')
    got = _server.get(big['url'] + '?thumbnail=1', token=_ann)
    assert got.status == 200, got
    if shutil.which('vipsthumbnail'):
        assert got.headers['Content-Type'] == 'image/webp' and got.body[8:12] == b'WEBP', got
        again = _server.get(big['url'] + '?thumbnail=1', token=_ann)
        assert again.body == got.body
    assert _server.get(big['url'] + '?thumbnail=1', token=_bob).status == 404
    assert _server.get(big['url'], token=_ann).headers['Content-Type'] == 'image/png'


def a_picture_that_claims_to_be_huge_is_not_decoded():
    for data in (_png(60_000, 60_000), PNG[:40], b'\xff\xd8\xff\xe0' + b'\0' * 50,
                 b'GIF89a\xff\xff\xff\xff' + b'\0' * 20):
        made = _file(data, 'bomb.png')
        got = _server.get(made['url'] + '?thumbnail=1', token=_ann)
        assert got.status == 200 and got.body == data, got
    assert _server.alive()
    assert not _drafts() and not [p for p in os.listdir(FOLDER) if p.endswith('.webp')]


@sqlite_only('where pg_dump makes copies')
def a_backup_holds_the_files_and_serves_them():
    made = _file(b'for the backup', 'b.txt')
    row = _case(any=made['id'])
    to = os.path.join(_app.place, 'copy.db')
    said = _app.cli('backup', to)
    assert 'copy.files' in said.text, said.text
    copy = App(copy=_app.dir)
    os.mkdir(os.path.join(copy.dir, 'data'))
    shutil.copy(to, copy.store.path)
    shutil.copytree(os.path.join(_app.place, 'copy.files'), copy.files.place)
    with copy.serve() as server:
        assert server.get(made['url'], token=_ann).body == b'for the backup'
        assert server.get(f'{CASES}/{row["id"]}', token=_ann).json['any']['name'] == 'b.txt'


def what_nobody_holds_is_swept_after_a_day():
    app = App({'app.yaml': APP, 'forms/case.yaml': CASE, 'forms/memo.yaml': MEMO})
    app.user('ann', roles='rep')
    token = app.token('ann')
    with app.serve() as server:
        def send(data):
            return server.ask('POST', WHERE + '?name=a.txt', data, token=token, type='x/y').json
        loose, held, binned, replaced = (send(t) for t in (b'loose', b'held', b'binned', b'replaced'))
        rows = [server.post(CASES, {'name': 'x', 'any': f['id']}, token=token).json
                for f in (held, binned, replaced)]
        server.delete(f'{CASES}/{rows[1]["id"]}', token=token)
        server.patch(f'{CASES}/{rows[2]["id"]}', {'any': None}, token=token)
    folder = app.files.place

    def there(data):
        name = hashlib.sha256(data).hexdigest()
        return os.path.exists(os.path.join(folder, name[:2], name[2:]))
    os.makedirs(os.path.join(folder, 'ab'), exist_ok=True)
    with open(os.path.join(folder, 'ab', 'c' * 62), 'w') as f:
        f.write('named by nothing')
    with open(os.path.join(app.files.tmp, 'half'), 'w') as f:
        f.write('a draft of a process that died')

    def stands_at(hours):
        at = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + hours * 3600))
        app.cli('tick', '--now', at)
    stands_at(20)
    assert there(b'loose') and os.path.exists(os.path.join(folder, 'ab', 'c' * 62))
    assert os.path.exists(os.path.join(app.files.tmp, 'half'))
    stands_at(26)
    assert not there(b'loose') and not os.path.exists(os.path.join(folder, 'ab', 'c' * 62))
    assert not os.path.exists(os.path.join(app.files.tmp, 'half'))
    assert there(b'held') and there(b'binned') and there(b'replaced')
    names = {r[0] for r in app.rows('SELECT id FROM _file')}
    assert names == {f['id'] for f in (held, binned, replaced)}, names
    with app.serve() as server:
        assert server.get(held['url'], token=token).body == b'held'
        assert server.get(loose['url'], token=token).status == 404


def a_kill_in_the_middle_leaves_no_half_file_under_its_name():
    app = App({'app.yaml': APP, 'forms/case.yaml': CASE, 'forms/memo.yaml': MEMO})
    app.user('ann', roles='rep')
    token = app.token('ann')
    folder = app.files.place
    answered = {}
    chance = random.Random(7)
    for round_ in range(4):
        server = app.serve()

        def work(i):
            client = server.client(token)
            for k in range(1000):
                data = random.Random(f'{round_} {i} {k}').randbytes(200_000)
                try:
                    got = client.ask('POST', WHERE + '?name=a.bin', data, type='x/y')
                except (OSError, http.client.HTTPException):
                    return
                if got.status == 201:
                    answered[got.json['id']] = hashlib.sha256(data).hexdigest()
        threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
        for t in threads:
            t.start()
        time.sleep(0.3 + chance.random())
        server.kill()
        for t in threads:
            t.join()
    for place, _, names in os.walk(folder):
        part = os.path.basename(place)
        for name in names if len(part) == 2 else []:
            with open(os.path.join(place, name), 'rb') as f:
                assert hashlib.sha256(f.read()).hexdigest() == part + name, name
    rows = dict(app.rows('SELECT id, hash FROM _file'))
    assert answered, 'nothing was uploaded'
    for id_, sum_ in answered.items():
        assert rows.get(id_) == sum_, id_
    for sum_ in rows.values():
        assert os.path.exists(os.path.join(folder, sum_[:2], sum_[2:])), sum_


if __name__ == '__main__':
    main(globals())
