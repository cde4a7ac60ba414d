/*
 * out.c — escaping writers: commas and quotes by state, values by kind.
 */
#include "base/out.h"
#include "base/decimal.h"
#include "base/when.h"

#include <string.h>

Json json_begin(Str *out)
{
    return (Json){ .out = out };
}

static void value(Json *j)
{
    if (j->comma) str_add_char(j->out, ',');
    j->comma = true;
}

static void open_with(Json *j, char c)
{
    value(j);
    str_add_char(j->out, c);
    j->comma = false;
}

static void close_with(Json *j, char c)
{
    str_add_char(j->out, c);
    j->comma = true;
}

void json_map(Json *j)
{
    open_with(j, '{');
}

void json_map_end(Json *j)
{
    close_with(j, '}');
}

void json_list(Json *j)
{
    open_with(j, '[');
}

void json_list_end(Json *j)
{
    close_with(j, ']');
}

void json_name(Json *j, const char *key)
{
    size_t n = strlen(key);
    if (str_json_plain(key, n) == n) {        /* nearly always */
        char *p = str_room(j->out, n + 4), *from = p;
        if (j->comma) *p++ = ',';
        *p++ = '"';
        memcpy(p, key, n);
        memcpy(p + n, "\":", 3);
        j->out->n += (size_t)(p - from) + n + 2;
    } else {
        value(j);
        str_add_json(j->out, key);
        str_add_char(j->out, ':');
    }
    j->comma = false;
}

void json_text(Json *j, const char *text)
{
    if (!text) { json_null(j); return; }
    value(j);
    str_add_json(j->out, text);
}

void json_int(Json *j, int64_t i)
{
    char digits[INT_SHOWN];
    int n = int_show(digits, i);
    value(j);
    str_add_n(j->out, digits, (size_t)n);
}

void json_bool(Json *j, bool b)
{
    json_raw(j, b ? "true" : "false");
}

void json_null(Json *j)
{
    json_raw(j, "null");
}

void json_raw(Json *j, const char *json)
{
    value(j);
    str_add(j->out, json);
}

void json_val(Json *j, Val v)
{
    char text[64];
    switch (v.kind) {
    case VAL_BLANK: json_null(j); return;
    case VAL_BOOL: json_bool(j, v.i != 0); return;
    case VAL_INT: case VAL_REC: json_int(j, v.i); return;
    case VAL_TEXT: json_text(j, v.t); return;
    case VAL_DEC: decimal_show(text, sizeof text, v.i, v.scale); json_raw(j, text); return;
    case VAL_REAL: real_show(text, sizeof text, v.d); json_raw(j, text); return;
    case VAL_DATE: date_show(text, sizeof text, v.i); break;
    case VAL_DATETIME: datetime_show(text, sizeof text, v.i); break;
    case VAL_TIME: time_show(text, sizeof text, v.i); break;
    case VAL_DURATION: duration_show(text, sizeof text, v); break;
    case VAL_LIST:
        json_list(j);
        for (int i = 0; i < v.n; i++) json_val(j, v.list[i]);
        json_list_end(j);
        return;
    }
    json_text(j, text);
}

void json_node(Json *j, const Node *n)
{
    if (!n || n->kind == NODE_NULL) { json_null(j); return; }
    switch (n->kind) {
    case NODE_NULL: break;
    case NODE_BOOL: json_bool(j, n->b); break;
    case NODE_NUMBER: json_raw(j, n->text); break;
    case NODE_TEXT: json_text(j, n->text); break;
    case NODE_LIST:
        json_list(j);
        for (int i = 0; i < n->n; i++) json_node(j, n->item[i]);
        json_list_end(j);
        break;
    case NODE_MAP:
        json_map(j);
        for (int i = 0; i < n->n; i++) {
            json_name(j, n->item[i]->key);
            json_node(j, n->item[i]);
        }
        json_map_end(j);
        break;
    }
}

char *node_json(Arena *a, const Node *n)
{
    Str s = str_begin(a);
    Json j = json_begin(&s);
    json_node(&j, n);
    return s.p;
}

static const char *entity(char c, bool attr)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return attr ? "&quot;" : NULL;
    case '\'': return attr ? "&#39;" : NULL;
    case '`': return attr ? "&#96;" : NULL;
    case '=': return attr ? "&#61;" : NULL;
    default: return NULL;
    }
}

static void html(Str *out, const char *text, bool attr)
{
    const char *from = text;
    if (!text) return;
    for (const char *p = text; *p; p++) {
        const char *as = entity(*p, attr);
        if (!as) continue;
        str_add_n(out, from, (size_t)(p - from));
        str_add(out, as);
        from = p + 1;
    }
    str_add(out, from);
}

void html_text(Str *out, const char *text)
{
    html(out, text, false);
}

void html_attr(Str *out, const char *text)
{
    html(out, text, true);
}

void xml_attr(Str *out, const char *text)
{
    for (const char *p = text ? text : ""; *p;) {
        uint32_t rune = utf8_next(&p);
        const char *as = rune < 0x80 && !strchr("'`=", (int)rune) ? entity((char)rune, true) : NULL;
        if (as) str_add(out, as);
        else if (rune == '\t' || rune == '\n' || rune == '\r') str_printf(out, "&#%u;", rune);
        else if (rune < 0x20 || rune == 0xfffe || rune == 0xffff) str_add(out, "\xef\xbf\xbd");
        else str_add_rune(out, rune);
    }
}

void url_part(Str *out, const char *text)
{
    static const char safe[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (const char *p = text ? text : ""; *p; p++) {
        if (strchr(safe, *p)) str_add_char(out, *p);
        else str_printf(out, "%%%02X", (unsigned char)*p);
    }
}

void csv_cell(Str *out, const char *text)
{
    if (!text || !*text) return;
    bool formula = strchr("=+-@\t\r", *text) != NULL;
    bool quotes = formula || text[strcspn(text, "\",\r\n;\t")] != 0
        || *text == ' ' || text[strlen(text) - 1] == ' ';
    if (quotes) str_add_char(out, '"');
    if (formula) str_add_char(out, '\'');
    for (const char *p = text; *p; p++) {
        if (*p == '"') str_add_char(out, '"');
        str_add_char(out, *p);
    }
    if (quotes) str_add_char(out, '"');
}
