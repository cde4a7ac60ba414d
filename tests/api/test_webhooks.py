#!/usr/bin/env python3
"""Web calls out of the running server, to a real receiver: every change is told once, in order,
signed; what fails is kept, shown and tried again."""
import base64
import datetime
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time
import urllib.parse
import zoneinfo

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import ROOT, App, Page, main, until  # noqa: E402
from post import Post  # noqa: E402

_SECRET, _OLD = 'whsec_' + base64.b64encode(b'k' * 24).decode(), 'old secret'


class _Receiver(http.server.ThreadingHTTPServer):
    """Keeps what came: (path, headers, body); answers with `status` and `answer`."""
    daemon_threads = True

    def __init__(self):
        self.got, self.status, self.answer, self.lock = [], 200, '', threading.Lock()
        self.extra = {}
        super().__init__(('127.0.0.1', 0), _Handler)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def events(self, path='/erp'):
        with self.lock:
            return [json.loads(b) for p, _, b in self.got if p.split('?')[0] == path]

    def clear(self):
        with self.lock:
            self.got.clear()


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_PUT(self):
        self.do_POST()

    def do_POST(self):
        s = self.server
        body = self.rfile.read(int(self.headers['Content-Length']))
        with s.lock:
            if s.status < 300:
                s.got.append((self.path, dict(self.headers), body))
            status, answer, extra = s.status, s.answer.encode(), s.extra
        self.send_response(status)
        for name, value in extra.items():
            self.send_header(name, value)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


os.environ['NEW_SECRET'] = _SECRET
_there, _post = _Receiver(), Post()
_HERE = f'http://127.0.0.1:{_there.server_port}'
os.environ.update(STEP_URL=_HERE + '/step', STEP_KEY='hush-key')
_app = App({
    'app.yaml': f'''app: shop
url: https://shop.example.com
languages: [en, zh]
roles: {{seller: {{}}}}
channels:
  email: {{smtp: "smtp://127.0.0.1:{_post.port}", from: shop@example.com}}
  ding: {{webhook: "{_HERE}/ding?access_token=t", format: dingtalk, secret: SECx}}
internal: ["localhost:{_there.server_port}"]
webhooks:
  erp: {{url: "{_HERE}/erp", secret: ["${{env:NEW_SECRET}}", {_OLD}], forms: [order, buyer]}}
  bulk: {{url: "{_HERE}/bulk", forms: [part], events: [created, deleted], bulk: true}}
  each: {{url: "{_HERE}/each", secret: "${{env:NEW_SECRET}}", forms: [part], events: [updated]}}
''',
    'forms/order.yaml': '''form: order
title: "{name}"
fields:
  name: {type: text}
  buyer: {type: link, to: buyer}
  price: {type: money}
  cost: {type: money, default: 4}
  twice: {type: formula, of: money, formula: "price * 2"}
  margin: {type: formula, of: money, formula: "price - cost"}
  mail: {type: text}
  ring:
    type: button
    run: [{notify: {to: created_by, text: "Ring {name}", via: [inbox, email]}}]
  send:
    type: button
    run:
      - webhook:
          url: "${env:STEP_URL}?of=order"
          method: PUT
          headers: {X-Key: "${env:STEP_KEY}", X-Name: "=name"}
          secret: "${env:NEW_SECRET}"
          body: {name: "{name}!", price: "=price", deep: {list: ["=twice", 1, text, true]}, none: null}
      - webhook: {url: "=\'http://localhost:' & mail"}
      - email: {address: "=mail", subject: {en: "About {name}", zh: "关于 {name}"}, text: "Price {price}"}
      - email: {to: created_by, subject: "To you", text: "Hello"}
      - notify: {to: created_by, text: "Ring {name}", via: [ding]}
permissions:
  seller: {create: true, read: all, update: all, delete: all, batch: all, fields: {cost: hidden}}
''',
    'forms/buyer.yaml': '''form: buyer
title: "{name}"
fields:
  name: {type: text}
  spent: {type: rollup, from: order, via: buyer, do: "sum(price)"}
permissions:
  seller: {create: true, read: all, update: all}
''',
    'forms/part.yaml': '''form: part
fields: {name: {type: text}}
permissions:
  seller: {create: true, read: all, update: all, delete: all, batch: all}
''',
})
_app.user('ann', roles='admin')
_app.user('sel', roles='seller')
_tokens = {who: _app.token(who) for who in ('ann', 'sel')}
_server = _app.serve()
_ann, _sel = _server.client(_tokens['ann']), _server.client(_tokens['sel'])


def _made(form, **values):
    answer = _sel.post(f'/api/v1/forms/{form}/records', values)
    assert answer.status == 201, answer
    return answer.json


def _wait(n, path='/erp', seconds=20):
    assert until(lambda: len(_there.events(path)) >= n, seconds), \
        (_there.events(path), _server.log()[-2000:])
    events = _there.events(path)
    assert len(events) == n, [e['type'] for e in events]
    return events


def _fresh():
    assert until(lambda: not _app.count('_job')), _app.rows('SELECT * FROM _job')
    _there.clear()


def a_change_is_told_signed_with_each_secret():
    _fresh()
    made = _made('order', name='One', price=10)
    event, = _wait(1)
    data = event['data']
    assert event['type'] == 'order.created' and data['id'] == made['id'], event
    assert data['record']['name'] == 'One' and data['record']['twice'] == 20, event
    assert data['by']['title'] == 'Sel' and data['via'] == 'api' and data['before'] is None, event
    _, head, body = _there.got[0]
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
    want = ['v1,' + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
            for key in (b'k' * 24, _OLD.encode())]
    assert head['webhook-signature'].split() == want, head
    with open(os.path.join(ROOT, 'docs', 'http.md'), encoding='utf-8') as f:
        code = f.read().split('```python\n')[1].split('```')[0]
    doc = {}
    exec(code, doc)                            # the example of the documentation
    assert doc['verified'](_SECRET, head, body) and doc['verified'](_OLD, head, body), head
    assert not doc['verified'](_OLD, head, body + b' ') and not doc['verified']('x', head, body)
    assert head['Content-Type'] == 'application/json; charset=utf-8', head


def a_field_that_a_role_may_not_see_is_not_told_nor_what_is_computed_from_it():
    _fresh()
    made = _made('order', name='Two', price=10)
    record = _wait(1)[0]['data']['record']
    assert 'cost' not in record and 'margin' not in record, record
    _there.clear()
    answer = _ann.patch(f"/api/v1/forms/order/records/{made['id']}", {'cost': 5})
    assert answer.status == 200, answer
    answer = _ann.patch(f"/api/v1/forms/order/records/{made['id']}", {'name': 'Two!'})
    assert answer.status == 200, answer
    event, = _wait(1)
    assert event['data']['changed'] == ['name'] and event['data']['before']['name'] == 'Two', event


def a_computed_value_elsewhere_is_a_change():
    _fresh()
    buyer = _made('buyer', name='B')['id']
    _wait(1)
    _there.clear()
    _made('order', name='Three', price=7, buyer=buyer)
    events = _wait(2)
    told = {e['type']: e['data'] for e in events}
    assert told['buyer.updated']['changed'] == ['spent'], events
    assert told['buyer.updated']['record']['spent'] == 7, events


def a_batch_tells_exactly_what_single_changes_tell():
    _fresh()
    one = [_made('order', name=f's{i}', price=i)['id'] for i in range(4)]
    for i in one:
        _sel.patch(f'/api/v1/forms/order/records/{i}', {'price': 50})
        _sel.delete(f'/api/v1/forms/order/records/{i}')
    single = _wait(12)
    _there.clear()
    path = '/api/v1/forms/order/batch'
    answer = _sel.post(path, {'create': [{'name': f's{i}', 'price': i} for i in range(4)]})
    assert answer.status == 200, answer
    ids = [x['id'] for x in _app_ids(4)]
    answer = _sel.post(path, {'update': [{'id': i, 'price': 50} for i in ids]})
    assert answer.status == 200, answer
    answer = _sel.post(path, {'delete': ids})
    assert answer.status == 200, answer
    many = _wait(12)

    def _plain(events, ids):
        return sorted((ids.index(e['data']['id']), e['type'], json.dumps(
            {k: v for k, v in e['data'].items() if k not in ('id', 'record', 'before', 'version')}),
            json.dumps({k: v for k, v in e['data']['record'].items() if k != 'id'}))
            for e in events)
    assert _plain(single, one) == _plain(many, ids)
    for i in ids:
        assert [e['type'] for e in many if e['data']['id'] == i] == [
            'order.created', 'order.updated', 'order.deleted'], many


def _app_ids(n):
    return [{'id': r[0]} for r in _app.rows(
        f'SELECT id FROM "order" ORDER BY id DESC LIMIT {n}')][::-1]


def a_bulk_subscription_gets_one_call_per_write_and_only_its_events():
    _fresh()
    answer = _sel.post('/api/v1/forms/part/batch',
                       {'create': [{'name': f'p{i}'} for i in range(700)]})
    assert answer.status == 200, answer
    first, second = _wait(2, '/bulk')
    sizes = [len(x['data']['events']) for x in (first, second)]
    assert sizes == [500, 200], sizes
    names = [e['data']['record']['name'] for x in (first, second) for e in x['data']['events']]
    assert names == [f'p{i}' for i in range(700)], names[:20]
    part = first['data']['events'][0]['data']['id']
    _sel.patch(f'/api/v1/forms/part/records/{part}', {'name': 'other'})
    _sel.delete(f'/api/v1/forms/part/records/{part}')
    last = _wait(3, '/bulk')[-1]
    assert [e['type'] for e in last['data']['events']] == ['part.deleted'], last


def a_write_that_is_undone_tells_nothing():
    _fresh()
    answer = _sel.post('/api/v1/forms/order/batch', {'create': [{'name': 'x'}, {'nam': 'y'}]})
    assert answer.status in (400, 422), answer
    assert not _app.count('_job') and not _there.events(), _there.got


def a_receiver_that_is_down_gets_all_of_it_later_in_order_with_the_same_id():
    _fresh()
    _there.status = 503
    made = _made('order', name='v0')['id']
    for i in range(1, 4):
        _sel.patch(f'/api/v1/forms/order/records/{made}', {'name': f'v{i}'})
    assert until(lambda: _ann.get('/api/v1/jobs?state=failing').json['jobs'])
    state = _ann.get('/api/v1/jobs?state=failing').json
    job, = state['jobs']
    assert job['status'] == 503 and job['receiver'] == 'webhook erp', job
    assert job['attempts'] == 1 and job['next_at'] and 'status 503' in job['error'], job
    assert [x['receiver'] for x in state['resting']] == ['webhook erp'], state
    assert len(_ann.get('/api/v1/jobs?state=waiting').json['jobs']) == 3
    _there.status = 200
    answer = _ann.post(f"/api/v1/jobs/{job['id']}/retry")
    assert answer.status == 204, answer
    assert [e['data']['record']['name'] for e in _wait(4)] == ['v0', 'v1', 'v2', 'v3']
    assert len({h['webhook-id'] for _, h, _ in _there.got}) == 4
    assert until(lambda: not _ann.get('/api/v1/jobs?state=failing').json['resting'])


def _passes(seconds):
    """The clock goes on for all that waits: as if it had come so much earlier."""
    _app.store.run('UPDATE _job SET due = due - ?', seconds)
    _app.store.run('UPDATE _job_lane SET until = until - ?', seconds)


def _an_hour_passes():
    """The receiver is looked after by its lane's back-off alone: how often."""
    passed = tries = 0
    while passed < 3600:
        assert until(lambda: _app.rows('SELECT failed FROM _job_lane'))
        (failed, again), = _app.rows('SELECT failed, until FROM _job_lane')
        step = max(0, again - int(time.time())) + 1
        _passes(step)
        passed, tries = passed + step, tries + 1
        assert until(lambda: _app.rows('SELECT failed FROM _job_lane') > [(failed,)]), failed
    return tries


def _told_in_order():
    """{record: names as they came}, each call signed."""
    told = {}
    for path, head, body in _there.got:
        if path != '/each':
            continue
        text = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + body
        assert head['webhook-signature'] == 'v1,' + base64.b64encode(
            hmac.new(b'k' * 24, text, hashlib.sha256).digest()).decode(), head
        data = json.loads(body)['data']
        told.setdefault(data['id'], []).append(data['record']['name'])
    return told


def a_batch_that_meets_an_hour_without_receiver_is_told_whole_signed_and_in_order():
    """WEBHOOK_RECORDS: how many, 10,000 in ./dev soak."""
    n = int(os.environ.get('WEBHOOK_RECORDS', 300))
    _fresh()
    batch = '/api/v1/forms/part/batch'

    def change(name):
        for at in range(0, n, 1000):
            answer = _sel.post(batch, {'update': [{'id': i, 'name': name} for i in ids[at:at + 1000]]})
            assert answer.status == 200, answer
    for at in range(0, n, 1000):
        answer = _sel.post(batch, {'create': [{'name': f'm{i}'} for i in range(at, min(n, at + 1000))]})
        assert answer.status == 200, answer
    assert until(lambda: not _app.count('_job'), 60 + n / 10)
    _there.clear()
    _there.status = 503
    ids = [r[0] for r in _app.rows("SELECT id FROM part WHERE name LIKE 'm%' ORDER BY id")]
    change('first')
    change('second')
    tries = _an_hour_passes()
    assert 10 < tries < 25, tries
    assert not _there.events('/each') and _app.count('_job') == 2 * n
    _there.status = 200
    _passes(3 * 3600)
    assert until(lambda: len(_there.got) >= 2 * n, 60 + n / 10), len(_there.got)
    _wait(2 * n, '/each')
    told = _told_in_order()
    assert len(told) == n and all(x == ['first', 'second'] for x in told.values()), len(told)
    assert len({h['webhook-id'] for p, h, _ in _there.got if p == '/each'}) == 2 * n
    # What it refused for the last time is kept, and told when an admin says so, in one step.
    _fresh()
    _there.status = 400
    change('third')
    assert until(lambda: _app.count('_job', 'status = 400') == n, 60 + n / 10), _app.count('_job')
    _app.store.run('UPDATE _job SET attempts = 6')
    _passes(120)
    assert until(lambda: _app.count('_job', "state = 'dead'") == n, 60 + n / 10), _app.count('_job')
    _there.status = 200
    assert _ann.post('/api/v1/jobs/retry', {'kind': 'webhook'}).json == {'retried': n}
    assert until(lambda: len(_there.got) >= n, 60 + n / 10), len(_there.got)
    assert sorted(_told_in_order()) == ids and len(_wait(n, '/each')) == n


def gone_stops_the_receiver_until_an_admin_resumes_it():
    _fresh()
    _there.status = 410
    _made('order', name='g1')
    assert until(lambda: _ann.get('/api/v1/jobs').json['resting'])
    lane, = _ann.get('/api/v1/jobs').json['resting']
    assert lane['stopped'] and lane['until'] is None, lane
    _there.status = 200
    _made('order', name='g2')
    client = _server.client().login('ann')
    page = client.get('/admin/jobs?state=failing')
    assert page.status == 200 and 'webhook erp' in page.text, page
    assert not _there.events()
    answer = client.form('/admin/jobs/resume', {'_csrf': client.csrf, 'receiver': 'webhook erp'})
    assert answer.status == 303, answer
    assert [e['data']['record']['name'] for e in _wait(2)] == ['g1', 'g2']


def jobs_are_for_admins_and_hold_no_secret():
    _fresh()
    _there.status = 404
    _made('order', name='s')
    assert until(lambda: _ann.get('/api/v1/jobs?state=failing').json['jobs'])
    text = _ann.get('/api/v1/jobs?state=failing').text
    bodies = ' '.join(r[0] for r in _app.rows('SELECT body FROM _job'))
    assert _SECRET not in text + bodies and _OLD not in text + bodies
    job = _ann.get('/api/v1/jobs?state=failing').json['jobs'][0]['id']
    for method, path in (('GET', '/api/v1/jobs'), ('POST', f'/api/v1/jobs/{job}/retry'),
                         ('DELETE', f'/api/v1/jobs/{job}'), ('POST', '/api/v1/jobs/retry')):
        assert _sel.ask(method, path, {} if method == 'POST' else None).status == 403, path
    assert _ann.get('/api/v1/jobs?state=gone').status == 400
    assert _ann.delete(f'/api/v1/jobs/{job}').status == 204
    assert _ann.delete(f'/api/v1/jobs/{job}').status == 404
    assert _ann.post('/api/v1/jobs/retry', {}).json == {'retried': 0}
    _there.status = 200


def steps_call_and_mail_with_values_of_the_record_and_secrets_of_the_environment():
    _fresh()
    people = dict(_app.rows('SELECT login, id FROM "user"'))
    answer = _ann.patch(f"/api/v1/forms/user/records/{people['sel']}",
                        {'email': 'sel@example.com', 'phone': '+8613812345678'})
    assert answer.status == 200, answer
    _there.answer = '{"errcode": 0}'
    made = _made('order', name='Ä & 1', price='9.50', mail=str(_there.server_port) + '/own')['id']
    before = len(_post.mails)
    _wait(1)
    _there.status = 500                        # nothing leaves before it is looked at
    answer = _sel.post(f'/api/v1/forms/order/records/{made}/actions/send', {})
    assert answer.status == 200, answer
    assert until(lambda: _app.count('_job', "state = 'waiting' AND status = 500") == 3)
    bodies = ' '.join(r[0] for r in _app.rows('SELECT body FROM _job'))
    assert 'hush-key' not in bodies and _SECRET not in bodies and '/step' not in bodies, bodies
    _there.status = 200
    for job in _ann.get('/api/v1/jobs?state=failing').json['jobs']:
        _ann.post(f"/api/v1/jobs/{job['id']}/retry")
    assert until(lambda: {p.split('?')[0] for p, _, _ in _there.got} >= {'/step', '/own', '/ding'}), _there.got
    path, head, body = [x for x in _there.got if x[0].startswith('/step')][0]
    assert head['X-Key'] == 'hush-key' and \
        head['X-Name'].encode('latin-1').decode() == 'Ä & 1', head
    assert head['webhook-signature'].startswith('v1,'), head
    assert json.loads(body) == {'name': 'Ä & 1!', 'price': 9.5, 'none': None,
                                'deep': {'list': [19, 1, 'text', True]}}, body
    own, = _there.events('/own')
    assert own == {'form': 'order', 'id': made}, own
    path, _, body = [x for x in _there.got if x[0].startswith('/ding')][0]
    args = dict(urllib.parse.parse_qsl(path.split('?')[1]))
    mac = hmac.new(b'SECx', f"{args['timestamp']}\nSECx".encode(), hashlib.sha256).digest()
    assert args['sign'] == base64.b64encode(mac).decode() and args['access_token'] == 't', path
    assert json.loads(body)['at'] == {'atMobiles': ['13812345678'], 'isAtAll': False}, body
    assert until(lambda: len(_post.mails) > before)
    (to, mail), = _post.mails[before:]
    assert to == ['sel@example.com'] and mail['Subject'] == 'To you', (to, mail)
    assert mail.get_payload(decode=True).strip() == b'Hello', mail
    dead, = until(lambda: _ann.get('/api/v1/jobs').json['jobs'] or None)
    assert dead['attempts'] == 1 and 'no e-mail address' in dead['error'], dead
    assert _ann.delete(f"/api/v1/jobs/{dead['id']}").status == 204


def each_person_chooses_how_they_are_told_and_when():
    """E-mails are gathered, and go out as one to a real mail server when the choice changes."""
    _fresh()
    at, mine = '/api/v1/me/channels', {'reminder': {}, 'task': {}, 'notice': {}}
    for kind in mine:
        mine[kind] = {'email': 'as_said', 'ding': 'as_said'}
    plain = {'emails': 'at_once', 'time': '09:00', 'day': 1, 'quiet': False, 'kinds': mine}
    assert _sel.get(at).json == plain, _sel.get(at)
    for body, fields in (({'emails': 'hourly'}, {'emails': 'choice'}), ({'time': '25:00'}, {'time': 'type'}),
                         ({'day': 8}, {'day': 'out_of_range'}), ({'quiet': 'yes'}, {'quiet': 'type'}),
                         ({'kinds': {'letter': {}}}, {'kinds': 'choice'}), ({'kinds': []}, {'kinds': 'type'}),
                         ({'kinds': {'task': {'fax': 'on'}}}, {'kinds.task.fax': 'unknown_channel'}),
                         ({'kinds': {'task': {'email': 'maybe'}}}, {'kinds.task.email': 'choice'}),
                         ({'kinds': {'task': {'ding': 'on'}}}, {'kinds.task.ding': 'choice'})):
        answer = _sel.put(at, body)
        assert answer.status == 422 and answer.fields == fields, (body, answer)
    me = dict(_app.rows('SELECT login, id FROM "user"'))['sel']
    _ann.patch(f'/api/v1/forms/user/records/{me}', {'email': 'sel@example.com', 'language': 'zh',
                                                    'time_zone': 'Asia/Tokyo'})
    order, before = _made('order', name='Ä')['id'], len(_post.mails)

    def ring():
        answer = _sel.post(f'/api/v1/forms/order/records/{order}/actions/ring', {})
        assert answer.status == 200, answer
    ring()
    assert until(lambda: len(_post.mails) == before + 1), _post.mails[before:]
    link = f'查看: https://shop.example.com/f/order/{order}'
    assert _post.mails[before][1].get_content() == f'Ring Ä\n\n{link}\n', _post.mails[before][1]
    assert _sel.put(at, {'emails': 'weekly', 'day': 3, 'time': '07:30'}).json == \
        {**plain, 'emails': 'weekly', 'day': 3, 'time': '07:30'}
    ring()
    ring()
    due, = _app.rows("SELECT due FROM _timer WHERE rule = 'digest:'")[0]
    tokyo = datetime.datetime.fromtimestamp(due, zoneinfo.ZoneInfo('Asia/Tokyo'))
    assert (tokyo.weekday(), tokyo.hour, tokyo.minute) == (2, 7, 30), tokyo
    assert _app.count('_message', f"\"user\" = {me} AND text = 'Ring Ä'") == 3
    page = _server.client().login('sel')
    shown = Page(page.get('/profile', headers={'Accept': 'text/html'}).text).forms['/profile/ways']
    assert shown['emails'] == 'weekly' and shown['day'] == '3' and shown['time'] == '07:30', shown
    answer = page.form('/profile/ways', {**{k: v for k, v in shown.items() if v is not None},
                                         'emails': 'at_once', 'way.notice.email': 'off'})
    assert answer.status == 303, answer
    assert until(lambda: len(_post.mails) == before + 2), _server.log()[-800:]
    to, mail = _post.mails[-1]
    assert to == ['sel@example.com'] and mail['Subject'].endswith('2 条消息'), mail['Subject']
    text = mail.get_content()
    assert text.count('  Ring Ä\n') == 2 and text.count(link) == 2, text
    assert _sel.get(at).json['kinds']['notice'] == {'email': 'off', 'ding': 'as_said'}
    ring()
    _fresh()
    assert len(_post.mails) == before + 2 and not _app.count('_digest')
    assert _sel.put(at, {}).json == plain
    assert page.form('/profile/ways', {'_csrf': page.csrf, 'emails': 'never'}).status == 422


def what_lies_inside_the_network_is_called_only_when_it_is_listed():
    _fresh()
    for mail in ('1/x', f'{_there.server_port + 1}/x'):
        made = _made('order', name='in', mail=mail)['id']
        answer = _sel.post(f'/api/v1/forms/order/records/{made}/actions/send', {})
        assert answer.status == 200, answer
    dead = until(lambda: [j for j in _ann.get('/api/v1/jobs').json['jobs']
                          if 'inside this network' in (j['error'] or '')] or None)
    assert dead and dead[0]['attempts'] == 1, dead
    assert _ann.post('/api/v1/jobs/retry', {'kind': 'mail'}).status == 200
    client = _server.client().login('ann')
    page = client.get('/admin/jobs')
    assert page.status == 200 and 'inside this network' in page.text, page

    def _dropped():
        for job in (j for s in ('dead', 'failing') for j in
                    _ann.get(f'/api/v1/jobs?state={s}').json['jobs']):
            answer = client.form(f"/admin/jobs/{job['id']}/drop", {'_csrf': client.csrf})
            assert answer.status in (303, 409), answer       # 409: it runs just now
        return not _app.count('_job')
    assert until(_dropped), _app.rows('SELECT * FROM _job')


def a_channel_of_a_draft_sends_a_test_message_to_who_asks():
    _fresh()
    try_ = lambda name: _ann.post('/api/v1/definitions/try/channel', {'channel': name})     # noqa: E731
    me = _ann.get('/api/v1/me').json
    no = try_('email')
    assert no.status == 422 and 'no e-mail address' in no.json['detail'], no
    answer = _ann.patch(f"/api/v1/forms/user/records/{me['id']}", {'email': 'ann@example.com', 'phone': '+8613800000000'})
    assert answer.status == 200, answer
    before = len(_post.mails)
    sent = try_('email').json
    assert sent['sent'] and sent['to'] == 'ann@example.com' and sent['answer'] == '250 fine', sent
    to, mail = _post.mails[before]
    assert to == ['ann@example.com'] and 'email' in mail.get_content() and 'shop' in mail['Subject'], mail
    for verb, where in ((b'MAIL', 'sender'), (b'RCPT', 'recipient'), (b'DATA', 'message')):
        _post.refuse = {verb: b'550 5.7.1 not ' + verb.lower()}
        got = try_('email').json
        assert not got['sent'] and got['where'] == where and got['answer'] == f'550 5.7.1 not {verb.decode().lower()}', got
    _post.refuse = {}
    # Of the draft, which nobody published: a robot inside the network is one the app names.
    ops = [{'op': 'set', 'path': f'channels.{name}', 'value': value} for name, value in {
        'team': {'webhook': f'{_HERE}/team?key=hush-robot', 'format': 'wecom'},
        'sealed': {'webhook': f'{_HERE}/sealed', 'secret': '${env:STEP_KEY}'},
        'away': {'smtp': 'smtp://ann:hush-word@127.0.0.1:9', 'from': 'a@example.com'}}.items()]
    edit = _ann.patch('/api/v1/definitions/app.yaml', {'ops': ops, 'etag': _ann.get('/api/v1/definitions/app.yaml').json['etag']})
    assert edit.status == 200, edit
    _there.answer = '{"errcode": 0}'
    got = try_('team').json
    assert got['sent'] and got['status'] == 200 and got['to'] == 'Ann', got
    assert _there.events('/team')[0]['text']['mentioned_mobile_list'] == ['13800000000']
    _there.answer = json.dumps({'errcode': 93000, 'errmsg': f'invalid webhook url {_HERE}/team?key=hush-robot'})
    got = try_('team')
    assert not got.json['sent'] and got.json['where'] == 'robot' and got.json['answer'].startswith('93000 invalid'), got
    assert 'hush' not in got.text, got
    assert try_('sealed').json['sent']
    path, head, body = _there.got[-1]
    assert path == '/sealed' and json.loads(body)['to']['email'] == 'ann@example.com' and head['webhook-signature'], head
    _there.status = 404
    got = try_('sealed').json
    assert (got['sent'], got['where'], got['status'], got['answer']) == (False, 'robot', 404, None), got
    _there.status, _there.answer = 200, ''
    got = try_('away')
    assert got.json['where'] == 'connect' and got.json['answer'] and 'hush' not in got.text, got
    assert try_('nothing').status == 404 and _sel.post('/api/v1/definitions/try/channel', {'channel': 'email'}).status == 403
    ops = [{'op': 'set', 'path': 'channels.team.webhook', 'value': '${env:NO_SUCH_ROBOT}'}]
    edit = _ann.patch('/api/v1/definitions/app.yaml', {'ops': ops, 'etag': _ann.get('/api/v1/definitions/app.yaml').json['etag']})
    said = [i['message'] for i in try_('team').json['issues']]
    assert said == ['the environment variable NO_SUCH_ROBOT is not set'], said
    assert not _app.count('_job') and _ann.delete('/api/v1/definitions/draft').status < 300


def figures_count_the_answers():
    text = _server.get('/metrics').text
    assert 'tenon_web_calls_total{answer="2xx"}' in text
    count = int([x for x in text.splitlines() if 'answer="5xx"' in x][0].split()[-1])
    assert count >= 1, count


main(globals())
