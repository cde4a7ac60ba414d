#!/usr/bin/env python3
"""Approvals by the API: requests, tasks, decisions, standing in, and many at once."""
import base64
import hashlib
import hmac
import os
import random
import re
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, ROOT, main, until  # noqa: E402
from post import Post  # noqa: E402
from test_events import Stream  # noqa: E402

ORDERS = '/api/v1/forms/order/records'
_app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'consent'))
_post = Post()
_app.write('app.yaml', _app.read('app.yaml') + f'''url: http://consent.example.com/
channels:
  email: {{smtp: "smtp://127.0.0.1:{_post.port}", from: consent@example.com}}
''')
_app.write('workflows/buying.yaml', _app.read('workflows/buying.yaml').replace(
    'label: {en: Superior, zh: 上级},', 'label: {en: Superior, zh: 上级}, via: [inbox, email],'))
_app.user('root', roles='admin')
JUDGES = [f'j{i}' for i in range(5)]
for _login, _roles in (('boss', ''), ('li', 'buyer'), ('wu', ''), ('an', ''), ('fin', 'finance'),
                       *((j, '') for j in JUDGES)):
    _app.user(_login, roles=_roles)
_server = _app.serve()
_clients = {n: _server.client(_app.token(n))
            for n in ('root', 'boss', 'li', 'wu', 'an', 'fin', *JUDGES)}
root, boss, li, wu, an, fin = (_clients[n] for n in ('root', 'boss', 'li', 'wu', 'an', 'fin'))
USERS = '/api/v1/forms/user/records'


def _id(login):
    return _app.rows('SELECT id FROM "user" WHERE login = ?', login)[0][0]


assert root.patch(f'{USERS}/{_id("li")}', {'manager': 'boss'}).status == 200


def _order(name, **values):
    answer = li.post(ORDERS, {'name': name, 'kind': 'plain', 'amount': 1, **values})
    assert answer.status == 201, answer
    return answer.json['id']


def _ask(id, **body):
    return li.post(f'{ORDERS}/{id}/transitions/order', body)


def _tasks(who, list='todo'):
    answer = who.get(f'/api/v1/tasks?list={list}')
    assert answer.status == 200, answer
    return answer.json['tasks']


def _task(who, id):
    found = [t['id'] for t in _tasks(who) if t['record']['id'] == id]
    assert len(found) == 1, (id, found)
    return found[0]


def _act(who, task, what, **body):
    return who.post(f'/api/v1/tasks/{task}/{what}', body)


def _stage(id):
    return root.get(f'{ORDERS}/{id}').json['stage']


def a_request_makes_tasks_and_the_last_consent_makes_the_move():
    id = _order('A')
    asked = _ask(id, values={'budget': 'B1'}, comment='soon please')
    assert asked.status == 202 and asked.headers['Location'] == f'{ORDERS}/{id}/approvals', asked
    assert asked.json['stage'] == 'draft' and asked.json['budget'] is None
    assert _ask(id).status == 409
    allowed = li.get(f'{ORDERS}/{id}/allowed').json
    assert not any(t['allowed'] for t in allowed['transitions']), allowed
    assert 'waits for approval by: Boss' in allowed['transitions'][0]['why'], allowed
    todo = _tasks(boss)
    assert len(todo) == 1 and todo[0]['record'] == {'id': id, 'title': 'A'}, todo
    assert todo[0]['by']['title'] == 'Li' and todo[0]['request'] == 'soon please'
    assert todo[0]['label'] == 'Order' and todo[0]['state'] == 'open'
    assert boss.get('/api/v1/tasks/counts').json == {'todo': 1, 'copied': 0}
    assert fin.get('/api/v1/tasks/counts').json == {'todo': 0, 'copied': 1}
    started = _tasks(li, 'started')
    assert started[0]['record']['id'] == id and started[0]['outcome'] == 'waiting', started
    assert wu.get(f'/api/v1/tasks/{todo[0]["id"]}').status == 404
    assert _act(wu, todo[0]['id'], 'approve').status == 404
    done = _act(boss, todo[0]['id'], 'approve', comment='fine')
    assert done.status == 200 and done.json['state'] == 'approved', done
    assert done.json['outcome'] == 'approved' and done.json['decided_by']['title'] == 'Boss'
    now = root.get(f'{ORDERS}/{id}').json
    assert now['stage'] == 'ordered' and now['budget'] == 'B1', now
    assert _act(boss, todo[0]['id'], 'reject').status == 409
    assert _tasks(boss) == [] and _tasks(boss, 'done')[0]['comment'] == 'fine'
    copied = _tasks(fin, 'copied')[0]
    assert copied['state'] == 'unread' and _act(fin, copied['id'], 'read').status == 200
    assert fin.get('/api/v1/tasks/counts').json == {'todo': 0, 'copied': 0}
    log = li.get(f'{ORDERS}/{id}/approvals').json['approvals']
    assert [(t['kind'], t['state']) for t in log[0]['tasks']] == [
        ('approve', 'approved'), ('cc', 'read')], log
    moved = _app.rows('SELECT "by", comment FROM stage_history WHERE record = ? AND "to" = ?', id,
                      'ordered')
    assert moved == [(_id('li'), 'soon please')], moved
    history = [e['what'] for e in li.get(f'{ORDERS}/{id}/history').json['entries']]
    assert history == ['moved', 'approved', 'requested', 'created'], history
    why = li.get(f'{ORDERS}/{id}/why').json
    assert 'approval Superior asks Boss (manager_of(owner))' in str(why['explained']), why


def who_is_asked_reads_and_nobody_else():
    id = _order('R', reason='secret')
    assert boss.get(f'{ORDERS}/{id}').status == 404
    assert _ask(id).status == 202
    seen = boss.get(f'{ORDERS}/{id}')
    assert seen.status == 200 and seen.json['reason'] == 'secret', seen
    assert boss.patch(f'{ORDERS}/{id}', {'name': 'X'}).status in (403, 409)
    told = fin.get(f'{ORDERS}/{id}')
    assert told.status == 200 and 'reason' not in told.json, told
    assert wu.get(f'{ORDERS}/{id}').status == 404
    listed = boss.get(ORDERS).json['records']
    assert id in [r['id'] for r in listed], listed
    assert li.post(f'{ORDERS}/{id}/approval/withdraw', {}).status == 204
    assert boss.get(f'{ORDERS}/{id}').status == 200
    assert boss.get(f'{ORDERS}/{id}/why').status == 200


def counts_of_tasks_are_told_as_they_change():
    streams = {who: Stream(_server, token=_app.token(who)) for who in ('boss', 'fin', 'an')}
    before = {who: streams[who].hears('tasks')[-1] for who in streams}
    assert all(before.values()), before
    todo, copied = before['boss']['todo'], before['fin']['copied']
    lent = boss.post('/api/v1/delegations', {'delegate': 'an', 'until': '2099-01-01T00:00:00Z'})
    id = _order('Live')
    assert _ask(id).status == 202
    assert streams['boss'].hears('tasks', todo=todo + 1), streams['boss'].events
    assert streams['an'].hears('tasks', todo=before['an']['todo'] + todo + 1), streams['an'].events
    assert streams['fin'].hears('tasks', copied=copied + 1), streams['fin'].events
    asked = boss.get('/api/v1/events').json
    assert (asked['todo'], asked['copied']) == (todo + 1, before['boss']['copied']), asked
    assert _act(boss, _task(boss, id), 'approve').status == 200
    assert until(lambda: streams['boss'].of('tasks')[-1]['todo'] == todo), streams['boss'].events
    assert boss.delete(f'/api/v1/delegations/{lent.json["id"]}').status == 204
    for stream in streams.values():
        stream.close()


def several_are_decided_at_once_each_by_itself():
    a, b = _order('P'), _order('Q')
    for id in (a, b):
        assert _ask(id).status == 202
    ids = [_task(boss, a), _task(boss, b)]
    answer = boss.post('/api/v1/tasks/batch', {'ids': [*ids, 999999], 'action': 'approve'})
    assert answer.status == 200, answer
    assert [r['done'] for r in answer.json['results']] == [True, True, False], answer
    assert _stage(a) == _stage(b) == 'ordered'
    for body in ({'ids': ids, 'action': 'transfer'}, {'ids': 'x', 'action': 'approve'}):
        assert boss.post('/api/v1/tasks/batch', body).status in (400, 422), body


def wrong_decisions_are_refused_where_they_are_wrong():
    id = _order('W', kind='edit')
    assert _ask(id).status == 202
    task = _task(boss, id)
    assert boss.get(f'/api/v1/tasks/{task}').json['needs'] == ['comment']
    for what, body, field in (('approve', {}, 'comment'),
                              ('approve', {'comment': 'c', 'values': {'name': 'Z'}}, 'name'),
                              ('approve', {'comment': 'c', 'values': {'amount': -1}}, 'amount'),
                              ('transfer', {'to': 'nobody'}, 'to'), ('transfer', {}, 'to'),
                              ('transfer', {'to': 'boss'}, 'to'),
                              ('add', {'to': 'wu', 'where': 'over'}, 'where'),
                              ('return', {'comment': 'c', 'stage': 'ordered'}, 'stage')):
        answer = _act(boss, task, what, **body)
        assert answer.status == 422 and field in answer.fields, (what, body, answer)
    assert _act(boss, task, 'eat', comment='c').status == 404
    assert boss.get(f'/api/v1/tasks/{task}').json['state'] == 'open'
    assert _act(boss, task, 'approve', comment='c', values={'amount': 5}).status == 200
    assert root.get(f'{ORDERS}/{id}').json['amount'] == 5


def somebody_stands_in_with_a_trace():
    id = _order('S')
    until = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 3600))
    for body, field in (({'delegate': 'boss', 'until': until}, 'delegate'),
                        ({'delegate': 'nobody', 'until': until}, 'delegate'),
                        ({'delegate': 'an', 'until': '2020-01-01T00:00:00Z'}, 'until'),
                        ({'delegate': 'an', 'until': until, 'form': 'none'}, 'form')):
        answer = boss.post('/api/v1/delegations', body)
        assert answer.status == 422 and field in answer.fields, (body, answer)
    assert wu.post('/api/v1/delegations', {'user': 'boss', 'delegate': 'wu',
                                           'until': until}).status == 403
    made = boss.post('/api/v1/delegations', {'delegate': 'an', 'until': until, 'form': 'order'})
    assert made.status == 201, made
    assert boss.get('/api/v1/delegations').json['delegations'][0]['delegate']['title'] == 'An'
    assert _ask(id).status == 202
    assert an.get('/api/v1/tasks/counts').json['todo'] == 1
    task = _task(an, id)
    assert task == _task(boss, id)
    assert _act(an, task, 'approve').status == 200
    entry = li.get(f'{ORDERS}/{id}/history').json['entries'][1]
    assert entry['what'] == 'approved' and entry['by']['title'] == 'An', entry
    assert 'for Boss' in entry['note'], entry
    log = li.get(f'{ORDERS}/{id}/approvals').json['approvals'][0]['tasks'][0]
    assert log['user']['title'] == 'Boss' and log['decided_by']['title'] == 'An', log
    assert an.delete(f'/api/v1/delegations/{made.json["id"]}').status == 404
    assert boss.delete(f'/api/v1/delegations/{made.json["id"]}').status == 204
    assert boss.get('/api/v1/delegations').json['delegations'] == []


def a_record_that_goes_ends_its_request():
    id = _order('Gone')
    assert _ask(id).status == 202
    task = _task(boss, id)
    assert li.delete(f'{ORDERS}/{id}').status == 409
    assert li.post(f'{ORDERS}/{id}/approval/withdraw', {'comment': 'no'}).status == 204
    assert li.delete(f'{ORDERS}/{id}').status == 204
    assert _act(boss, task, 'approve').status == 409
    assert li.post(f'{ORDERS}/{id}/restore', {}).status == 200
    assert li.post(f'{ORDERS}/{id}/approval/nudge', {}).status == 409
    assert li.post(f'{ORDERS}/{id}/approval/sing', {}).status == 404


def what_a_leaver_is_asked_goes_to_somebody_else():
    id = _order('L')
    assert _ask(id).status == 202
    held = root.get(f'{USERS}/{_id("boss")}/held').json['places']
    count = {p['place']: p['open'] for p in held}['tasks']
    assert count >= 1, held
    answer = root.post(f'{USERS}/{_id("boss")}/hand-over', {'to': 'an', 'places': ['tasks']})
    assert answer.status == 200 and answer.json['done'] == count, answer
    assert _tasks(boss) == []
    assert _act(an, _task(an, id), 'approve').status == 200 and _stage(id) == 'ordered'


def nobody_consents_to_their_own_request_in_a_roundabout_way():
    until = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() + 3600))
    id = _order('Mine')
    assert _ask(id).status == 202
    made = boss.post('/api/v1/delegations', {'delegate': 'li', 'until': until})
    assert made.status == 201, made
    task = _task(li, id)                      # the entry says not_self
    assert _act(li, task, 'approve').status == 403 and _stage(id) == 'draft'
    assert boss.delete(f'/api/v1/delegations/{made.json["id"]}').status == 204
    two = _order('Two seats', kind='two', judges=['j0', 'j1', 'j2'])
    assert _ask(two).status == 202
    for to in ('li', 'j1'):
        answer = root.post(f'{USERS}/{_id("j0")}/hand-over', {'to': to, 'places': ['tasks']})
        assert answer.status == 200 and answer.json['done'] == 0, (to, answer)
    assert _task(_clients['j0'], two)
    assert li.post(f'{ORDERS}/{two}/approval/withdraw', {}).status == 204
    assert li.post(f'{ORDERS}/{id}/approval/withdraw', {}).status == 204


def pages_of_tasks_go_on_by_a_cursor():
    for i in range(5):
        assert _ask(_order(f'K{i}')).status == 202
    seen, after = [], 0
    while after is not None:
        page = boss.get(f'/api/v1/tasks?list=todo&limit=2&after={after}').json
        seen += [t['id'] for t in page['tasks']]
        after = page['next']
    assert len(seen) == len(set(seen)) >= 5 and seen == sorted(seen), seen
    assert boss.get('/api/v1/tasks?list=all').status == 400


def people_decide_on_pages():
    html = {'Accept': 'text/html'}
    id, other = _order('Page'), _order('Other', kind='sign')
    seller, judge = _server.client().login('li'), _server.client().login('boss')

    def post(who, path, at=None, **values):
        forms = Page(who.get(path, headers=html).text).forms
        form = {k: v for k, v in forms[at or path].items() if v is not None}
        return who.form(at or path, {**form, **values})
    asked = post(seller, f'/f/order/{id}/move/order', _comment='please')
    assert asked.status == 303 and 'waits=1' in asked.headers['Location'], asked
    assert post(seller, f'/f/order/{other}/move/order').status == 303
    page = seller.get(f'/f/order/{id}', headers=html).text
    assert f'/f/order/{id}/edit' not in page and 'approval/withdraw' in page, page
    task, second = _task(boss, id), _task(boss, other)
    page = judge.get(f'/f/order/{id}', headers=html).text
    assert f'/tasks/{task}?do&#61;approve' in page and 'approval/withdraw' not in page, page
    page = judge.get('/tasks', headers=html).text
    assert 'please' in page and f'href="/f/order/{id}"' in page, page
    for what in ('approve', 'reject', 'return', 'transfer', 'add'):
        shown = judge.get(f'/tasks/{task}?do={what}', headers=html)
        assert shown.status == 200, (what, shown)
    assert judge.get(f'/tasks/{task}?do=eat', headers=html).status == 404
    assert _server.client().login('wu').get(f'/tasks/{task}?do=approve', headers=html).status == 404
    refused = post(judge, f'/tasks/{second}?do=approve')
    assert refused.status == 422 and 'is required for this decision' in refused.text, refused
    assert post(judge, f'/tasks/{second}?do=approve', ref='R1').status == 303
    assert root.get(f'{ORDERS}/{other}').json['ref'] == 'R1' and _stage(other) == 'ordered'
    assert post(judge, f'/tasks/{task}?do=transfer', manager=str(_id('wu'))).status == 303
    assert _task(wu, id)
    back = post(seller, f'/f/order/{id}', at=f'/f/order/{id}/approval/withdraw')
    assert back.status == 303 and _tasks(wu) == [], back
    more = [_order('M1'), _order('M2')]
    for i in more:
        assert _ask(i).status == 202
    done = post(judge, '/tasks', id=[str(_task(boss, i)) for i in more], do='approve')
    assert done.status == 303 and 'decided=2' in done.headers['Location'], done
    assert [_stage(i) for i in more] == ['ordered', 'ordered']
    for name in ('started', 'done', 'copied'):
        assert judge.get(f'/tasks?list={name}', headers=html).status == 200
    # What is decided is not due any more.
    late = _order('Timed', kind='late', judges=[_id('j0')])
    first = _server.client().login('j0')
    assert 'decided comes here' in first.get('/tasks?list=done', headers=html).text
    assert _ask(late).status == 202 and 'due ' in Page(first.get('/tasks', headers=html).text).text
    assert _act(_clients['j0'], _task(_clients['j0'], late), 'approve').status == 200
    page = Page(first.get('/tasks?list=done', headers=html).text).text
    assert 'Timed' in page and 'due ' not in page, page


def _links(to, name):
    """The links of the mail that told this address of that order: by what they lead to."""
    def found():
        return [m for t, m in list(_post.mails)
                if t == [to] and m['Subject'] == f'Please approve: {name} – Order'] or None
    mail, = until(found) or [None]
    text = mail.get_payload(decode=True).decode()
    return {word: link for word, link in
            re.findall(r'^([A-Z][a-z ]+): http://consent.example.com(/\S+)$', text, re.M)}


def _sealed(text):
    """What the server itself would sign; to see links that are too old."""
    key = base64.urlsafe_b64decode(_app.rows("SELECT value FROM _secret WHERE name = 'key'")[0][0]
                                   + '=')
    mac = hmac.new(key, b'task\0' + text.encode(), hashlib.sha256).digest()[:16]
    return '/tasks/link/' + base64.urlsafe_b64encode(text.encode() + mac).decode().rstrip('=')


def a_link_of_the_mail_leads_to_the_decision_and_decides_nothing_itself():
    html = {'Accept': 'text/html'}
    for login in ('boss', 'an'):
        assert root.patch(f'{USERS}/{_id(login)}', {'email': f'{login}@example.com'}).status == 200
    judge, other = _server.client().login('boss'), _server.client().login('wu')
    ids = {name: _order(name) for name in ('Mail', 'No', 'Old')}
    for id in ids.values():
        assert _ask(id).status == 202
    links = _links('boss@example.com', 'Mail')
    assert links['Look at it'] == f'/f/order/{ids["Mail"]}', links
    go = links['Approve']
    asked = _server.client().get(go, headers=html)
    assert asked.status == 303 and '/login?next=' in asked.headers['Location'], asked
    shown = judge.get(go, headers=html)
    assert shown.status == 200 and 'Mail' in shown.text, shown
    form = {k: v for k, v in Page(shown.text).forms[go].items() if v is not None}
    stranger = other.get(go, headers=html)
    assert stranger.status == 403 and 'this link is for Boss; you are signed in as Wu' \
        in stranger.text, stranger
    assert other.form(go, {'_csrf': other.csrf}).status == 403
    assert judge.form(go, form, headers={'X-CSRF-Token': 'x'}).status == 403
    for wrong in (go[:-2] + ('AA' if go[-2:] != 'AA' else 'BB'), go[:-30], '/tasks/link/x',
                  _sealed(f'{_task(boss, ids["Mail"])} {_id("boss")} 9999999999 eat')):
        answer = judge.get(wrong, headers=html)
        assert answer.status == 404 and 'none of ours' in answer.text, (wrong, answer)
    old = _sealed(f'{_task(boss, ids["Old"])} {_id("boss")} 1000000000 approve')
    for answer in (judge.get(old, headers=html), judge.form(old, form)):
        assert answer.status == 409 and 'this link is too old' in answer.text, answer
    assert [_stage(id) for id in ids.values()] == ['draft'] * 3
    done = judge.form(go, {**form, '_comment': 'by mail'})
    assert done.status == 303 and _stage(ids['Mail']) == 'ordered', done
    assert _tasks(boss, 'done')[0]['comment'] == 'by mail'
    for link in (go, links['Refuse']):
        again = judge.get(link, headers=html)
        assert again.status == 409 and 'Boss has decided this already' in again.text, again
    no = _links('boss@example.com', 'No')['Refuse']
    assert judge.form(no, form).status == 303 and _stage(ids['No']) == 'refused'
    assert boss.post('/api/v1/delegations', {'delegate': 'an', 'until': '2099-01-01T00:00:00Z'}
                     ).status == 201
    last = _order('Both')
    assert _ask(last).status == 202
    own, stand_in = (_links(f'{login}@example.com', 'Both')['Approve'] for login in ('boss', 'an'))
    assert own != stand_in
    sitting = _server.client().login('an')
    assert sitting.get(own, headers=html).status == 403
    assert sitting.form(stand_in, {'_csrf': sitting.csrf}).status == 303
    assert _stage(last) == 'ordered'
    given = boss.get('/api/v1/delegations').json['delegations'][0]['id']
    assert boss.delete(f'/api/v1/delegations/{given}').status == 204


def somebody_is_let_to_stand_in_on_the_profile():
    html = {'Accept': 'text/html'}
    judge = _server.client().login('boss')
    page = judge.get('/profile', headers=html)
    assert page.status == 200, page
    form = {k: v for k, v in Page(page.text).forms['/profile/delegations'].items() if v is not None}
    there = {**form, 'manager': str(_id('an')), '_form': 'order'}
    assert judge.form('/profile/delegations', {**there, '_until': ''}).status == 422
    assert judge.form('/profile/delegations', {**there, '_until': '2020-01-01T00:00'}).status == 422
    assert judge.form('/profile/delegations', {**there, '_until': '2099-01-01T00:00'}).status == 303
    made = boss.get('/api/v1/delegations').json['delegations']
    assert [(d['delegate']['title'], d['form']) for d in made] == [('An', 'order')], made
    end = f'/profile/delegations/{made[0]["id"]}/end'
    assert end in judge.get('/profile', headers=html).text
    assert judge.form(end, {'_csrf': form['_csrf']}).status == 303
    assert boss.get('/api/v1/delegations').json['delegations'] == []


def two_hundred_requests_of_three_of_five_lose_and_double_nothing():
    """Each order asks five people, three must consent; all decide at once, some hand on, some
    requests are taken back in the middle."""
    flow = open(os.path.join(_app.dir, 'workflows', 'buying.yaml')).read()
    assert 'need: 2' in flow
    _app.write('workflows/buying.yaml', flow.replace("by: this.judges, need: 2", "by: this.judges, need: 3"))
    _app.cli('apply')
    random.seed(5)
    ids = [_order(f'N{i}', kind='two', judges=JUDGES) for i in range(200)]
    for id in ids:
        assert _ask(id).status == 202
    taken = set(random.sample(ids, 20))
    answers, lock = [], threading.Lock()

    def decide(name):
        who = _server.client(_app.token(name))
        mine = {t['record']['id']: t['id'] for t in _all(who)}
        order = [i for i in ids if i in mine]
        random.Random(name).shuffle(order)
        for i in order:
            chance = random.Random(f'{name}{i}').random()
            if chance < 0.1:
                a = who.post(f'/api/v1/tasks/{mine[i]}/transfer', {'to': 'wu'})
                what = 'transfer'
            else:
                what = 'approve' if chance < 0.75 else 'reject'
                a = who.post(f'/api/v1/tasks/{mine[i]}/{what}', {})
            with lock:
                answers.append((i, name, what, a.status))

    def take_back():
        who = _server.client(_app.token('li'))
        for i in taken:
            a = who.post(f'{ORDERS}/{i}/approval/withdraw', {})
            with lock:
                answers.append((i, 'li', 'withdraw', a.status))
    threads = [threading.Thread(target=decide, args=(n,)) for n in JUDGES]
    threads.append(threading.Thread(target=take_back))
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert not [a for a in answers if a[3] not in (200, 204, 409, 422)], answers[:5]
    for task in _all(wu):
        wu.post(f'/api/v1/tasks/{task["id"]}/approve', {})
    outcome = dict(_app.rows("SELECT record, state FROM _approval WHERE id IN "
                             "(SELECT max(id) FROM _approval GROUP BY record)"))
    stage = dict(_app.rows('SELECT id, stage FROM "order"'))
    for i in ids:
        yes, no = (_app.rows("SELECT count(*) FROM _task WHERE record = ? AND state = ?", i, s)[0][0]
                   for s in ('approved', 'rejected'))
        said = [a for a in answers if a[0] == i and a[3] == 200]
        decided = _app.rows("SELECT count(*) FROM _history WHERE form = 'order' AND record = ? AND "
                            "what IN ('approved', 'rejected')", i)[0][0]
        assert decided == yes + no, (i, decided, yes, no)
        assert len({(a[1]) for a in said}) == len(said), said
        assert yes <= 3 and no <= 3, (i, yes, no)
        if outcome[i] == 'approved':
            assert yes == 3 and stage[i] == 'ordered', (i, yes, no, stage[i])
        elif outcome[i] == 'rejected':
            assert no == 3 and stage[i] == 'draft', (i, yes, no, stage[i])
        elif outcome[i] == 'withdrawn':
            assert i in taken and stage[i] == 'draft', (i, stage[i])
        else:
            assert outcome[i] == 'waiting' and yes < 3 and no < 3, (i, outcome[i], yes, no)
        moves = _app.rows("SELECT count(*) FROM stage_history WHERE form = 'order' AND record = ? "
                          "AND \"to\" = 'ordered'", i)[0][0]
        assert moves == (stage[i] == 'ordered'), (i, moves)
    acted = sum(1 for a in answers if a[2] in ('approve', 'reject') and a[3] == 200)
    assert acted > 300, acted


def _all(who):
    found, after = [], 0
    while after is not None:
        page = who.get(f'/api/v1/tasks?list=todo&limit=200&after={after}').json
        found += page['tasks']
        after = page['next']
    return found


if __name__ == '__main__':
    main(globals())
