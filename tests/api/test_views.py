#!/usr/bin/env python3
"""Saved views, the filter as rows, calendars, galleries and tabs: what each shows to whom."""
import html
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'api'))
from harness import App, Page, main, query, until  # noqa: E402

HTML = {'Accept': 'text/html'}
APP = '''
app: views
languages: [en, zh]
time_zone: Asia/Shanghai
currency: CNY
limits: {api: 0, logins: 0}
roles:
  worker: {label: Worker}
  chief:  {label: Chief, includes: [worker]}
'''
TASK = '''
form: task
title: "{name}"
owner: owner
fields:
  name:   {type: text, required: true, search: true}
  kind:   {type: choice, options: [{value: a, label: Alpha, color: blue}, {value: b, label: Beta}]}
  cost:   {type: money}
  secret: {type: text}
  due:    {type: date}
  at:     {type: datetime}
  until:  {type: datetime}
  owner:  {type: user, default: "=me()"}
  note:   {type: text, required: true, default: "x"}
  proof:  {type: text, required: true}
  width:  {type: text, width: third}
layout:
  - {section: Head, fields: [name, kind]}
  - {tab: When, fields: [due, at, until]}
  - {section: Inside, fields: [owner, note, width]}
  - {tab: Closing, visible: "kind = 'b'", fields: [cost]}
  - {section: Proof, visible: "cost > 10", fields: [proof, secret]}
views:
  all:   {type: table, label: All, columns: [name, kind, cost, secret], sort: [name]}
  cheap: {type: table, label: Cheap, columns: [name, cost], filter: "cost < 100"}
  days:  {type: calendar, label: Days, date: due, color: kind}
  hours: {type: calendar, label: Hours, date: at, end: until, title: name}
  cards: {type: gallery, label: Cards, card: [kind, cost], sort: [name]}
permissions:
  worker: {read: all, create: true, update: own, fields: {secret: hidden}}
  chief:  {read: all, create: true, update: all, delete: all, share: true}
'''

JOB = '''
form: job
title: "{name}"
fields:
  name:   {type: text, required: true}
  price:  {type: money}
  inside: {type: text}
  open:   {type: text}
  kinds:  {type: choices, options: [x, y]}
  lines:  {type: subform, fields: {part: {type: text}, count: {type: number}}}
layout:
  - {section: One, fields: [name, price, inside]}
  - {tab: Two, fields: [open, kinds]}
  - {tab: Three, fields: [lines]}
views:
  all:   {type: table, columns: [name, price, inside, stage]}
  cards: {type: gallery, card: [price, inside]}
  board: {type: kanban, by: stage, card: [inside, price]}
permissions:
  worker: {read: all, create: true, update: all}
'''
FLOW = '''
workflow: life
form: job
stages:
  fresh:  {status: open, hide: [inside]}
  work:   {status: open, edit: [open]}
  check:  {status: open, lock: [price, lines, kinds]}
  done:   {status: done, lock: true}
transitions:
  begin: {from: fresh, to: work, by: worker}
  check: {from: work, to: check, by: worker}
  end:   {from: check, to: done, by: worker}
'''


class _World:
    def __init__(self):
        self.app = App({'app.yaml': APP, 'forms/task.yaml': TASK,
                        'forms/job.yaml': JOB, 'workflows/life.yaml': FLOW})
        for login, roles in (('ann', 'worker'), ('bob', 'worker'), ('eve', 'chief')):
            self.app.user(login, roles=roles)
        self.app.user('root', roles='admin')
        self.server = self.app.serve()
        for login in ('ann', 'bob', 'eve', 'root'):
            setattr(self, login, self.server.client().login(login))


VIEWS = '/api/v1/forms/task/views'
TASKS = '/api/v1/forms/task/records'
world = _World()
ann, bob, eve, root = world.ann, world.bob, world.eve, world.root


def _task(who=None, **values):
    answer = (who or eve).post(TASKS, {'name': 'T', **values})
    assert answer.status == 201, answer
    return answer.json['id']


def _saved(who, status=201, **values):
    answer = who.post(VIEWS, values)
    assert answer.status == status, answer
    return answer.json


def _page(who, path, status=200):
    answer = who.get(path, headers=HTML)
    assert answer.status == status, answer
    return answer


def _tabs(who, path='/f/task'):
    nav = re.search(r'<nav class="tabs".*?</nav>', _page(who, path).text, re.S).group(0)
    return re.findall(r'<a class="tab[^"]*" href="([^"]*)"([^>]*)>([^<]*)', nav)


def a_view_is_saved_found_changed_and_deleted_by_its_owner():
    made = _saved(ann, name='Mine', view='all', filter="cost > 5", sort='-cost,name',
                  columns=['name', 'cost'])
    assert made['mine'] and made['shared'] == [] and made['columns'] == ['name', 'cost'], made
    assert any(v['id'] == made['id'] for v in ann.get(VIEWS).json['views'])
    assert not any(v['id'] == made['id'] for v in bob.get(VIEWS).json['views'])
    at = f"{VIEWS}/{made['id']}"
    assert bob.patch(at, {'name': 'Stolen'}).status == 404
    assert bob.delete(at).status == 404
    changed = ann.patch(at, {'name': 'Renamed', 'sort': None})
    assert changed.status == 200 and changed.json['name'] == 'Renamed', changed
    assert changed.json['sort'] is None and changed.json['filter'] == 'cost > 5', changed
    assert ann.delete(at).status == 204
    assert ann.get(VIEWS).json['views'] == []
    assert world.app.count('_view') == 0


def a_view_keeps_filter_order_and_columns_of_its_list():
    low, high = _task(name='Low', cost=3), _task(name='High', cost=30)
    made = _saved(ann, name='Dear', view='all', filter='cost >= 3', sort='-cost',
                  columns=['cost', 'name'])
    text = _page(ann, f"/f/task?saved={made['id']}").text
    assert text.index('High') < text.index('Low'), text
    assert re.findall(r'data-sort="(\w+)"', text) == ['cost', 'name'], text
    other = _page(ann, f"/f/task?saved={made['id']}&filter=&sort=cost").text
    assert other.index('Low') < other.index('High')
    for id in (low, high):
        eve.delete(f'{TASKS}/{id}')
    ann.delete(f"{VIEWS}/{made['id']}")


def sharing_needs_the_right_and_reaches_the_roles_named():
    refused = ann.post(VIEWS, {'name': 'For all', 'shared': ['everyone']})
    assert refused.status == 403, refused
    assert not ann.get(VIEWS).json['may_share'] and eve.get(VIEWS).json['may_share']
    made = _saved(eve, name='Chiefs', shared=['chief'])
    assert not any(v['id'] == made['id'] for v in ann.get(VIEWS).json['views'])
    at = f"{VIEWS}/{made['id']}"
    assert eve.patch(at, {'shared': ['worker']}).status == 200
    seen = [v for v in ann.get(VIEWS).json['views'] if v['id'] == made['id']]
    assert seen and not seen[0]['mine'], seen
    assert ann.patch(at, {'name': 'Taken'}).status == 403
    assert ann.delete(at).status == 403
    assert ann.patch(at, {'default': True}).status == 200
    assert eve.post(VIEWS, {'name': 'x', 'shared': ['nobody']}).fields == {'shared': 'unknown_role'}
    assert root.patch(at, {'name': 'By admin'}).status == 200
    assert root.delete(at).status == 204
    assert world.app.count('_view_default') == 0 and world.app.count('_view_role') == 0


def what_is_wrong_in_a_view_is_told_on_its_field():
    for values, field in (({'name': ''}, 'name'), ({'name': 'n' * 61}, 'name'),
                          ({'view': 'none'}, 'view'), ({'columns': ['nothing']}, 'columns'),
                          ({'columns': 'name'}, 'columns'), ({'shared': 'all'}, 'shared'),
                          ({'default': 1}, 'default')):
        answer = ann.post(VIEWS, {'name': 'X', **values})
        assert answer.status == 422 and field in answer.fields, (values, answer)
    assert ann.post(VIEWS, {'name': 'X', 'filter': 'cost > '}).status == 422
    assert ann.post(VIEWS, {'name': 'X', 'nothing': 1}).status in (400, 422)
    assert ann.post(VIEWS, {'name': 'X', 'filter': "secret = 'x'"}).status == 403
    assert ann.post(VIEWS, {'name': 'X', 'columns': ['secret']}).status == 403
    assert ann.post(VIEWS, {'name': 'X', 'sort': 'secret'}).status == 403
    assert world.app.count('_view') == 0
    assert world.server.client().get(VIEWS).status == 401
    assert ann.get('/api/v1/forms/nothing/views').status == 404


def a_shared_view_shows_nobody_more_than_their_rights():
    id = _task(name='Hidden', secret='swordfish', cost=7)
    made = _saved(eve, name='Secrets', filter="secret = 'swordfish'", sort='-secret',
                  columns=['name', 'secret'], shared=['everyone'])
    assert 'Hidden' in _page(eve, f"/f/task?saved={made['id']}").text
    answer = _page(ann, f"/f/task?saved={made['id']}")
    assert 'Hidden' not in answer.text and 'may not see' in answer.text, answer.text
    assert 'Show it without its filter' in answer.text
    plain = _page(ann, f"/f/task?saved={made['id']}&filter=")
    assert 'Hidden' in plain.text and 'columns are gone' in plain.text, plain.text
    assert '<td data-label="secret"' not in plain.text
    eve.delete(f"{VIEWS}/{made['id']}")
    eve.delete(f'{TASKS}/{id}')


def a_view_that_names_a_field_that_went_says_so():
    app = App({'app.yaml': APP, 'forms/task.yaml': TASK})
    app.user('eve', roles='chief')
    with app.serve() as server:
        who = server.client().login('eve')
        who.post(TASKS, {'name': 'Stays'})
        made = who.post(VIEWS, {'name': 'Old', 'view': 'cheap', 'columns': ['name', 'kind'],
                                'filter': "kind = 'a'", 'sort': 'kind'})
        assert made.status == 201, made
        kinds = (r'^  kind: .*\n', r', color: kind', r'visible: "kind = .b.", ')
        text = TASK
        for k in kinds:
            text = re.sub(k, '', text, flags=re.M)
        text = text.replace('[name, kind, cost, secret]', '[name, cost]')
        text = text.replace('fields: [name, kind]', 'fields: [name]')
        text = text.replace('card: [kind, cost]', 'card: [cost]')
        text = re.sub(r'^  cheap: .*\n', '', text, flags=re.M)
    app.write('forms/task.yaml', text)
    with app.serve() as server:
        who = server.client().login('eve')
        answer = _page(who, f"/f/task?saved={made.json['id']}")
        assert 'is gone' in answer.text and 'Stays' not in answer.text, answer.text
        assert 'Stays' in _page(who, f"/f/task?saved={made.json['id']}&filter=").text


def a_view_follows_the_fields_that_are_renamed():
    app = App({'app.yaml': APP, 'forms/task.yaml': TASK})
    app.user('eve', roles='chief')
    with app.serve() as server:
        who = server.client().login('eve')
        made = who.post(VIEWS, {'name': 'Dear', 'columns': ['name', 'cost'], 'sort': '-cost,name',
                                'filter': "cost > 5 and name != 'cost'"})
        assert made.status == 201, made
        app.write('forms/task.yaml', re.sub(r'^  cost: +\{', '  price: {was: cost, ', TASK, flags=re.M))
        assert until(lambda: app.rows('SELECT filter FROM _view') != [("cost > 5 and name != 'cost'",)]), server.log()
    assert app.rows('SELECT filter, sort, columns FROM _view') == [
        ("price > 5 and name != 'cost'", '-price,name', 'name,price')]


def what_opens_first_is_each_persons_own():
    made = _saved(ann, name='First', filter='cost > 1', default=True)
    assert made['default']
    current = [t for t in _tabs(ann) if 'aria-current' in t[1]]
    assert current[0][2] == 'First', current
    assert [t for t in _tabs(bob) if 'aria-current' in t[1]][0][2] == 'All'
    assert [t for t in _tabs(ann, '/f/task?view=cheap') if 'aria-current' in t[1]][0][2] == 'Cheap'
    page = _page(ann, '/f/task/views')
    csrf = Page(page.text).controls['_csrf']
    done = ann.form('/f/task/views', {'_csrf': csrf, 'preset': 'cheap', 'set_preset': '1'})
    assert done.status == 303, done
    assert [t for t in _tabs(ann) if 'aria-current' in t[1]][0][2] == 'Cheap'
    assert ann.get(VIEWS).json['default_view'] == 'cheap'
    ann.form('/f/task/views', {'_csrf': csrf, 'preset': '', 'set_preset': '1'})
    assert [t for t in _tabs(ann) if 'aria-current' in t[1]][0][2] == 'All'
    ann.delete(f"{VIEWS}/{made['id']}")


def views_are_kept_by_pages_without_script():
    page = _page(ann, '/f/task/views?' + query({'view': 'all', 'filter': 'cost > 9'}))
    action = next(a for a in Page(page.text).forms if a.startswith('/f/task/views'))
    csrf = Page(page.text).controls['_csrf']
    again = ann.form(action, {'_csrf': csrf, 'name': ''})
    assert again.status == 422 and 'aria-invalid="true"' in again.text, again
    done = ann.form(action, {'_csrf': csrf, 'name': 'Kept', 'first': '1'})
    assert done.status == 303, done
    view = ann.get(VIEWS).json['views'][0]
    assert view['name'] == 'Kept' and view['filter'] == 'cost > 9' and view['default'], view
    state = f"/f/task/views?saved={view['id']}&filter=cost+%3E+8"
    assert 'Keep the change' in _page(ann, state).text
    assert ann.form(state, {'_csrf': csrf, 'update': '1', 'name': ''}).status == 303
    assert ann.get(VIEWS).json['views'][0]['filter'] == 'cost > 8'
    at = f"/f/task/views/{view['id']}"
    assert 'Kept' in _page(ann, at).text and bob.get(at, headers=HTML).status == 404
    assert ann.form(at, {'_csrf': csrf, 'name': 'Other'}).status == 303
    assert ann.get(VIEWS).json['views'][0]['name'] == 'Other'
    assert ann.form(at, {'_csrf': csrf, 'delete': '1'}).status == 303
    assert ann.get(VIEWS).json['views'] == []


def the_filter_is_built_by_a_form_without_script():
    page = Page(_page(ann, '/f/task/filter?view=all&filter=cost+%3E%3D+5+and+cost+%2B+1+%3E+2').text)
    assert page.controls['f0'] == 'cost' and page.controls['o0'] == 'from', page.controls
    assert page.controls['v0'] == '5' and page.controls['t1'] == 'cost + 1 > 2', page.controls
    sent = {k: v for k, v in page.controls.items() if v is not None and k != 'add'}
    more = Page(_page(ann, '/f/task/filter?' + query({**sent, 'add': 'kind'})).text)
    assert more.controls['f2'] == 'kind' and more.controls['n'] == '3', more.controls
    sent = {k: v for k, v in more.controls.items() if v is not None and k != 'add'}
    done = ann.get('/f/task/filter?' + query({**sent, 'o2': 'any', 'v2.0': 'a', 'v2.1': 'b',
                                              'apply': '1'}), headers=HTML)
    assert done.status == 303, done
    to = done.headers['Location']
    assert query({'filter': "cost >= 5 and cost + 1 > 2 and kind in ['a', 'b']"}).replace('+', '%20') \
        in to.replace('+', '%20'), to
    text = _page(ann, to).text
    assert 'cost at least 5' in text and 'kind is any of Alpha, Beta' in text, text
    less = Page(_page(ann, '/f/task/filter?' + query({**sent, 'drop': '0'})).text)
    assert less.controls['n'] == '2' and 'f0' not in less.controls, less.controls


def mistakes_in_a_filter_are_shown_with_their_place():
    answer = ann.get('/f/task/filter?' + query({'view': 'all', 'n': 1, 't0': "cost > 'x'",
                                                'apply': 1}), headers=HTML)
    assert answer.status == 422 and 'aria-invalid="true"' in answer.text, answer
    assert re.search(r'cost &gt; .*\n +\^', answer.text), answer.text
    answer = ann.get('/f/task/filter?' + query({'n': 1, 'f0': 'cost', 'o0': 'from', 'v0': 'many',
                                                'apply': 1}), headers=HTML)
    assert answer.status == 422 and 'many' in answer.text, answer
    wrong = ann.get('/f/task?filter=cost+%3E', headers=HTML)
    assert wrong.status == 422 and '^' in wrong.text, wrong


def hidden_fields_are_not_offered():
    for path in ('/f/task/filter?view=all', '/f/task/columns?view=all'):
        assert 'secret' not in _page(ann, path).text, path
        assert 'secret' in _page(eve, path).text, path
    assert 'f0' not in Page(_page(ann, '/f/task/filter?n=0&add=secret').text).controls
    assert 'f0' in Page(_page(eve, '/f/task/filter?n=0&add=secret').text).controls
    page = _page(ann, '/f/task?columns=name,secret').text
    assert 'data-label="secret"' not in page


def columns_and_order_are_chosen_by_a_form_without_script():
    id = _task(cost=5)
    page = Page(_page(ann, '/f/task/columns?view=cheap').text)
    order = page.controls['order'].split(',')
    assert order[:2] == ['name', 'cost'] and page.controls['c.name'] == '1', page.controls
    sent = {k: v for k, v in page.controls.items() if v}
    down = Page(_page(ann, '/f/task/columns?' + query({**sent, 'down': 'name'})).text)
    assert down.controls['order'].split(',')[:2] == ['cost', 'name']
    sent = {k: v for k, v in down.controls.items() if v}
    done = ann.get('/f/task/columns?' + query({**sent, 's0': 'cost', 'd0': 'down', 's1': 'name',
                                               'apply': 1}), headers=HTML)
    assert done.status == 303, done
    to = done.headers['Location']
    assert 'columns=cost%2Cname' in to and 'sort=-cost%2Cname' in to and 'view=cheap' in to, to
    text = _page(ann, to).text
    assert 'aria-sort="descending"' in text and '<span class="place">2</span>' in text, text
    eve.delete(f'{TASKS}/{id}')


def _days(text):
    """{day: [titles]} of a calendar page."""
    out = {}
    for day, body in re.findall(r'data-day="([\d-]+)">(.*?)</td>', text, re.S):
        out[day] = re.findall(r'<li class="event.*?<a href="/f/task/\d+" draggable="false">(?:<span class="time">'
                              r'([\d:]+)</span> )?([^<]*)', body, re.S)
    return out


def a_calendar_shows_a_month_of_the_persons_days():
    ids = [_task(name='First', due='2026-11-01', kind='a'), _task(name='Last', due='2026-11-30'),
           _task(name='Next', due='2026-12-20')]
    text = _page(eve, '/f/task?view=days&month=2026-11').text
    days = _days(text)
    assert days['2026-11-01'] == [('', 'First')] and days['2026-11-30'] == [('', 'Last')], days
    assert 'Next' not in text and len(days) == 35, len(days)
    assert min(days) == '2026-11-01' and 'c-blue' in text, min(days)
    zh = _page(_zh(), '/f/task?view=days&month=2026-11').text
    assert min(_days(zh)) == '2026-10-26' and '2026年11月' in zh, min(_days(zh))
    links = html.unescape(text)
    assert all(f'view=days&{at}' in links for at in ('month=2026-10', 'month=2026-12', 'week='))
    for wrong in ('2026-13', 'x', '0000-01', '9999-12'):
        _page(eve, f'/f/task?view=days&month={wrong}')
    week = _days(_page(eve, '/f/task?view=days&week=2026-12-20').text)
    assert len(week) == 7 and week['2026-12-20'] == [('', 'Next')], week
    for id in ids:
        eve.delete(f'{TASKS}/{id}')


def _zh():
    who = world.server.client().login('eve')
    who.cookie += '; lang=zh'
    return who


def moments_stand_on_their_local_day_and_last_until_their_end():
    ids = [_task(name='Late', at='2026-11-09T23:30'), _task(name='Early', at='2026-11-10T00:15'),
           _task(name='Long', at='2026-10-30T08:00', until='2026-11-02T10:00')]
    days = _days(_page(eve, '/f/task?view=hours&month=2026-11').text)
    assert days['2026-11-09'] == [('23:30', 'Late')], days['2026-11-09']
    assert days['2026-11-10'] == [('00:15', 'Early')], days['2026-11-10']
    assert [t for _, t in days['2026-11-01']] == ['Long'] and days['2026-11-02'][0][1] == 'Long'
    assert not days['2026-11-03']
    for id in ids:
        eve.delete(f'{TASKS}/{id}')


def a_full_day_shows_some_and_leads_to_the_rest():
    ids = [_task(name=f'N{i}', due='2027-03-03') for i in range(7)]
    text = _page(eve, '/f/task?view=days&month=2027-03').text
    assert len(_days(text)['2027-03-03']) == 4 and '+3 more' in text, text
    to = re.search(r'class="more" href="([^"]+)"', text).group(1)
    page = _page(eve, html.unescape(to)).text
    assert all(f'N{i}' in page for i in range(7)), page
    answer = eve.post('/api/v1/forms/task/batch', {'create': [
        {'name': f'M{i}', 'due': f'2027-03-{i % 28 + 1:02}', 'proof': 'p'} for i in range(400)]})
    assert answer.status == 200, answer
    text = _page(eve, '/f/task?view=days&month=2027-03').text
    days = _days(text)
    assert all(len(days[f'2027-03-{d:02}']) == 4 for d in range(1, 29)), days
    assert '+18 more' in text and '+10 more' in text, re.findall(r'\+\d+ more', text)
    assert ids


def only_who_may_change_an_event_may_move_it():
    mine, other = _task(ann, name='Mine', due='2027-05-05'), _task(eve, name='Hers', due='2027-05-06')
    text = _page(ann, '/f/task?view=days&month=2027-05').text
    assert re.search(rf'data-id="{mine}"[^>]*data-draggable', text), text
    assert not re.search(rf'data-id="{other}"[^>]*data-draggable', text)
    version = re.search(rf'data-id="{mine}" data-version="(\d+)"', text).group(1)
    assert ann.patch(f'{TASKS}/{mine}', {'due': '2027-05-07'},
                     headers={'If-Match': f'"{version}"'}).status == 200
    assert _days(_page(ann, '/f/task?view=days&month=2027-05').text)['2027-05-07'] == [('', 'Mine')]


def a_gallery_pages_like_a_list():
    text = _page(eve, '/f/task?view=cards').text
    seen = len(re.findall(r'class="picture-card"', text))
    assert seen == 48 and 'data-more' in text, seen
    more = re.search(r'<a class="button" href="([^"]+)" data-more', text).group(1)
    first = set(re.findall(r'class="title" href="(/f/task/\d+)"', text))
    second = set(re.findall(r'class="title" href="(/f/task/\d+)"',
                            _page(eve, html.unescape(more)).text))
    assert second and not first & second, (more, len(first), len(second), len(first & second))
    assert 'secret' not in text


def tabs_stand_on_form_and_record_without_script():
    id = _task(name='Tabbed', kind='a', owner=1)
    text = _page(eve, f'/f/task/{id}/edit').text
    assert re.findall(r'<a class="tab" href="#(tab-\d)"( hidden)?>', text) == \
        [('tab-1', ''), ('tab-3', ' hidden')], text
    assert text.index('id="tab-1"') < text.index('name="due"') < text.index('name="owner"') \
        < text.index('id="tab-3"') < text.index('name="cost"')
    assert text.index('name="name"') < text.index('data-tabs')
    assert 'class="field w-third"' in text
    record = _page(eve, f'/f/task/{id}').text
    assert re.findall(r'<a class="tab" href="#(tab-\d)"', record) == ['tab-1'], record
    eve.delete(f'{TASKS}/{id}')


def what_a_hidden_part_holds_is_not_required():
    assert eve.post(TASKS, {'name': 'A', 'kind': 'a', 'cost': 50}).status == 201
    assert eve.post(TASKS, {'name': 'B', 'kind': 'b', 'cost': 5}).status == 201
    refused = eve.post(TASKS, {'name': 'B', 'kind': 'b', 'cost': 50})
    assert refused.status == 422 and refused.fields == {'proof': 'required'}, refused
    assert eve.post(TASKS, {'name': 'B', 'kind': 'b', 'cost': 50, 'proof': 'x'}).status == 201


def _controls(who, path):
    """What a form lets one send: control names that are no engine's own."""
    page = Page(_page(who, path).text)
    action = next(a for a in page.forms if a == path)
    return {k.split('[')[0].split('.')[0] for k in page.forms[action] if k[0] != '_'}


def a_stage_says_what_its_form_lets_one_change():
    jobs = '/api/v1/forms/job/records'
    made = ann.post(jobs, {'name': 'J', 'price': 5, 'open': 'o', 'kinds': ['x'],
                           'inside': 'swordfish',
                           'lines': [{'part': 'p', 'count': 1}]})
    assert made.status == 201, made
    at = f"{jobs}/{made.json['id']}"
    page, edit = f"/f/job/{made.json['id']}", f"/f/job/{made.json['id']}/edit"
    assert _controls(ann, edit) == {'name', 'price', 'open', 'kinds', 'lines'}
    assert 'name="_add"' in _page(ann, edit).text
    for path in (page, edit, '/f/job?view=all', '/f/job?view=cards', '/f/job?view=board'):
        assert 'swordfish' not in _page(ann, path).text, path
        assert 'swordfish' not in _page(root, path).text, path     # holds for admins too
    assert ann.patch(at, {'inside': 'y'}).status == 403

    assert ann.post(f'{at}/transitions/begin').status == 200
    assert _controls(ann, edit) == {'open'}, _controls(ann, edit)
    assert 'swordfish' in _page(ann, page).text
    assert ann.patch(at, {'open': 'p'}).status == 200
    for field in ('name', 'price', 'inside', 'kinds', 'lines'):
        value = [] if field in ('kinds', 'lines') else 'z' if field != 'price' else 1
        assert ann.patch(at, {field: value}).status == 403, field
    assert 'name="_add"' not in _page(ann, edit).text

    assert ann.post(f'{at}/transitions/check').status == 200
    assert _controls(ann, edit) == {'name', 'inside', 'open'}, _controls(ann, edit)

    assert ann.post(f'{at}/transitions/end').status == 200
    assert _controls(ann, edit) == set(), _controls(ann, edit)
    csrf = Page(_page(ann, page).text).controls['_csrf']
    assert ann.form(edit, {'_csrf': csrf, 'open': 'q'}).status == 403
    assert ann.get(at).json['open'] == 'p'


def the_days_of_a_calendar_are_a_range_of_an_index():
    names = world.app.store.indexes()
    assert {'ix_task__due', 'ix_task__at__until'} <= names, names


if __name__ == '__main__':
    main(globals())
