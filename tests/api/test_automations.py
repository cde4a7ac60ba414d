#!/usr/bin/env python3
"""Automations: every way to write sets them off, each run is logged, and can be run again."""
import base64
import hashlib
import hmac
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, query, until  # noqa: E402

app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
app.write('app.yaml', app.read('app.yaml') + 'limits: {api: 0, logins: 0}\n')
for login, roles in (('li', 'sales'), ('root', 'admin')):
    app.user(login, roles=roles)
tokens = {login: app.token(login) for login in ('li', 'root')}
SECRET = 'whsec_' + base64.b64encode(b'of the parcel service').decode()
server = app.serve(env={'PARCEL_SECRET': SECRET, 'PARCEL_OLD_SECRET': 'plain and old'})
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


HOOK = '/hooks/parcel/arrive'


def call(body, id='', at=None, secret=b'of the parcel service', path=HOOK, **headers):
    """A call signed as Standard Webhooks say."""
    text = body if isinstance(body, str) else json.dumps(body)
    at = str(int(time.time()) if at is None else at)
    mac = hmac.new(secret, f'{id}.{at}.{text}'.encode(), hashlib.sha256).digest()
    return server.client().ask('POST', path, text, type='application/json', headers={
        'webhook-id': id, 'webhook-timestamp': at,
        'webhook-signature': 'v1,' + base64.b64encode(mac).decode(), **headers})


def parcels(code):
    return li.get(PARCELS + '?' + query({'filter': f"code = '{code}'"})).json['records']


def test_a_signed_call_makes_a_record_and_the_next_one_changes_it():
    answer = call({'code': 'W1', 'parcel': {'label': 'Web', 'sizes': [2, 9]}, 'who': 'li', 'more': 1}, 'w1')
    assert answer.status == 200 and answer.json['state'] == 'stopped', answer
    assert answer.json['message'] == 'W1 weighs 2', answer
    one, = parcels('W1')
    assert (one['name'], one['weight'], one['price']) == ('Web', 2, 4) and one['owner'], one
    run = root.get(f'/api/v1/runs/{answer.json["run"]}').json
    assert (run['event'], run['automation'], run['by']) == ('webhook', 'arrive', None), run
    assert run['given'] == {'code': 'W1', 'name': 'Web', 'weight': 2, 'who': 'li'}, run
    answer = call({'code': 'W1', 'parcel': {'label': 'Web', 'sizes': ['3.5']}}, 'w2')
    assert answer.status == 200 and answer.json['message'] == 'W1 weighs 4', answer
    again, = parcels('W1')
    assert again['id'] == one['id'] and again['weight'] == 4, again


def test_a_call_that_comes_twice_is_done_once_and_one_that_failed_may_come_again():
    first = call({'code': 'R1', 'parcel': {'label': 'Once'}}, 'r1')
    second = call({'code': 'R1', 'parcel': {'label': 'Changed'}}, 'r1')
    assert (second.status, second.json['state']) == (200, 'repeated'), second
    assert second.json['run'] == first.json['run'], second
    assert parcels('R1')[0]['name'] == 'Once'
    assert call({'code': 'R2'}, 'r3').status == 200
    assert call({'code': 'R2', 'parcel': {'sizes': [5000]}}, 'r2').status == 422
    assert parcels('R2')[0]['weight'] is None
    assert call({'code': 'R2', 'parcel': {'sizes': [5]}}, 'r2').json['state'] == 'stopped'


def test_who_does_not_know_the_secret_is_refused():
    body = {'code': 'N1'}
    plain = server.client()
    answers = [call(body, 'n1', secret=b'guessed'), call(body, 'n2', at=time.time() // 1 - 400),
               call(body, 'n3', at='soon'), plain.post(HOOK, body), li.post(HOOK, body),
               plain.post(HOOK, body, token='plain and new')]
    for answer in answers:
        assert answer.status == 401 and answer.headers['Content-Type'] == 'application/problem+json', answer
        assert answer.headers['WWW-Authenticate'] == 'Bearer', answer
    assert 'does not fit' in answers[0].text and 'too long ago' in answers[1].text, answers
    altered = call(body, 'n4', **{'webhook-id': 'n5'})
    assert altered.status == 401, altered
    assert not parcels('N1')


def test_a_sender_that_cannot_sign_brings_the_secret_as_token():
    for token in (SECRET, 'plain and old'):
        answer = server.client().post(HOOK, {'code': 'T1'}, token=token)
        assert answer.status == 200, answer
    key = {'Idempotency-Key': 'form 7'}
    first = server.client().post(HOOK, {'code': 'T2'}, token=SECRET, headers=key)
    second = server.client().post(HOOK, {'code': 'T2'}, token=SECRET, headers=key)
    assert second.json == {'run': first.json['run'], 'state': 'repeated'}, second


def test_what_does_not_fit_is_told_and_nothing_is_done():
    answer = call({'parcel': {'sizes': ['heavy']}, 'day': 'soon', 'who': 'nobody'}, 'f1')
    assert answer.status == 422, answer
    assert answer.fields == {'code': 'required', 'weight': 'wrong_kind', 'day': 'wrong_kind',
                             'who': 'wrong_kind'}, answer
    assert call('{"code": ', 'f2').status == 400
    assert call('[1]', 'f3').status == 400
    assert call({'code': 'F4', 'fill': 'x' * 300_000}, 'f4').status == 413
    for path in ('/hooks/parcel/welcome', '/hooks/parcel/nothing', '/hooks/nothing/arrive'):
        assert call({'code': 'F5'}, 'f5', path=path).status == 404
    assert server.client().get(HOOK).status == 405
    skipped = call({'code': 'F6', 'parcel': {'sizes': [-1]}}, 'f6')
    assert skipped.json == {'run': None, 'state': 'skipped'} and not parcels('F6'), skipped


def test_a_call_may_be_done_behind_its_answer():
    path = '/hooks/parcel/arrive_later'
    assert call({}, 'l1', path=path).status == 422
    answer = call({'what': 'W'}, 'l2', path=path)
    assert answer.status == 202 and answer.json == {'run': None, 'state': 'queued'}, answer
    assert until(lambda: runs(automation='arrive_later'))
    run, = runs(automation='arrive_later')
    assert root.get(f'/api/v1/runs/{run["id"]}').json['given'] == {'what': 'W'}
    assert root.post(f'/api/v1/runs/{run["id"]}/again', {}).status == 204
    found = li.get('/api/v1/forms/trace/records?' + query({'filter': "what = 'later W'"})).json
    assert len(found['records']) == 2, found


if __name__ == '__main__':
    main(globals())
