#!/usr/bin/env python3
"""Automations: every way to write sets them off, each run is logged, and can be run again."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, query  # noqa: E402

app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
app.write('app.yaml', app.read('app.yaml') + 'limits: {api: 0, logins: 0}\n')
for login, roles in (('li', 'sales'), ('root', 'admin')):
    app.user(login, roles=roles)
tokens = {login: app.token(login) for login in ('li', 'root')}
server = app.serve()
li, root = server.client(tokens['li']), server.client(tokens['root'])
PARCELS = '/api/v1/forms/parcel/records'


def make(**values):
    answer = li.post(PARCELS, values)
    assert answer.status == 201, answer
    return answer.json['id']


def runs(**ask):
    answer = root.get('/api/v1/runs?' + query({'form': 'parcel', **ask}))
    assert answer.status == 200, answer
    return answer.json['runs']


def test_a_run_shows_who_what_and_what_its_steps_did():
    a = make(name='Seen', weight=4)
    run, = runs(record=a)
    assert (run['automation'], run['event'], run['state']) == ('welcome', 'created', 'done'), run
    assert run['by'] and run['us'] >= 0 and run['error'] is None, run
    whole = root.get(f'/api/v1/runs/{run["id"]}').json
    made, put = whole['steps']
    assert made['step'] == 'create' and made['values']['what'] == 'created Seen', made
    assert made['result'] and put['step'] == 'set' and put['values'] == {'price': 8}, whole


def test_a_failed_run_is_logged_though_its_write_is_undone():
    a = make(name='Refused')
    answer = li.patch(f'{PARCELS}/{a}', {'weight': 5000})
    assert answer.status == 422 and 'heavy' in answer.text and 'transition' in answer.text, answer
    assert li.get(f'{PARCELS}/{a}').json['weight'] is None
    run, = runs(record=a, state='failed')
    assert run['automation'] == 'heavy' and 'parcel.yaml:' in run['error'], run


def test_a_chain_of_automations_stops_by_name():
    a = make(name='Chain')
    answer = li.patch(f'{PARCELS}/{a}', {'ping': 1})
    assert answer.status == 500 and answer.code == 'rule_failed', answer
    assert 'more than 8 times: parcel.there → parcel.again' in answer.text, answer
    assert li.get(f'{PARCELS}/{a}').json['ping'] is None
    assert len(runs(record=a, state='failed')) == 1


def test_a_batch_fires_what_single_writes_do():
    answer = li.post('/api/v1/forms/parcel/batch', {'create': [{'name': f'B{i}', 'weight': i}
                                                               for i in range(1, 201)]})
    assert answer.status == 200, answer
    traces = li.get('/api/v1/forms/trace/records?' + query(
        {'filter': "starts_with(what, 'created B')", 'count': 'exact', 'limit': 1})).json
    assert traces['count'] == 200, traces
    ids = [x['id'] for x in answer.json['results']] if 'results' in answer.json else None
    if ids:
        assert len(runs(record=ids[7])) == 1


def test_a_run_can_be_run_again_by_admins_only():
    a = make(name='Twice', weight=1)
    run, = runs(record=a)
    assert li.get('/api/v1/runs').status == 403
    assert li.get(f'/api/v1/runs/{run["id"]}').status == 403
    assert li.post(f'/api/v1/runs/{run["id"]}/again', {}).status == 403
    assert root.post(f'/api/v1/runs/{run["id"]}/again', {}).status == 204
    again, first = runs(record=a)
    assert again['event'] == 'again' and first['id'] == run['id'], again
    assert root.post('/api/v1/runs/999999/again', {}).status == 404


def test_the_pages_show_the_list_and_one_run():
    make(name='Paged', weight=1)
    page = root.get('/admin/runs')
    run = runs()[0]
    assert page.status == 200 and f'/admin/runs/{run["id"]}' in page.text, page
    one = root.get(f'/admin/runs/{run["id"]}')
    assert one.status == 200 and 'created Paged' in one.text, one
    assert li.get('/admin/runs').status == 403


if __name__ == '__main__':
    main(globals())
