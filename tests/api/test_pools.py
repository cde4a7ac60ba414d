#!/usr/bin/env python3
"""Pools: of many who claim one record at once exactly one has it and the others hear who; caps hold
under any number of clients; buttons, batch, explanations; records that were there before."""
import html
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main, query, together, until  # noqa: E402

HTML = {'Accept': 'text/html'}
APP = '''app: pools
languages: [en, zh]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  sales: {label: Sales}
  chief: {label: Chief}
'''
FORM = '''form: prospect
title: "{name}"
owner: agent
fields:
  name: {type: text}
  kind: {type: choice, options: [many, few, held]}
  agent: {type: user}
'''
POOLS = '''pools:
  many: {label: {en: Many, zh: 多}, when: "kind = 'many'", members: sales, admins: chief}
  few: {when: "kind = 'few'", members: sales, claim: {per_day: 3}}
  held: {when: "kind = 'held'", members: sales, admins: chief, claim: {hold: 4}}
'''
RIGHTS = '''permissions:
  sales: {read: own, create: true, update: own}
'''
CLIENTS = [f's{i}' for i in range(6)]
RECORDS = '/api/v1/forms/prospect/records'


def _app(pools=POOLS):
    app = App({'app.yaml': APP, 'forms/prospect.yaml': FORM + pools + RIGHTS})
    app.user('root', roles='admin')
    app.user('boss', roles='chief', name='Boss')
    for login in CLIENTS:
        app.user(login, roles='sales', name=f'Person {login}')
    return app


_APP = _app()
_SERVER = _APP.serve()
_TOKEN = {login: _APP.token(login) for login in CLIENTS + ['root', 'boss']}
root, boss, first = (_SERVER.client(_TOKEN[n]) for n in ('root', 'boss', 's0'))


def _make(kind, n):
    out = []
    for i in range(n):
        made = root.post(RECORDS, {'name': f'{kind} {i}', 'kind': kind})
        assert made.status == 201 and made.json['pool'] == kind, made
        out.append(made.json['id'])
    return out


def _id(login):
    return _APP.rows('SELECT id FROM "user" WHERE login = ?', login)[0][0]


def of_many_who_claim_one_exactly_one_has_it():
    who = ['s0', 's1', 's4', 's5']            # what they win counts as held
    for record in _make('many', 10):
        def claim(i):
            client = _SERVER.client(_TOKEN[who[i]])
            answer = client.post(f'{RECORDS}/{record}/claim')
            client.close()
            return answer
        answers = together(len(who), claim)
        won = [i for i, a in enumerate(answers) if a.status == 200]
        assert len(won) == 1, answers
        for i, a in enumerate(answers):
            if i not in won:
                assert a.status == 409 and f'Person {who[won[0]]} has claimed it' in a.text, a
        rows = _APP.rows('SELECT agent, pool, pool_since FROM prospect WHERE id = ?', record)
        assert rows == [(_id(who[won[0]]), None, None)], rows
        kinds = [k for k, in _APP.rows('SELECT kind FROM _assigned WHERE form = ? AND record = ? '
                                       'ORDER BY id', 'prospect', record)]
        assert kinds == ['pooled', 'claimed'], kinds


def _storm(kind, login, n):
    """One person claims them all at once, by many clients."""
    records = _make(kind, n)

    def claim(i):
        client = _SERVER.client(_TOKEN[login])
        answer = client.post(f'{RECORDS}/{records[i]}/claim')
        client.close()
        return answer
    return records, together(n, claim)


def a_day_gives_no_more_than_it_may():
    records, answers = _storm('few', 's1', 9)
    assert sorted(a.status for a in answers) == [200] * 3 + [422] * 6, answers
    for a in answers:
        if a.status == 422:
            assert a.fields == {'agent': 'per_day'}, a
            assert 'possible again from' in a.text, a
    assert _APP.count('prospect', f"kind = 'few' AND agent = {_id('s1')}") == 3
    # Putting them back gives no more of them today.
    mine = next(r for r, a in zip(records, answers) if a.status == 200)
    who = _SERVER.client(_TOKEN['s1'])
    back = who.post(f'{RECORDS}/{mine}/release', {'reason': 'No need'})
    assert back.status == 200 and back.json['pool'] == 'few', back
    assert who.post(f'{RECORDS}/{mine}/claim').status == 422
    assert _APP.rows("SELECT reason FROM _assigned WHERE record = ? AND kind = 'released'",
                     mine) == [('No need',)]


def nobody_holds_more_than_they_may_whichever_way_it_comes():
    records, answers = _storm('held', 's2', 8)
    assert sorted(a.status for a in answers) == [200] * 4 + [422] * 4, answers
    assert all(a.fields == {'agent': 'hold'} for a in answers if a.status == 422)
    free = [r for r, a in zip(records, answers) if a.status == 422]
    # An admin of the pool gives them away within the same cap, at once by many clients, too.
    assert boss.patch(f'{RECORDS}/{free[0]}', {'agent': _id('s2')}).status == 422
    more = free + _make('held', 4)

    def give(i):
        client = _SERVER.client(_TOKEN['boss'])
        answer = client.patch(f'{RECORDS}/{more[i]}', {'agent': _id('s3')})
        client.close()
        return answer
    given = together(len(more), give)
    # Who may not read the result any more hears so; it is done all the same.
    assert sorted(a.status == 422 for a in given) == [False] * 4 + [True] * 4, given
    assert _APP.count('prospect', f"kind = 'held' AND agent = {_id('s3')}") == 4
    assert _APP.count('_message', f'"user" = {_id("s3")} AND kind = \'notify\'') == 4


def several_are_claimed_each_by_itself():
    taken, *free = _make('many', 3)
    other = _SERVER.client(_TOKEN['s4'])
    assert other.post(f'{RECORDS}/{taken}/claim').status == 200
    answer = first.post('/api/v1/forms/prospect/claim', {'records': [taken, *free, 999999]})
    assert answer.status == 200, answer
    results = answer.json['results']
    assert [r['claimed'] for r in results] == [False, True, True, False], results
    assert results[0]['code'] == 'conflict' and 'Person s4' in results[0]['message'], results
    assert results[3]['code'] == 'not_found', results
    assert first.post('/api/v1/forms/prospect/claim', {'records': 'all'}).status == 422
    assert first.post('/api/v1/forms/user/claim', {'records': [1]}).json['results'][0]['claimed'] is False


def several_are_ticked_in_the_list_and_each_is_answered_for():
    taken, *free = _make('many', 3)
    me, other = _SERVER.client().login('s5'), _SERVER.client(_TOKEN['s4'])
    page = me.get('/f/prospect?view=pool_many', headers=HTML).text
    assert 'formaction="/f/prospect/claim"' in page and f'value="{taken}"' in page, page
    assert other.get(f'{RECORDS}/{taken}/allowed').json['actions'].count('claim') == 1
    assert other.post(f'{RECORDS}/{taken}/claim').status == 200
    actions = other.get(f'{RECORDS}/{taken}/allowed').json['actions']
    assert 'release' in actions and 'claim' not in actions, actions
    answer = me.form('/f/prospect/claim', [('_csrf', me.csrf), ('back', '/f/prospect?view=pool_many'),
                                           *(('record', r) for r in (taken, *free, 999999))], headers=HTML)
    assert answer.status == 200 and 'Claim: done for 2 of 4' in answer.text, answer
    assert 'Person s4' in answer.text and f'href="/f/prospect/{free[0]}"' in answer.text
    assert 'href="/f/prospect?view=pool_many"' in html.unescape(answer.text), answer
    once = me.form('/f/prospect/claim', {'_csrf': me.csrf, 'record': taken}, headers=HTML)
    assert 'Claim: done for 0 of 1' in once.text and 'Select records' not in once.text
    none = me.form('/f/prospect/claim', {'_csrf': me.csrf}, headers=HTML)
    assert none.status == 200 and 'Select records first' in none.text
    few = _make('few', 4)                          # three a day
    answer = me.form('/f/prospect/claim', [('_csrf', me.csrf), *(('record', r) for r in few)], headers=HTML)
    assert 'Claim: done for 3 of 4' in answer.text, answer


def the_page_offers_what_one_may_do():
    record, = _make('many', 1)
    me = _SERVER.client().login('s5')
    page = me.get('/f/prospect?view=pool_many', headers=HTML)
    assert page.status == 200 and 'many 0' in page.text
    assert all(f'pool_{key}' in page.text for key in ('many', 'few', 'held')), page
    assert f'/f/prospect/{record}/claim' in Page(page.text).forms, page
    chief = _SERVER.client().login('boss')
    page = chief.get('/f/prospect?view=pool_many', headers=HTML)
    assert 'pool_held' in page.text and 'pool_few' not in page.text, page
    shown = Page(me.get(f'/f/prospect/{record}', headers=HTML).text)
    claim, release = f'/f/prospect/{record}/claim', f'/f/prospect/{record}/release'
    assert claim in shown.forms and release not in shown.forms
    assert me.form(claim, shown.forms[claim]).status == 303
    shown = Page(me.get(f'/f/prospect/{record}?done=1', headers=HTML).text)
    assert 'claimed by Person s5 from “Many”' in shown.text
    assert claim not in shown.forms
    assert me.form(release, {**shown.forms[release], 'reason': 'Too far'}).status == 303
    assert _APP.rows('SELECT pool FROM prospect WHERE id = ?', record) == [('many',)]
    why = root.get(f'{RECORDS}/{record}/why').json
    assert any('put into “Many” by Person s5: Too far' == e['text']
               for e in why['explained']), why


def whose_pool_it_is_not_sees_nothing_of_it():
    record, = _make('few', 1)
    assert boss.get(f'{RECORDS}/{record}').status == 404
    assert boss.post(f'{RECORDS}/{record}/claim').status == 404
    asked = query({'filter': "pool = 'few'", 'count': 'exact'})
    assert boss.get(f'{RECORDS}?{asked}').json['count'] == 0
    # Its admins hand out what is in theirs, and put it elsewhere only where it belongs.
    record, = _make('many', 1)
    assert boss.post(f'{RECORDS}/{record}/release', {'pool': 'held'}).status == 422
    assert boss.post(f'{RECORDS}/{record}/release', {'pool': 'none'}).status == 404
    assert first.post(f'{RECORDS}/{record}/release', {}).status == 403


def records_that_were_there_before_are_settled():
    app = _app('')
    with app.serve() as server:
        r = server.client(app.token('root'))
        for i in range(450):
            r.post(RECORDS, {'name': f'x{i}', 'kind': 'many' if i % 2 else 'few',
                             **({'agent': 's0'} if i % 3 == 0 else {})})
        app.write('forms/prospect.yaml', FORM + POOLS + RIGHTS)
        assert until(lambda: r.get(f'{RECORDS}?{query({"filter": "pool != blank"})}').status == 200)
        assert until(lambda: app.count('prospect', "pool = 'many'") == 150
                     and app.count('prospect', "pool = 'few'") == 150
                     and app.count('prospect', 'owner_since IS NOT NULL') == 150, 20)
        assert app.count('prospect', 'pool IS NOT NULL AND agent IS NOT NULL') == 0
        assert app.count('prospect', 'version <> 1') == 0


if __name__ == '__main__':
    main(globals())
