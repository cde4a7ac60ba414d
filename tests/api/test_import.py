#!/usr/bin/env python3
"""A spreadsheet becomes a form: its columns are guessed, kept until the form is published, loaded in
portions, and taken back. Whatever file somebody chooses, the refusal says what to do."""
import io
import os
import sys
import urllib.parse
import zipfile

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, Page, main, sqlite_only, until  # noqa: E402
from workbook import workbook  # noqa: E402

APP = '''
app: imports
languages: [en, zh]
time_zone: Asia/Shanghai
currency: CNY
country: CN
limits: {api: 0, logins: 0, file: 30MB}
roles:
  staff: {label: Staff}
'''
_app = App({'app.yaml': APP})
_app.user('adm', roles='admin')
_app.user('eve', roles='admin')
_app.user('ann', roles='staff', name='Ann Li')
_app.user('bob', roles='staff', name='Bob Wu')
_adm, _eve, _ann = (_app.token(x) for x in ('adm', 'eve', 'ann'))
_server = _app.serve()
IMPORTS = '/api/v1/imports'


def _file(data, name='a.csv', token=None):
    if isinstance(data, str):
        data = data.encode()
    got = _server.ask('POST', '/api/v1/files?' + urllib.parse.urlencode({'name': name}), data, token=token or _adm,
                      type='application/octet-stream')
    assert got.status == 201, got
    return got.json['id']


def _look(data, status=200, token=None, lang=None, **body):
    got = _server.post(IMPORTS + '/look', {'file': _file(data, token=token), **body}, token=token or _adm,
                       headers={'Accept-Language': lang} if lang else None)
    assert got.status == status, got
    return got.json


def _types(look):
    return {c['label']: c['type'] for c in look['columns']}


def _column(look, label):
    return next(c for c in look['columns'] if c['label'] == label)


def _fits(column, type_):
    return next(t for t in column['types'] if t['type'] == type_)


def _publish(name, fields, token=None):
    got = _server.put(f'/api/v1/definitions/forms/{name}.yaml',
                      {'text': f'form: {name}\ntitle: "{{name}}"\nfields:\n{fields}'
                       'permissions:\n  staff: {create: true, read: all, update: all}\n', 'etag': None}, token=token or _adm)
    assert got.status == 201, got
    got = _server.post('/api/v1/definitions/publish', {}, token=token or _adm)
    assert got.status == 200, got


def _keep(data, form, columns, **more):
    got = _server.post(IMPORTS, {'file': _file(data), 'form': form, 'columns': [
        {'column': i, 'field': f, 'label': label} for i, (f, label) in enumerate(columns) if f], **more}, token=_adm)
    assert got.status == 201, got
    return got.json


def _ended(number):
    got = until(lambda: (lambda x: x if x['state'] not in ('running', 'undoing') else None)(
        _server.get(f'{IMPORTS}/{number}', token=_adm).json), 30)
    assert got, _server.get(f'{IMPORTS}/{number}', token=_adm).json
    return got


def _run(number, status=202, **body):
    got = _server.post(f'{IMPORTS}/{number}/run', body, token=_adm)
    assert got.status == status, got
    return _ended(number) if status == 202 else got


def _workbook_of_all_kinds():
    kinds = ['Grade A', 'Grade B', 'Grade C']
    rows = [['Customer', 'Since', 'Seen', 'Price', 'Rate', 'Count', 'Grade', 'Active', 'Phone', 'E-mail', 'Site', 'Open', 'Owner',
             'Tags', 'Code', 'Notes', None]]
    for i in range(40):
        rows.append([f'Customer {i}', (46000 + i, 'yyyy\\-mm\\-dd'), (46000.5 + i, 'yyyy/m/d h:mm'), (12.5 + i, '"¥"#,##0.00'),
                     (0.125, '0.0%'), 7 + i, kinds[i % 3], i % 2 == 0, f'138001380{i:02}', f'p{i}@example.com',
                     f'https://example.com/{i}', (0.4375, 'hh:mm'), 'Ann Li' if i % 2 else 'bob', 'red, blue' if i % 2 else 'red',
                     f'C-{i:04}', 'long text ' * 15, None])
    return workbook({'Customers': rows, 'Secret': [['x']], 'Other': [['Name'], ['a']]}, hidden=('Secret',))


def each_column_of_a_workbook_is_guessed_by_its_values():
    look = _look(_workbook_of_all_kinds())
    assert _types(look) == {
        'Customer': 'text', 'Since': 'date', 'Seen': 'datetime', 'Price': 'money', 'Rate': 'percent', 'Count': 'number',
        'Grade': 'choice', 'Active': 'boolean', 'Phone': 'phone', 'E-mail': 'email', 'Site': 'url', 'Open': 'time',
        'Owner': 'user', 'Tags': 'choices', 'Code': 'text', 'Notes': 'longtext'}, _types(look)
    assert look['sheets'] == ['Customers', 'Other'] and look['rows'] == look['looked'] == 40
    assert _column(look, 'Grade')['options'] == ['Grade A', 'Grade B', 'Grade C']
    assert _column(look, 'Tags')['pieces'] == ['red', 'blue']
    assert _column(look, 'Code')['unique'] and _column(look, 'Customer')['required'] and not _column(look, 'Grade')['unique']
    assert [c['text'] for c in _column(look, 'Seen')['first']][0] == '2025-12-09 12:00'
    assert _column(look, 'Rate')['first'][0]['text'] == '12.5%' and _column(look, 'Price')['first'][0]['text'] == '¥12.5'
    assert look['columns'][look['title']]['label'] == 'Customer'
    assert _types(_look(_workbook_of_all_kinds(), sheet=1)) == {'Name': 'text'}


def texts_of_a_csv_are_guessed_as_people_write_them():
    rows = ['客户名称,签约日期,金额,数量,启用,占比,手机,邮编,开会']
    for i in range(30):
        rows.append(f'客户{i},2026年3月{i % 28 + 1}日,"￥1,{i:03}.50",{"１２" if i % 2 else i},{"是" if i % 3 else "否"},{i}%,'
                    f'1380013{i:04},0{i:05},2026/3/{i % 28 + 1} 9:05')
    text = '\r\n'.join(rows) + '\r\n'
    want = {'客户名称': 'text', '签约日期': 'date', '金额': 'money', '数量': 'number', '启用': 'boolean', '占比': 'percent',
            '手机': 'phone', '邮编': 'text', '开会': 'datetime'}
    for data in (text.encode(), b'\xef\xbb\xbf' + text.encode(), text.encode('gb18030'), text.encode('utf-16')):
        assert _types(_look(data)) == want, _types(_look(data))
    for part in (';', '\t', '|'):
        other = '\n'.join(part.join(f'v{i}{k}' for k in range(3)) for i in range(5))
        assert len(_look(other)['columns']) == 3, part
    assert _column(_look(text), '金额')['currency'] is None
    dollars = 'what,price\n' + ''.join(f'a{i},"$1,2{i}0"\n' for i in range(10))
    assert _column(_look(dollars), 'price')['currency'] == 'USD'


def a_few_cells_that_do_not_fit_change_nothing_and_are_told():
    rows = ['name,pieces,day'] + [f'n{i},{"n/a" if i in (7, 70, 170) else i},{"soon" if i == 9 else "2026-01-05"}' for i in range(200)]
    look = _look('\n'.join(rows))
    assert _types(look) == {'name': 'text', 'pieces': 'number', 'day': 'date'}
    fit = _fits(_column(look, 'pieces'), 'number')
    assert fit['misfits'] == 3 and fit['cells'] == [{'row': 9, 'text': 'n/a'}, {'row': 72, 'text': 'n/a'}, {'row': 172, 'text': 'n/a'}], fit
    assert _fits(_column(look, 'name'), 'date')['misfits'] is None
    many = ['name,amount'] + [f'n{i},{"x" if i % 5 == 0 else i}' for i in range(50)]
    assert _types(_look('\n'.join(many)))['amount'] == 'text'


def the_names_are_found_below_a_title_and_within_merged_cells():
    sheet = workbook({'S': [['Customers of the year'], [], ['Name', 'Contact', None, 'Name', None], [None, 'Phone', 'E-mail', None, None],
                            ['Ann', '13800138000', 'a@example.com', 'x', 'y'], ['Bob', '13800138001', 'b@example.com', 'x', 'y']]},
                     merge={'S': ['A1:E1', 'B3:C3', 'A3:A4']})
    look = _look(sheet)
    assert look['header'] == 3 and look['data'] == 5 and look['rows'] == 2, look
    assert [c['label'] for c in look['columns']] == ['Name', 'Contact Phone', 'Contact E-mail', 'Name 2', ''], look
    assert _look(sheet, header=0)['rows'] == 5
    assert _look('a,a,\n1,2,3\n')['columns'][1]['label'] == 'a 2'
    assert _look('name,mail\n')['rows'] == 0
    long = _look('n' * 500 + ',b\n1,2\n')['columns'][0]['label']
    assert len(long) == 80 and long.endswith('…')


def dates_of_1904_and_texts_within_cells():
    old = workbook({'S': [['Day', 'What']] + [[(44538 + i, 'd.m.yy'), 'x']for i in range(3)]}, inline=True, from_1904=True)
    assert _look(old)['columns'][0]['first'][0]['text'] == '2025-12-09'


def every_file_that_is_no_table_is_refused_in_words_one_understands():
    def zipped(**parts):
        out = io.BytesIO()
        with zipfile.ZipFile(out, 'w') as z:
            for name, text in parts.items():
                z.writestr(name.replace('__', '/'), text)
        return out.getvalue()
    old = b'\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1' + b'\0' * 600
    locked = old + 'EncryptedPackage'.encode('utf-16-le')
    good = workbook({'S': [['a'], ['b']]})
    for data, en, zh in (
            (locked, 'protected by a password', '密码'), (old, 'older program', '旧版'),
            (b'\x89PNG\r\n\x1a\n' + bytes(range(256)) * 4, 'no spreadsheet', '电子表格'),
            (zipped(**{'mimetype': 'application/zip'}), 'no .xlsx workbook', '.xlsx'),
            (good[:len(good) // 2], 'damaged', '损坏'),
            (good.replace(b'PK\x01\x02', b'PK\x01\x09'), 'damaged', '损坏'),
            ('\n\n,,\n', 'sheet is empty', '空'),
            (workbook({'S': []}), 'sheet is empty', '空'),
            (','.join(f'c{i}' for i in range(201)) + '\n1', 'more than 200 columns', '200'),
            ('a\n' + '1\n' * 100001, 'more than 100000 rows', '100000'),
            ('a,b\n' + '1,2\n' * 6000000, 'larger than 20 MB', '20 MB')):
        got = _look(data, status=413 if 'MB' in zh or '00' in zh else 422)
        assert en in got['detail'], (en, got)
        assert zh in _look(data, status=got['status'], lang='zh')['detail'], zh
    assert _look(good, status=422, sheet=7)['detail'].startswith('the file has no sheet')
    assert 'holds no names' in _look(good, status=422, header=90)['detail']
    rels = '<Relationships xmlns="x"><Relationship Id="a" Target="worksheets/a.xml"/></Relationships>'
    bomb = zipped(**{'xl__workbook.xml': '<!DOCTYPE a [<!ENTITY b "b">]><workbook/>', 'xl___rels__workbook.xml.rels': rels})
    assert 'damaged' in _look(bomb, status=422)['detail']


def nobody_looks_at_a_file_of_another_nor_without_the_right():
    mine = _file('a\n1\n')
    assert _server.post(IMPORTS + '/look', {'file': mine}, token=_eve).status == 404
    assert _server.post(IMPORTS + '/look', {'file': mine}, token=_ann).status == 403
    assert _server.post(IMPORTS, {'file': mine, 'form': 'x', 'columns': [{'column': 0, 'field': 'a'}]}, token=_eve).status == 404
    assert _server.get(IMPORTS, token=_ann).status == 403
    assert set(_server.post(IMPORTS, {'file': mine}, token=_adm).fields) == {'form'}
    assert set(_server.post(IMPORTS, {'file': mine, 'form': 'x', 'columns': [{'column': 'x'}]}, token=_adm).fields) == {'columns'}


def who_may_import_into_a_form_does_so_by_their_own_rights():
    text = ('form: crate\ntitle: "{name}"\nowner: owner\nfields:\n  name: {type: text}\n  size: {type: number}\n  worth: {type: number}\n'
            '  secret: {type: text, label: Secret}\n  owner: {type: user, default: "=me()"}\npermissions:\n'
            '  staff: {create: true, read: own, import: "size = blank or size < 10", fields: {worth: readonly, secret: hidden}}\n')
    assert _server.put('/api/v1/definitions/forms/crate.yaml', {'text': text, 'etag': None}, token=_adm).status == 201
    assert _server.post('/api/v1/definitions/publish', {}, token=_adm).status == 200
    bob = _app.token('bob')
    sheet = 'name,size,worth,secret\nA,1,,\nB,20,,\nC,2,5,\n'
    mine = _file(sheet, token=_ann)
    assert [c['label'] for c in _server.post(IMPORTS + '/look', {'file': mine}, token=_ann).json['columns']] == ['name', 'size', 'worth', 'secret']
    columns = [{'column': i, 'field': f} for i, f in enumerate(('name', 'size', 'worth'))]
    keep = lambda form, more=(): _server.post(IMPORTS, {'file': mine, 'form': form, 'columns': [*columns, *more]}, token=_ann)   # noqa: E731
    assert keep('nothing').status == 403 and keep('user').status == 403
    made = keep('crate', [{'column': 3, 'field': 'secret', 'label': 'Secret'}])
    assert made.status == 201, made
    at = f"{IMPORTS}/{made.json['id']}"
    # It is nobody else's but an admin's, and a field that is hidden from them is none.
    assert _server.get(at, token=bob).status == 404 and _server.get(IMPORTS, token=bob).json['imports'] == []
    assert _server.post(at + '/run', {}, token=bob).status == 404 and _server.get(at, token=_eve).status == 200
    assert set(_server.post(at + '/run', {}, token=_ann).fields) == {'column_3'}
    assert _server.post(at + '/run', {'columns': columns}, token=_ann).status == 202
    got = _ended(made.json['id'])
    assert (got['made'], got['refused']) == (1, 2), got
    refused = {x['row']: x['error'] for x in _server.get(at + '/refused', token=_ann).json['refused']}
    assert refused[3] == 'you may not import such a record' and 'worth' in refused[4], refused
    record, = _server.get('/api/v1/forms/crate/records', token=_ann).json['records']
    assert (record['name'], record['owner']['title']) == ('A', 'Ann Li'), record
    page = _server.client().login('ann')
    assert page.get(f"/admin/imports/{made.json['id']}").status == 200 and page.get('/admin/imports').status == 200
    assert 'Secret' not in page.get(f"/admin/imports/{made.json['id']}").text.split('<select', 1)[-1]
    assert page.get('/admin').status == 403
    assert _server.post(at + '/undo', {}, token=_ann).status == 202
    assert (lambda x: (x['state'], x['undone'], x['kept']))(_ended(made.json['id'])) == ('undone', 0, 1)     # they may not delete
    assert _server.delete(at, token=_ann).status == 204


def a_list_offers_to_load_a_sheet_into_its_form():
    page = _server.client().login('ann')
    text = ('form: basket\ntitle: "{name}"\nfields:\n  name: {type: text}\n  size: {type: number, label: {en: How big, zh: 大小}}\n'
            '  secret: {type: text}\npermissions:\n  staff: {create: true, read: all, import: true, fields: {secret: hidden}}\n')
    for name, body in (('basket', text), ('bag', text.replace('basket', 'bag').replace('import: true, ', ''))):
        assert _server.put(f'/api/v1/definitions/forms/{name}.yaml', {'text': body, 'etag': None}, token=_adm).status == 201, name
    assert _server.post('/api/v1/definitions/publish', {}, token=_adm).status == 200
    look = lambda at: page.get(at, headers={'Accept': 'text/html'})   # noqa: E731
    assert 'href="/f/basket/import"' in look('/f/basket').text and '/import"' not in look('/f/bag').text
    assert look('/f/bag/import').status == 403 and look('/f/nothing/import').status == 404
    assert 'type="file"' in look('/f/basket/import').text

    def send(form='basket', data=None, name='a.csv'):
        part = f'Content-Disposition: form-data; name="file"; filename="{name if data else ""}"\r\n\r\n{data or ""}'
        body = f'--b\r\nContent-Disposition: form-data; name="_csrf"\r\n\r\n{page.csrf}\r\n--b\r\n{part}\r\n--b--\r\n'
        return page.ask('POST', f'/f/{form}/import', body.encode(), type='multipart/form-data; boundary=b', headers={'Accept': 'text/html'})
    assert send('bag', 'name\nA\n').status == 403
    none = send()
    assert none.status == 422 and 'choose a file' in none.text and 'aria-invalid' in none.text, none
    assert send(data='PK\x03\x04 no workbook', name='a.xlsx').status == 422
    made = send(data='Name,大小,secret,else\nA,1,x,y\nB,2,x,y\n')
    assert made.status == 303, made.text.split('<main')[-1]
    at = made.headers['Location']
    columns = {c['label']: c['field'] for c in page.get(f"/api/v1{at.replace('/admin', '')}").json['columns']}
    assert columns == {'Name': 'name', '大小': 'size', 'secret': '', 'else': ''}, columns
    assert page.form(f'{at}/run', {'column_0': 'name', 'column_1': 'size', 'column_2': '', 'column_3': ''}).status == 303
    assert _ended(int(at.rsplit('/', 1)[1]))['made'] == 2
    assert sorted((r['name'], r['size']) for r in page.get('/api/v1/forms/basket/records').json['records']) == [('A', 1), ('B', 2)]
    assert page.delete(f"/api/v1{at.replace('/admin', '')}").status == 204


def the_order_of_dates_is_told_by_the_rows_and_asked_for():
    column = lambda *cells: _column(_look('Day\n' + '\n'.join(cells) + '\n'), 'Day')      # noqa: E731
    says = lambda c: (c['type'], c['order'], c['sure'], _fits(c, 'date')['misfits'])     # noqa: E731
    assert says(column('03/04/2026', '13/04/2026', '1.2.2026')) == ('date', 'day', True, 0)
    assert says(column('03/04/2026', '04/13/2026')) == ('date', 'month', True, 0)
    assert says(column('03/04/2026', '05/06/2026')) == ('date', 'day', False, 0)
    assert says(column('03-04-2026 10:30', '05-16-2026 11:00')) [:3] == ('datetime', 'month', True)
    assert says(column('2026-03-04', '2026/3/5')) == ('date', None, False, 0)
    assert column('99/04/2026', '13/13/2026')['order'] is None
    text = ('form: diary\ntitle: "{day}"\nfields:\n  day: {type: date, label: Day}\n  at: {type: datetime, label: At}\n  note: {type: text, label: Note}\n'
            'permissions:\n  staff: {create: true, read: all, import: true}\n')
    assert _server.put('/api/v1/definitions/forms/diary.yaml', {'text': text, 'etag': None}, token=_adm).status == 201
    assert _server.post('/api/v1/definitions/publish', {}, token=_adm).status == 200
    file = _file('Day,At,Note\n03/04/2026,03/04/2026 10:30,03/04/2026\n', token=_ann)
    names = ('day', 'at', 'note')
    wrong = [{'column': 0, 'field': 'day', 'order': 'year'}]
    assert set(_server.post(IMPORTS, {'file': file, 'form': 'diary', 'columns': wrong}, token=_ann).fields) == {'columns'}
    made = _server.post(IMPORTS, {'file': file, 'form': 'diary', 'columns': [
        {'column': i, 'field': f, 'label': f.title(), 'order': 'day'} for i, f in enumerate(names)]}, token=_ann).json
    page = _server.client().login('ann')
    at = f"/admin/imports/{made['id']}"
    ask = page.get(at, headers={'Accept': 'text/html'}).text
    assert '<option value="day" selected>3/4 is the 3rd of April' in ask and 'name="order_0"' in ask, ask
    assert page.form(f'{at}/run', {**{f'column_{i}': f for i, f in enumerate(names)}, 'order_0': 'month'}).status == 303
    assert _ended(made['id'])['made'] == 1
    record, = page.get('/api/v1/forms/diary/records').json['records']
    assert (record['day'], record['at'][:10], record['note']) == ('2026-03-04', '2026-04-03', '03/04/2026'), record
    assert page.delete(f"{IMPORTS}/{made['id']}").status == 204


FIELDS = ('  name: {type: text, label: {en: Name, zh: 名称}, required: true}\n  day: {type: date}\n  sum: {type: money}\n'
          '  who: {type: user}\n  tags: {type: choices, options: [red, blue]}\n  on: {type: boolean}\n')


def rows_wait_for_the_form_are_loaded_each_by_itself_and_taken_back():
    lines = ['Name,Day,Sum,Who,Tags,On']
    for i in range(250):
        lines.append(f'n{i},{"never" if i == 130 else "2026/3/5"},"¥1,{i:03}",{"Ann Li" if i % 2 else "nobody" if i == 200 else "bob"},'
                     f'"red、blue",{"是" if i % 2 else "否"}')
    columns = [('name', 'Name'), ('day', 'Day'), ('sum', 'Sum'), ('who', 'Who'), ('tags', 'Tags'), ('on', 'On')]
    kept = _keep('\n'.join(lines), 'thing', columns)
    assert kept['state'] == 'waiting' and kept['rows'] == 250
    got = _run(kept['id'], status=422)
    assert 'not published' in got.json['detail']
    page = _server.get(f'/admin/imports/{kept["id"]}', token=_adm)
    assert page.status == 200 and 'not published yet' in page.text
    _publish('thing', FIELDS)
    done = _run(kept['id'])
    assert (done['state'], done['made'], done['refused']) == ('done', 248, 2), done
    assert _app.count('thing') == 248
    one = _server.get('/api/v1/forms/thing/records?' + urllib.parse.urlencode({'filter': "name = 'n3'"}), token=_adm).json['records'][0]
    assert one['sum'] == 1003 and one['day'] == '2026-03-05' and one['tags'] == ['red', 'blue'] and one['on'] is True, one
    assert one['who'] == _app.rows('SELECT id FROM "user" WHERE login = \'ann\'')[0][0] or one['who']['id'], one
    history = _server.get(f'/api/v1/forms/thing/records/{one["id"]}/history', token=_adm).json['entries'][0]
    assert history['via'] == 'import', history
    bad = _server.get(f'{IMPORTS}/{kept["id"]}/refused', token=_adm).json['refused']
    assert [x['row'] for x in bad] == [132, 202] and 'is no date' in bad[0]['error'], bad
    csv = _server.get(f'/admin/imports/{kept["id"]}/refused.csv', token=_eve).text
    assert csv.splitlines()[1].startswith('n130,never,"¥1,130",bob,red、blue,否,'), csv
    assert _server.post(f'{IMPORTS}/{kept["id"]}/run', {}, token=_adm).status == 409
    first = _app.rows("SELECT id FROM thing WHERE name = 'n0'")[0][0]
    assert _server.patch(f'/api/v1/forms/thing/records/{first}', {'day': '2026-04-01'}, token=_adm).status == 200
    assert _server.post(f'{IMPORTS}/{kept["id"]}/undo', {}, token=_adm).status == 202
    back = _ended(kept['id'])
    assert (back['state'], back['undone'], back['kept']) == ('undone', 247, 1), back
    assert _app.count('thing', 'deleted_at IS NULL') == 1
    assert _server.delete(f'{IMPORTS}/{kept["id"]}', token=_adm).status == 204
    assert _app.count('_import_row') == 0 and _app.count('_file_use') == 0


def a_field_that_got_another_name_meanwhile_is_found_by_its_label():
    _publish('other', '  name: {type: text}\n  titel: {type: text, label: {en: Title, zh: 标题}}\n')
    kept = _keep('N,Title\na,b\n', 'other', [('name', 'N'), ('title', 'Title')])
    assert _run(kept['id'])['made'] == 1
    kept = _keep('N,Else\na,b\n', 'other', [('name', 'N'), ('gone', 'Else')])
    assert list(_run(kept['id'], status=422).fields) == ['column_1']
    page = Page(_server.get(f'/admin/imports/{kept["id"]}', token=_adm).text)
    assert 'column_1' in str(page.forms)
    assert _run(kept['id'], columns=[{'column': 0, 'field': 'name'}, {'column': 1, 'field': 'name'}], status=422).code == 'invalid'
    assert _run(kept['id'], columns=[{'column': 1, 'field': 'name'}])['made'] == 1
    assert _app.rows('SELECT name FROM other ORDER BY id')[1][0] == 'b'


def what_waits_for_a_form_goes_with_its_draft():
    text = 'form: later\nfields:\n  name: {type: text}\n'
    assert _server.put('/api/v1/definitions/forms/later.yaml', {'text': text, 'etag': None}, token=_adm).status == 201
    later, other = _keep('name\nx\n', 'later', [('name', 'name')]), _keep('name\nx\n', 'many', [('name', 'name')])
    assert _server.delete('/api/v1/definitions/draft?path=forms/other.yaml', token=_adm).status == 204
    waiting = {x['id'] for x in _server.get(IMPORTS + '?state=waiting', token=_adm).json['imports']}
    assert later['id'] in waiting and other['id'] not in waiting, waiting
    assert _server.delete('/api/v1/definitions/draft', token=_adm).status == 204
    assert _server.get(f'{IMPORTS}/{later["id"]}', token=_adm).status == 404
    assert _server.get(IMPORTS + '?form=later', token=_adm).json == {'imports': []}


def _memory(what):
    """Bytes the server holds (VmRSS), or held at most (VmHWM)."""
    with open(f'/proc/{_server.process.pid}/status', encoding='utf-8') as f:
        return next(int(line.split()[1]) * 1024 for line in f if line.startswith(what))


@sqlite_only('as rows are made by the same code')
def a_long_import_holds_no_more_than_a_short_one():
    _publish('long', '  name: {type: text}\n')
    kept = _keep('\n'.join(['name'] + [f'r{i}' for i in range(12000)]), 'long', [('name', 'name')])
    before = _memory('VmRSS')
    assert _run(kept['id'])['made'] == 12000
    assert _memory('VmHWM') - before < 56 << 20, (_memory('VmHWM') - before) >> 20


def a_program_that_dies_goes_on_where_it_was():
    lines = ['name'] + [f'r{i}' for i in range(1500)]
    _publish('many', '  name: {type: text, unique: true}\n')
    kept = _keep('\n'.join(lines), 'many', [('name', 'name')])
    assert _server.post(f'{IMPORTS}/{kept["id"]}/run', {}, token=_adm).status == 202
    until(lambda: _server.get(f'{IMPORTS}/{kept["id"]}', token=_adm).json['made'])
    _server.kill()
    made = _app.rows('SELECT made FROM _import WHERE id = ?', kept['id'])[0][0]
    assert made % 100 == 0 and _app.count('many') == made
    _app.cli('tick', '--now', '2027-03-01T10:00')
    assert _app.rows('SELECT state, made, refused FROM _import WHERE id = ?', kept['id'])[0] == ('done', 1500, 0)
    assert _app.count('many') == 1500


main(globals())
