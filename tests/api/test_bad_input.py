#!/usr/bin/env python3
"""Bad input of every kind: a clear error with place and advice, nothing half-written, and the
next request is served."""
import json
import os
import socket
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, query, together  # noqa: E402

APP = '''app: strict
languages: [en, zh]
time_zone: Asia/Shanghai
country: CN
limits: {api: 0, logins: 0, body: 1MB, page: 100}
roles:
  clerk: {label: Clerk}
  reader: {label: Reader}
'''
PLACE = '''form: place
title: "{name}"
fields:
  name:  {type: text, required: true, unique: true}
  notes: {type: rollup, from: note, via: place, do: "count()"}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
NOTE = '''form: note
title: "{name}"
fields:
  name:   {type: text, required: true, max: 100, search: true}
  story:  {type: longtext}
  amount: {type: number, decimals: 2}
  whole:  {type: number}
  price:  {type: money}
  done:   {type: boolean}
  day:    {type: date}
  moment: {type: datetime}
  kind:   {type: choice, options: [red, green]}
  tags:   {type: choices, options: [a, b, c]}
  mail:   {type: email}
  phone:  {type: phone}
  site:   {type: url}
  who:    {type: user}
  team:   {type: department}
  place:  {type: link, to: place, on_delete: clear}
  twice:  {type: formula, of: number, formula: "whole * 2"}
  number: {type: serial, pattern: "N-{seq:4}"}
  rows:
    type: subform
    max_rows: 3
    fields:
      what:  {type: text, required: true}
      count: {type: number, min: 1}
permissions:
  clerk: {read: all, create: true, update: all, delete: all, batch: all, export: all}
  reader: {read: all}
'''

app = App({'app.yaml': APP, 'forms/place.yaml': PLACE, 'forms/note.yaml': NOTE})
app.user('ann', roles='clerk')
app.user('ron', roles='reader')
server = app.serve()
ann = server.client(app.token('ann'))
NOTES = '/api/v1/forms/note/records'
JSON = {'Content-Type': 'application/json'}
BASE = {}


def _state():
    return [app.rows(f'SELECT * FROM {t}') for t in ('note', 'place', 'note__rows', 'note__tags',
                                                     '_history', '_serial')]


def _refused(send, *status, code=None, field=None, said=None):
    """Refused with one of these, nothing written, and served on."""
    before = _state()
    answer = send() if callable(send) else send
    assert answer.status in status, answer
    assert answer.headers['Content-Type'].startswith('application/problem+json'), answer.headers
    problem = answer.json
    assert problem['status'] == answer.status and problem['title'] and problem['code'], answer
    if code:
        assert problem['code'] == code, answer
    if field:
        assert field in (problem.get('fields') or {}), (field, answer)
    if said:
        assert said in answer.text, (said, answer)
    for word in ('SELECT', 'sqlite', 'engine/', '.c:', 'Traceback'):
        assert word not in answer.text, answer
    assert _state() == before, f'something was written: {answer}'
    assert ann.get('/api/v1/me').status == 200 and server.alive()
    return answer


def _post(body, **k):
    return lambda: ann.post(NOTES, body, **k)


def _raw(text, type='application/json', path=NOTES, method='POST'):
    body = text if isinstance(text, bytes) else text.encode('utf-8')
    return lambda: ann.ask(method, path, body, type=type)


def wrong_types_are_issues_on_their_fields():
    wrong = {
        'name': [{'a': 1}, ['x']], 'amount': ['many', True, {}, [1], '1,2,3', '0x10'],
        'whole': ['NaN', 'one', {}], 'price': ['¥¥', {}], 'done': ['maybe', 7, []],
        'day': ['2026-02-30', '02.03.2026', 20260302, '2026-13-01', ''' 2026-3-2T''', {}],
        'moment': ['yesterday', 'T10:00', 99, '2026-03-02T25:00:00Z'],
        'kind': ['blue', 1, ['red'], {}], 'tags': ['z', [1], [{'a': 1}], ['a', 'zz'], {}],
        'mail': ['nobody', 'a@', '@b.c', 5, 'a b@c.de'], 'phone': ['no', {}, '<script>'],
        'site': ['javascript:alert(1)', 'data:text/html,x', {}],
        'who': ['nobody', 4711, {'id': 0}, {'id': 'x'}, -1, [1], True, {'by': {'name': 'x'}}],
        'team': [99, 'none'], 'place': [1, 99, {'id': 5}, 'nowhere', {'by': {'name': 'nowhere'}}],
        'rows': [{}, 'x', [5], [{'what': {}}], [{'count': 1}], [{'what': 'x', 'count': 0}],
                 [{'id': 99, 'what': 'x'}], [{'what': 'x', 'huh': 1}], [{'what': 'x'}] * 4],
        'number': ['N-9999'], 'twice': [4], 'id': [7], 'version': [3], 'created_at': ['2020-01-01'],
        'deleted_at': ['2020-01-01T00:00:00Z'], 'created_by': [1],
    }
    bad = []
    for field, values in wrong.items():
        for value in values:
            try:
                answer = _refused(_post({'name': 'x', field: value}), 422, 403, code=None)
                if answer.status == 422:
                    named = answer.json['fields']
                    assert any(n.split('.')[0] == field for n in named), (field, value, answer)
                    assert all(v['message'] and v['code'] for v in named.values()), answer
            except AssertionError as e:
                bad.append(f'{field} = {value!r}: {str(e)[:300]}')
    assert not bad, '\n' + '\n'.join(bad)


def all_issues_are_told_at_once():
    answer = _refused(_post({'amount': 'x', 'day': 'x', 'who': 'x', 'nmae': 'y'}), 422)
    assert {'amount', 'day', 'who', 'nmae'} <= set(answer.json['fields']), answer


def unknown_fields_come_with_a_suggestion():
    _refused(_post({'name': 'x', 'amuont': 1}), 422, field='amuont', said='amount')
    _refused(_post({'name': 'x', '__proto__': 1}), 422, field='__proto__')
    _refused(_post({'name': 'x', '': 1}), 422)
    _refused(lambda: ann.post('/api/v1/forms/noet/records', {'name': 'x'}), 404)
    _refused(lambda: ann.post('/api/v1/forms/note/batch', {'creaet': []}), 400, 422, said='create')


def unknown_and_repeated_parameters_are_refused():
    _refused(lambda: ann.get(NOTES + '?limt=5'), 400, said='limit')
    _refused(lambda: ann.get(NOTES + '?limit=5&limit=6'), 400, said='twice')
    _refused(lambda: ann.get(NOTES + '?filter=whole%3D1&filter=whole%3D2'), 400)
    _refused(lambda: ann.post(NOTES + '?forse=true', {'name': 'x'}), 400, said='force')
    _refused(lambda: ann.get(NOTES + '?' + '&'.join(f'a{i}=1' for i in range(100))), 400)
    _refused(lambda: ann.get(NOTES + '?count=all'), 400)
    _refused(lambda: ann.get(NOTES + '?fields=name,nmae'), 400, said='nmae')
    _refused(lambda: ann.get(NOTES + '?expand=name'), 400)
    _refused(lambda: ann.get(NOTES + '?view=none'), 400)
    _refused(lambda: ann.get(NOTES + '?filter=%zz'), 400)
    _refused(lambda: ann.get(NOTES + '?q=%ff%fe'), 400)
    _refused(lambda: ann.get(NOTES + '?q=a%00b'), 400)


def limits_of_pages_are_kept():
    for limit in ('-1', '0', '101', '1e3', '99999999999999999999', 'x', '5x', ' 5', '+5', '0x5'):
        answer = ann.get(NOTES + '?' + query({'limit': limit}))
        if limit in (' 5', '+5'):
            assert answer.status in (200, 400), answer
            continue
        _refused(answer, 400, said='limit')


def what_is_not_json_is_told():
    for text in ('', 'null', '[]', '5', '"x"', '{', '{"name":}', "{'name': 'x'}", '{"name": "x",}',
                 '{"name": "x"} {}', '{"name": "x"}x', '{"name": 01}', '{"name": NaN}',
                 '{"whole": +5}', '{name: "x"}', '\ufeff{"name": "x"', '{"name": "a\nb"}',
                 '{"name": "\\ud800"}', '{"name": "\\u0000"}', '{"name": "a\\u0000b"}', '\x00'):
        _refused(_raw(text), 400, 422)


def duplicate_keys_are_refused():
    _refused(_raw('{"name": "x", "name": "y"}'), 400, said='name')
    _refused(_raw('{"name": "x", "place": {"id": 1, "id": 2}}'), 400)
    _refused(_raw('{"name": "x", "na\\u006de": "y"}'), 400)


def broken_utf8_is_refused():
    for bad in (b'\xff', b'\xc3', b'\xe4\xbd', b'\xed\xa0\x80', b'\xc0\xaf', b'\xf5\x80\x80\x80'):
        _refused(_raw(b'{"name": "' + bad + b'"}'), 400, said='UTF-8')
        _refused(_raw(b'name=' + bad, 'application/x-www-form-urlencoded'), 400)


def types_of_bodies_are_checked():
    _refused(_raw('{"name": "x"}', 'text/plain'), 400, 415)
    _refused(_raw('<name>x</name>', 'application/xml'), 400, 415)
    _refused(_raw('name=x', 'multipart/form-data; boundary=x'), 400, 415)
    _refused(lambda: ann.ask('POST', NOTES), 400)


def deep_json_is_refused():
    for deep in (100, 5000, 100000):
        _refused(_raw('{"name": ' + '[' * deep + ']' * deep + '}'), 400, 422)
        _refused(_raw('{"a":' * deep + '1' + '}' * deep), 400, 422)


def oversize_bodies_are_413():
    _refused(_raw('{"name": "x", "story": "' + 'a' * (1 << 20) + '"}'), 413, code='too_large')
    # Told by the head alone, before the body comes.
    with socket.create_connection(('127.0.0.1', server.port), 10) as s:
        s.sendall(f'POST {NOTES} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ann.token}\r\n'
                  'Content-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n'.encode())
        assert s.recv(4096).startswith(b'HTTP/1.1 413'), 'not refused'
    _refused(lambda: ann.post('/api/v1/forms/note/batch', {
        'create': [{'name': f'n{i}'} for i in range(1001)]}), 413)
    assert ann.get(NOTES, headers={'X-Long': 'a' * 40000}).status in (400, 413, 414, 431)
    ann.close()
    assert server.alive()


def long_texts_are_bounded_by_their_field():
    _refused(_post({'name': 'x' * 101}), 422, field='name', said='100')
    _refused(_post({'name': '客' * 101}), 422, field='name')
    answer = ann.post(NOTES, {'name': '客' * 100, 'story': 'line\n' * 50000})
    assert answer.status == 201 and len(answer.json['story']) >= 249999, answer.status
    read = ann.get(f'{NOTES}/{answer.json["id"]}')
    assert read.json['name'] == '客' * 100


def huge_numbers_are_issues_or_exact():
    for text in ('1e400', '-1e400', '1e30', '9' * 40, '9223372036854775807',
                 '92233720368547758.08', '-' + '9' * 25):
        for field in ('amount', 'whole', 'price'):
            before = _state()
            answer = ann.ask('POST', NOTES, f'{{"name": "n", "{field}": {text}}}',
                             type='application/json')
            if answer.status == 201:
                assert json.loads(text) == answer.json[field], answer
            else:
                assert answer.status in (400, 422), answer
                assert _state() == before
    _refused(_raw('{"name": "x", "who": 99999999999999999999}'), 400, 422)
    rounded = ann.post(NOTES, {'name': 'x', 'amount': 1.005, 'whole': '2.5', 'price': -0.005})
    assert (rounded.json['amount'], rounded.json['whole'], rounded.json['price']) == (
        1.01, 3, -0.01), rounded
    for path in ('/0', '/-1', '/99999999999999999999', '/1.5', '/1e1', '/0x1', '/%31x', '/1%00'):
        assert ann.get(NOTES + path).status in (400, 404), path


def control_characters_do_no_harm():
    for text in ('a\x01b', 'a\x1bb', 'a\x7fb', 'a\u202eb', 'a\u2028b', 'a\rb', 'a\tb', '\ufeff'):
        before = _state()
        answer = ann.post(NOTES, {'name': text})
        if answer.status == 201:
            assert '\x01' not in answer.json['name'] and '\x1b' not in answer.json['name'], answer
            listed = ann.get('/api/v1/forms/note/export.csv').text
            assert '\x01' not in listed and '\x1b' not in listed
        else:
            _refused(answer, 422, field='name')
            assert _state() == before


def blank_texts_are_blank():
    for text in ('', ' ', '\t\n', '\u3000', '\u00a0 '):
        _refused(_post({'name': text}), 422, field='name')


def markup_and_formulas_stay_text():
    attack = '<script>alert(1)</script>"\'&{name}'
    made = ann.post(NOTES, {'name': attack, 'story': '=HYPERLINK("http://x")'})
    assert made.status == 201 and made.json['name'] == attack, made
    page = server.client().ask('GET', f'/f/note/{made.json["id"]}', headers={
        'Accept': 'text/html', 'Authorization': f'Bearer {ann.token}'})
    assert page.status == 200 and '<script>alert' not in page.text, page
    csv = ann.get('/api/v1/forms/note/export.csv?fields=story').text
    assert not any(line.lstrip('"').startswith('=') for line in csv.splitlines()), csv[-300:]
    assert ann.delete(f'{NOTES}/{made.json["id"]}').status == 204


def filters_cannot_inject():
    ann.post(NOTES, {'name': "o'brien", 'whole': 5})
    before = _state()
    for text in ("name = '' or 1=1", "1=1; DROP TABLE note", "name = 'x' --", "name = 'x' UNION "
                 "SELECT password FROM _login", 'name = "x" OR "1"="1"', "(SELECT 1)", 'whole = 1)',
                 "name like '%'", "_login.password = 1", "name = char(39)", "whole = 1 or", '((((',
                 "load_extension('x')", 'randomblob(1000000000)', "name = 'x\x00'", '`name` = 1',
                 'name || 1', "name = x'41'", 'rowid = 1', 'deleted_at__x = 1', '$1', '?', ':x',
                 "nmae = 'x'", "name > 5", "sum(name) > 1", 'password', 'stage = 1'):
        answer = ann.get(NOTES + '?' + query({'filter': text}))
        assert answer.status in (200, 400, 403, 422), answer
        if answer.status == 200:               # ordinary expressions of the language
            assert text in ("name = '' or 1=1", 'name = "x" OR "1"="1"'), (text, answer)
        else:
            for word in ('SELECT', 'sqlite', 'syntax error near', 'no such column'):
                assert word not in answer.json['detail'] or word in text, answer
        for part in ('fields', 'expand'):
            assert ann.get(NOTES + '?' + query({part: text})).status == 400, (part, text)
        sorted_by = ann.get(NOTES + '?' + query({'sort': text}))
        assert sorted_by.status in ((200,) if answer.status == 200 else (200, 400, 403, 422)), text
        for args in ({'by': text}, {'of': text}):
            got = ann.get('/api/v1/forms/note/aggregate?' + query(args))
            assert got.status in (200, 400, 403, 422), got
        assert ann.get(NOTES + '?' + query({'q': text})).status in (200, 400), text
    assert _state() == before
    found = ann.get(NOTES + '?' + query({'filter': "name = 'o''brien'"})).json['records']
    assert [r['whole'] for r in found] == [5], found
    answer = ann.get(NOTES + '?' + query({'filter': "nmae = 'x'"}))
    assert 'name' in answer.text, answer     # a suggestion
    for big in ('1=1' + ' and 1=1' * 2000, '(' * 500 + '1=1' + ')' * 500, 'not ' * 5000 + 'true',
                "name in [" + ','.join(["'x'"] * 3000) + ']'):
        answer = ann.get(NOTES + '?' + query({'filter': big}))
        assert answer.status in (400, 413, 414, 422, 431), answer.status
    assert server.alive()


def cursors_cannot_be_tampered_with():
    for i in range(12):
        assert ann.post(NOTES, {'name': f'page {i}', 'whole': i}).status == 201
    first = ann.get(NOTES + '?limit=5&sort=whole').json
    cursor = first['next']
    again = ann.get(NOTES + '?' + query({'limit': 5, 'sort': 'whole', 'after': cursor}))
    assert again.status == 200 and again.json['records'], again
    ids = {r['id'] for r in first['records']} & {r['id'] for r in again.json['records']}
    assert not ids
    flipped = [cursor[:i] + ('A' if c != 'A' else 'B') + cursor[i + 1:]
               for i, c in enumerate(cursor)]
    for bad in (*flipped, cursor[:-1], cursor + 'A', cursor * 50, '', 'x', '0', "'", '[]', 'e30=',
                '../..', '客'):
        answer = ann.get(NOTES + '?' + query({'limit': 5, 'sort': 'whole', 'after': bad}))
        assert answer.status == (200 if bad == '' else 400), (bad, answer)
    # A cursor of one order, form or filter is none of another.
    for args in ({'sort': 'name'}, {'sort': '-whole'}):
        answer = ann.get(NOTES + '?' + query({**args, 'after': cursor}))
        assert answer.status == 400, answer
    assert ann.get('/api/v1/forms/place/records?' + query({'after': cursor})).status == 400


def concurrent_edits_merge_or_are_told():
    made = ann.post(NOTES, {'name': 'both', 'whole': 1}).json
    at = f'{NOTES}/{made["id"]}'
    assert ann.patch(at, {'whole': 2}, headers={'If-Match': '"1"'}).status == 200
    stale = _refused(lambda: ann.patch(at, {'whole': 3}, headers={'If-Match': '"1"'}), 412,
                     code='stale')
    assert stale.json['current']['whole'] == 2 and stale.json['current']['version'] == 2, stale
    assert stale.headers['ETag'] == '"2"', stale.headers
    _refused(lambda: ann.delete(at, headers={'If-Match': '"1"'}), 412)
    _refused(lambda: ann.post(f'/api/v1/forms/note/batch', {'update': [
        {'id': made['id'], 'version': 1, 'whole': 9}]}), 412)
    for etag in ('1', '"x"', 'W/"1"', '"1", "2"', '""', '"-1"'):
        _refused(lambda: ann.patch(at, {'whole': 3}, headers={'If-Match': etag}), 400)
    # Without it, fields merge: two people change different ones at once, nothing is lost.
    clients = [server.client(ann.token) for _ in range(8)]

    def change(i):
        for k in range(10):
            field = ('whole', 'amount', 'story', 'kind', 'day', 'mail', 'price', 'done')[i]
            value = {'whole': k, 'amount': k + 0.5, 'story': f's{k}', 'kind': ['red', 'green'][k % 2],
                     'day': f'2026-03-{k + 1:02d}', 'mail': f'm{k}@example.com', 'price': k + 0.25,
                     'done': k % 2 == 1}[field]
            answer = clients[i].patch(at, {field: value})
            assert answer.status == 200, answer
    together(8, change)
    now = ann.get(at).json
    assert (now['whole'], now['amount'], now['story'], now['kind'], now['day'], now['mail'],
            now['price'], now['done']) == (9, 9.5, 's9', 'green', '2026-03-10', 'm9@example.com',
                                           9.25, True), now
    history = app.rows("SELECT count(*) FROM _history WHERE form = 'note' AND record = ?",
                       made['id'])[0][0]
    assert history == now['version'], (history, now['version'])
    # One wins, exactly, when all say which version they saw.
    version = now['version']
    answers = together(8, lambda i: clients[i].patch(at, {'name': f'won by {i}'}, headers={
        'If-Match': f'"{version}"'}).status)
    assert sorted(answers) == [200] + [412] * 7, answers


def deleted_targets_are_refused():
    place = ann.post('/api/v1/forms/place/records', {'name': 'Gone'}).json['id']
    other = ann.post('/api/v1/forms/place/records', {'name': 'There'}).json['id']
    note = ann.post(NOTES, {'name': 'linked', 'place': place}).json['id']
    assert ann.delete(f'/api/v1/forms/place/records/{place}').status == 204
    assert ann.get(f'{NOTES}/{note}').json['place'] is None
    for value in (place, {'id': place}, {'by': {'name': 'Gone'}}, 4711):
        _refused(_post({'name': 'x', 'place': value}), 422, field='place')
        _refused(lambda: ann.patch(f'{NOTES}/{note}', {'place': value}), 422, field='place')
    assert ann.patch(f'{NOTES}/{note}', {'place': {'by': {'name': 'There'}}}).status == 200
    assert ann.delete(f'{NOTES}/{note}').status == 204
    for send in (lambda: ann.patch(f'{NOTES}/{note}', {'name': 'y'}),
                 lambda: ann.delete(f'{NOTES}/{note}'), lambda: ann.get(f'{NOTES}/{note}'),
                 lambda: ann.post(f'{NOTES}/{note}/comments', {'text': 'x'}),
                 lambda: ann.post('/api/v1/forms/note/batch', {'create': [{'name': 'z'}],
                                                               'delete': [note]})):
        _refused(send, 404)
    assert ann.get(f'/api/v1/forms/place/records/{other}').json['notes'] == 0
    assert ann.post(f'{NOTES}/{note}/restore').status == 200
    assert ann.get(f'/api/v1/forms/place/records/{other}').json['notes'] == 1


def moves_that_do_not_exist_are_refused():
    note = ann.post(NOTES, {'name': 'still'}).json['id']
    _refused(lambda: ann.post(f'{NOTES}/{note}/transitions/win', {}), 404, 422)
    _refused(lambda: ann.post(f'{NOTES}/{note}/actions/nothing', {}), 404)
    _refused(lambda: ann.patch(f'{NOTES}/{note}', {'stage': 'won'}), 403, 422)


def rights_are_asked_before_values():
    ron = server.client(app.token('ron'))
    for send in (lambda: ron.post(NOTES, {'name': 'x'}), lambda: ron.post(NOTES, {'nmae': 5}),
                 lambda: ron.post('/api/v1/forms/note/batch', {'create': [{'name': 'x'}]})):
        _refused(send, 403)
    nobody = server.client()
    for send in (lambda: nobody.get(NOTES), lambda: nobody.post(NOTES, {'name': 'x'}),
                 lambda: nobody.get(NOTES, token='wrong'), lambda: nobody.get('/api/v1/nothing')):
        answer = send()
        assert answer.status in (401, 404), answer


def cycles_are_found_before_they_serve():
    """`tenon check` names each with its file and line; nothing is served of it."""
    def check(form, *said):
        other = App({'app.yaml': APP, 'forms/place.yaml': PLACE, 'forms/note.yaml': NOTE,
                     'forms/loop.yaml': form})
        done = other.cli('check', status=1)
        assert 'forms/loop.yaml:' in done.errors, done.errors
        for s in said:
            assert s in done.errors, (s, done.errors)
        assert other.cli('apply', status=None).returncode != 0
        assert not other.store.exists() or 'loop' not in other.store.tables()
    check('form: loop\nfields:\n  a: {type: formula, of: number, formula: "b + 1"}\n'
          '  b: {type: formula, of: number, formula: "a + 1"}\n', ':3:', 'a')
    check('form: loop\nfields:\n  a: {type: formula, of: number, formula: "a + 1"}\n', ':3:')
    check('form: loop\nfields:\n  up: {type: link, to: loop}\n'
          '  top: {type: lookup, via: up, field: top}\n', ':4:')
    check('form: loop\nfields:\n  up: {type: link, to: loop}\n  n: {type: number}\n'
          '  all: {type: rollup, from: loop, via: up, do: "sum(part)"}\n'
          '  part: {type: formula, of: number, formula: "n + all"}\n', 'forms/loop.yaml:')


def a_filter_that_takes_for_ever_is_ended():
    """Each of 3,000 records compared with all others, by many functions: minutes of work."""
    for i in range(0, 3000, 100):
        body = {'create': [{'name': f'Endless {i + k}'} for k in range(100)]}
        assert ann.post('/api/v1/forms/place/batch', body).status == 200
    slow = ' & '.join(["upper(lower(name)) & lower(upper(this.name))"] * 6)
    asked = query({'filter': f"count_of(place, {slow} = 'x') < 0"})
    _refused(lambda: ann.get('/api/v1/forms/place/records?' + asked), 429)


def the_database_is_whole():
    app.store.check()
    numbers = [int(n[2:]) for n, in app.rows('SELECT number FROM note ORDER BY id')]
    assert numbers == list(range(1, len(numbers) + 1)), 'serial numbers have a gap'
    server.stop()
    assert '"level":"error"' not in server.log(), server.log()[-2000:]


if __name__ == '__main__':
    main(globals())
