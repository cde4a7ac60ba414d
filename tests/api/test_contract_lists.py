#!/usr/bin/env python3
"""Fields of several values: tags, users, departments, links, and options that hang on others."""
import csv
import io
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, query  # noqa: E402

app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
app.write('app.yaml', app.read('app.yaml') + 'limits: {api: 0, logins: 0}\n')
PEOPLE = {'boss': ('manager', 'East'), 'li': ('sales', 'East'), 'wu': ('sales', 'West'),
          'hel': ('helper', 'West'), 'fin': ('finance', 'East'), 'fay': ('finance', 'West'),
          'root': ('admin', None)}
for login, (roles, _) in PEOPLE.items():
    app.user(login, roles=roles)
tokens = {login: app.token(login) for login in PEOPLE}
server = app.serve()
BUNDLES, PLACES = '/api/v1/forms/bundle/records', '/api/v1/forms/place/records'


def as_(login):
    return server.client(tokens[login])


boss, li, wu, hel, fin, fay, root = (as_(x) for x in PEOPLE)
ids = {x['login']: x['id'] for x in root.get('/api/v1/forms/user/records').json['records']}
for name in ('East', 'West'):
    assert root.post('/api/v1/forms/department/records', {'name': name}).status == 201
for login, (_, where) in PEOPLE.items():
    if where:
        answer = root.patch(f'/api/v1/forms/user/records/{ids[login]}', {'department': where})
        assert answer.status == 200, answer


def make(who, at=BUNDLES, **values):
    answer = who.post(at, {'name': 'x', **values})
    assert answer.status == 201, answer
    return answer.json


def _place(**values):
    return make(root, PLACES, **values)


def change(who, record, status=200, at=BUNDLES, **values):
    answer = who.patch(f'{at}/{record["id"]}', values)
    assert answer.status == status, answer
    return answer.json if status == 200 else answer


def names(who, filter, at=BUNDLES, **more):
    answer = who.get(f'{at}?{query({"filter": filter, "limit": 200, **more})}')
    assert answer.status == 200, answer
    return [r['name'] for r in answer.json['records']]


def test_users_are_given_by_id_login_or_another_unique_field_and_come_with_titles():
    r = make(boss, team=[ids['li'], 'wu', str(ids['boss']), {'id': ids['li']}])
    assert r['team'] == [{'id': ids[x], 'title': x.capitalize()} for x in ('li', 'wu', 'boss')], r
    assert make(boss, team='li, wu')['team'] == r['team'][:2]
    assert make(li)['team'] == [{'id': ids['li'], 'title': 'Li'}]
    assert make(root, team=[])['team'] == []
    answer = boss.post(BUNDLES, {'name': 'x', 'team': ['nobody']})
    assert answer.status == 422 and answer.fields == {'team': 'unknown_record'}, answer
    answer = boss.post(BUNDLES, {'name': 'x', 'team': [999]})
    assert answer.status == 422 and answer.fields == {'team': 'unknown_record'}, answer


def test_side_tables_keep_order_and_have_real_foreign_keys():
    r = make(boss, team=['wu', 'li'])
    rows = app.rows('SELECT value FROM bundle__team WHERE record = ? ORDER BY position', r['id'])
    assert rows == [(ids['wu'],), (ids['li'],)], rows
    for table, to in (('bundle__team', 'user'), ('bundle__areas', 'department'),
                      ('bundle__places', 'place')):
        keys = app.store.references(table)
        assert ('value', to) in keys and ('record', 'bundle') in keys, keys
    shown = app.rows('SELECT team FROM bundle_v WHERE id = ?', r['id'])
    assert shown == [('Wu, Li',)], shown


def test_departments_are_given_by_name():
    r = make(boss, areas=['East', 'West'])
    assert [x['title'] for x in r['areas']] == ['East', 'West'], r
    assert 'x' in names(boss, "count_if(areas, name = 'East') > 0")


def test_tags_are_words_of_ones_own_each_once_whatever_its_capitals():
    r = make(boss, name='tagged', words=['Vip', 'north', 'NORTH', ' hot  '])
    assert r['words'] == ['Vip', 'north', 'hot'], r
    assert make(boss, words='a, b，c、d')['words'] == ['a', 'b', 'c', 'd']
    assert make(boss, words=['VIP'])['words'] == ['vip'], 'the label of an option is the option'
    assert names(boss, "words contains 'hot'") == ['tagged']
    answer = boss.post(BUNDLES, {'name': 'x', 'words': ['y' * 201]})
    assert answer.status == 422 and answer.fields == {'words': 'too_long'}, answer
    found = boss.get('/api/v1/forms/bundle/options?field=words&q=nor').json
    assert found == {'options': [{'value': 'north', 'title': 'north'}], 'more': False}, found


def test_links_offer_what_pick_lets_and_totals_walk_them():
    a, b = (_place(name=n, province='zhejiang', worth=w) for n, w in (('Alpha', 5), ('Beta', '2.5')))
    c = _place(name='Gamma', province='jiangsu', worth=100)
    r = make(boss, name='linked', zone='zhejiang', places=[a['id'], b['id']])
    assert r['places'][0] == {'id': a['id'], 'title': 'Alpha'} and r['worth'] == 7.5, r
    change(root, b, at=PLACES, worth=10)
    assert boss.get(f'{BUNDLES}/{r["id"]}').json['worth'] == 15.0
    answer = change(boss, r, 422, places=[a['id'], c['id']])
    assert answer.fields == {'places': 'not_offered'}, answer
    assert names(boss, f'places contains {a["id"]}') == ['linked']
    assert names(boss, "link_count(places) = 2") == ['linked']
    assert names(boss, "sum(places.worth) > 14 and places.name contains 'Beta'") == ['linked']
    # What stands stays when another field changes; another zone asks of all again.
    change(boss, r, name='linked', words=['w'])
    answer = change(boss, r, 422, zone='jiangsu')
    assert 'places' in answer.fields, answer
    change(boss, r, zone='jiangsu', places=[c['id']])


def test_blank_lists_are_found():
    a, b = make(boss, name='blank'), make(boss, name='blank', words=['one'])
    found = boss.get(f'{BUNDLES}?' + query({'filter': "name = 'blank' and words = blank"})).json['records']
    assert [r['id'] for r in found] == [a['id']]
    found = boss.get(f'{BUNDLES}?' + query({'filter': "name = 'blank' and words != blank and 'one' in words"})).json
    assert [r['id'] for r in found['records']] == [b['id']]


def test_a_rollup_counts_what_links_here_by_a_list():
    a, b = _place(name='counted'), _place(name='counted too')

    def used():
        return [root.get(f'{PLACES}/{x["id"]}').json['used'] for x in (a, b)]

    r = make(boss, places=[a['id'], b['id']])
    make(boss, places=[a['id']])
    assert used() == [2, 1]
    change(boss, r, places=[b['id']])
    assert used() == [1, 1]
    change(boss, r, places=[b['id'], a['id']])
    assert used() == [2, 1]
    assert boss.delete(f'{BUNDLES}/{r["id"]}').status == 204
    assert used() == [1, 0]
    assert boss.post(f'{BUNDLES}/{r["id"]}/restore').status == 200
    assert used() == [2, 1]
    assert names(root, 'used = 2', at=PLACES) == ['counted']


def test_a_list_takes_no_unique_no_sort_and_no_group():
    answer = boss.get(f'{BUNDLES}?sort=team')
    assert answer.status == 422, answer
    answer = boss.get('/api/v1/forms/bundle/aggregate?by=words&of=count()')
    assert answer.status == 422, answer


def test_clear_takes_one_out_restrict_refuses_and_cascade_goes_with_the_last():
    a, b = _place(name='one'), _place(name='two')
    both = [a['id'], b['id']]
    cleared, bound = make(boss, places=both), make(boss, bound=both)
    kept = make(boss, kept=both)
    answer = root.delete(f'{PLACES}/{a["id"]}')
    assert answer.status == 409 and 'still in use' in answer.json['detail'], answer
    change(boss, kept, kept=[])
    assert root.delete(f'{PLACES}/{a["id"]}').status == 204
    assert boss.get(f'{BUNDLES}/{cleared["id"]}').json['places'] == [{'id': b['id'], 'title': 'two'}]
    assert boss.get(f'{BUNDLES}/{bound["id"]}').json['bound'] == [{'id': b['id'], 'title': 'two'}]
    assert root.delete(f'{PLACES}/{b["id"]}').status == 204
    assert boss.get(f'{BUNDLES}/{cleared["id"]}').json['places'] == []
    assert boss.get(f'{BUNDLES}/{bound["id"]}').status == 404


def test_every_user_of_the_owner_list_owns():
    r = make(boss, name='ours', team=['li', 'wu'])
    for who in (li, wu):
        assert 'ours' in names(who, "name = 'ours'")
        assert who.patch(f'{BUNDLES}/{r["id"]}', {'words': ['mine']}).status == 200
    change(boss, r, team=['li'])
    assert wu.get(f'{BUNDLES}/{r["id"]}').status == 404
    assert fin.get(f'{BUNDLES}/{r["id"]}').status == 200, 'a colleague in the department of one'
    assert fay.get(f'{BUNDLES}/{r["id"]}').status == 404
    assert names(fay, "name = 'ours'") == [] and names(fin, "name = 'ours'") == ['ours']
    change(boss, r, team=['li', 'fay'])
    assert names(fay, "name = 'ours'") == ['ours']


def test_hidden_and_masked_lists_stay_so():
    a = _place(name='Alphaville')
    r = make(boss, name='covered', words=['secret'], places=[a['id']])
    seen = hel.get(f'{BUNDLES}/{r["id"]}').json
    assert 'words' not in seen and seen['places'] == '******ille', seen
    for filter in ("words contains 'x'", 'link_count(places) > 0'):
        assert hel.get(f'{BUNDLES}?{query({"filter": filter})}').status == 403
    assert hel.get('/api/v1/forms/bundle/options?field=words').status != 200


def test_the_title_of_a_linked_record_one_may_not_read_is_not_told():
    a = _place(name='Cellar', hidden=True)
    r = make(boss, team=['li'], places=[])
    change(root, r, places=[a['id']])
    assert li.get(f'{BUNDLES}/{r["id"]}').json['places'] == [{'id': a['id'], 'title': None}]
    change(li, r, words=['x'], places=[a['id']])      # what stands may be sent back
    answer = li.post(BUNDLES, {'name': 'x', 'places': [a['id']]})
    assert answer.status == 422 and answer.fields == {'places': 'unknown_record'}, answer


def test_options_hang_on_another_field():
    r = make(boss, zone='zhejiang', city='hangzhou', district=['yuhang'])
    answer = boss.post(BUNDLES, {'name': 'x', 'zone': 'zhejiang', 'city': 'suzhou'})
    assert answer.status == 422 and answer.fields == {'city': 'not_offered'}, answer
    answer = boss.post(BUNDLES, {'name': 'x', 'city': 'suzhou'})
    assert answer.fields == {'city': 'not_offered'}, answer
    answer = boss.post(BUNDLES, {'name': 'x', 'zone': 'zhejiang', 'city': 'suzho'})
    assert answer.fields == {'city': 'no_option'}, answer
    answer = change(boss, r, 422, city='ningbo')
    assert answer.fields == {'district': 'not_offered'}, answer
    answer = change(boss, r, 422, zone='jiangsu')
    assert answer.fields == {'city': 'not_offered'}, answer
    r = change(boss, r, zone='jiangsu', city='suzhou', district=['gusu'])
    assert (r['zone'], r['city'], r['district']) == ('jiangsu', 'suzhou', ['gusu'])


def test_options_come_from_records_and_what_stands_stays():
    a = _place(name='Harbour', province='zhejiang')
    _place(name='Hill', province='jiangsu')
    r = make(boss, zone='zhejiang', spot='Harbour', spots=['Harbour', 'my own'])
    answer = boss.post(BUNDLES, {'name': 'x', 'zone': 'zhejiang', 'spot': 'Hill'})
    assert answer.status == 422 and answer.fields == {'spot': 'no_option'}, answer
    values = '{"zone": "zhejiang"}'
    found = boss.get('/api/v1/forms/bundle/options?' + query({'field': 'spot', 'q': 'h', 'values': values}))
    assert 'Harbour' in found.text and 'Hill' not in found.text, found
    change(root, a, at=PLACES, name='Port')
    r = change(boss, r, words=['x'], spot='Harbour')
    assert r['spot'] == 'Harbour'
    assert root.delete(f'{PLACES}/{a["id"]}').status == 204
    change(boss, r, words=['y'])
    answer = boss.post(BUNDLES, {'name': 'x', 'spot': 'Harbour'})
    assert answer.fields == {'spot': 'no_option'}, answer


def test_a_record_one_may_not_read_is_no_option():
    _place(name='Vault', hidden=True)
    answer = li.post(BUNDLES, {'name': 'x', 'spot': 'Vault'})
    assert answer.status == 422 and answer.fields == {'spot': 'no_option'}, answer
    assert 'Vault' not in li.get('/api/v1/forms/bundle/options?field=spot').text
    make(root, spot='Vault')


def test_allow_other_takes_a_value_of_ones_own():
    assert make(boss, zone='elsewhere')['zone'] == 'elsewhere'
    assert make(boss, spots='a, b')['spots'] == ['a', 'b']


def test_lists_in_rows():
    r = make(boss, rows=[{'people': ['li', 'wu'], 'marks': ['p', 'q']}, {'people': []}])
    assert [x['title'] for x in r['rows'][0]['people']] == ['Li', 'Wu'], r
    assert r['rows'][0]['marks'] == ['p', 'q']
    rows = [{'id': r['rows'][0]['id'], 'people': ['wu']}, {'id': r['rows'][1]['id']}]
    r = change(boss, r, rows=rows)
    assert [x['title'] for x in r['rows'][0]['people']] == ['Wu'] and r['rows'][0]['marks'] == ['p', 'q'], r
    change(boss, r, rows=[])
    assert app.count('bundle__rows__people', f'record = {r["id"]}') == 0


def test_rows_are_unique_within_another_field_whatever_their_capitals():
    fine = [{'code': 'A', 'side': 'left'}, {'code': 'A', 'side': 'right'}, {'side': 'left'}, {'side': 'left'}]
    make(boss, rows=fine)
    answer = boss.post(BUNDLES, {'name': 'x', 'rows': fine + [{'code': 'a', 'side': 'right'}]})
    assert answer.status == 422 and answer.fields == {'rows.4.code': 'unique'}, answer


def test_export_and_history_show_titles():
    a = _place(name='Quay')
    r = make(boss, name='told', team=['boss', 'li'], places=[a['id']], words=['old'])
    change(boss, r, team=['boss', 'wu'], words=['new', 'vip'])
    answer = boss.get('/api/v1/forms/bundle/export.csv?' + query({'filter': "name = 'told'"}))
    row = next(csv.DictReader(io.StringIO(answer.text.lstrip('\ufeff'))))
    assert row['team'] == 'Boss, Wu' and row['places'] == 'Quay' and row['words'] == 'new, vip', row
    history = boss.get(f'{BUNDLES}/{r["id"]}/history')
    assert history.status == 200, history
    told = {c['field']: (c['old'], c['now']) for c in history.json['entries'][0]['changes']}
    assert told == {'team': ('Boss, Li', 'Boss, Wu'), 'words': ('old', 'new, VIP')}, history


def test_a_list_of_users_is_picked_among():
    app.user('nobody', roles='sales', name='Nobody')
    answer = boss.post(BUNDLES, {'name': 'x', 'team': ['nobody', 'li']})
    assert answer.status == 422 and answer.fields == {'team': 'not_offered'}, answer
    found = boss.get('/api/v1/forms/bundle/options?field=team').json['options']
    assert 'Nobody' not in [x['title'] for x in found] and 'Li' in [x['title'] for x in found]


def test_the_api_tells_what_hangs_on_what():
    fields = {f['name']: f for f in boss.get('/api/v1/forms?form=bundle').json['forms'][0]['fields']}
    assert fields['city']['within'] == 'zone', fields['city']
    assert fields['city']['options'][0] == {'value': 'hangzhou', 'label': 'Hangzhou', 'of': ['zhejiang']}
    assert fields['words']['allow_other'] and fields['spot']['options_from'] == {'form': 'place', 'field': 'name'}
    assert fields['team']['to'] == 'user'


if __name__ == '__main__':
    main(globals())
