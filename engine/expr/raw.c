/*
 * raw — values as SQL holds them: integers, doubles, texts; lists and places as one text.
 *
 * A list is a row of items: i12; r0.5; t3:abc and - for a blank. A place is
 * now|zone|calendar; a calendar zone|spans of weekdays, then days with hours of their own, all
 * numbers: Europe/Berlin|032400:64800; d20000:20006;d20010:20010;s32400:43200; (0 is Monday).
 */
#include "expr/tree.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Val raw_of(Arena *a, Val v)
{
    switch (v.kind) {
    case VAL_BOOL: case VAL_DEC: case VAL_REC: case VAL_INT:
        return val_int(v.i);
    case VAL_BLANK: case VAL_REAL: case VAL_TEXT:
        return v;
    case VAL_LIST:
        return val_text(list_pack(a, v));
    default:
        return val_text(val_show(a, v));
    }
}

void pack_item(Str *out, Val raw)
{
    switch (raw.kind) {
    case VAL_INT:  str_printf(out, "i%" PRId64 ";", raw.i); break;
    case VAL_REAL: str_printf(out, "r%.17g;", raw.d); break;
    case VAL_TEXT: str_printf(out, "t%d:%s", raw.n, raw.t); break;
    default:       str_add_char(out, '-'); break;
    }
}

char *list_pack(Arena *a, Val list)
{
    Str s = str_begin(a);
    for (int i = 0; list.kind == VAL_LIST && i < list.n; i++)
        pack_item(&s, raw_of(a, list.list[i]));
    return arena_dup(a, str_show(&s));
}

static Val list_unpack(Arena *a, const char *p, Type item)
{
    Val *v = NULL;
    int n = 0, cap = 0;
    while (*p) {
        char kind = *p++, *end = (char *)p;
        Val raw = val_blank();
        if (kind == 'i') {
            raw = val_int(strtoll(p, &end, 10));
            p = end + (*end == ';');
        } else if (kind == 'r') {
            raw = val_real(strtod(p, &end));
            p = end + (*end == ';');
        } else if (kind == 't') {
            size_t k = strtoul(p, &end, 10), left = strlen(end);
            if (*end != ':' || k > left - 1) break;
            raw = val_text(arena_dup_n(a, end + 1, k));
            p = end + 1 + k;
        } else if (kind != '-') {
            break;
        }
        ARENA_PUSH(a, v, n, cap, raw_typed(a, raw, item));
    }
    return val_list(v, n);
}

static Val raw_text_typed(const char *text, Type t)
{
    int64_t i;
    Val d;
    switch (t.kind) {
    case T_DATE:     return date_parse(text, &i) ? val_date(i) : val_blank();
    case T_DATETIME: return datetime_parse(text, zone_utc(), &i) ? val_datetime(i) : val_blank();
    case T_TIME:     return time_parse(text, &i) ? val_time(i) : val_blank();
    case T_DURATION: return duration_parse(text, &d) ? d : val_blank();
    default:         return val_text(text);
    }
}

Val raw_typed(Arena *a, Val raw, Type t)
{
    if (t.kind == T_BOOL) return val_bool(raw.kind == VAL_INT && raw.i);
    if (raw.kind == VAL_BLANK) return raw;
    if (t.kind == T_LIST)
        return raw.kind == VAL_TEXT ? list_unpack(a, raw.t, type_item(t)) : val_blank();
    if (t.kind == T_NUMBER && t.decimals >= 0 && raw.kind == VAL_INT)
        return val_dec(raw.i, t.decimals);
    if (t.kind == T_NUMBER && (raw.kind == VAL_DEC || raw.kind == VAL_REAL))
        return val_as(a, raw, t);             /* PostgreSQL's */
    if (t.kind == T_RECORD && raw.kind == VAL_INT) return val_rec(raw.i);
    if (t.kind == T_DURATION && raw.kind == VAL_INT) return duration_of(raw.i);
    if (raw.kind == VAL_TEXT) return raw_text_typed(raw.t, t);
    return raw;
}

static void pack_spans(Str *s, char tag, const DayHours *h)
{
    for (int i = 0; i < h->n; i++)
        str_printf(s, "%c%d:%d;", tag, h->span[i].from, h->span[i].to);
}

char *calendar_pack(Arena *a, const Asker *who)
{
    Str s = str_begin(a);
    const Calendar *c = who && who->calendar ? who->calendar : calendar_default();
    str_printf(&s, "%s|", zone_name(calendar_zone(c, who ? who->zone : NULL)));
    for (int w = 0; w < 7; w++) pack_spans(&s, (char)('0' + w), &c->week[w]);
    for (int i = 0; i < c->nown; i++) {
        str_printf(&s, "d%" PRId64 ":%" PRId64 ";", c->own[i].from, c->own[i].to);
        pack_spans(&s, 's', &c->own[i].hours);
    }
    return arena_dup(a, str_show(&s));
}

char *place_pack(Arena *a, const Asker *who)
{
    return arena_printf(a, "%" PRId64 "|%s|%s", who ? who->now : 0,
        who && who->zone ? zone_name(who->zone) : "UTC", calendar_pack(a, who));
}

static const Zone *unpack_zone(Arena *a, const char **p)
{
    const char *bar = strchr(*p, '|');
    if (!bar) return NULL;
    const Zone *zone = zone_find(arena_dup_n(a, *p, (size_t)(bar - *p)));
    *p = bar + 1;
    return zone;
}

static bool unpack_calendar(Arena *a, const char *p, Calendar *c)
{
    int cap = 0;
    c->zone = unpack_zone(a, &p);
    if (!c->zone) return false;
    while (*p) {
        char tag = *p++, *end;
        int64_t from = strtoll(p, &end, 10), to;
        if (*end != ':') return false;
        to = strtoll(end + 1, &end, 10);
        if (*end != ';') return false;
        p = end + 1;
        if (tag == 'd') {
            OwnDays days = { .from = from, .to = to };
            ARENA_PUSH(a, c->own, c->nown, cap, days);
            continue;
        }
        bool week = tag >= '0' && tag <= '6';
        if (!week && (tag != 's' || !c->nown)) return false;
        DayHours *h = week ? &c->week[tag - '0'] : &c->own[c->nown - 1].hours;
        if (h->n == SPANS) return false;
        h->span[h->n++] = (Span){ (int)from, (int)to };
    }
    return true;
}

bool place_unpack(Arena *a, const char *text, Call *out)
{
    char *end;
    out->now = strtoll(text, &end, 10);
    if (*end != '|') return false;
    const char *rest = end + 1;
    out->zone = unpack_zone(a, &rest);
    Calendar *c = ARENA_NEW(a, Calendar);
    c->name = "";
    out->calendar = c;
    return out->zone && unpack_calendar(a, rest, c);
}
