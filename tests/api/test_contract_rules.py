#!/usr/bin/env python3
"""What rules say and offer, through the running server: texts in each reader's language, buttons
where they hold; and the command line beside it."""
import json
import os
import sqlite3
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ROOT, TENON, main, sqlite_only, together, until  # noqa: E402

app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
app.user('ann', roles='admin')
app.user('li', roles='sales')
app.user('wu', roles='sales')
tokens = {who: app.token(who) for who in ('ann', 'li', 'wu')}
server = app.serve()
CHINESE, ENGLISH = {'Accept-Language': 'zh'}, {'Accept-Language': 'en'}


def _as(who):
    return server.client(tokens[who])


def _create(who, form, **values):
    answer = _as(who).post(f'/api/v1/forms/{form}/records', values)
    assert answer.status == 201, answer
    return answer


def an_explanation_is_read_in_the_readers_language():
    answer = _as('li').post('/api/v1/forms/client/records', {'name': 'C'}, headers=CHINESE)
    record = answer.json['id']
    for head, texts in ((ENGLISH, ['taken by Li, 3 calls', '{plain one}', '{plain}']),
                        (CHINESE, ['由Li接手，3次电话', '{plain 一}', '{plain}'])):
        why = _as('wu').get(f'/api/v1/forms/client/records/{record}/why', headers=head).json
        assert [x['text'] for x in why['explained']][::-1] == texts, why
    assert '由Li接手' in app.rows('SELECT text FROM _explain ORDER BY id')[0][0]


def a_refusal_is_in_the_language_of_who_asks():
    for head, text in ((ENGLISH, 'not this name'), (CHINESE, '不能用这个名称')):
        answer = _as('li').post('/api/v1/forms/client/records', {'name': 'bad'}, headers=head)
        assert answer.status == 422, answer
        assert answer.json['fields']['name']['message'] == text, answer


def mail_is_written_in_the_language_of_whom_it_is_for():
    people = {r[1]: r[0] for r in app.rows('SELECT id, login FROM "user"')}
    for who, lang in (('li', 'zh'), ('wu', 'en')):
        answer = _as('ann').patch(f'/api/v1/forms/user/records/{people[who]}',
                                  {'language': lang, 'email': f'{who}@example.com'})
        assert answer.status == 200, answer
    _create('ann', 'client', name='D', industry='other')
    mails = [json.loads(r[0]) for r in app.rows("SELECT body FROM _job WHERE kind = 'mail'")]
    subjects = {m['to']: m['subject'] for m in mails}
    assert subjects == {'li@example.com': '您好', 'wu@example.com': 'Hello',
                        'x@example.com': 'Hello'}, mails
    inbox = {who: [m['text'] for m in _as(who).get('/api/v1/messages').json['messages']]
             for who in ('li', 'wu')}
    assert '新 D' in inbox['li'] and 'New D' in inbox['wu'], inbox


def a_button_is_offered_where_it_holds():
    deal = _create('li', 'deal', name='y', kind='saas').json['id']
    at = f'/api/v1/forms/deal/records/{deal}'
    page = server.client().login('li')

    def offered(who='li'):
        allowed = _as(who).get(f'{at}/allowed', headers=CHINESE).json
        names = [b['name'] for b in allowed['buttons']]
        assert ('only' in names) == ('only' in allowed['actions']), allowed
        return names, f'/f/deal/{deal}/action/only' in page.get(f'/f/deal/{deal}').text
    assert offered() == ([], False)
    answer = _as('li').post(f'{at}/actions/only', {}, headers=CHINESE)
    assert answer.status == 422 and answer.fields == {'stage': 'not_here'}, answer
    assert '“仅”' in answer.json['fields']['stage']['message'], answer
    assert _as('li').patch(at, {'name': 'x'}).status == 200
    assert offered() == (['only'], True)
    assert offered('wu')[0] == []
    assert _as('li').post(f'{at}/actions/only', {}).status == 200


def a_condition_that_is_wrong_is_an_issue_at_its_action():
    own = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
    text = own.read('plugins/probe.lua')
    own.write('plugins/probe.lua', text.replace("and name = 'x'", "and nme = 'x'"))
    done = own.cli('check', status=1)
    line = [i + 1 for i, x in enumerate(text.splitlines()) if 'name = "only"' in x][0]
    assert f'plugins/probe.lua:{line}:' in done.errors and 'did you mean name' in done.errors, \
        done.errors
    own.write('plugins/probe.lua', text.replace('form = "deal", visible', 'visible'))
    assert 'visible needs a form' in own.cli('check', status=1).errors


def tick_fires_once_and_ends_however_far_it_goes():
    deal = _create('li', 'deal', name='E', kind='pharma', source='web', flag=True).json['id']
    moved = _as('li').post(f'/api/v1/forms/deal/records/{deal}/transitions/go_owner', {})
    assert moved.status == 200, moved
    later = time.strftime('%Y-%m-%d', time.gmtime(time.time() + 60 * 86400))
    fired = json.loads(app.cli('tick', '--now', later, '--json').text)['fired']
    assert fired > 0
    assert json.loads(app.cli('tick', '--now', later, '--json').text)['fired'] == 0
    texts = [(m['text'], m['at'][:10], m['late_s'] > 0)
             for m in _as('li').get('/api/v1/messages').json['messages']]
    assert texts.count(('Stale E', later, True)) == 1, texts
    due = app.rows("SELECT due FROM _timer WHERE rule LIKE 'after:%' AND record = ?", deal)
    assert due[0][0] > time.time() + 60 * 86400 - 86400, due
    assert server.alive() and _as('li').get('/api/v1/me').status == 200


def why_answers_for_moves_and_buttons_and_says_what_is_not_there():
    deal = _create('li', 'deal', name='W', kind='pharma').json['id']

    def why(action, who='li', status=0):
        return app.cli('why', '--as', who, 'deal', str(deal), action, status=status)
    assert why('go_owner').text.startswith('go_owner → quote: allowed'), why('go_owner').text
    assert why('win').text.startswith('win → won: refused (there is no way from lead to won)')
    assert why('only').text.startswith('only: refused (“Only” is possible only where ')
    assert why('only', 'wu').text.startswith('only: refused (no right to change')
    assert 'no action and no move `nothing`' in why('nothing', status=1).errors
    at = f'/api/v1/forms/deal/records/{deal}/why'
    assert _as('li').get(f'{at}?action=nothing').status == 404
    given = _as('li').get(f'{at}?action=only').json
    assert given['allowed'] is False and 'stage.status' in given['why'], given


def time_in_a_stage_is_kept_in_seconds_and_in_working_seconds():
    own = App(copy=os.path.join(ROOT, 'tests', 'apps', 'contract'))
    own.write('app.yaml', own.read('app.yaml').replace(
        ', holidays: [2026-10-01..2026-10-07], workdays: [2026-10-10]', ''))
    own.user('li', roles='sales')
    token = own.token('li')
    with own.serve() as it:
        answer = it.post('/api/v1/forms/deal/records',
                         {'name': 'A', 'kind': 'pharma', 'source': 'web'}, token=token)
        at = answer.headers['Location']
        assert answer.status == 201, answer
    two_weeks = 14 * 86400
    since = time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(time.time() - two_weeks))
    own.store.run('UPDATE deal SET stage_since = ?', since)
    with own.serve() as it:
        answer = it.post(f'{at}/transitions/go_owner', {'comment': 'now'}, token=token)
        assert answer.status == 200, answer
    rows = own.rows('SELECT workflow, "from", "to", transition, "by", comment FROM stage_history')
    assert rows == [('zz_first', None, 'lead', None, 1, None),
                    ('zz_first', 'lead', 'quote', 'go_owner', 1, 'now')], rows
    seconds, working = own.rows('SELECT seconds, working_seconds FROM stage_history')[1]
    assert two_weeks <= seconds < two_weeks + 600, seconds     # ten days of eight hours
    assert 10 * 8 * 3600 <= working < 10 * 8 * 3600 + 600, working


def people_are_added_to_departments_by_name():
    for name in ('East', 'Twice', 'Twice'):
        _create('ann', 'department', name=name)
    app.user('eve', roles='sales', department='East')
    assert app.rows('SELECT d.name FROM "user" u JOIN department d ON d.id = u.department '
                    "WHERE login = 'eve'") == [('East',)]
    for name, said in (('Nowhere', 'no department'), ('Twice', 'several departments')):
        done = app.cli('user add', '--login', 'no', '--name', 'N', '--department', name,
                       '--password-stdin', stdin='correct horse\n', status=1)
        assert said in done.errors, done.errors


def every_debug_verb_speaks_json():
    for verb, *args in (('debug rules',), ('debug sql', 'deal', 'read', '--as',
                        'li'), ('debug expr', 'deal', 'discount + 1')):
        assert json.loads(app.cli(verb, *args, '--json').text)
    done = subprocess.run([TENON, 'debug', 'routes', '--json'], capture_output=True, timeout=30)
    assert any(r['path'] == '/api/v1/login' for r in json.loads(done.stdout))


@sqlite_only('where pg_dump makes copies')
def a_backup_made_while_people_write_is_whole():
    done, copies, acknowledged = [], [], []

    def write(_):
        client = _as('li')
        while not done:
            answer = client.post('/api/v1/forms/deal/records', {'name': 'B', 'kind': 'saas'})
            assert answer.status == 201, answer
            acknowledged.append(answer.json['id'])

    def back_up():
        try:
            for i in range(3):
                before = list(acknowledged)
                copy = os.path.join(app.place, f'copy{i}.db')
                app.cli('backup', copy)
                copies.append((copy, before))
        finally:
            done.append(True)
    together(5, lambda i: write(i) if i < 4 else back_up())
    for copy, before in copies:
        db = sqlite3.connect(copy)
        assert db.execute('PRAGMA integrity_check').fetchall() == [('ok',)]
        there = {r[0] for r in db.execute('SELECT id FROM deal')}
        assert set(before) <= there, set(before) - there
        assert db.execute('SELECT count(*) FROM deal WHERE stage IS NULL').fetchone() == (0,)
        db.close()
    assert len(copies) == 3 and copies[2][1]


def it_stops_cleanly():
    assert until(server.alive)
    server.stop()


if __name__ == '__main__':
    main(globals())
