#!/usr/bin/env python3
"""words.py ROOT: the engine knows no form, field, stage or role of the shipped app.

Their names are read from app.yaml, forms/ and workflows/ (the keys of the maps that name
things) and looked for in quotes in engine/ and web/. own_words.txt has the words that are the
engine's own as well."""
import os
import re
import sys

root = sys.argv[1]
here = os.path.dirname(os.path.abspath(__file__))
own = set()
for line in open(os.path.join(here, 'own_words.txt'), encoding='utf-8'):
    own.update(line.split('#')[0].split())

NAMING = {'fields', 'stages', 'transitions', 'roles', 'outcomes', 'subforms'}
names = {}


def read(path):
    """Keys directly below a naming key, and the value of `form:` or `workflow:`."""
    open_keys = []                         # (indent, key) of the maps around a line
    for line in open(path, encoding='utf-8'):
        found = re.match(r'^( *)([\w-]+):(.*)$', line)
        if not found:
            continue
        indent, key, rest = len(found.group(1)), found.group(2), found.group(3)
        while open_keys and open_keys[-1][0] >= indent:
            open_keys.pop()
        if open_keys and open_keys[-1][1] in NAMING:
            names.setdefault(key, path)
        if key in NAMING:
            for inner in re.findall(r'(?:[{,]\s*)([a-z_]\w*)\s*:', rest):
                if rest.strip().startswith('{') and rest.count('{') == 1:
                    names.setdefault(inner, path)
        if indent == 0 and key in ('form', 'workflow'):
            names.setdefault(rest.split('#')[0].strip().strip('\'"'), path)
        open_keys.append((indent, key))


sources = [os.path.join(root, 'app.yaml')]
for folder in ('forms', 'workflows'):
    at = os.path.join(root, folder)
    if os.path.isdir(at):
        for name in sorted(os.listdir(at)):
            if name.endswith('.yaml'):
                sources.append(os.path.join(at, name))
                names.setdefault(name[:-5], os.path.join(at, name))
for source in sources:
    if os.path.exists(source):
        read(source)
names = {n: p for n, p in names.items() if n and n not in own}

bad = []
quoted = re.compile(r'''(["'`])([a-z_][a-z0-9_]*)\1''')
for folder in ('engine', 'web'):
    for base, dirs, files in os.walk(os.path.join(root, folder)):
        dirs[:] = [d for d in dirs if d not in ('node_modules',)]
        for name in sorted(files):
            if not name.endswith(('.c', '.h', '.js', '.html', '.css')):
                continue
            path = os.path.join(base, name)
            for number, line in enumerate(open(path, encoding='utf-8'), 1):
                for found in quoted.finditer(line):
                    if found.group(2) in names:
                        bad.append(f'{os.path.relpath(path, root)}:{number}: '
                                   f'"{found.group(2)}" is a name of the shipped app '
                                   f'({os.path.relpath(names[found.group(2)], root)})')
print('\n'.join(bad) if bad else f'{len(names)} names of the app, none of them in the engine')
sys.exit(bool(bad))
