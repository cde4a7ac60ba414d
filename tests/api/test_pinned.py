#!/usr/bin/env python3
"""A workflow changes while records are on their way: versions, migration."""
import json
import os
import sys
import threading
from urllib.parse import quote

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main  # noqa: E402

APP = '''
app: shop
languages: [en]
time_zone: Asia/Shanghai
limits: {api: 0, logins: 0}
roles:
  clerk: {label: Clerk}
'''
DEAL = '''
form: deal
title: "{name}"
fields:
  name: {type: text, required: true}
  plan: {type: text}
  cost: {type: number}
views:
  all: {type: table, columns: [name, stage]}
  board: {type: kanban, by: stage}
permissions:
  clerk: {read: all, create: true, update: all}
'''
V1 = '''
workflow: sales
form: deal
stages:
  lead:  {label: Lead}
  visit: {label: Visit, edit: [cost]}
  won:   {label: Won, status: won}
transitions:
  go:  {from: lead, to: visit, by: clerk, if: "plan is not blank", message: No plan}
  win: {from: visit, to: won, by: clerk}
'''.replace('plan is not blank', 'plan != blank')
V2 = '''
workflow: sales
form: deal
stages:
  lead:  {label: First talk}
  check: {label: Check, lock: [cost]}
  won:   {label: Done, status: won, lock: true}
transitions:
  check: {from: lead, to: check, by: clerk}
  win:   {from: check, to: won, by: clerk}
'''


class Shop:
    def __init__(self, flow=V1, form=DEAL, **files):
        self.app = App({'app.yaml': APP, 'forms/deal.yaml': form, 'workflows/sales.yaml': flow,
                        **files})
        self.app.cli('apply')
        self.app.user('ann', roles='admin')
        self.app.user('li', roles='clerk')
        self.admin = self.app.token('ann')
        self.token = self.app.token('li')

    def make(self, server, n, **values):
        ids = []
        for i in range(n):
            got = server.post('/api/v1/forms/deal/records', {'name': f'd{i}', **values},
                              token=self.token)
            assert got.status == 201, got
            ids.append(got.json['id'])
        return ids

    def move(self, server, record, name, status=200, **values):
        got = server.post(f'/api/v1/forms/deal/records/{record}/transitions/{name}', values, token=self.token)
        assert got.status == status, got
        return got.json

    def flow(self, text, *args, status=0):
        self.app.write('workflows/sales.yaml', text)
        return self.app.cli('apply', *args, status=status)

    def plan(self, *args, status=0):
        return json.loads(self.app.cli('plan', '--json', *args, status=status).text)

    def stands(self):
        return self.app.rows('SELECT workflow_version, stage, count(*) FROM deal GROUP BY 1, 2 '
                             'ORDER BY 1, 2')

    def versions(self):
        return self.app.rows('SELECT version, current FROM _flow ORDER BY version')


def fifty_open_records_finish_on_the_version_they_entered_and_the_next_is_on_the_new_one():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 50, plan='p')
        for i in ids[:20]:
            shop.move(server, i, 'go')
    steps = [(s['what'], s['rows']) for s in (shop.app.write('workflows/sales.yaml', V2), shop.plan())[1]['steps']]
    assert steps == [('note', 30), ('note', 20)], steps
    shop.flow(V2)
    assert shop.versions() == [(1, 0), (2, 1)], shop.versions()
    plan = shop.plan()
    assert plan['steps'] == [] and plan['same'], plan
    with shop.app.serve() as server:
        new = shop.make(server, 1)[0]
        assert shop.stands() == [(1, 'lead', 30), (1, 'visit', 20), (2, 'lead', 1)]
        # The old ones go the old way, by its rules and its rights on fields; the new one the new way.
        shop.move(server, ids[30], 'check', status=422)
        shop.move(server, new, 'go', status=422)
        shop.move(server, new, 'check')
        one = f'/api/v1/forms/deal/records/{ids[0]}'
        assert server.patch(one, {'cost': 5}, token=shop.token).status == 200
        assert server.patch(one, {'name': 'x'}, token=shop.token).status == 403
        locked = server.patch(f'/api/v1/forms/deal/records/{new}', {'cost': 5}, token=shop.token)
        assert locked.status == 403, locked
        listed = server.get('/api/v1/forms/deal/records?limit=100&filter=' +
                            "stage.status%20=%20'open'", token=shop.token).json
        assert len(listed['records']) == 51, len(listed['records'])
        for i in ids[20:]:
            shop.move(server, i, 'go')
        for i in ids:
            shop.move(server, i, 'win')
        # Finished ones follow what is served: its stage is locked now.
        assert server.patch(one, {'cost': 6}, token=shop.token).status == 403
        assert server.get(one, token=shop.token).json['stage'] == 'won'
    assert shop.stands() == [(1, 'won', 50), (2, 'check', 1)]
    # Nobody needs the old version any more.
    shop.flow(V2.replace('First talk', 'Talk'))
    assert shop.versions() == [(2, 1)], shop.versions()
    assert shop.stands() == [(1, 'won', 50), (2, 'check', 1)]


def fifty_open_records_are_moved_with_a_map():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 50, plan='p')
        for i in ids[:20]:
            shop.move(server, i, 'go')
        shop.move(server, ids[0], 'win')
    shop.app.write('workflows/sales.yaml', V2)
    refused = shop.plan('--migrate', 'sales', status=1)
    assert [s['text'] for s in refused['steps'] if s['what'] == 'refused'] == [
        'stage visit of workflow sales still holds 19 records; move them first, or say where they '
        'go with `migrate: {visit: STAGE}`'], refused
    assert shop.plan('--migrate', 'sales=visit:nowhere', status=1) is not None
    steps = shop.plan('--migrate', 'sales=visit:check')['steps']
    assert [(s['what'], s['rows']) for s in steps] == [('compute', 30), ('compute', 19)], steps
    shop.flow(V2, '--migrate', 'sales', status=1)
    assert shop.stands() == [(1, 'lead', 30), (1, 'visit', 19), (1, 'won', 1)]
    shop.flow(V2, '--migrate', 'sales=visit:check')
    assert shop.stands() == [(1, 'won', 1), (2, 'check', 19), (2, 'lead', 30)]
    assert shop.versions() == [(2, 1)]
    assert shop.app.rows('SELECT count(*) FROM stage_history WHERE "from" = \'visit\' AND '
                         '"to" = \'check\' AND comment = \'migrate\'') == [(19,)]
    assert shop.plan()['steps'] == []
    with shop.app.serve() as server:
        shop.move(server, ids[1], 'win')


def only_what_people_read_makes_no_version():
    shop = Shop()
    said = V1.replace('label: Visit,', 'label: Called, guide: Go there, probability: 30,') \
        .replace('No plan', 'Plan first') + 'label: Selling\nwhen: "cost = blank or cost < 9"\n# more\n'
    head, transitions = said.split('transitions:\n')
    lines = transitions.split('\n')
    shop.flow(head + 'transitions:\n' + '\n'.join([lines[1], lines[0]] + lines[2:]))
    assert shop.versions() == [(1, 1)], shop.versions()
    with shop.app.serve() as server:
        shop.make(server, 1)
        shop.move(server, 1, 'go', status=422)
    shop.flow(V2)
    assert shop.versions() == [(1, 0), (3, 1)], shop.versions()
    # What was, again: the same version, and those on the other one finish there.
    with shop.app.serve() as server:
        shop.make(server, 1)
    shop.flow(V1)
    assert shop.versions() == [(1, 1), (3, 0)], shop.versions()
    assert shop.stands() == [(1, 'lead', 1), (3, 'lead', 1)]


def renames_reach_older_versions_and_what_they_use_cannot_go():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 2)
    shop.flow(V2)
    form = DEAL.replace('  plan: {type: text}\n', '')
    shop.app.write('forms/deal.yaml', form)
    said = shop.app.cli('apply', status=1).errors
    assert 'in version 1 of workflow sales, on which records still stand' in said, said
    assert 'workflows/sales.yaml@1:' in said and 'plan' in said, said
    shop.app.write('forms/deal.yaml', DEAL.replace('plan: {type: text}', 'idea: {type: text, was: plan}'))
    shop.app.cli('apply')
    assert 'idea != blank' in shop.app.rows('SELECT text FROM _flow WHERE version = 1')[0][0]
    with shop.app.serve() as server:
        shop.move(server, ids[0], 'go', status=422)
        shop.move(server, ids[0], 'go', values={'idea': 'x'})
    # Renamed twice, the form too, while they are on their way.
    shop.app.write('forms/offer.yaml', DEAL.replace('form: deal', 'form: offer\nwas: deal')
                   .replace('plan: {type: text}', 'way: {type: text, was: idea}'))
    os.remove(os.path.join(shop.app.dir, 'forms/deal.yaml'))
    shop.app.write('workflows/selling.yaml', V2.replace('workflow: sales', 'workflow: selling\nwas: sales')
                   .replace('form: deal', 'form: offer'))
    os.remove(os.path.join(shop.app.dir, 'workflows/sales.yaml'))
    shop.app.cli('apply')
    assert shop.app.rows('SELECT flow, form, version FROM _flow ORDER BY version') \
        == [('selling', 'offer', 1), ('selling', 'offer', 2)]
    with shop.app.serve() as server:
        got = server.post(f'/api/v1/forms/offer/records/{ids[1]}/transitions/go',
                          {'values': {'way': 'x'}}, token=shop.token)
        assert got.status == 200 and got.json['stage'] == 'visit', got


def a_rename_alone_makes_no_version():
    shop = Shop()
    with shop.app.serve() as server:
        shop.make(server, 1)
    shop.app.write('forms/deal.yaml', DEAL.replace('plan: {type: text}', 'idea: {type: text, was: plan}'))
    shop.app.cli('apply')
    assert shop.versions() == [(1, 1)], shop.versions()
    # By hand in the workflow, too.
    shop.app.write('workflows/sales.yaml', V1.replace('plan !=', 'way !='))
    shop.app.write('forms/deal.yaml', DEAL.replace('plan: {type: text}', 'way: {type: text, was: idea}'))
    shop.app.cli('apply')
    assert shop.versions() == [(1, 1)], shop.versions()
    assert 'way != blank' in shop.app.rows('SELECT text FROM _flow')[0][0]


def a_record_changes_its_workflow_by_a_move():
    service = '''
workflow: service
form: deal
label: Service
when: "false"
order: 9
stages:
  fresh: {label: Fresh, within: 2d}
  ended: {status: done}
transitions:
  close: {from: fresh, to: ended, by: clerk}
  back:  {label: Sell again, from: fresh, to: sales.lead, by: clerk, require: [plan]}
'''
    flow = V1 + '  serve: {label: Into service, from: lead, to: service.fresh, by: clerk, if: "cost > 0"}\n'
    shop = Shop(flow, **{'workflows/service.yaml': service})
    assert shop.app.cli('check', '--strict').text
    with shop.app.serve() as server:
        one = shop.make(server, 1)[0]
        at = f'/api/v1/forms/deal/records/{one}'
        shop.move(server, one, 'serve', status=422)
        why = server.get(f'{at}/why', token=shop.token).json
        assert {t['name']: t.get('workflow') for t in why['transitions']} \
            == {'go': None, 'serve': 'service'}, why
        got = shop.move(server, one, 'serve', values={'cost': 3})
        assert (got['workflow'], got['stage']) == ('service', 'fresh'), got
        assert shop.app.rows("SELECT rule FROM _timer WHERE record > 0") == [('within:service.fresh',)]
        shop.move(server, one, 'go', status=422)
        shop.move(server, one, 'back', status=422)
        shop.move(server, one, 'back', values={'plan': 'p'})
        shop.move(server, one, 'go')
        assert shop.app.rows('SELECT from_workflow, workflow, "from", "to", transition FROM '
                             'stage_history ORDER BY id') == [
            (None, 'sales', None, 'lead', None), ('sales', 'service', 'lead', 'fresh', 'serve'),
            ('service', 'sales', 'fresh', 'lead', 'back'), (None, 'sales', 'lead', 'visit', 'go')]
        assert shop.app.rows("SELECT rule FROM _timer WHERE record > 0") == []
        page = server.client()
        page.login('li')
        text = page.get(f'/f/deal/{one}').text
        assert 'sales: Lead → Service: Fresh' in text, text
        two = shop.make(server, 1, cost=1)[0]
        assert 'Service: Fresh' in page.get(f'/f/deal/{two}/move/serve').text
        shop.move(server, two, 'serve')
    # Each keeps the version of the workflow it is in.
    shop.app.write('workflows/service.yaml', service.replace('close: {from: fresh', 'end: {from: fresh'))
    shop.app.cli('apply')
    assert [r[:2] for r in shop.app.rows('SELECT flow, version FROM _flow ORDER BY 1, 2')] \
        == [('sales', 1), ('service', 1), ('service', 2)]
    with shop.app.serve() as server:
        shop.move(server, two, 'close')
    # The other workflow is renamed: who leads there says its new name, in older versions, too.
    os.remove(os.path.join(shop.app.dir, 'workflows/service.yaml'))
    shop.app.write('workflows/care.yaml', service.replace('workflow: service', 'workflow: care\nwas: service'))
    shop.app.cli('apply')
    assert 'care.fresh' in shop.app.read('workflows/sales.yaml')
    assert 'care.fresh' in shop.app.rows("SELECT text FROM _flow WHERE flow = 'sales'")[0][0]


def a_finished_stage_that_goes_is_kept_for_those_in_it():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 3, plan='p')
        shop.move(server, ids[0], 'go')
        shop.move(server, ids[0], 'win')
    shop.flow(V2)
    shop.flow(V2.replace('Check,', 'Look,'))
    with shop.app.serve() as server:
        for i in ids[1:]:
            shop.move(server, i, 'go')
            shop.move(server, i, 'win')
    shop.flow(V2.replace('lock: [cost]', 'lock: [plan]'))
    assert [v for v, current in shop.versions()] == [2, 4], shop.versions()
    gone = V2.replace('won:   {label: Done, status: won, lock: true}', 'paid: {status: won}') \
        .replace('to: won', 'to: paid')
    shop.flow(gone)
    assert shop.stands() == [(4, 'won', 3)], shop.stands()
    with shop.app.serve() as server:
        got = server.get('/api/v1/forms/deal/records?filter=' + "stage.status%20=%20'won'",
                         token=shop.token).json
        assert [r['stage'] for r in got['records']] == ['won'] * 3, got
        assert server.patch(f'/api/v1/forms/deal/records/{ids[0]}', {'cost': 6},
                            token=shop.token).status == 403


def stages_of_several_versions_mean_what_their_version_says():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 3, plan='p')
        shop.move(server, ids[0], 'go')
    shop.flow(V2.replace('{label: First talk}', '{label: First talk, status: done}'))
    with shop.app.serve() as server:
        shop.make(server, 2)
        for status, want in (('open', 3), ('done', 2), ('won', 0)):
            for text in (f"stage.status = '{status}'", f"stage.status in ['{status}', 'lost']",
                         f"upper(stage.status) = '{status.upper()}'"):
                got = server.get('/api/v1/forms/deal/records?filter=' + quote(text),
                                 token=shop.token).json
                assert len(got.get('records', [])) == want, (text, got)
        # The board has a column more as long as somebody stands there.
        page = server.client()
        page.login('li')
        text = page.get('/f/deal?view=board').text
        assert '>Visit' in text and '>Check' in text, text
        shop.move(server, ids[0], 'win')
        assert '>Visit' not in page.get('/f/deal?view=board').text


def open_records_are_taken_along_later_in_portions():
    shop = Shop()
    with shop.app.serve() as server:
        ids = shop.make(server, 25, plan='p')
        for i in ids[:10]:
            shop.move(server, i, 'go')
        shop.move(server, ids[0], 'win')
        server.delete(f'/api/v1/forms/deal/records/{ids[24]}', token=shop.admin)
    shop.flow(V2.replace('{label: Check,', '{label: Check, within: 3d,'))
    with shop.app.serve() as server:
        flow = '/api/v1/workflows/sales/migrate'
        assert server.get('/api/v1/workflows', token=shop.token).status == 403
        assert server.get('/api/v1/workflows', token=shop.admin).json['workflows'] == [
            {'name': 'sales', 'label': 'sales', 'form': 'deal', 'version': 2, 'older': [1]}]
        assert server.post(flow, {}, token=shop.token).status == 403
        assert server.post('/api/v1/workflows/none/migrate', {}, token=shop.admin).status == 404
        assert server.post(flow, {'map': {'visit': 'none'}}, token=shop.admin).status == 422
        got = server.post(flow, {'dry_run': True}, token=shop.admin).json
        assert got == {'records': [
            {'version': 1, 'stage': 'lead', 'to': 'lead', 'count': 15},
            {'version': 1, 'stage': 'visit', 'to': None, 'count': 9}]}, got
        got = server.post(flow, {'limit': 10}, token=shop.admin).json
        assert got['moved'] == 1 and len(got['refused']) == 9 and got['after'] == ids[10], got
        assert 'visit' in got['refused'][0]['why'], got
        moved, after = 0, 0
        while after is not None:
            got = server.post(flow, {'from_version': 1, 'map': {'visit': 'check'}, 'limit': 7,
                                     'after': after}, token=shop.admin).json
            assert got['refused'] == [], got
            moved, after = moved + got['moved'], got['after']
        assert moved == 23, moved
        assert shop.stands() == [(1, 'won', 1), (2, 'check', 9), (2, 'lead', 15)]
        assert shop.app.rows("SELECT count(*) FROM _timer WHERE rule = 'within:sales.check'") == [(9,)]
        assert shop.app.rows("SELECT count(*) FROM _history WHERE what = 'moved' AND note = 'migrate'") \
            == [(24,)]
        shop.move(server, ids[1], 'win')
    shop.flow(V2)
    assert [v for v, current in shop.versions()] == [2, 3], shop.versions()

WAITING = '''
workflow: sales
form: deal
stages:
  lead:    {label: Lead}
  build:   {label: In work}
  ready:   {status: won}
  stopped: {status: lost}
transitions:
  start:
    from: lead
    to: build
    by: clerk
    wait_for:
      create: {form: job, for_each: parts, values: {name: "{name} of {record.name}", deal: "=record.id"}}
      until: "stage.status = 'done'"
      failed: "stage = 'broken'"
      need: NEED
      then: finish
      else: stop
  again:  {from: build, to: lead, by: clerk}
  finish: {from: build, to: ready, by: admin}
  stop:   {from: build, to: stopped, by: admin}
'''
PARTS = DEAL.replace('  cost:', '  parts: {type: subform, fields: {name: {type: text}}}\n  cost:')
JOB = '''
form: job
title: "{name}"
fields:
  name: {type: text}
  deal: {type: link, to: deal}
permissions:
  clerk: {read: all, create: true, update: all, delete: all}
'''
JOB_FLOW = '''
workflow: work
form: job
stages: {todo: {}, finished: {status: done}, broken: {status: lost}}
transitions:
  done:   {from: todo, to: finished, by: clerk}
  undo:   {from: finished, to: todo, by: clerk}
  fail:   {from: todo, to: broken, by: clerk}
'''


def waiting(need):
    return Shop(WAITING.replace('NEED', need), PARTS,
                **{'forms/job.yaml': JOB, 'workflows/work.yaml': JOB_FLOW})


class Build:
    """A deal with parts, waiting."""

    def __init__(self, shop, server, n):
        self.shop, self.server = shop, server
        self.id = shop.make(server, 1, parts=[{'name': f'p{i}'} for i in range(n)])[0]
        shop.move(server, self.id, 'start')
        self.jobs = [r[0] for r in shop.app.rows(f'SELECT id FROM job WHERE deal = {self.id} ORDER BY id')]

    def job(self, i, name, client=None):
        got = (client or self.server).post(f'/api/v1/forms/job/records/{self.jobs[i]}/transitions/{name}', {},
                               token=self.shop.token)
        assert got.status == 200, got

    def stage(self):
        return self.server.get(f'/api/v1/forms/deal/records/{self.id}', token=self.shop.token).json['stage']

    def states(self):
        return [r[0] for r in self.shop.app.rows(f'SELECT state FROM _wait WHERE record = {self.id} ORDER BY id')]


def a_record_waits_for_all_that_it_made():
    shop = waiting('all')
    with shop.app.serve() as server:
        x = Build(shop, server, 3)
        assert shop.app.rows('SELECT name, deal FROM job ORDER BY id') \
            == [(f'p{i} of d0', x.id) for i in range(3)]
        assert x.states() == ['open'] * 3 and x.stage() == 'build'
        x.job(0, 'done')
        x.job(1, 'done')
        x.job(1, 'undo')
        assert x.states() == ['done', 'open', 'open'], x.states()
        why = server.get(f'/api/v1/forms/deal/records/{x.id}/why', token=shop.token).json['waits']
        assert why['by'] == 'start' and 'waits for all of job: 1 of 3 are done' in why['text'], why
        assert [(r['title'], r['state']) for r in why['records']] \
            == [('p0 of d0', 'done'), ('p1 of d0', 'open'), ('p2 of d0', 'open')], why
        assert 'waits for all of job: 1 of 3' in shop.app.cli('why', 'deal', str(x.id), '--as=li').text
        page = server.client()
        page.login('li')
        assert 'p1 of d0' in page.get(f'/f/deal/{x.id}').text
        x.job(1, 'done')
        # What is deleted counts no more; what comes back does again.
        bin = f'/api/v1/forms/job/records/{x.jobs[2]}'
        y = Build(shop, server, 2)
        y.job(0, 'done')
        assert server.delete(f'/api/v1/forms/job/records/{y.jobs[1]}', token=shop.token).status in (200, 204)
        assert y.stage() == 'ready'
        assert x.stage() == 'build'
        x.job(2, 'done')
        assert x.stage() == 'ready' and x.states() == []
        assert shop.app.rows(f'SELECT "to", transition FROM stage_history WHERE record = {x.id} '
                             "AND form = 'deal' ORDER BY id DESC LIMIT 1") == [('ready', 'finish')]
        assert server.get(bin, token=shop.token).status == 200
        # Nothing to wait for.
        assert Build(shop, server, 0).stage() == 'ready'
        # One that fails: it cannot be any more.
        z = Build(shop, server, 3)
        z.job(2, 'fail')
        assert z.stage() == 'stopped'
        # Who leaves by another way waits no more, and waits anew the next time.
        v = Build(shop, server, 2)
        v.job(0, 'done')
        shop.move(server, v.id, 'again')
        assert v.states() == []
        v.job(1, 'done')
        assert v.stage() == 'lead'
        shop.move(server, v.id, 'start')
        assert v.states() == ['open', 'open']


def a_record_waits_for_some_of_them():
    shop = waiting('2')
    with shop.app.serve() as server:
        x = Build(shop, server, 4)
        x.job(0, 'fail')
        x.job(1, 'done')
        assert x.stage() == 'build'
        x.job(2, 'done')
        assert x.stage() == 'ready'
        y = Build(shop, server, 3)
        y.job(0, 'fail')
        server.delete(f'/api/v1/forms/job/records/{y.jobs[1]}', token=shop.token)
        assert y.stage() == 'stopped'
        assert Build(shop, server, 1).stage() == 'stopped'


def many_that_end_at_once_move_it_on_once():
    shop = waiting('all')
    with shop.app.serve() as server:
        x = Build(shop, server, 40)
        errors = []

        def end(part):
            try:
                client = server.client(shop.token)
                for i in range(part, 40, 4):
                    x.job(i, 'done', client)
            except BaseException as e:
                errors.append(e)
        threads = [threading.Thread(target=end, args=(p,)) for p in range(4)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()
        assert not errors, errors
        assert x.stage() == 'ready'
        assert shop.app.rows(f"SELECT count(*) FROM stage_history WHERE form = 'deal' AND record = {x.id} "
                             "AND \"to\" = 'ready'") == [(1,)]


def who_waits_keeps_waiting_over_renames_and_versions():
    shop = waiting('all')
    with shop.app.serve() as server:
        x = Build(shop, server, 2)
        x.job(0, 'done')
        y = Build(shop, server, 1)
    changed = WAITING.replace('NEED', 'any').replace('form: job,', 'form: errand,') \
        .replace('again:  {from: build, to: lead, by: clerk}', 'back: {from: build, to: lead, by: clerk}')
    shop.app.write('workflows/sales.yaml', changed)
    shop.app.write('forms/errand.yaml', JOB.replace('form: job', 'form: errand\nwas: job'))
    shop.app.write('workflows/work.yaml', JOB_FLOW.replace('form: job', 'form: errand'))
    shop.app.remove('forms/job.yaml')
    shop.app.cli('apply')
    assert shop.versions()[0][0] == 1
    with shop.app.serve() as server:
        assert shop.app.rows('SELECT DISTINCT child_form FROM _wait') == [('errand',)]
        got = server.post(f'/api/v1/forms/errand/records/{x.jobs[1]}/transitions/done', {}, token=shop.token)
        assert got.status == 200, got
        assert shop.app.rows('SELECT stage FROM deal ORDER BY id') == [('ready',), ('build',)]
    # A version that has nothing to wait for does not take them along.
    without = WAITING[:WAITING.index('    wait_for:')] + WAITING[WAITING.index('  again:'):]
    shop.app.write('workflows/sales.yaml', without)
    shop.app.cli('apply')
    with shop.app.serve() as server:
        got = server.post('/api/v1/workflows/sales/migrate', {}, token=shop.admin).json
        assert got['moved'] == 0 and 'waits for all of' in got['refused'][0]['why'], got


if __name__ == '__main__':
    main(globals())
