#!/usr/bin/env python3
"""lengths.py ROOT: files up to 400 lines, functions up to 60.

Prints the longest of each and the lines wider than 96 columns; fails when a file or a function
is over. Covers C in engine/ and scripts in web/js."""
import os
import re
import statistics
import sys

root = sys.argv[1]
FILE, FUNCTION, COLUMNS = 400, 60, 96
files, functions, wide = [], [], []

JS_START = re.compile(r'^(?:export\s+)?(?:default\s+)?(?:async\s+)?function\b.*\{\s*$'
                      r'|^(?:export\s+)?const \w+ = (?:async )?(?:\([^)]*\)|\w+) => \{\s*$')


def measure(path):
    lines = open(path, encoding='utf-8').read().split('\n')
    if lines and not lines[-1]:
        lines.pop()
    short = os.path.relpath(path, root)
    files.append((len(lines), short))
    start = None
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            wide.append(f'{short}:{number}')
        if path.endswith('.js'):
            if start is None and JS_START.match(line):
                start = number
        elif line == '{' or (start is None and re.match(r'^[a-z].*\)\s*\{$', line)):
            start = number
        if start and line in ('}', '};'):
            functions.append((number - start + 1, f'{short}:{start}'))
            start = None


for folder, endings in (('engine', ('.c', '.h')), ('web/js', ('.js',))):
    for base, _, names in os.walk(os.path.join(root, folder)):
        for name in sorted(names):
            if name.endswith(endings):
                measure(os.path.join(base, name))

files.sort(reverse=True)
functions.sort(reverse=True)
for title, list_ in (('files', files), ('functions', functions)):
    if list_:
        print(f'{title}: {len(list_)}, median {statistics.median(n for n, _ in list_):g} lines')
        for n, where in list_[:5]:
            print(f'  {n:5} {where}')
bad = [f'{where}: {n} lines, at most {most}'
       for list_, most in ((files, FILE), (functions, FUNCTION))
       for n, where in list_ if n > most]
if wide:
    print(f'wider than {COLUMNS} columns: {len(wide)}')
    print('\n'.join('  ' + where for where in wide[:40]))
if bad:
    print('\n'.join(['', 'too long:'] + bad))
sys.exit(bool(bad))
