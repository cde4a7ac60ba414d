#!/usr/bin/env python3
"""texts.py ROOT: every message of the engine has its translation.

Looks for the literal formats of cx_fail, cx_issue and cx_issue_source in engine/ and compares
them with web/i18n/. Prints what is missing."""
import glob
import json
import os
import re
import sys

root = sys.argv[1]
LITERAL = r'((?:"(?:[^"\\]|\\.)*"\s*)+)'
CALLS = [re.compile(r'\bcx_fail\s*\(\s*[^,]+,\s*[^,"]+,\s*' + LITERAL),
         re.compile(r'\bcx_issue(?:_source)?\s*\([^;"]*?(?:"\w*"\)?)?[^;"]*,\s*"[a-z_0-9]+"\s*,\s*'
                    + LITERAL)]

have = set()
for path in glob.glob(os.path.join(root, 'web/i18n/**/zh*.json'), recursive=True):
    have |= set(json.load(open(path, encoding='utf-8')))


def joined(literal):
    return ''.join(json.loads(part) for part in re.findall(r'"(?:[^"\\]|\\.)*"', literal))


missing, count = [], 0
for path in sorted(glob.glob(os.path.join(root, 'engine/**/*.c'), recursive=True)):
    text = open(path, encoding='utf-8').read()
    for call in CALLS:
        for found in call.finditer(text):
            english = joined(found.group(1))
            count += 1
            if english not in have and re.search(r'[A-Za-z]{2}', re.sub(r'%[a-z.*]+', '', english)):
                line = text.count('\n', 0, found.start()) + 1
                missing.append(f'{os.path.relpath(path, root)}:{line}: {english}')
print('\n'.join(missing) if missing else f'{count} messages, all translated')
if missing:
    print(f'{len(missing)} of {count} messages have no Chinese')
sys.exit(bool(missing))
