#!/usr/bin/env python3
"""How records went through a workflow: the report, its reasons, and who sees what of it."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main  # noqa: E402

APP = '''
app: shop
languages: [en]
limits: {api: 0, logins: 0}
roles: {clerk: {}, guest: {}, blind: {}}
'''
DEAL = '''
form: deal
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true}
  owner: {type: user, default: "=me()"}
  why: {type: choice, options: [{value: price, label: Too dear}, time]}
permissions:
  clerk: {read: own, create: true, update: own}
  blind: {read: all, fields: {why: hidden}}
'''
FLOW = '''
workflow: sales
form: deal
stages: {lead: {}, offer: {}, won: {status: won}, lost: {status: lost}}
transitions:
  offer: {from: lead, to: offer, by: clerk}
  win: {from: offer, to: won, by: clerk}
  lose: {from: [lead, offer], to: lost, by: clerk, require: [why]}
'''


def a_funnel_with_loss_and_reasons():
    app = App({'app.yaml': APP, 'forms/deal.yaml': DEAL, 'workflows/sales.yaml': FLOW})
    app.cli('apply')
    for login, role in (('ann', 'clerk'), ('bob', 'clerk'), ('eve', 'blind'), ('gil', 'guest')):
        app.user(login, roles=role)
    token = {login: app.token(login) for login in ('ann', 'bob', 'eve', 'gil')}
    with app.serve() as server:
        deals = '/api/v1/forms/deal/records'

        def go(who, *moves):
            got = server.post(deals, {'name': 'd'}, token=token[who])
            assert got.status == 201, got
            for move in moves:
                name, _, why = move.partition(':')
                body = {'values': {'why': why}} if why else {}
                done = server.post(f'{deals}/{got.json["id"]}/transitions/{name}', body, token=token[who])
                assert done.status == 200, done

        for moves in ([], ['lose:time'], ['offer'], ['offer', 'win'], ['offer', 'win'],
                      ['offer', 'lose:price'], ['offer', 'lose:price'], ['offer', 'lose:time']):
            go('ann', *moves)
        go('bob', 'offer', 'lose:time')

        def report(who, args=''):
            return server.get('/api/v1/workflows/sales/report' + args, token=token[who])

        got = report('ann').json
        assert (got['records'], got['reason'], got['form']) == (8, 'why', 'deal'), got
        table = [[s[k] for k in ('stage', 'entered', 'left', 'current', 'conversion', 'lost', 'loss', 'late')]
                 for s in got['stages']]
        assert table == [['lead', 8, 7, 1, 75.0, 1, 12.5, None], ['offer', 6, 5, 1, 33.3, 3, 50.0, None],
                         ['won', 2, 0, 2, 0.0, 0, 0.0, None], ['lost', 4, 0, 4, 0.0, 0, 0.0, None]], table
        assert got['stages'][1]['reasons'] == [{'value': 'price', 'label': 'Too dear', 'count': 2},
                                               {'value': 'time', 'label': 'time', 'count': 1}], got
        assert [(p['path'], p['count']) for p in got['paths']] == [
            ('lead > offer > lost', 3), ('lead > offer > won', 2), ('lead', 1), ('lead > lost', 1),
            ('lead > offer', 1)], got['paths']
        moves = {(m['from'], m['to']): m['count'] for m in got['moves']}
        assert moves == {(None, 'lead'): 8, ('lead', 'offer'): 6, ('lead', 'lost'): 1,
                         ('offer', 'won'): 2, ('offer', 'lost'): 3}, moves
        assert report('bob').json['records'] == 1
        # A reason that one may not see is not told by counting either.
        blind = report('eve').json
        assert blind['records'] == 9 and blind['reason'] is None, blind
        assert all(s['reasons'] == [] for s in blind['stages']), blind
        assert report('gil').status == 404
        assert report('ann', '?filter=why%20=%20%27price%27').json['records'] == 2
        assert report('ann', '?from=2020-01-01&to=2020-02-01').json['records'] == 0
        assert report('ann', '?from=x').status == 400
        assert server.get('/api/v1/workflows/none/report', token=token['ann']).status == 404


if __name__ == '__main__':
    main(globals())
