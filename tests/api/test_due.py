#!/usr/bin/env python3
"""Due times over the life of a server: each is told exactly once, also when its moment passes while
the server is down; a definition that says another time holds for records that stand there; and the
service levels of a workflow count what one may read."""
import datetime
import os
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main  # noqa: E402

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
    time.sleep(3)
    with app.serve():
        _wait(app, 2)
        assert _told(app) == ['Overdue in Dated: soon', 'Overdue in Dated: down'], _told(app)
    with app.serve() as server:
        li = server.client(app.token('li'))
        _promise(li, 'give_up', name='last', until=_in(1))
        _wait(app, 3)
    assert _told(app)[2:] == ['Overdue in Dated: last'], _told(app)


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
        assert app.rows('SELECT in_time, paused_seconds FROM stage_history WHERE "from" = \'dated\' '
                        'ORDER BY id') == [(1, 0), (0, 0)]


if __name__ == '__main__':
    main(globals())
