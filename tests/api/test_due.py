#!/usr/bin/env python3
"""Due times over the life of a server: each is told exactly once, also when its moment passes while
the server is down; a definition that says another time holds for records that stand there; and the
service levels of a workflow count what one may read."""
import datetime
import os
import re
import sys
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, until  # noqa: E402

CONTRACT = os.path.join(ROOT, 'tests', 'apps', 'contract')
PROMISES = '/api/v1/forms/promise/records'
FLOW = 'workflows/promise_flow.yaml'


def _app():
    app = App(copy=CONTRACT)
    app.user('li', roles='sales')
    app.user('boss', roles='manager')
    return app


def _in(seconds):
    at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return at.strftime('%Y-%m-%dT%H:%M:%SZ')


def _promise(client, move=None, **values):
    made = client.post(PROMISES, values)
    assert made.status == 201, made
    if move:
        moved = client.post(f'{PROMISES}/{made.json["id"]}/transitions/{move}', {})
        assert moved.status == 200, moved
    return made.json['id']


def _told(app):
    return [text for text, in app.rows('SELECT text FROM _message ORDER BY id')]


def _wait(app, count):
    for _ in range(300):
        if len(_told(app)) >= count:
            return
        time.sleep(0.1)
    raise AssertionError(f'{count} messages are expected: {_told(app)}')


def a_due_time_is_told_once_also_when_it_passes_while_the_server_is_down():
    app = _app()
    with app.serve() as server:
        li = server.client(app.token('li'))
        _promise(li, 'give_up', name='soon', until=_in(2))
        _promise(li, 'give_up', name='far', until=_in(40 * 86400))
        _wait(app, 1)
        _promise(li, 'give_up', name='down', until=_in(2))
        waits = _promise(li, 'ask_by', name='waits', until=_in(5))
        (due,) = li.get(f'{PROMISES}/{waits}/why').json['due']
        assert (due['of'], due['name'], due['label'], due['by'], due['late']) \
            == ('wait', 'ask_by', 'Task', 'until', False) and due['due'], due
        assert [s['what'] for s in due['steps']] == ['due', 'reassign'], due
    time.sleep(3)
    with app.serve() as server:
        _wait(app, 3)
        assert _told(app) == ['Overdue in Dated: soon', 'Overdue in Dated: down', 'Overdue in Task: waits'], \
            _told(app)
        assert 'Task is due ' in server.client().login('li').get(f'/f/promise/{waits}').text
    with app.serve() as server:
        li = server.client(app.token('li'))
        _promise(li, 'give_up', name='last', until=_in(1))
        _wait(app, 4)
    assert _told(app)[3:] == ['Overdue in Dated: last'], _told(app)


def what_a_definition_says_anew_holds_for_records_that_stand_there():
    app = _app()
    with app.serve() as server:
        li = server.client(app.token('li'))
        first = _promise(li, 'to_day', name='old')
        assert app.count('_timer', "rule = 'within:promise_flow.by_day' AND due < 9000000000") == 0
    before = app.read(FLOW) + 'migrate: {}\n'     # open records go on in the new version
    app.write(FLOW, before.replace('due: day}', 'within: 1s}'))
    with app.serve():
        _wait(app, 1)
        assert _told(app) == ['Overdue in By day: old'], _told(app)
    app.write(FLOW, before.replace('due: day}', 'within: 30d}'))
    with app.serve():
        for _ in range(100):
            due = app.rows('SELECT due FROM _timer WHERE rule = \'within:promise_flow.by_day\'')
            if due and due[0][0] < 9000000000:
                break
            time.sleep(0.1)
        assert abs(due[0][0] - time.time() - 30 * 86400) < 600, due
    app.write(FLOW, before.replace(', due: day}', '}'))
    with app.serve():
        for _ in range(100):
            if not app.count('_timer', "rule LIKE '%promise_flow.by_day'"):
                break
            time.sleep(0.1)
        assert app.count('_timer', "rule LIKE '%promise_flow.by_day'") == 0
    assert first and len(_told(app)) == 1


def _due(client, record):
    return client.get(f'{PROMISES}/{record}').json['stage_due']


def what_is_due_and_late_is_a_column_for_filters_lists_and_rights():
    app = _app()
    app.user('aid', roles='helper')
    parcels = 'workflows/parcel_flow.yaml'
    app.write(parcels, app.read(parcels).replace('packed: {}', 'packed: {within: 1d}'))
    app.write(FLOW, app.read(FLOW).replace('within: 4bh, calendar: shore}', 'within: 200s, late: {warn: 1%}}'))
    with app.serve() as server:
        li, aid = server.client(app.token('li')), server.client(app.token('aid'))
        past, far = _in(-60), _in(86400)
        late = _promise(li, 'give_up', name='late', until=past)
        ahead = _promise(li, 'give_up', name='ahead', until=far)
        waits = _promise(li, name='waits', waits=True)
        runs = _promise(li, name='runs')
        assert (_due(li, late), _due(li, ahead), _due(li, waits)) == (past, far, None)
        assert _due(li, runs) is not None
        assert li.patch(f'{PROMISES}/{runs}', {'waits': True}).json['stage_due'] is None
        assert li.patch(f'{PROMISES}/{runs}', {'waits': False}).json['stage_due'] is not None

        def found(client, **query):
            got = client.get(PROMISES + '?' + urllib.parse.urlencode(query))
            assert got.status == 200, got
            return [r['id'] for r in got.json['records']]

        assert found(li, filter='stage.late') == [late]
        assert found(li, view='late') == found(aid) == [late]
        assert found(li, filter='not stage.late and stage.due > now() + 23h', sort='name') \
            [:1] == [ahead]
        assert found(li, filter='stage.due != blank', sort='-stage_due')[-1] == late
        assert found(li, filter='stage_due = blank') == [waits]
        assert aid.get(f'{PROMISES}/{ahead}').status == 404

        def groups(client, **query):
            return client.get('/api/v1/forms/promise/aggregate?' + urllib.parse.urlencode(query)).json['rows']

        assert groups(li, by='stage.late', of='count()') \
            == [{'key': [False], 'value': [3]}, {'key': [True], 'value': [1]}]
        assert groups(li, of='min(stage.due),sum(if(stage.late, 1, 0))') == [{'key': [], 'value': [past, 1]}]
        assert groups(aid, by='stage.late', of='count()') == [{'key': [True], 'value': [1]}]
        # Through links, and of other records
        slow = li.post('/api/v1/forms/parcel/records', {'name': 'slow'}).json['id']
        leg = li.post('/api/v1/forms/leg/records', {'parcel': slow, 'km': 1}).json['id']
        legs = lambda text: [r['id'] for r in li.get('/api/v1/forms/leg/records?' + urllib.parse.urlencode(
            {'filter': text})).json['records']]
        assert legs('parcel.stage.late') == [] and legs('parcel.stage.due > now() + 23h') == [leg]
        assert legs("exists(promise, stage.late and name = 'late')") == [leg]
        assert legs("exists(promise, stage.late and name = 'ahead')") == []
        card = li.get('/f/promise?view=board').text.split(f'data-id="{late}"')[1].split('</li>')[0]
        assert '<span class="chip s-lost">Late</span>' in card, card
        # In a list, and the same on the record's page: late, paused, soon in words
        rows = lambda view: li.get(f'/f/promise?view={view}&columns=name,stage_due').text.split('<tr data-id=')
        row = lambda record, view='all': [x for x in rows(view) if x.startswith(f'"{record}"')][0]
        assert '<span class="chip s-lost">Late</span>' in row(late) and 'chip' not in row(ahead), row(late)
        assert '<span class="chip ">Paused</span>' in row(waits) and 'chip' not in row(runs), row(waits)
        page = li.get(f'/f/promise/{waits}').text
        assert 'The time stands still since' in page and '<span class="chip ">Paused</span>' in page, page
        assert '<span class="chip s-lost">Late</span>' in li.get(f'/f/promise/{late}').text
        moved = li.patch(f'{PROMISES}/{late}', {'until': far})
        assert moved.json['stage_due'] == far and found(aid) == []
        assert li.post(f'{PROMISES}/{late}/transitions/rest', {}).json['stage_due'] > far
        soon = _promise(li, 'send', name='soon')       # warned of after a hundredth of its time
        assert 'chip' not in row(soon)
        for _ in range(100):
            if 'chip' in row(soon):
                break
            time.sleep(0.1)
        assert '<span class="chip s-warn">Due soon</span>' in row(soon), row(soon)
    # A database of before has no such column: it is made, and filled from the due times
    drop = [f'DROP INDEX {name};' for name in app.store.indexes() if name.endswith('stage_due')]
    app.store.run(' '.join(drop) + 'DROP VIEW promise_v; ALTER TABLE promise DROP COLUMN stage_due')
    app.store.run("UPDATE _timer SET payload = '0 older' WHERE rule LIKE 'due:%'; "
                  "UPDATE _timer SET payload = 'older' WHERE rule = 'app:'")
    with app.serve() as server:
        li = server.client(app.token('li'))
        for _ in range(100):
            if _due(li, ahead) == far:
                break
            time.sleep(0.1)
        assert (_due(li, ahead), _due(li, waits)) == (far, None)
    app.write(FLOW, app.read(FLOW).replace('    due: coalesce(until, day)\n', '')
              .replace('    late: {then: {after: 1d, remind: true, every: 1d}}\n', '') + 'migrate: {}\n')
    with app.serve() as server:
        li = server.client(app.token('li'))
        for _ in range(100):
            if _due(li, ahead) is None:
                break
            time.sleep(0.1)
        assert _due(li, ahead) is None


def why_says_how_a_due_time_was_counted_and_what_it_led_to():
    app = _app()
    app.write(FLOW, app.read(FLOW).replace('within: 10bh', 'within: 1s').replace('{after: 1d,', '{after: 1s,')
              .replace('{after: 2h,', '{after: 1s,').replace('manager_of(owner)', 'role(manager)'))
    with app.serve() as server:
        li = server.client(app.token('li'))
        abroad = _promise(li, 'send', name='abroad')
        (due,) = li.get(f'{PROMISES}/{abroad}/why').json['due']
        assert (due['of'], due['name'], due['within'], due['calendar'], due['time_zone'], due['late']) \
            == ('stage', 'abroad', '4bh', 'shore', 'America/New_York', False), due
        assert due['due'] == _due(li, abroad)
        assert due['steps'] == [{'what': 'due', 'at': due['due'], 'over': False}], due
        waits = _promise(li, name='waits', waits=True)
        (due,) = li.get(f'{PROMISES}/{waits}/why').json['due']
        assert due['paused_since'] and due['pause'] == 'waits' and due['calendar'] is None, due
        assert [s['what'] for s in due['steps']] \
            == ['warn', 'due', 'remind', 'escalate', 'reassign', 'do', 'move'], due
        gone = _promise(li, name='gone')
        app_rows = "SELECT stage FROM promise WHERE id = ?"
        for _ in range(300):
            if app.rows(app_rows, gone) == [('dated',)]:
                break
            time.sleep(0.1)
        boss = server.client(app.token('boss'))
        why = boss.get(f'{PROMISES}/{gone}/why').json
        said = [e['text'] for e in why['explained']]
        assert [s for s in reversed(said) if s.startswith('The due time')] == [
            'The due time is over: others were told', 'The due time is over: it was given to another',
            'The due time is over: its steps ran', 'The due time is over: it was moved on'], said
        assert why['due'][0]['due'] is None and why['due'][0]['by'] == 'coalesce(until, day)', why
        page = li.get(f'/f/promise/{abroad}').text.split('id="why"')[1]
        assert 'by the calendar shore since' in page, page
    text = app.cli('why', '--as', 'li', 'promise', str(abroad)).text
    assert 'Abroad is due ' in text and ': 4bh by the calendar shore since ' in text, text


def service_levels_count_what_one_may_read():
    app = _app()
    with app.serve() as server:
        li, boss = (server.client(app.token(name)) for name in ('li', 'boss'))
        kept = _promise(li, 'give_up', name='kept', until=_in(3600))
        late = _promise(boss, 'give_up', name='late', until=_in(-5))
        _promise(boss, 'give_up', name='open', until=_in(-5))
        _wait(app, 2)
        for client, record in ((li, kept), (boss, late)):
            assert client.post(f'{PROMISES}/{record}/transitions/rest', {}).status == 200
        url = '/api/v1/workflows/promise_flow/service'
        stages = {s['stage']: s for s in boss.get(url).json['stages']}
        dated = stages['dated']
        assert (dated['entered'], dated['left'], dated['in_time'], dated['late'],
                dated['open_late']) == (3, 2, 1, 1, 1), dated
        assert dated['median_working_seconds'] is not None
        assert stages['counted']['in_time'] == 3, stages
        dated = {s['stage']: s for s in li.get(url).json['stages']}['dated']
        assert (dated['left'], dated['in_time'], dated['late'], dated['open_late']) \
            == (1, 1, 0, 0), dated
        assert boss.get(url + '?from=2020-01-01&to=2020-02-01').json['stages'][0]['entered'] == 0
        assert boss.get(url + '?from=x').status == 422
        assert boss.get('/api/v1/workflows/nothing/service').status == 404
        groups = boss.get(url + '?by=owner').json['groups']
        keys = ('left', 'in_time', 'late', 'open', 'open_late')
        assert {g['key']['title']: tuple(g[k] for k in keys) for g in groups if g['stage'] == 'dated'} \
            == {'Li': (1, 1, 0, 0, 0), 'Boss': (1, 0, 1, 1, 1)}, groups
        assert {g['key']['title'] for g in li.get(url + '?by=owner').json['groups']} == {'Li'}
        assert boss.get(url + '?by=nothing').status == 422
        page = boss.get('/workflows/promise_flow?by=owner').text
        rows = [re.findall(r'<td[^>]*>(.*?)</td>', x) for x in page.split('Service levels in groups')[1].split('</table>')[0].split('<tr>')[2:]]
        assert [(r[1], r[2], r[5], r[6]) for r in rows if r[0] == 'Dated'] \
            == [('Li', '1', '0', '0'), ('Boss', '1', '1', '1')], rows
        assert '<option value="owner" selected>' in page and '<option value="month">' in page
        empty = boss.get('/workflows/promise_flow?from=2020-01-01&to=2020-02-01&by=month').text
        assert 'Service levels in groups' not in empty and 'No record entered' in empty.split('flow-by')[-1].split('</section>')[0]
        assert 'Service levels in groups' not in boss.get('/workflows/promise_flow').text
        # The last minute of January in UTC is February in Shanghai; five hours of work and two
        for record, at, work in ((kept, '2026-01-31T17:00:00Z', 18000), (late, '2026-02-10T09:00:00Z', 7200),
                                 (kept, '2026-01-31T15:00:00Z', 3600)):
            app.store.run('UPDATE stage_history SET at = ?, working_seconds = ? WHERE "from" = ? '
                          'AND record = ?', at, work, 'dated' if work > 3600 else 'counted', record)
        months = boss.get(url + '?by=month&from=2026-01-01&to=2026-03-31').json['groups']
        assert [(g['stage'], g['key'], g['left'], g['in_time'], g['late'], g['working_seconds'])
                for g in months if g['left']] == [
            ('counted', '2026-01', 1, 1, 0, 3600), ('dated', '2026-02', 2, 1, 1, 25200)], months
        assert boss.get(url + '?by=month&from=2010-01-01').status == 422
        assert app.rows('SELECT in_time, paused_seconds FROM stage_history WHERE "from" = \'dated\' '
                        'ORDER BY id') == [(1, 0), (0, 0)]


ORDERS = '/api/v1/forms/order/records'


def approvals_are_due_once_and_decided_by_the_time_also_over_a_restart():
    app = App(copy=os.path.join(ROOT, 'tests', 'apps', 'consent'))
    for login, roles in (('li', 'buyer'), ('wu', '')):
        app.user(login, roles=roles)
    flow = 'workflows/buying.yaml'
    said = app.read(flow)
    app.write(flow, said.replace('within: 1h, late: {remind: false, then: {approve: true}}',
                                 'within: 2s, late: {then: {after: 2s, approve: true}}')
              .replace('within: 30m', 'within: 1h'))

    def ask(li, name, **values):
        made = li.post(ORDERS, {'name': name, 'amount': 1, 'judges': ['wu'], **values})
        assert made.status == 201, made
        asked = li.post(f'{ORDERS}/{made.json["id"]}/transitions/order', {})
        assert asked.status == 202, asked
        return made.json['id']

    def told(name):
        return [t for t in _told(app) if f' {name}' in t]
    with app.serve() as server:
        li, wu = (server.client(app.token(name)) for name in ('li', 'wu'))
        first = ask(li, 'first', kind='turns')
        dated = ask(li, 'dated', kind='dated', needed_by='2020-01-01')
        later = ask(li, 'later', kind='late')
        assert until(lambda: 'Overdue in Turns: first' in _told(app)), _told(app)

        def tasks():
            return {t['record']['id']: t for t in wu.get('/api/v1/tasks?list=todo').json['tasks']}
        assert until(lambda: tasks()[first]['late']) and not tasks()[later]['late'], tasks()
        assert tasks()[first]['due'] < tasks()[later]['due'] and dated not in tasks(), tasks()
        page = server.client().login('wu').get('/tasks', headers={'Accept': 'text/html'}).text
        assert page.count('class="when late"') == 1 and page.count('>Late: due ') == page.count('>due ') == 1, page
        down = ask(li, 'down', kind='turns')
    time.sleep(5)
    with app.serve() as server:
        li = server.client(app.token('li'))
        for name, id in (('first', first), ('down', down)):
            assert until(lambda: li.get(f'{ORDERS}/{id}').json['stage'] == 'ordered'), name
            assert told(name) == [f'Please approve: {name} – Order', f'Overdue in Turns: {name}',
                                  f'Ordered {name}', f'Approved: {name} – Order'], told(name)
        refused = li.get(f'{ORDERS}/{dated}').json
        assert refused['stage'] == 'refused', refused
        assert told('dated')[-2:] == ['Overdue in Dated: dated', 'Refused: dated – Order']
        log = li.get(f'{ORDERS}/{down}/approvals').json['approvals'][0]['tasks'][0]
        assert log['state'] == 'approved' and not log['decided_by'] and log['decided_at'], log
        history = li.get(f'{ORDERS}/{down}/history').json['entries']
        entry = next(e for e in history if e['what'] == 'approved')
        assert 'by the due time' in entry['note'] and not entry['by'], entry
        why = str(li.get(f'{ORDERS}/{down}/why').json['explained'])
        assert 'approval Turns: nobody decided by the due time; approved' in why, why
        assert told('later') == ['Please approve: later – Order']
        assert app.count('_timer', "rule LIKE 'approval:%'") == 1
        levels = li.get('/api/v1/workflows/buying/service').json['approvals']
        assert [sum(a[k] for a in levels) for k in ('in_time', 'late', 'open', 'open_late')] \
            == [0, 3, 1, 0], levels
        turns = next(a for a in levels if a['label'] == 'Turns')
        assert (turns['transition'], turns['late'], turns['open']) == ('order', 2, 0), turns
        page = server.client().login('li').get('/workflows/buying').text.split('id="flow-levels"')[1]
        row = page.split('Turns')[1].split('</tr>')[0]
        assert '0 / 2' in row and '0%' in row.replace(' ', ''), row


if __name__ == '__main__':
    main(globals())
