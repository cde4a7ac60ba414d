#!/usr/bin/env python3
"""/healthz, /readyz and /metrics: what they say, to whom, and when everything else is busy."""
import os
import sys
import threading

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from exposition import read  # noqa: E402
from harness import ON_PG, App, main, until  # noqa: E402

_FILES = {
    'app.yaml': 'app: notes\nroles: {writer: {label: Writer}}\n',
    'forms/note.yaml': '''form: note
title: "{name}"
fields:
  name: {type: text, required: true, unique: true}
  due: {type: datetime}
permissions:
  writer: {create: all, read: all, update: all}
reminders:
  soon: {at: due, to: created_by, text: "{name}"}
''',
    'plugins/greet.lua': '''on("note.before_create", function(note)
  if note.name == "no" then fail("no means no") end
  if note.name == "broken" then local x = nil; x.y = 1 end
end)
''',
    'plugins/slow.lua': '''on("note.committed", function(note)
  if note.name ~= "slow" then return end
  while true do end
end)
''',
}


class _Notes:
    """One server for the tests that only look."""
    app = server = ann = None


def _notes():
    if not _Notes.app:
        _Notes.app = App(_FILES)
        _Notes.app.user('ann', roles='writer')
        _Notes.app.user('eve', roles='admin')
        _Notes.server = _Notes.app.serve()
        _Notes.ann = _Notes.server.client(_Notes.app.token('ann'))
    return _Notes


def _figures(server, **k):
    answer = server.get('/metrics', **k)
    assert answer.status == 200, answer
    assert answer.headers['Content-Type'] == 'text/plain; version=0.0.4; charset=utf-8'
    return read(answer.text)


def _bad(text):
    try:
        read(text)
    except AssertionError:
        return
    raise Exception(f'taken for Prometheus text: {text}')


def the_reader_of_these_tests_is_strict():
    head = '# HELP a_total x\n# TYPE a_total counter\n'
    assert read(head + 'a_total{b="c\\"\\\\\\n"} 1\n')['a_total'].value(b='c"\\\n') == 1
    for body in ('a_total 1', 'a_total 1\na_total 1\n', 'a_total{b=c} 1\n', 'a_total  1\n',
                 'a_total one\n', 'b_total 1\n', 'a_total{b="1",b="2"} 1\n', 'a_total -1\n',
                 'a_total{b="c"d"} 1\n'):
        _bad(head + body)
    _bad('a_total 1\n')
    _bad('# HELP a x\n# TYPE a counter\na 1\n')
    shape = '# HELP h x\n# TYPE h histogram\n'
    buckets = 'h_bucket{le="1"} 2\nh_bucket{le="+Inf"} 3\n'
    read(shape + buckets + 'h_sum 4\nh_count 3\n')
    _bad(shape + buckets + 'h_sum 4\nh_count 2\n')
    _bad(shape + 'h_bucket{le="1"} 4\nh_bucket{le="+Inf"} 3\nh_sum 4\nh_count 3\n')
    _bad(shape + 'h_bucket{le="1"} 3\nh_sum 4\nh_count 3\n')


def the_process_lives_and_can_answer():
    server = _notes().server
    for path, text in (('/healthz', 'ok\n'), ('/readyz', 'ready\n')):
        answer = server.get(path)
        assert (answer.status, answer.text) == (200, text)
        assert answer.headers['Cache-Control'] == 'no-store'
        head = server.ask('HEAD', path)
        assert (head.status, head.text) == (200, '')


def requests_are_counted_by_route_and_class_of_status():
    notes = _notes()
    before = _figures(notes.server)
    made = notes.ann.post('/api/v1/forms/note/records', {'name': 'a'})
    assert made.status == 201, made
    assert notes.ann.post('/api/v1/forms/note/records', {'nome': 'a'}).status == 422
    answer = notes.ann.get(made.headers['Location'])
    assert answer.status == 200, answer
    assert notes.ann.get('/api/v1/forms/note/records/999999').status == 404
    assert notes.ann.get('/nowhere/99').status == 404
    assert notes.server.ask('POST', '/healthz', '').status == 405
    after = _figures(notes.server)

    def more(**labels):
        return after['tenon_requests_total'].value(**labels) \
            - before['tenon_requests_total'].value(**labels)
    form, one = '/api/v1/forms/{form}/records', '/api/v1/forms/{form}/records/{id}'
    assert more(method='POST', route=form, code='2xx') == 1
    assert more(method='POST', route=form, code='4xx') == 1
    assert more(method='GET', route=one, code='2xx') == 1
    assert more(method='GET', route=one, code='4xx') == 1
    assert more(method='', route='', code='4xx') == 2
    seconds = after['tenon_request_seconds']
    assert seconds.value('_count', method='GET', route=one) >= 2
    assert after['tenon_requests_active'].value() == 1            # this very one


def nothing_that_people_enter_becomes_a_label():
    notes = _notes()
    notes.ann.get('/api/v1/forms/zebra/records')
    notes.ann.get('/zebra?zebra=1')
    notes.ann.post('/api/v1/forms/note/records', {'name': 'zebra'})
    notes.server.get('/healthz', headers={'User-Agent': 'zebra', 'Host': 'zebra'})
    assert 'zebra' not in notes.server.get('/metrics').text


def writes_rules_and_jobs_are_counted():
    notes = _notes()
    before = _figures(notes.server)
    for name, status in (('b', 201), ('no', 422), ('broken', 500)):
        answer = notes.ann.post('/api/v1/forms/note/records', {'name': name})
        assert answer.status == status, answer

    def more(name, suffix='', **labels):
        now = _figures(notes.server)
        return now[name].value(suffix, **labels) - (
            before[name].value(suffix, **labels) if name in before else 0)
    assert more('tenon_rule_runs_total', plugin='greet') == 3
    assert more('tenon_rule_failures_total', plugin='greet') == 1  # to refuse is no failure
    assert more('tenon_rule_seconds_total', plugin='greet') > 0
    assert until(lambda: more('tenon_job_seconds', '_count', kind='committed') >= 1)
    now = _figures(notes.server)
    assert now['tenon_db_units_total'].value() > before['tenon_db_units_total'].value()
    if not ON_PG:                              # there what runs again is counted again
        assert now['tenon_db_batch_units'].value('_sum') == now['tenon_db_units_total'].value()
    assert now['tenon_db_batch_units'].value('_count') == now['tenon_db_commits_total'].value()
    assert now['tenon_db_commit_seconds'].value('_count') \
        == now['tenon_db_commits_total'].value()
    assert now['tenon_db_longest_write_seconds'].value() > 0
    assert now['tenon_database_up'].value() == 1


def a_timer_that_fires_late_says_how_late():
    notes = _notes()
    before = _figures(notes.server)['tenon_timers_late_seconds']
    answer = notes.ann.post('/api/v1/forms/note/records',
                            {'name': 'late', 'due': '2026-01-01T00:00:00Z'})
    assert answer.status == 201, answer

    def fired():
        late = _figures(notes.server)['tenon_timers_late_seconds']
        return late.value('_count') > before.value('_count') and late
    late = until(fired)
    assert late and late.value('_bucket', le='+Inf') > late.value('_bucket', le='86400')


def the_process_tells_its_size():
    now = _figures(_notes().server)
    pid = _notes().server.process.pid
    assert now['process_open_fds'].value() >= len(os.listdir(f'/proc/{pid}/fd')) - 8
    assert 1e6 < now['process_resident_memory_bytes'].value() < 1e9
    assert now['process_resident_memory_bytes'].value() \
        < now['process_virtual_memory_bytes'].value()
    assert now['process_threads'].value() == len(os.listdir(f'/proc/{pid}/task'))
    started = os.stat(f'/proc/{pid}').st_ctime
    assert abs(now['process_start_time_seconds'].value() - started) < 120
    assert now['process_cpu_seconds_total'].value() > 0
    assert now['tenon_build_info'].total(app='notes') == 1
    assert now['tenon_app_version'].value() == 1


def figures_are_for_this_machine_and_for_admins():
    notes = _notes()
    server = notes.server
    assert server.get('/metrics').status == 200
    for header in ('X-Forwarded-For', 'X-Forwarded-Proto', 'X-Real-IP', 'Forwarded', 'Via'):
        for value in ('127.0.0.1', '198.51.100.7'):
            answer = server.get('/metrics', headers={header: value})
            assert (answer.status, answer.code) == (401, 'login_required'), (header, answer)
    passed_on = {'X-Forwarded-For': '198.51.100.7'}
    ann, eve = notes.app.token('ann'), notes.app.token('eve')
    assert server.get('/metrics', headers=passed_on, token='nonsense').status == 401
    assert server.get('/metrics', headers=passed_on, token=ann).status == 403
    assert server.get('/metrics', headers=passed_on, token=eve).status == 200
    signed_in = server.client().login('eve')
    assert signed_in.get('/metrics', headers=passed_on).status == 200
    assert signed_in.get('/metrics?a=1&a=2', headers=passed_on).status == 400


def behind_a_trusted_proxy_figures_stay_closed():
    app = App({**_FILES, 'app.yaml': 'app: notes\nproxies: [127.0.0.1]\n'
               'roles: {writer: {label: Writer}}\n'})
    with app.serve() as server:
        assert server.get('/metrics').status == 200               # by hand, on this machine
        for hops in ('198.51.100.7', '127.0.0.1', '127.0.0.1, 198.51.100.7',
                     '198.51.100.7, 127.0.0.1', '', 'unknown'):
            answer = server.get('/metrics', headers={'X-Forwarded-For': hops})
            assert answer.status == 401, (hops, answer)


def figures_can_be_given_to_named_machines():
    app = App({**_FILES, 'app.yaml': 'app: notes\nproxies: [127.0.0.1]\n'
               'metrics: [192.0.2.9, "2001:db8::9"]\nroles: {writer: {label: Writer}}\n'})
    with app.serve() as server:
        for hops, status in (('192.0.2.9', 200), ('2001:db8::9', 200), ('198.51.100.7', 401),
                             ('198.51.100.7, 192.0.2.9', 200), ('192.0.2.9, 198.51.100.7', 401),
                             ('127.0.0.1', 401)):
            answer = server.get('/metrics', headers={'X-Forwarded-For': hops})
            assert answer.status == status, (hops, answer)
        assert server.get('/metrics').status == 401               # not named


def all_three_answer_when_every_work_is_busy():
    app = App(_FILES)
    app.user('ann', roles='writer')
    token = app.token('ann')
    with app.serve('--works', '1') as server:
        assert server.post('/api/v1/forms/note/records', {'name': 'slow'},
                           token=token).status == 201
        assert until(lambda: _figures(server)['tenon_works_busy'].value() == 1)
        waiter = []
        thread = threading.Thread(target=lambda: waiter.append(
            server.client(token).get('/api/v1/forms/note/records').status))
        thread.start()
        assert until(lambda: _figures(server)['tenon_works_waiting'].value() >= 1)
        now = _figures(server)
        assert now['tenon_works'].value() == 1
        assert now['tenon_jobs'].value(state='running') == 1
        assert now['tenon_jobs'].value(state='waiting') == 0
        assert server.get('/healthz').status == 200
        assert server.get('/readyz').status == 200
        thread.join()
        now = _figures(server)
        assert waiter in ([503], [200])
        assert now['tenon_works_refused_total'].value() >= (waiter == [503])
        assert now['tenon_works_wait_seconds'].value('_count') >= 1
        assert until(lambda: _figures(server)['tenon_jobs'].value(state='retrying') == 1, 120)
        assert _figures(server)['tenon_jobs_failed_total'].value(kind='committed') == 1


def a_database_that_does_not_give_what_it_should_is_told():
    app = App(_FILES)
    with app.serve() as server:
        assert server.get('/readyz').status == 200
        app.store.run('ALTER TABLE _definition RENAME TO gone; ALTER TABLE _job RENAME TO away')
        answer = until(lambda: (a := server.get('/readyz')).status == 503 and a)
        assert answer and answer.code == 'not_ready', answer
        assert answer.json['detail'] == 'the database does not answer'
        assert answer.headers['Retry-After']
        assert '_definition' not in answer.text and server.log_has('not ready', '_definition')
        assert server.get('/healthz').status == 200
        now = _figures(server)
        assert now['tenon_database_up'].value() == 0 and 'tenon_jobs' not in now
        app.store.run('ALTER TABLE gone RENAME TO _definition; ALTER TABLE away RENAME TO _job')
        assert until(lambda: server.get('/readyz').status == 200)
        assert _figures(server)['tenon_database_up'].value() == 1


def definitions_that_are_not_those_published_last_are_told():
    app = App(_FILES)
    with app.serve() as server:
        if app.store.on_pg:                            # what can be loaded is followed
            app.store.run("INSERT INTO _source SELECT 99, path, 'form: [' FROM _source "
                          "WHERE path LIKE 'forms/%'")
        app.store.run('UPDATE _definition SET version = 99')
        assert server.get('/readyz').status == 200     # another node may just have published it
        answer = until(lambda: (a := server.get('/readyz')).status == 503 and a)
        want = 'cannot be served here' if app.store.on_pg else 'published last'
        assert answer and want in answer.json['detail'], answer


if __name__ == '__main__':
    main(globals())
