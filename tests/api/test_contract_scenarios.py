#!/usr/bin/env python3
"""definitions.md by scenarios: flows, timers, reminders, rules, texts by language; and how
scenarios themselves tell what is wrong."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, ON_PG, ROOT, TENON, main  # noqa: E402

SERVER = ['--db', os.environ['TENON_TEST_PG']] if ON_PG else []
CONTRACT = os.path.join(ROOT, 'tests', 'apps', 'contract')


def the_contract_holds():
    done = subprocess.run([TENON, 'test', CONTRACT, *SERVER], capture_output=True, timeout=300)
    text = done.stdout.decode()
    assert done.returncode == 0 and text.rstrip().endswith(', 0 failed'), \
        '\n'.join(x for x in text.splitlines() if not x.startswith('ok '))


def _failed(steps):
    app = App(copy=CONTRACT)
    app.write('scenarios/one.yaml', '''scenario: One
now: 2026-03-02T09:00:00+08:00
given: {users: [{login: li, name: Li Wei, roles: [sales], language: zh}]}
steps:
  - {as: li, create: deal, values: {name: A, kind: saas}, name: a}
''' + ''.join(f'  - {x}\n' for x in steps))
    lines = app.cli('test', status=None).text.splitlines()
    place = 'scenarios/one.yaml:'
    return [int(x.split(place)[1].split()[0]) - 5 for x in lines
            if x.startswith('not ok') and place in x], '\n'.join(lines)


def a_wrong_key_fails_its_step_and_is_told():
    failed, text = _failed(['{as: li, create: deal, vlaues: {name: B, kind: saas}}',
                            '{expect: a, valuse: {name: X}}',
                            '{as: li, list: deal, records: [a], cuont: 5}'])
    assert failed == [1, 2, 3] and 'did you mean `values`?' in text, text


def a_mistake_in_a_step_is_no_refusal():
    failed, text = _failed(['{as: nobody, update: a, values: {name: B}, refuse: ""}',
                            '{as: li, update: nothing, values: {name: B}, refuse: ""}',
                            '{as: li, create: nothing, values: {name: B}, refuse: ""}',
                            '{as: li, update: a, values: {name: B}, refuse: ""}'])
    assert failed == [1, 2, 3, 4], text


def a_refusal_is_found_in_every_language_whoever_acts():
    failed, text = _failed(['{as: li, create: client, values: {name: bad}, refuse: "Not this"}',
                            '{as: li, create: client, values: {name: bad}, refuse: "不能用"}',
                            '{as: li, batch: deal, create: [{kind: saas}], refuse: {field: name}}',
                            '{as: li, update: a, values: {owner: Li Wei}}'])
    assert failed == [], text


if __name__ == '__main__':
    main(globals())
