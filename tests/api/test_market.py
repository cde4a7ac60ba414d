#!/usr/bin/env python3
"""Acceptance tests of one capability each: a form from text while the server runs, one
validation on every way in, formulas with one meaning, rules in their fence.
Scopes, masks and turns have files of their own."""
import glob
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, ROOT, TENON, main, until  # noqa: E402

APP = '''
app: shop
languages: [en]
time_zone: Asia/Shanghai
country: CN
currency: CNY
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
PLACE = '''
form: place
title: "{name}"
fields:
  name: {type: text, required: true, unique: true}
permissions:
  clerk: {read: all, create: true}
'''
TWELVE = '''
form: enquiry
title: "{name}"
fields:
  name:     {type: text, required: true, max: 60}
  story:    {type: longtext}
  email:    {type: email}
  mobile:   {type: phone}
  website:  {type: url}
  count:    {type: number}
  budget:   {type: money}
  chance:   {type: percent}
  urgent:   {type: boolean}
  day:      {type: date}
  moment:   {type: datetime}
  kind:     {type: choice, options: [red, green]}
  colours:  {type: choices, options: [cyan, magenta]}
  person:   {type: user}
  team:     {type: department}
  place:    {type: link, to: place}
permissions:
  clerk: {read: all, create: true, update: all}
'''


def _app(files=None):
    app = App({'app.yaml': APP, 'forms/place.yaml': PLACE, **(files or {})})
    app.user('ann', roles='clerk')
    return app


def a_form_dropped_into_the_folder_is_served():
    app = _app()
    with app.serve() as server:
        token = app.token('ann')
        ann = server.client().login('ann')
        html = {'Accept': 'text/html'}
        place = ann.post('/api/v1/forms/place/records', {'name': 'Here'})
        assert place.status == 201, place
        assert ann.get('/f/enquiry/new', headers=html).status == 404
        app.write('forms/enquiry.yaml', TWELVE)
        dropped = time.monotonic()
        assert until(lambda: ann.get('/f/enquiry/new', headers=html).status == 200), server.log()
        print(f'served {time.monotonic() - dropped:.2f} s after it was dropped')
        page = Page(ann.get('/f/enquiry/new', headers=html).text)
        fields = set(re.findall(r'^  (\w+): +\{', TWELVE, re.M)) - {'clerk'}
        assert len(fields) >= 12
        shown = {name.removesuffix('[]') for name in page.controls}
        assert fields <= shown, fields - shown
        values = {k: v for k, v in page.controls.items() if k.startswith('_')}
        values.update({
            'name': 'Café “Ä” 客户', 'story': 'one\r\ntwo', 'email': 'Ann@Example.com',
            'mobile': '138 1234 5678', 'website': 'https://example.com/x', 'count': '7',
            'budget': '1234.5', 'chance': '12.5', 'urgent': 'true', 'day': '2026-03-02',
            'moment': '2026-03-02T10:30', 'kind': 'green', 'colours[]': ['', 'cyan', 'magenta'],
            'person': '1', 'team': '', 'place': str(place.json['id'])})
        answer = ann.form('/f/enquiry/new', values, headers=html)
        assert answer.status == 303, answer
        row = app.rows('SELECT name, story, email, mobile, website, count, budget, chance, urgent, '
                       'day, moment, kind, person, place FROM enquiry')
        assert row == [('Café “Ä” 客户', 'one\ntwo', row[0][2], '+8613812345678',
                        'https://example.com/x', 7, 123450, 1250, 1, '2026-03-02',
                        '2026-03-02T02:30:00Z', 'green', 1, place.json['id'])], row
        assert row[0][2].lower() == 'ann@example.com'
        chosen = app.rows('SELECT value FROM enquiry__colours ORDER BY position')
        assert chosen == [('cyan',), ('magenta',)], chosen
        read = ann.get(answer.headers['Location'], headers=html)
        assert read.status == 200 and 'Café “Ä” 客户' in read.text, read
        listed = ann.get('/f/enquiry', headers=html)
        assert listed.status == 200 and 'Café “Ä” 客户' in listed.text, listed
        shell = app.store.shell('SELECT name, budget FROM enquiry_v')
        assert shell in ('Café “Ä” 客户|1234.5\n', 'Café “Ä” 客户|1234.50\n'), shell
        assert server.get('/api/v1/forms/enquiry/records', token=token).json['records'][0][
            'budget'] == 1234.5


STOCK = '''
form: stock
title: "{code}"
owner: owner
fields:
  code:   {type: text, required: true, unique: true, max: 10, pattern: "[A-Z]+[0-9]*"}
  amount: {type: number, min: 0, max: 100}
  price:  {type: money, min: 0, check: "price != 13", message: "No thirteens"}
  kind:   {type: choice, options: [big, small]}
  day:    {type: date}
  mail:   {type: email}
  mobile: {type: phone}
  place:  {type: link, to: place}
  why:    {type: text, required: "kind = 'big'"}
  owner:  {type: user, default: "=me()"}
checks:
  - {that: "amount != 66", message: "Not sixty-six", fields: [amount]}
duplicates:
  - {match: [mobile], then: block}
permissions:
  clerk: {read: all, create: true, update: all, batch: all}
'''
FLOW = '''
workflow: counting
form: stock
stages:
  counted: {status: open}
  closed:  {status: done, edit: [amount]}
transitions:
  close: {from: counted, to: closed, by: clerk}
'''
PLUGIN = '''
action {
  name = "spawn", label = { en = "Spawn" }, form = "stock",
  params = { code = { type = "text" }, field = { type = "text" }, value = { type = "text" },
    big = { type = "boolean" } },
  run = function(record, p)
    local values = { code = p.code }
    if p.big then values.kind = "big" end
    if p.field ~= "none" then values[p.field] = p.value end
    create("stock", values)
  end,
}
'''
# field, value, and whether a move may carry it (a code is unique, so an update can clash too).
INVALID = [
    ('code', None), ('code', 'much too long for it'), ('code', 'lower'), ('code', 'TAKEN'),
    ('amount', -1), ('amount', 101), ('amount', 'many'), ('amount', 66), ('price', -0.01),
    ('price', 13), ('kind', 'huge'), ('day', '2026-02-30'), ('mail', 'no mail'),
    ('mobile', '13800000000'), ('place', 4711), ('why', None), ('nothing', 'x'),
]


def _paths(ann, held):
    """Each way in as (name, function of body and field → answer)."""
    html = {'Accept': 'text/html'}

    def page(body, field, value):
        values = {k: v for k, v in Page(ann.get('/f/stock/new', headers=html).text)
                  .controls.items() if k.startswith('_')}
        return ann.form('/f/stock/new', {**values, **{k: '' if v is None else v
                                                      for k, v in body.items()}}, headers=html)

    def spawn(body, field, value):
        params = {'code': body.get('code'), 'field': field if value is not None else 'none',
                  'value': None if value is None else str(value), 'big': body.get('kind') == 'big'}
        return ann.post(f'/api/v1/forms/stock/records/{held}/actions/spawn',
                        {'params': {k: v for k, v in params.items() if v is not None}})

    def upsert(body, field, value):
        code = 'NEW9' if field != 'code' or value is None else value
        sent = {k: v for k, v in body.items() if k != 'code'}
        return ann.put(f'/api/v1/forms/stock/by/code/{code.replace(" ", "%20")}', sent)

    return [
        ('page', page),
        ('API', lambda b, f, v: ann.post('/api/v1/forms/stock/records', b)),
        ('batch', lambda b, f, v: ann.post('/api/v1/forms/stock/batch', {'create': [
            {'code': 'GOOD1'}, b, {'code': 'GOOD2'}]})),
        ('upsert', upsert),
        ('rule', spawn),
        ('patch', lambda b, f, v: ann.patch(f'/api/v1/forms/stock/records/{held}', b)),
        ('batch update', lambda b, f, v: ann.post('/api/v1/forms/stock/batch', {
            'filter': f'id = {held}', 'set': b})),
        ('move', lambda b, f, v: ann.post(
            f'/api/v1/forms/stock/records/{held}/transitions/close', {'values': b})),
    ]


def an_invalid_row_is_refused_on_every_way_in():
    app = _app({'forms/stock.yaml': STOCK, 'workflows/counting.yaml': FLOW,
                'plugins/spawn.lua': PLUGIN})
    with app.serve() as server:
        ann = server.client().login('ann')
        good = ann.post('/api/v1/forms/stock/records', {'code': 'TAKEN', 'mobile': '13800000000'})
        held = ann.post('/api/v1/forms/stock/records', {'code': 'HELD', 'amount': 1})
        assert good.status == held.status == 201, (good, held)
        held = held.json['id']
        before = app.rows('SELECT * FROM stock')
        history = app.count('_history')
        for field, value in INVALID:
            body = {'code': 'NEW9', field: value}
            if field == 'why':
                body['kind'] = 'big'
            codes = {}
            for name, send in _paths(ann, held):
                if name == 'upsert' and field == 'code' and value in (None, 'TAKEN'):
                    continue               # there it says which record is meant
                if name == 'rule' and field == 'nothing':
                    continue               # a mistake in the rule, not in the row
                if name == 'patch' and field == 'code' and value is None:
                    body = {'code': None}
                answer = send(body, field, value)
                at = f'{name}: {field} = {value!r}: {answer}'
                assert answer.status == 422, at
                if name == 'page':
                    assert 'data-summary' in answer.text or 'role="alert"' in answer.text, at
                else:
                    assert answer.code == 'invalid', at
                    named = [f for f in answer.fields if f.split('.')[-1] == field]
                    assert named, at
                    codes[name] = answer.fields[named[0]]
                assert app.rows('SELECT * FROM stock') == before, at
            assert len(set(codes.values())) == 1, (field, value, codes)
        assert app.count('_history') == history
        after = ann.post('/api/v1/forms/stock/batch', {'create': [{'code': 'GOOD1'},
                                                                  {'code': 'GOOD2'}]})
        assert after.status == 200 and app.count('stock') == 4, after


def formulas_have_one_meaning_in_all_back_ends():
    """The cases themselves are run by their own test, through every back end."""
    cases = 0
    for path in glob.glob(os.path.join(ROOT, 'tests', 'cases', 'expr', '*')):
        if os.path.isfile(path):
            text = open(path, encoding='utf-8').read()
            cases += len(re.findall(r'^[^#\s].*(?:=>|→)', text, re.M))
    assert cases >= 300, f'{cases} cases'
    listed = subprocess.run(['ctest', '-N', '-L', 'cases'], cwd=os.path.dirname(TENON),
                            capture_output=True, text=True)
    assert 'expr' in listed.stdout, listed.stdout


def a_rule_without_end_is_stopped_and_nothing_is_written():
    rule = '''
on("place.after_create", function(place)
  if place.name == "loop" then while true do end end
  if place.name == "shell" then os.execute("true") end
end)
'''
    app = _app({'plugins/wild.lua': rule})
    with app.serve() as server:
        ann = server.client(app.token('ann'))
        for name, said in (('loop', 'wild:3: the rule ran longer than 20 ms'), ('shell', "'os'")):
            answer = ann.post('/api/v1/forms/place/records', {'name': name})
            assert answer.status == 500 and answer.code == 'rule_failed', answer
            assert said in answer.json['detail'], answer
            assert app.count('place') == 0
        assert ann.post('/api/v1/forms/place/records', {'name': 'fine'}).status == 201
        assert app.rows('SELECT name FROM place') == [('fine',)]


if __name__ == '__main__':
    main(globals())
