#!/usr/bin/env python3
"""on: sqlite, as no database is in it.

`tenon fmt` names what is not tidy, tidies it, and leaves what it cannot read."""
import json
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from harness import App, main  # noqa: E402

TIDY = 'app: a\nlanguages: [en]   # one\n'
UNTIDY = 'form: x\nfields:\n    # first\n    a: { type: text }  \n\n\n'
AFTER = 'form: x\nfields:\n  # first\n  a: {type: text}\n'


def test_check_names_and_changes_nothing():
    app = App({'app.yaml': TIDY, 'forms/x.yaml': UNTIDY})
    told = app.cli('fmt', '--check', status=1).text
    assert 'forms/x.yaml' in told and 'app.yaml' not in told, told
    assert app.read('forms/x.yaml') == UNTIDY
    named = json.loads(app.cli('fmt', '--check', '--json', status=1).text)
    assert [os.path.basename(p) for p in named['untidy']] == ['x.yaml'], named


def test_files_are_tidied_once():
    app = App({'app.yaml': TIDY, 'forms/x.yaml': UNTIDY})
    app.cli('fmt')
    assert app.read('forms/x.yaml') == AFTER and app.read('app.yaml') == TIDY
    assert 'all tidy' in app.cli('fmt', '--check').text


def test_one_file_may_be_named():
    app = App({'app.yaml': TIDY, 'forms/x.yaml': UNTIDY, 'forms/y.yaml': UNTIDY})
    app.cli('fmt', os.path.join(app.dir, 'forms/x.yaml'))
    assert app.read('forms/x.yaml') == AFTER and app.read('forms/y.yaml') == UNTIDY


def test_what_is_no_yaml_is_told_with_its_place():
    broken = 'form: x\nfields: {a: [\n'
    app = App({'app.yaml': TIDY, 'forms/x.yaml': broken, 'forms/y.yaml': UNTIDY})
    told = app.cli('fmt', status=1).errors
    assert 'forms/x.yaml:' in told, told
    assert app.read('forms/x.yaml') == broken and app.read('forms/y.yaml') == AFTER


main(globals())
