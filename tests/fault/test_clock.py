#!/usr/bin/env python3
"""A clock that leaps forward by years and comes back: what is due fires once, also when it
leaps again, and the server goes on."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, main  # noqa: E402

APP = '''
app: clock
languages: [en]
time_zone: Asia/Shanghai
roles:
  writer: {label: Writer}
'''
FORM = '''
form: call
title: "{name}"
owner: who
fields:
  name: {type: text, required: true}
  at:   {type: datetime}
  who:  {type: user, default: "=me()"}
permissions:
  writer: {read: all, create: true, update: all, delete: all}
reminders:
  once:  {at: "at", to: who, text: "Once {name}"}
  early: {at: "at - 1h", to: who, text: "Early {name}"}
'''
FLOW = '''
workflow: calling
form: call
stages:
  fresh: {status: open}
  stale: {status: lost}
transitions:
  forget: {from: fresh, to: stale, after: 30d}
'''
CALLS = 40


def _tick(app, now):
    return app.cli('tick', '--now', now).text


def _told(app):
    """Messages by reminder and record."""
    return {k: n for k, n in app.rows("SELECT text, count(*) FROM _message GROUP BY text")}


def a_leap_of_ten_years_and_back_fires_each_moment_once():
    app = App({'app.yaml': APP, 'forms/call.yaml': FORM, 'workflows/calling.yaml': FLOW})
    app.user('ann', roles='writer')
    token = app.token('ann')
    with app.serve() as server:
        client = server.client(token)
        for i in range(CALLS):
            answer = client.post('/api/v1/forms/call/records', {
                'name': f'n{i}', 'at': f'{2030 + i % 3}-05-01T10:{i:02}:00Z'})
            assert answer.status == 201, answer
        want = {f'{word} n{i}': 1 for i in range(CALLS) for word in ('Once', 'Early')}
        for now in ('2040-01-01T00:00:00Z', '2040-01-01T00:00:00Z', '2026-12-01T00:00:00Z',
                    '2099-12-31T23:59:59Z'):
            _tick(app, now)
            assert {k: n for k, n in _told(app).items() if k in want} == want, now
            assert client.get('/api/v1/me').status == 200
        assert app.rows("SELECT DISTINCT stage FROM call") == [('stale',)]
        moves = app.rows("SELECT count(*) FROM stage_history WHERE form = 'call'")[0][0]
        assert moves == 2 * CALLS, moves
        answer = client.post('/api/v1/forms/call/records', {'name': 'later'})
        assert answer.status == 201, answer


if __name__ == '__main__':
    main(globals())
