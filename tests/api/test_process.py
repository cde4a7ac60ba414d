#!/usr/bin/env python3
"""How records went through a workflow: the report, its reasons, and who sees what of it."""
import csv
import datetime
import io
import html
import os
import re
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


def _table(text, id):
    """The rows of the table in the part of a page that is headed so, as lists of texts."""
    part = text[text.index(f'id="{id}"'):]
    body = part[part.index('<tbody'):part.index('</tbody>')]
    return [[' '.join(html.unescape(re.sub(r'<[^>]*>', ' ', cell)).split())
             for cell in re.findall(r'<td[^>]*>(.*?)</td>', row, re.S)]
            for row in re.findall(r'<tr>(.*?)</tr>', body, re.S)]


def _counts(text):
    """What links to records of a report say, and where they lead."""
    links = [(html.unescape(at), re.sub(r'<[^>]*>', '', words).split())
             for at, words in re.findall(r'<a[^>]*href="([^"]*)"[^>]*>(.*?)</a>', text, re.S)]
    return [(int([x for x in words if x.isdigit()][-1]), at) for at, words in links if 'passed=' in at]


def _opened(client, at):
    answer = client.get(at)
    assert answer.status == 200, (at, answer)
    return len(re.findall(r'<tr data-id=', answer.text))


# A fixed history: the days on which each deal came into its stages, from the second of March on.
HISTORY = [
    [('lead', 0)],
    [('lead', 0), ('lost:time', 2)],
    [('lead', 0), ('offer', 1)],
    [('lead', 0), ('offer', 3), ('won', 10)],
    [('lead', 0), ('offer', 4), ('won', 6)],
    [('lead', 0), ('offer', 5), ('lost:price', 10)],
    [('lead', 0), ('offer', 6), ('lost:price', 7), ('offer', 8), ('lost:price', 12)],
    [('lead', 0), ('offer', 8), ('lost:time', 9.5)],
]
# Computed by hand from it: came, went on, lost, reasons, median, ninth tenth, late. Of deal 7 a second
# loss from the same stage counts as a passage, not as a record.
TABLE = [
    ['lead', '8', '6 75.0 %', '1 12.5 %', 'time 1', '4 d', '8 d', '–'],
    ['offer', '6', '2 33.3 %', '3 50.0 %', 'Too dear 2 time 1', '3 d', '7 d', '57.1 %'],
    ['won', '2', '–', '–', '', '–', '–', '–'],
    ['lost', '4', '1 25.0 %', '–', '', '24 h', '24 h', '–'],
]


def _replay(app, server, token):
    """HISTORY by the API, then each move at its moment."""
    deals = '/api/v1/forms/deal/records'
    way = {'offer': 'offer', 'won': 'win', 'lost': 'lose'}
    for case in HISTORY:
        id = server.post(deals, {'name': 'd'}, token=token).json['id']
        for i, (stage, _) in enumerate(case[1:], 1):
            name, _, why = stage.partition(':')
            move = 'again' if case[i - 1][0].startswith('lost') else way[name]
            body = {'values': {'why': why}} if why else {}
            done = server.post(f'{deals}/{id}/transitions/{move}', body, token=token)
            assert done.status == 200, done
        rows = [r[0] for r in app.rows('SELECT id FROM stage_history WHERE record = ? ORDER BY id', id)]
        for i, (row, (_, day)) in enumerate(zip(rows, case)):
            at = datetime.datetime(2026, 3, 2, 4) + datetime.timedelta(days=day)
            app.store.run('UPDATE stage_history SET at = ?, seconds = ?, in_time = NULL WHERE id = ?',
                          at.strftime('%Y-%m-%dT%H:%M:%SZ'),
                          int((day - case[i - 1][1]) * 86400) if i else None, row)


def a_funnel_equals_the_table_computed_by_hand():
    flow = FLOW.replace('offer: {}, won', 'offer: {within: 3d}, won') + \
        '  again: {from: lost, to: offer, by: clerk}\n'
    app = App({'app.yaml': APP, 'forms/deal.yaml': DEAL, 'workflows/sales.yaml': flow})
    app.cli('apply')
    for login, role in (('ann', 'clerk'), ('eve', 'blind'), ('gil', 'guest')):
        app.user(login, roles=role)
    with app.serve() as server:
        token = {login: app.token(login) for login in ('ann', 'eve')}
        _replay(app, server, token['ann'])
        got = server.get('/api/v1/workflows/sales/report?from=2026-03-01', token=token['ann']).json
        by = [[s['stage'], s['entered'], s['left'], s['current'], s['now'], s['lost'], s['loss'],
               s['conversion'], s['late'], *s['records'].values(), s['seconds']['median'] or 0]
              for s in got['stages']]
        day = 86400
        assert by == [['lead', 8, 7, 1, 1, 1, 12.5, 75.0, None, 8, 6, 1, 4 * day],
                      ['offer', 7, 6, 1, 1, 4, 57.1, 28.6, 4, 6, 2, 3, 3 * day],
                      ['won', 2, 0, 2, 2, 0, 0.0, 0.0, None, 2, 0, 0, 0],
                      ['lost', 5, 1, 4, 4, 0, 0.0, 20.0, None, 4, 1, 0, day]], by
        assert [s['left'] for s in got['levels']] == [7, 6, 0, 1] and got['waiting'] == [], got

        ann, eve, gil = server.client(), server.client(), server.client()
        ann.login('ann'), eve.login('eve'), gil.login('gil')
        page = ann.get('/workflows/sales?from=2026-03-01&to=2026-03-02').text
        assert _table(page, 'flow-period') == TABLE, _table(page, 'flow-period')
        assert 'lead → offer → lost → offer → lost' in ' '.join(
            re.sub(r'<[^>]*>', '', page[page.index('flow-paths'):]).split()), page
        # Each number opens exactly the records it counts.
        links = _counts(page)
        assert len(links) == 17, links
        for n, at in links:
            assert _opened(ann, at) == n, (n, at)
        assert any('went,offer,2026-03-01,2026-03-03' in at for _, at in
                   [(n, at.replace('%2C', ',')) for n, at in links]), links
        assert '/api/v1/workflows/sales/log' not in page            # she has no right to export
        assert 'No record entered' in ann.get('/workflows/sales?from=2026-03-03&to=').text
        assert 'No record entered' in ann.get('/workflows/sales?to=2026-03-01').text
        assert '/workflows/sales' in ann.get('/f/deal').text and '/workflows/sales' in ann.get('/f/deal/1').text
        assert '/f/deal/views' in ann.get('/f/deal').text
        assert '/f/deal/views' not in ann.get('/f/deal?passed=sales,here,lead').text
        # Late is what its timer found late.
        assert not [at for _, at in _counts(page) if 'late' in at]
        later = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=4)
        app.cli('tick', '--now', later.strftime('%Y-%m-%dT%H:%M:%SZ'))
        late = [x for x in _counts(ann.get('/workflows/sales').text) if 'late' in x[1]]
        assert late[0][0] == 1 and {_opened(ann, at) for _, at in late} == {1}, late
        # Who may not see the reasons, or the records, gets none.
        assert 'Too dear' not in eve.get('/workflows/sales?from=').text
        assert _table(eve.get('/workflows/sales?from=').text, 'flow-period')[1][1] == '6'
        assert gil.get('/workflows/sales').status == 404
        assert ann.get('/workflows/none').status == 404 and ann.get('/workflows/sales?from=x').status == 400
        # A way that is none of these records' is refused; one keeps to one's rights.
        for bad in ('none', 'sales,none', 'sales,lost', 'sales,lost,none', 'sales,lost,offer,x',
                    'sales,asked,x'):
            assert ann.get(f'/f/deal?passed={bad}').status == 400, bad
        assert gil.get('/f/deal?passed=sales,here,lead').status == 404


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

        # A record's own page tells the path it took; its newest request stands elsewhere on it.
        page = server.client().login('ann').get(f'/f/paper/{first}', headers={'Accept': 'text/html'}).text
        way = page[page.index('<details class="way"'):]
        way = ' '.join(re.sub(r'<[^>]*>', ' ', way[:way.index('</details>')]).split())
        way = re.sub(r'\d+ min', 'N min', re.sub(r'today [\d:]+', 'T', html.unescape(way)))
        assert way == ('Path so far 3 stages in N min draft in time N min (working time N min) '
                       'T – T · Ann "A" <Li> refused Approval: Submit T · Ann "A" <Li> refused Eve T so '
                       'Ready N min (working time N min) T – T · Submit: Ann "A" <Li> '
                       'done N min T · finish: Ann "A" <Li>'), way

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

        # Whose consent is waited for, and what for.
        assert move(other, 'submit') == 404 and server.post(
            f'{papers}/{other}/transitions/submit', {}, token=token['bob']).status == 202
        report = '/api/v1/workflows/print/report'
        waiting = server.get(report, token=token['gil']).json['waiting']
        assert [(x['user']['title'], x['records'], x['late']) for x in waiting] == [('Eve', 1, 0)], waiting
        assert server.get(report, token=token['ann']).json['waiting'] == []
        app.store.run('UPDATE _task SET due = 1 WHERE record = ?', other)
        assert server.get(report, token=token['bob']).json['waiting'][0]['late'] == 1
        eve = server.client()
        eve.login('eve')
        page = eve.get('/workflows/print').text
        asked = [(n, at) for n, at in _counts(page) if 'asked' in at]
        assert [n for n, _ in asked] == [1] and _opened(eve, asked[0][1]) == 1, asked
        way = asked[0][1].split('?')[1]
        for path in ('records', 'export.json'):
            got = server.get(f'/api/v1/forms/paper/{path}?{way}', token=token['eve']).json
            got = got['records'] if path == 'records' else got
            assert [r['id'] for r in got] == [other], got
            assert server.get(f'/api/v1/forms/paper/{path}?passed=x', token=token['eve']).status == 400
        words = eve.get(asked[0][1] + '&q=nothing').text          # the list's export is of what it shows
        assert html.unescape(words).count(f'export.csv?q=nothing&{way}') == 1
        assert server.get('/api/v1/forms/paper/export.json?q=nothing', token=token['eve']).json == []
        assert '1 late' in page and '/api/v1/workflows/print/log?format=xes' in html.unescape(page)
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
