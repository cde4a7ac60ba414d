#!/usr/bin/env python3
"""How records went through a workflow: the report, its reasons, and who sees what of it."""
import csv
import datetime
import io
import os
import sys
import xml.etree.ElementTree as ET

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


PAPER = '''
form: paper
title: "{name}"
owner: owner
fields:
  name: {type: text, required: true}
  owner: {type: user, default: "=me()"}
  pages: {type: number, decimals: 0}
  secret: {type: longtext}
permissions:
  clerk: {read: own, export: own, create: true, update: own}
  blind: {read: all, export: all, fields: {secret: hidden, pages: masked}}
  guest: {read: all}
'''
PRINT = '''
workflow: print
form: paper
label: {en: 'Printing <A> & "B"'}
stages: {draft: {within: 1d}, ready: {label: Ready}, done: {status: done}}
transitions:
  submit: {label: Submit, from: draft, to: ready, by: clerk, approve: [{by: role(blind), need: any}]}
  skip: {from: draft, to: done, by: clerk}
  finish: {from: ready, to: done, by: clerk}
'''
XES = '{http://www.xes-standard.org/}'


def _events(trace):
    """The attributes of each event of a trace."""
    return [{a.get('key'): a.get('value') for a in e} for e in trace.findall(XES + 'event')]


def a_log_of_events_for_process_mining():
    app = App({'app.yaml': APP.replace('languages: [en]', 'languages: [en]\ntime_zone: Asia/Shanghai'),
               'forms/paper.yaml': PAPER, 'workflows/print.yaml': PRINT})
    app.cli('apply')
    for login, role in (('ann', 'clerk'), ('bob', 'clerk'), ('eve', 'blind'), ('gil', 'guest')):
        app.user(login, roles=role, name={'ann': 'Ann "A" <Li>'}.get(login))
    token = {login: app.token(login) for login in ('ann', 'bob', 'eve', 'gil')}
    papers = '/api/v1/forms/paper/records'
    with app.serve() as server:
        def move(id, name):
            return server.post(f'{papers}/{id}/transitions/{name}', {}, token=token['ann']).status

        def decide(id, what):
            tasks = server.get('/api/v1/tasks', token=token['eve']).json['tasks']
            task = [t['id'] for t in tasks if t['record']['id'] == id]
            done = server.post(f'/api/v1/tasks/{task[0]}/{what}', {'comment': 'so'}, token=token['eve'])
            assert done.status == 200, done

        def log(who, args=''):
            return server.get('/api/v1/workflows/print/log' + args, token=token[who])

        def rows(who, args=''):
            got = log(who, args)
            assert got.status == 200 and got.headers['Content-Type'].startswith('text/csv'), got
            return list(csv.DictReader(io.StringIO(got.text)))

        first, second = (server.post(papers, {'name': n, 'pages': 12, 'secret': 'a<b>&"c"\nd'},
                                     token=token['ann']).json['id'] for n in ('one', 'two'))
        other = server.post(papers, {'name': 'bob'}, token=token['bob']).json['id']
        assert move(first, 'submit') == 202
        decide(first, 'reject')
        assert move(first, 'submit') == 202
        decide(first, 'approve')
        assert move(first, 'finish') == 200
        assert move(second, 'submit') == 202
        gone = server.post(f'{papers}/{second}/approval/withdraw', {}, token=token['ann'])
        assert gone.status in (200, 204), gone
        assert move(second, 'skip') == 200

        # In order, though it all may have happened within one second.
        found = [(r['concept:name'], r['lifecycle:transition'], r['from'], r['to']) for r in rows('ann')
                 if r['case:concept:name'] == str(first)]
        assert found == [
            ('draft', 'complete', '', 'draft'), ('submit', 'schedule', 'draft', ''),
            ('submit:asked', 'assign', 'draft', ''), ('submit:rejected', 'complete', 'draft', ''),
            ('submit', 'ate_abort', 'draft', ''), ('submit', 'schedule', 'draft', ''),
            ('submit:asked', 'assign', 'draft', ''), ('submit:approved', 'complete', 'draft', ''),
            ('submit', 'complete', 'draft', 'ready'), ('finish', 'complete', 'ready', 'done')], found
        got = [r for r in rows('ann', '?fields=pages,secret') if r['case:concept:name'] == str(first)]
        assert {r['org:resource'] for r in got} == {'Ann "A" <Li>', 'Eve'}, got
        assert got[0]['secret'] == 'a<b>&"c"\nd' and got[0]['pages'] == '12'
        assert got[8]['seconds'].isdigit() and got[8]['in_time'] == 'true' and got[9]['in_time'] == ''
        assert got[7]['label'] == 'Submit: approved' and got[8]['label'] == 'Submit'
        moment = datetime.datetime.fromisoformat(got[0]['time:timestamp'])
        assert moment.utcoffset() == datetime.timedelta(hours=8), got[0]
        assert abs((datetime.datetime.now(datetime.timezone.utc) - moment).total_seconds()) < 600
        assert [r['lifecycle:transition'] for r in rows('ann') if r['case:concept:name'] == str(second)] == [
            'complete', 'schedule', 'assign', 'withdraw', 'complete']
        assert log('ann', '?bom=true').text.startswith('\ufeffcase:concept:name,')

        # XES 1.0 says the same.
        answer = log('ann', '?format=xes&fields=pages,secret')
        assert answer.headers['Content-Disposition'].endswith('"print.xes"'), answer.headers
        root = ET.fromstring(answer.text)
        assert root.tag == XES + 'log' and root.get('xes.version') == '1.0'
        assert {e.get('prefix') for e in root.findall(XES + 'extension')} == {
            'concept', 'time', 'org', 'lifecycle'}
        names = {a.get('key'): a.get('value') for a in root.findall(XES + 'string')}
        assert names == {'concept:name': 'Printing <A> & "B"', 'lifecycle:model': 'standard'}
        traces = root.findall(XES + 'trace')
        assert len(traces) == 2
        facts = {a.get('key'): (a.tag[len(XES):], a.get('value')) for a in traces[0] if a.tag != XES + 'event'}
        assert facts == {'concept:name': ('string', str(first)), 'pages': ('int', '12'),
                         'secret': ('string', 'a<b>&"c"\nd')}, facts
        assert [(e['concept:name'], e['lifecycle:transition'], e['time:timestamp'], e['org:resource'])
                for e in _events(traces[0])] == [
            (r['concept:name'], r['lifecycle:transition'], r['time:timestamp'], r['org:resource']) for r in got]

        # Only what one may read and export, as one may see it; within a period.
        assert {r['case:concept:name'] for r in rows('bob')} == {str(other)}
        assert len({r['case:concept:name'] for r in rows('eve')}) == 3
        assert {r['pages'] for r in rows('eve', '?fields=pages')} == {'**', ''}
        assert log('eve', '?fields=secret').status == 403
        assert log('eve', "?filter=secret%20!=%20blank").status == 403
        assert log('gil').status == 403
        assert [r['case:concept:name'] for r in rows('eve', '?filter=name%20=%20%27bob%27')] == [str(other)]
        assert rows('ann', '?from=2020-01-01&to=2020-02-01') == []
        assert len(rows('ann', '?from=2020-01-01')) == 15
        assert log('ann', '?format=pdf').status == 400
        assert server.get('/api/v1/workflows/none/log', token=token['ann']).status == 404


def a_long_log_goes_over_pages():
    app = App({'app.yaml': APP, 'forms/paper.yaml': PAPER, 'workflows/print.yaml': PRINT})
    app.cli('apply')
    app.user('ann', roles='clerk')
    token = app.token('ann')
    with app.serve() as server:
        answer = server.post('/api/v1/forms/paper/batch', {'create': [{'name': f'p{i}'} for i in range(450)]},
                             token=token)
        assert answer.status == 200, answer
        got = list(csv.DictReader(io.StringIO(server.get('/api/v1/workflows/print/log', token=token).text)))
        assert len(got) == 450 and len({r['case:concept:name'] for r in got}) == 450


if __name__ == '__main__':
    main(globals())
