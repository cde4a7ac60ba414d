#!/usr/bin/env python3
"""Automations: every way to write sets them off, each run is logged, and can be run again."""
import base64
import hashlib
import hmac
import html
import json
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, ROOT, main, query, until  # noqa: E402

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
    words = Page(page.text).text
    assert 'Set off by' in words and 'Created' in words and ' created ' not in words, words
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


def test_a_sender_does_not_hear_who_holds_what_is_there_already():
    held = li.post(PARCELS, {'code': 'D1', 'mark': 'fragile'})
    assert held.status == 201, held
    same = li.post(PARCELS, {'code': 'D2', 'mark': 'fragile'})
    assert same.fields == {'mark': 'duplicate'} and 'held by' in same.text, same
    answer = call({'code': 'D3', 'mark': 'fragile'}, 'd1')
    assert answer.status == 422 and 'mark: exists already' in answer.text, answer
    assert 'held' not in answer.text and 'Li' not in answer.text and 'D1' not in answer.text, answer


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


def traces(what):
    return len(li.get('/api/v1/forms/trace/records?' + query({'filter': f"what = '{what}'"})).json['records'])


def test_a_button_asks_first_and_its_steps_read_the_answer():
    a = make(name='Asked')
    where = f'{PARCELS}/{a}/actions/hand'
    answer = li.post(where, {'params': {'to': 'Max', 'place': 'desk', 'times': 2}})
    assert answer.status == 200 and answer.json['calls'] == 2, answer
    assert traces('Asked to Max at desk') == 1
    run = runs(record=a, automation='hand')[0]
    assert root.get(f'/api/v1/runs/{run["id"]}').json['given']['times'] == 2
    refused = li.post(where, {'params': {'place': 'roof', 'times': 'many', 'too': 'Max'}})
    assert refused.status == 422, refused
    assert refused.fields == {'to': 'required', 'place': 'option', 'times': 'wrong_kind',
                              'too': 'unknown_field'}, refused
    form, = [f for f in li.get('/api/v1/forms').json['forms'] if f['name'] == 'parcel']
    hand, = [x for x in form['actions'] if x['name'] == 'hand']
    assert [p['name'] for p in hand['params']] == ['to', 'place', 'times'], hand


def test_the_page_of_a_button_asks_too():
    a = make(name='Page')
    page = server.client().login('li')
    where = f'/f/parcel/{a}/action/hand'
    asked = page.get(where).text
    assert 'Handed to' in asked and 'name="place"' in asked and 'desk' in asked, asked
    missing = page.form(where, {'_csrf': page.csrf, 'place': 'desk'})
    assert missing.status == 422 and 'is required' in missing.text, missing
    done = page.form(where, {'_csrf': page.csrf, 'to': 'Eve', 'place': 'door', 'times': '3'})
    assert done.status == 303 and li.get(f'{PARCELS}/{a}').json['calls'] == 3, done
    assert traces('Page to Eve at door') == 1


def test_a_button_is_pressed_on_many_each_by_itself():
    ids = [make(name=f'Many {i}', calls=i * 3) for i in range(3)]
    answer = li.post('/api/v1/forms/parcel/actions/hand', {'records': ids + [999999], 'params': {'to': 'All'}})
    assert answer.status == 200, answer
    assert [(x['id'], x['done']) for x in answer.json['results']] == [
        (ids[0], True), (ids[1], True), (ids[2], False), (999999, False)], answer
    assert [x.get('code') for x in answer.json['results']][2:] == ['not_here', 'not_found'], answer
    assert li.post('/api/v1/forms/parcel/actions/nothing', {'records': ids}).status == 404


def test_the_page_of_several_asks_once_and_tells_of_each():
    ids = [make(name=f'Ticked {i}', calls=i * 9) for i in range(2)]
    page = server.client().login('li')
    where, token = '/several/parcel/hand', ('_csrf', page.csrf)
    asked = page.form(where, [token, ('back', '/f/parcel?q=Ticked'), *(('record', i) for i in ids + ids)])
    assert asked.status == 200 and asked.text.count('name="_record"') == 2, asked
    assert 'Ticked 0, Ticked 1' in asked.text and li.get(f'{PARCELS}/{ids[0]}').json['calls'] == 0, asked
    ticked = [token, ('_back', '/f/parcel?q=Ticked'), *(('_record', i) for i in ids + [999999])]
    refused = page.form(where, [*ticked, ('to', ''), ('times', 'many')])
    assert refused.status == 422 and refused.text.count('aria-invalid="true"') == 2, refused
    assert li.get(f'{PARCELS}/{ids[0]}').json['calls'] == 0
    done = page.form(where, [*ticked, ('to', 'Ann'), ('times', '2')])
    assert done.status == 200 and 'Hand out: done for 1 of 3' in done.text, done
    assert 'Record 999999' in done.text and 'there is no such record' in done.text, done
    assert 'href="/f/parcel?q=Ticked"' in html.unescape(done.text)
    assert li.get(f'{PARCELS}/{ids[0]}').json['calls'] == 2
    assert page.form(where, [token]).status == 200
    assert page.form(where, [token, *(('record', i) for i in range(1, 202))]).status == 413
    assert page.form('/several/parcel/nothing', [token, ('record', ids[0])]).status == 404
    assert page.form('/several/nothing/hand', [token, ('record', ids[0])]).status == 404


def test_a_trial_tells_what_would_happen_and_keeps_nothing():
    a = make(name='Trial', weight=7)
    before = len(runs(record=a))
    where = '/api/v1/forms/parcel/automations/{}/try'
    assert li.post(where.format('hand'), {'record': a}).status == 403
    answer = root.post(where.format('hand'), {'record': a, 'given': {'to': 'Max'}})
    assert answer.status == 200, answer
    made, put = answer.json['steps']
    assert answer.json['state'] == 'done' and answer.json['holds'], answer
    assert made['values']['what'] == 'Trial to Max at ' and made['result'], answer
    assert put['values'] == {'calls': 1} and li.get(f'{PARCELS}/{a}').json['calls'] == 0, answer
    assert traces('Trial to Max at ') == 0 and len(runs(record=a)) == before
    failed = root.post(where.format('heavy'), {'record': a}).json
    assert failed['state'] == 'done' and not failed['holds'], failed
    empty = make(name='Empty')
    failed = root.post(where.format('heavy'), {'record': empty}).json
    assert failed['state'] == 'failed' and 'Give a price first' in failed['message'], failed
    called = root.post(where.format('arrive'), {'given': {'code': 'TRY', 'weight': -1}}).json
    assert called['state'] == 'stopped' and not called['holds'] and not parcels('TRY'), called
    assert root.post(where.format('hand'), {'record': 999999}).status == 404
    assert root.post(where.format('nothing'), {'record': a}).status == 404
    run = runs(record=a, automation='welcome')[0]
    page = server.client().login('root')
    tried = page.form(f'/admin/runs/{run["id"]}/try', {'_csrf': page.csrf})
    assert tried.status == 200 and 'nothing of it was kept' in tried.text, tried
    assert traces('created Trial') == 1
    shown = page.get(f'/f/parcel/{a}').text
    assert f'/admin/runs?form=parcel&record={a}' in html.unescape(shown), shown


def test_why_names_the_automations_that_ran():
    a = make(name='Because', weight=1)
    ran = li.get(f'{PARCELS}/{a}/why').json['runs']
    run, = runs(record=a)
    assert [(x['run'], x['automation'], x['event'], x['state']) for x in ran] == [
        (run['id'], 'welcome', 'created', 'done')], ran


def test_what_runs_too_often_on_one_record_is_held_back_and_admins_are_told_once():
    a = make(name='Often')
    for i in range(64):
        assert li.patch(f'{PARCELS}/{a}', {'name': f'Often {i}'}).status == 200
    assert until(lambda: runs(record=a, state='held') and len(runs(record=a, automation='later', state='done')) == 50)
    assert until(lambda: len([j for j in root.get('/api/v1/jobs?state=failing&kind=automation').json['jobs']
                              if 'held back' in (j['error'] or '')]) == 4)
    held, = runs(record=a, state='held')
    assert held['automation'] == 'later' and '60 times in a minute' in held['error'], held
    told = [m for m in root.get('/api/v1/messages').json['messages'] if 'held back' in m['text']]
    assert len(told) == 1 and told[0]['record'] == a, told
    assert not [m for m in li.get('/api/v1/messages').json['messages'] if 'held back' in m['text']]


if __name__ == '__main__':
    main(globals())
