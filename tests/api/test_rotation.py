#!/usr/bin/env python3
"""The shipped app hands out a thousand leads among four people weighted 2:1:1:1, posted by
eight clients at once: 400, 200, 200 and 200 exactly, each once, each with its reason."""
import collections
import datetime
import html
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, ROOT, main, together  # noqa: E402

LEADS, CLIENTS = 1000, 8
WEIGHTS = {'li': 2, 'wu': 1, 'qian': 1, 'sun': 1}


def _app():
    app = App(copy=ROOT)
    app.write('app.yaml', app.read('app.yaml').rstrip() + '\nlimits: {api: 0, logins: 0}\n')
    app.user('ops', roles='sales_ops')
    app.user('root', roles='admin')
    for login in WEIGHTS:
        app.user(login, roles='sales', name=f'Person {login}')
    return app


def a_thousand_leads_are_shared_exactly_by_weight():
    app = _app()
    with app.serve() as server:
        ops = server.client(app.token('ops'))
        root = server.client(app.token('root'))
        root.post('/api/v1/forms/department/records', {'name': 'East'})
        rule = ops.post('/api/v1/forms/lead_rule/records', {
            'rank': 1, 'name': 'Web leads', 'sources': ['web'], 'method': 'round_robin',
            'cap_open': 1000, 'cap_day': 1000,
            'members': [{'person': login, 'weight': w} for login, w in WEIGHTS.items()]})
        assert rule.status == 201, rule
        token = ops.token

        def post(client):
            mine = server.client(token)
            out = []
            for i in range(client, LEADS, CLIENTS):
                answer = mine.post('/api/v1/forms/lead/records', {
                    'name': f'Lead {i}', 'source': 'web', 'mobile': f'139{i:08d}'})
                assert answer.status == 201, answer
                out.append(answer.json)
            mine.close()
            return out
        leads = [r for part in together(CLIENTS, post) for r in part]
        assert len({r['id'] for r in leads}) == LEADS
        got = collections.Counter(r['owner']['title'] for r in leads)
        assert got == {'Person li': 400, 'Person wu': 200, 'Person qian': 200,
                       'Person sun': 200}, got
        stored = dict(app.rows('SELECT u.name, count(*) FROM lead l JOIN "user" u ON u.id = l.owner '
                               'GROUP BY 1'))
        assert stored == got, stored
        # The shares hold all along, not only at the end.
        order = [name for name, in app.rows(
            'SELECT u.name FROM lead l JOIN "user" u ON u.id = l.owner ORDER BY l.id')]
        for i in range(0, LEADS, 5):
            part = collections.Counter(order[i:i + 5])
            assert part == {'Person li': 2, 'Person wu': 1, 'Person qian': 1,
                            'Person sun': 1}, (i, part)
        numbers = [n for n, in app.rows('SELECT number FROM lead ORDER BY id')]
        assert len(set(numbers)) == LEADS
        assert sorted(int(n[-5:]) for n in numbers) == list(range(1, LEADS + 1))
        told = dict(app.rows('SELECT u.name, count(*) FROM _message m JOIN "user" u '
                             'ON u.id = m."user" GROUP BY 1'))
        assert told == got, told


def _a_draw_is_fair_by_weight_and_says_so(app, ops):
    """What may fail by chance would once in a hundred million runs."""
    rule = ops.post('/api/v1/forms/lead_rule/records', {
        'rank': 0, 'name': 'Fair leads', 'sources': ['fair'], 'method': 'random', 'cap_open': 1000, 'cap_day': 1000,
        'members': [{'person': login, 'weight': w} for login, w in WEIGHTS.items() if login != 'sun']})
    assert rule.status == 201, rule
    rows = [{'name': f'Fair {i}', 'source': 'fair', 'mobile': f'138{i:08d}'} for i in range(200)]
    answer = ops.post('/api/v1/forms/lead/batch', {'create': rows})
    assert answer.status == 200, answer
    order = [name for name, in app.rows('SELECT u.name FROM lead l JOIN "user" u ON u.id = l.owner '
                                        "WHERE l.source = 'fair' ORDER BY l.id")]
    got = collections.Counter(order)
    assert len(order) == 200 and 'Person sun' not in got, got
    assert 58 < got['Person li'] < 142 and all(14 < got[f'Person {n}'] < 86 for n in ('wu', 'qian')), got
    assert len({tuple(sorted(order[i:i + 4])) for i in range(0, 200, 4)}) > 3, order
    lead = app.rows("SELECT min(id) FROM lead WHERE source = 'fair'")[0][0]
    why = ops.get(f'/api/v1/forms/lead/records/{lead}/why').json['explained']
    assert any('drawn from' in e['text'] and 'Person li × 2' in e['text'] for e in why), why


def _the_workbench_counts_as_sql_does(app, server, ops):
    """What waits for one is a number that opens the records counted, and those due are named."""
    me = dict(app.rows('SELECT login, id FROM "user"'))['qian']
    mine = [i for i, in app.rows('SELECT id FROM lead WHERE owner = ? ORDER BY id', me)]
    now = datetime.datetime.now(datetime.timezone.utc)
    for lead, days in zip(mine, (-40, -2, 2, 9)):
        at = (now + datetime.timedelta(days=days)).strftime('%Y-%m-%dT%H:%M:%SZ')
        assert ops.patch(f'/api/v1/forms/lead/records/{lead}', {'next_follow_up': at}).status == 200
    closed = ops.post(f'/api/v1/forms/lead/records/{mine[4]}/transitions/discard',
                      {'values': {'invalid_reason': 'no_need'}})
    assert closed.status == 200, closed
    page = server.client().login('qian').get('/', headers={'Accept': 'text/html'}).text
    href, count = re.search(r'<a class="tile" href="(/f/lead[^"]*)"><strong>(\d+)</strong>'
                            r'<span>Lead, mine and open', page).groups()
    open_ones = app.rows("SELECT count(*) FROM lead WHERE owner = ? AND stage IN ('new', 'contacted', "
                         "'qualified') AND deleted_at IS NULL", me)[0][0]
    assert int(count) == open_ones == len(mine) - 1, (count, open_ones, len(mine))
    asked = html.unescape(href).split('filter=')[1]
    listed = server.client(app.token('qian')).get(f'/api/v1/forms/lead/records?count=exact&filter={asked}').json
    assert listed['count'] == open_ones, listed['count']
    due = re.findall(r'href="/f/lead/(\d+)"', page.split('Follow-ups')[1].split('</section>')[0])
    assert sorted(map(int, due)) == mine[1:3], (due, mine[:4])


def why_names_the_rule_and_the_candidates():
    app = _app()
    with app.serve() as server:
        ops = server.client(app.token('ops'))
        rule = ops.post('/api/v1/forms/lead_rule/records', {
            'rank': 1, 'name': 'Web leads', 'sources': ['web'], 'cap_open': 1, 'cap_day': 1000,
            'members': [{'person': login, 'weight': w} for login, w in WEIGHTS.items()]})
        assert rule.status == 201, rule
        for i in range(5):
            answer = ops.post('/api/v1/forms/lead/records', {
                'name': f'Lead {i}', 'source': 'web', 'mobile': f'139{i:08d}'})
            assert answer.status == 201, answer
            lead = answer.json
            why = ops.get(f'/api/v1/forms/lead/records/{lead["id"]}/why')
            assert why.status == 200, why
            text = ' '.join(e['text'] for e in why.json['explained'])
            assert 'Web leads' in text, why
            assert any(e['rule'] == 'assign' for e in why.json['explained']), why
            for login in WEIGHTS:
                assert f'Person {login}' in text, (i, why)
            if i == 4:                     # everyone holds one: the cap is named, nobody is taken
                assert lead['owner'] is None and 'the cap is' in text, why
            else:
                assert lead['owner'], why
                assert ('the cap is' in text) == (i > 0), (i, why)
        _a_draw_is_fair_by_weight_and_says_so(app, ops)
        _the_workbench_counts_as_sql_does(app, server, ops)


if __name__ == '__main__':
    main(globals())
