"""A small .xlsx, made of its parts: sheets of rows. A cell is None, a text, a number, True, or
(number, format). `merge`: sheet → references such as B1:C1."""
import io
import zipfile
from xml.sax.saxutils import escape

KIND = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
REL = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'


def _letters(n):
    text = ''
    while n >= 0:
        text, n = chr(65 + n % 26) + text, n // 26 - 1
    return text


def workbook(sheets, merge=None, hidden=(), inline=False, from_1904=False):
    shared, formats = {}, []

    def cell(ref, v):
        if v is None:
            return ''
        if v is True or v is False:
            return f'<c r="{ref}" t="b"><v>{int(v)}</v></c>'
        if isinstance(v, str):
            if inline:
                return f'<c r="{ref}" t="inlineStr"><is><t>{escape(v)}</t></is></c>'
            return f'<c r="{ref}" t="s"><v>{shared.setdefault(v, len(shared))}</v></c>'
        number, code = v if isinstance(v, tuple) else (v, None)
        style = ''
        if code:
            if code not in formats:
                formats.append(code)
            style = f' s="{formats.index(code) + 1}"'
        return f'<c r="{ref}"{style}><v>{number!r}</v></c>'

    def page(name, rows):
        out = ''.join(f'<row r="{i + 1}">' + ''.join(cell(f'{_letters(k)}{i + 1}', v) for k, v in enumerate(row))
                      + '</row>' for i, row in enumerate(rows))
        merged = ''.join(f'<mergeCell ref="{m}"/>' for m in (merge or {}).get(name, ()))
        return f'<worksheet {KIND}><sheetData>{out}</sheetData>' + (
            f'<mergeCells>{merged}</mergeCells>' if merged else '') + '</worksheet>'

    pages = [page(name, rows) for name, rows in sheets.items()]
    names = ''.join(f'<sheet name="{escape(n)}" sheetId="{i + 1}"{" state=" + chr(34) + "hidden" + chr(34) if n in hidden else ""} r:id="rId{i + 1}"/>'
                    for i, n in enumerate(sheets))
    rels = ''.join(f'<Relationship Id="rId{i + 1}" Type="{REL}/worksheet" Target="worksheets/sheet{i + 1}.xml"/>'
                   for i in range(len(pages)))
    codes = ''.join(f'<numFmt numFmtId="{164 + i}" formatCode="{escape(c, {chr(34): "&quot;"})}"/>' for i, c in enumerate(formats))
    styles = ''.join(f'<xf numFmtId="{164 + i}" applyNumberFormat="1"/>' for i in range(len(formats)))
    parts = {
        'xl/workbook.xml': f'<workbook {KIND} xmlns:r="{REL}">' + ('<workbookPr date1904="1"/>' if from_1904 else '')
        + f'<sheets>{names}</sheets></workbook>',
        'xl/_rels/workbook.xml.rels':
            f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{rels}</Relationships>',
        'xl/styles.xml': f'<styleSheet {KIND}><numFmts>{codes}</numFmts><cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
        'xl/sharedStrings.xml': f'<sst {KIND}>' + ''.join(f'<si><t>{escape(s)}</t></si>' for s in shared) + '</sst>',
        **{f'xl/worksheets/sheet{i + 1}.xml': p for i, p in enumerate(pages)},
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, 'w', zipfile.ZIP_DEFLATED) as z:
        for name, text in parts.items():
            z.writestr(name, '<?xml version="1.0" encoding="UTF-8"?>' + text)
    return out.getvalue()
