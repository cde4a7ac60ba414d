#!/usr/bin/env python3
"""Values, tables and limits by the letter: what is typed, stored, shown, asked for and kept."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main, query  # noqa: E402

APP = '''app: values
languages: [en, zh]
time_zone: Asia/Shanghai
country: CN
limits: {api: 0, logins: 0, page: %s, body: 0}
roles:
  clerk: {label: Clerk}
  guard: {label: Guard}
'''
PLACE = '''form: place
title: "{name}"
fields:
  name:  {type: text, required: true, unique: true}
  phone: {type: phone}
  kinds: {type: choices, options: [zoo, {value: inn, label: {en: Inn, zh: 旅馆}}]}
permissions:
  clerk: {read: all, create: true, update: all, delete: all, batch: all}
  guard: {read: all, fields: {phone: masked}}
'''
NOTE = '''form: note
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true}
  owner:  {type: user, default: "=me()"}
  place:  {type: link, to: place, on_delete: restrict}
  kept:   {type: link, to: place, on_delete: clear}
  call:   {type: lookup, via: place, field: phone}
  code:   {type: text, unique: {within: place}}
  price:  {type: money}
  rate:   {type: percent, decimals: 3, default: 5}
  above:  {type: link, to: note, on_delete: cascade}
  beside: {type: link, to: note, on_delete: cascade}
  size:   {type: number, default: 3}
  twice:  {type: number, default: "=size * 2"}
  kind:   {type: choice, options: [zz, aa, mm]}
  secret: {type: text, visible: "size > 5", required: true}
permissions:
  clerk: {read: all, create: true, update: all, delete: all, batch: all}
  guard: {read: all}
'''
DEAL = '''form: deal
title: "{name}"
owner: owner
fields:
  name:   {type: text}
  owner:  {type: user, default: "=me()"}
  reason: {type: text}
permissions:
  clerk: {read: all, create: true, update: own, batch: all}
  guard: {read: all}
'''
FLOW = '''workflow: flow
form: deal
stages:
  one: {status: open}
  two: {status: open, edit: [reason]}
  end: {status: won, lock: true}
transitions:
  go:    {from: one, to: two, by: owner, require: [reason]}
  back:  {from: two, to: one, by: guard}
  close: {from: two, to: end, by: clerk}
'''
FILES = {'app.yaml': APP % 0, 'forms/place.yaml': PLACE, 'forms/note.yaml': NOTE,
         'forms/deal.yaml': DEAL, 'workflows/flow.yaml': FLOW}
PLACES, NOTES, DEALS = (f'/api/v1/forms/{f}/records' for f in ('place', 'note', 'deal'))
_app = App(FILES)
for _login, _roles in (('root', 'admin'), ('ann', 'clerk'), ('bob', 'clerk'), ('gus', 'guard')):
    _app.user(_login, roles=_roles)
_server = _app.serve()
root, ann, bob, gus = (_server.client(_app.token(n)) for n in ('root', 'ann', 'bob', 'gus'))


def _made(path, **values):
    answer = ann.post(path, values)
    assert answer.status == 201, answer
    return answer.json


def stage_columns_come_with_a_workflow_only():
    record = _made(PLACES, name='Plain')
    assert not {'workflow', 'workflow_version', 'stage', 'stage_since'} & set(record), record
    assert {'workflow', 'stage', 'stage_since'} <= set(_made(DEALS, name='Staged'))
    for form, staged in (('place', False), ('deal', True)):
        for table in (form, form + '_v'):
            columns = set(_app.store.columns(table))
            assert ('stage' in columns) == staged, (table, columns)
            assert {'id', 'version', 'created_at', 'created_by'} <= columns
    forms = {f['name']: f for f in ann.get('/api/v1/forms').json['forms']}
    assert 'stage' not in [f['name'] for f in forms['place']['fields']]
    assert ann.get(f'{PLACES}?sort=stage').status == 422


def a_workflow_that_comes_later_brings_them():
    files = {k: v for k, v in FILES.items() if 'workflows' not in k}
    app = App(files)
    app.cli('apply')
    assert 'stage' not in app.store.columns('deal')
    app.write('workflows/flow.yaml', FLOW)
    app.cli('apply')
    assert 'stage' in app.store.columns('deal')
    app.cli('apply')
    app.remove('workflows/flow.yaml')
    app.cli('apply')
    assert 'nothing to do' in app.cli('plan').text


def a_phone_is_shown_as_typed_wherever_it_is_shown():
    place = _made(PLACES, name='Inn', phone='138 1234 5678')
    note = _made(NOTES, name='n', place=place['id'])
    assert note['call'] == '138 1234 5678', note
    assert _app.rows('SELECT call FROM note_v WHERE id = ?', note['id']) == [('138 1234 5678',)]
    assert _app.rows('SELECT call FROM note WHERE id = ?', note['id']) == [('+8613812345678',)]
    ann.patch(f'{PLACES}/{place["id"]}', {'phone': '138-1234-5678'})
    seen = ann.get(f'{NOTES}/{note["id"]}').json
    assert seen['call'] == '138-1234-5678' and seen['version'] == note['version'], seen
    asked = {'filter': "call = '+86 138 1234 5678'", 'fields': 'call'}
    found = ann.get(f'{NOTES}?{query(asked)}').json['records']
    assert found == [{'id': note['id'], 'call': '138-1234-5678'}], found
    masked = gus.get(f'{NOTES}/{note["id"]}')
    assert masked.json['call'].endswith('5678') and '1234-5678' not in masked.text, masked


def a_field_of_several_values_is_no_group():
    _made(PLACES, name='Two kinds', kinds=['inn', 'zoo'])
    answer = ann.get('/api/v1/forms/place/aggregate?by=kinds')
    assert answer.status == 422 and answer.fields == {'by': 'does_not_fit'}, answer
    assert ann.get('/api/v1/forms/place/aggregate?by=name&of=count()').status == 200


def options_keep_the_order_of_the_file_and_speak_the_readers_language():
    forms = ann.get('/api/v1/forms', headers={'Accept-Language': 'zh'}).json['forms']
    fields = {f['name']: {x['name']: x for x in f['fields']} for f in forms}
    assert [o['value'] for o in fields['note']['kind']['options']] == ['zz', 'aa', 'mm']
    assert fields['place']['kinds']['options'][1]['label'] == '旅馆'


def defaults_decimals_and_what_is_not_visible():
    note = _made(NOTES, name='d', price='12.345')
    assert (note['price'], note['rate'], note['size'], note['twice']) == (12.35, 5.00, 3, 6)
    assert '"rate":5.000,' in ann.get(f'{NOTES}/{note["id"]}').text
    assert _made(NOTES, name='d', size=None)['twice'] is None
    answer = ann.post(NOTES, {'name': 'd', 'size': 6})
    assert answer.status == 422 and answer.fields == {'secret': 'required'}, answer
    kept = _made(NOTES, name='d', size=6, secret='s')
    assert kept['twice'] == 12
    answer = ann.patch(f'{NOTES}/{kept["id"]}', {'size': 1})
    assert answer.status == 200 and answer.json['secret'] == 's', answer


def unique_within_counts_within_and_frees_in_the_bin():
    one, two = (_made(PLACES, name=n)['id'] for n in ('U1', 'U2'))
    first = _made(NOTES, name='a', place=one, code='X')['id']
    answer = ann.post(NOTES, {'name': 'b', 'place': one, 'code': 'x'})
    assert answer.status == 422 and set(answer.fields) == {'place', 'code'}, answer
    other = _made(NOTES, name='b', place=two, code='X')['id']
    assert ann.patch(f'{NOTES}/{other}', {'place': one}).status == 422
    assert ann.delete(f'{NOTES}/{first}').status == 204
    assert ann.patch(f'{NOTES}/{other}', {'place': one}).status == 200
    answer = ann.post(f'{NOTES}/{first}/restore')
    assert answer.status == 409 and 'code' in answer.fields, answer
    assert ann.delete(f'{NOTES}/{other}').status == 204
    assert ann.post(f'{NOTES}/{first}/restore').status == 200


def links_act_at_the_move_to_the_bin():
    place = _made(PLACES, name='Target')['id']
    note = _made(NOTES, name='l', place={'by': {'name': 'Target'}}, kept=place)
    assert note['place']['id'] == place
    answer = ann.delete(f'{PLACES}/{place}')
    assert answer.status == 409, answer
    assert ann.patch(f'{NOTES}/{note["id"]}', {'place': None}).status == 200
    assert ann.delete(f'{PLACES}/{place}').status == 204
    assert ann.get(f'{NOTES}/{note["id"]}').json['kept'] is None
    for value in (place, {'by': {'name': 'Target'}}, {'by': {'phone': '1'}}):
        assert ann.patch(f'{NOTES}/{note["id"]}', {'kept': value}).status == 422, value


def a_cascade_takes_each_record_once_though_links_form_a_ring():
    top = _made(NOTES, name='top')['id']
    one = _made(NOTES, name='one', above=top)['id']
    two = _made(NOTES, name='two', above=top, beside=one)['id']
    assert ann.patch(f'{NOTES}/{top}', {'above': two, 'beside': top}).status == 200
    answer = ann.delete(f'{NOTES}/{top}')
    assert answer.status == 204, answer
    assert _app.count('note', f'id IN ({top}, {one}, {two}) AND deleted_at IS NOT NULL') == 3


def a_stage_changes_by_transitions_whichever_way_it_is_asked_for():
    deal = _made(DEALS, name='s')['id']
    for answer in (ann.patch(f'{DEALS}/{deal}', {'stage': 'two'}),
                   ann.post('/api/v1/forms/deal/batch',
                            {'update': [{'id': deal, 'stage': 'two'}]}),
                   ann.post('/api/v1/forms/deal/batch',
                            {'filter': f'id = {deal}', 'set': {'stage': 'two'}})):
        assert answer.status == 422 and answer.fields.popitem()[1] == 'required', answer
    for stage in ('end', 'nowhere'):
        answer = ann.patch(f'{DEALS}/{deal}', {'stage': stage})
        assert answer.status == 422 and answer.fields == {'stage': 'no_move'}, answer
    assert bob.patch(f'{DEALS}/{deal}', {'stage': 'two'}).status == 403
    answer = ann.patch(f'{DEALS}/{deal}', {'stage': 'two', 'reason': 'r'})
    assert answer.status == 200 and answer.json['stage'] == 'two', answer
    assert root.patch(f'{DEALS}/{deal}', {'name': 'x'}).status == 403
    # A move needs read and `by`, not update.
    assert gus.post(f'{DEALS}/{deal}/transitions/back').status == 200
    assert gus.patch(f'{DEALS}/{deal}', {'name': 'x'}).status == 403
    names = [r[0] for r in _app.rows('SELECT transition FROM stage_history WHERE form = ? '
                                     'AND record = ? ORDER BY id', 'deal', deal)]
    assert names == [None, 'go', 'back'], names


def a_limit_of_none_is_none():
    assert ann.get(f'{NOTES}?limit=100000').status == 200
    answer = ann.post(NOTES, {'name': 'big', 'unknown': 'y' * 9_000_000})
    assert answer.status == 422 and answer.fields == {'unknown': 'unknown_field'}


def the_size_of_pages_does_not_bound_what_a_batch_reaches():
    app = App({**FILES, 'app.yaml': APP % 5})
    app.user('ann', roles='clerk')
    token = app.token('ann')
    with app.serve() as server:
        client = server.client(token)
        create = [{'name': f'p{i}'} for i in range(12)]
        assert client.post('/api/v1/forms/place/batch', {'create': create}).status == 200
        assert len(client.get(PLACES).json['records']) == 5
        assert client.get(f'{PLACES}?limit=6').status == 400
        answer = client.post('/api/v1/forms/place/batch',
                             {'filter': 'id > 0', 'set': {'kinds': ['inn']}})
        assert answer.status == 200 and len(answer.json['results']) == 12, answer


def words_of_the_definitions_are_taken_literally():
    def refused(place, form, name='place'):
        app = App({'app.yaml': APP % 0, f'forms/{name}.yaml': form})
        done = app.cli('check', '--json', status=1)
        assert f'forms/{name}.yaml:{place}' in done.text or place in json.dumps(
            json.loads(done.text)), done.text
    field = 'form: place\nfields:\n  name: {type: text}\n  done: {type: boolean, default: %s}\n'
    for word in ('yes', 'on', '"true"'):
        refused('no_boolean', field % word)
    App({'app.yaml': APP % 0, 'forms/place.yaml': field % 'true'}).cli('check')
    refused('reserved_name', 'form: stage_history\nfields:\n  name: {type: text}\n',
            'stage_history')


def end():
    _server.stop()


main(globals())
