/*
 * dash_ask.c — filters are read, become literals, and stand in the conditions of cards.
 */
#include "data/dash_ask.h"
#include "data/auth.h"
#include "expr/shape.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_DEPARTMENTS = 300 };

bool dash_may(Work *w, const Dashboard *d)
{
    bool counts = false;

    if (w->who.admin || w->as_app) return true;
    for (int i = 0; i < d->nrole; i++)
        if (work_has_role(w, d->role[i]->key)) return true;
    for (int i = 0; !d->nrole && i < d->ncard; i++) {
        if (d->card[i].form && perm_may(w, d->card[i].form, ACT_READ)) return true;
        counts |= d->card[i].form != NULL;
    }
    return !d->nrole && !counts;
}

/* ---- days ---- */

static int64_t month_begin(int64_t day, int months)
{
    Ymd d = day_split(day);

    d.month = (d.month - 1) / months * months + 1;
    d.day = 1;
    return day_of(d);
}

bool period_days(const char *word, int64_t today, int64_t *from, int64_t *to)
{
    static const struct { const char *word; int months, back; } units[] = {
        { "this_month", 1, 0 }, { "last_month", 1, 1 }, { "this_quarter", 3, 0 },
        { "last_quarter", 3, 1 }, { "this_year", 12, 0 }, { "last_year", 12, 1 },
    };
    static const struct { const char *word; int days; } rolling[] = {
        { "today", 1 }, { "last_7_days", 7 }, { "last_30_days", 30 }, { "last_90_days", 90 },
    };
    for (int i = 0; i < LEN(units); i++)
        if (str_eq(word, units[i].word)) {
            *from = day_add_months(month_begin(today, units[i].months), -units[i].months * units[i].back);
            *to = day_add_months(*from, units[i].months) - 1;
            return true;
        }
    for (int i = 0; i < LEN(rolling); i++)
        if (str_eq(word, rolling[i].word)) {
            *from = today - rolling[i].days + 1;
            *to = today;
            return true;
        }
    if (str_eq(word, "last_12_months")) {
        *to = today;
        *from = day_add_months(today, -12) + 1;
        return true;
    }
    if (!str_eq(word, "this_week") && !str_eq(word, "last_week")) return false;
    *from = today - day_weekday(today) + 1 - (str_eq(word, "last_week") ? 7 : 0);
    *to = *from + 6;
    return true;
}

static const char *period_text(Arena *a, int64_t from, int64_t to)
{
    return arena_printf(a, "period('%s', '%s')", date_text(a, from), date_text(a, to));
}

/* Whole months go back by months, so that the quarter before begins with a month too. */
static void go_back(const DashSet *s, Compare how, int64_t *from, int64_t *to)
{
    Ymd first = day_split(s->from), after = day_split(s->to + 1);
    int months = (after.year - first.year) * 12 + after.month - first.month;
    bool whole = first.day == 1 && after.day == 1;

    if (how == COMPARE_YEAR) months = 12;
    if (how == COMPARE_YEAR || whole) {
        *from = day_add_months(s->from, -months);
        *to = day_add_months(s->to + 1, -months) - 1;
        return;
    }
    *to = s->from - 1;
    *from = *to - (s->to - s->from);
}

/* ---- what each is set to ---- */

static bool refuse(Work *w, const DashFilter *f, const char *text)
{
    cx_issue(&w->cx, at_field(f->key), "bad_filter", "`%s` is nothing that `%s` can be", text, f->key);
    return cx_check(&w->cx);
}

/* "2026-01-01..2026-03-31"; one end alone is that day. */
static bool read_days(const char *text, int64_t *from, int64_t *to)
{
    char first[16] = "", last[16] = "";
    const char *dots = strstr(text, "..");
    size_t n = dots ? (size_t)(dots - text) : strlen(text);

    if (n >= sizeof first || (dots && strlen(dots + 2) >= sizeof last)) return false;
    memcpy(first, text, n);
    strcpy(last, dots ? dots + 2 : first);
    return date_parse(first, from) && date_parse(last, to) && *from <= *to;
}

MUST static bool set_period(Work *w, DashSet *s)
{
    const Zone *zone = w->who.zone ? w->who.zone : w->app->zone;

    if (!period_days(s->value, local_day(w->now, zone), &s->from, &s->to)
            && !read_days(s->value, &s->from, &s->to)) return refuse(w, s->filter, s->value);
    s->literal = period_text(w->cx.a, s->from, s->to);
    return true;
}

MUST static bool set_record(Work *w, DashSet *s)
{
    bool user = s->filter->kind == FILTER_USER;
    char *end = NULL;
    int64_t *id;
    int n;

    if (str_eq(s->value, user ? "me" : "mine")) s->id = user ? w->who.id : w->who.department;
    else s->id = strtoll(s->value, &end, 10);
    if (s->id < 0 || (end && (*end || !s->id))) return refuse(w, s->filter, s->value);
    if (!s->id) return true;                   /* mine, of who is in none */
    if (user) {
        s->literal = arena_printf(w->cx.a, "%lld", (long long)s->id);
        return true;
    }
    if (!auth_below(w, s->id, &id, &n)) return false;
    if (n > MOST_DEPARTMENTS) {
        cx_issue(&w->cx, at_field(s->filter->key), "too_many", "more than %d departments are below it; choose a smaller one",
            MOST_DEPARTMENTS);
        return cx_check(&w->cx);
    }
    Str list = str_begin(w->cx.a);
    for (int i = 0; i < n; i++) str_printf(&list, "%s%lld", i ? ", " : "[", (long long)id[i]);
    str_add(&list, "]");
    s->literal = str_show(&list);
    return true;
}

MUST static bool set_choice(Work *w, DashSet *s)
{
    const Field *f = s->filter->field, *like = f && f->like ? f->like : f;
    Shape literal = { .value = &s->value, .n = 1, .quoted = true };

    if (!like || !field_option(like, s->value)) return refuse(w, s->filter, s->value);
    s->literal = expr_of_shape(w->cx.a, "v", &literal);
    return true;
}

typedef struct Asked { const char *(*get)(void *ctx, const char *name); void *ctx; } Asked;

static const char *value_of(Work *w, const DashFilter *f, const Asked *asked)
{
    Arena *a = w->cx.a;
    const char *value = asked->get(asked->ctx, f->key), *from = NULL, *to = NULL;

    if (f->kind == FILTER_PERIOD && (!value || str_eq(value, "custom"))) {
        from = asked->get(asked->ctx, arena_printf(a, "%s.from", f->key));
        to = asked->get(asked->ctx, arena_printf(a, "%s.to", f->key));
        if (from && *from && to && *to) return arena_printf(a, "%s..%s", from, to);
        if ((from && *from) || (to && *to)) return from && *from ? from : to;
        if (value) return "";
    }
    return value ? value : f->preset ? f->preset : "";
}

bool dash_ask(Work *w, const Dashboard *d, const char *(*get)(void *ctx, const char *name), void *ctx,
    DashAsk *out)
{
    static bool (*const set[])(Work *, DashSet *) = { [FILTER_PERIOD] = set_period,
        [FILTER_DEPARTMENT] = set_record, [FILTER_USER] = set_record, [FILTER_CHOICE] = set_choice };
    Asked asked = { get, ctx };

    *out = (DashAsk){ d, ARENA_ARRAY(w->cx.a, DashSet, d->nfilter + 1), d->nfilter };
    for (int i = 0; i < d->nfilter; i++) {
        DashSet *s = &out->set[i];
        *s = (DashSet){ .filter = &d->filter[i], .value = value_of(w, &d->filter[i], &asked) };
        if (*s->value && !set[d->filter[i].kind](w, s)) return false;
    }
    return true;
}

/* ---- conditions ---- */

static const DashSet *set_of(const DashAsk *ask, const char *name)
{
    for (int i = 0; i < ask->n; i++)
        if (str_eq(ask->set[i].filter->key, name)) return &ask->set[i];
    return NULL;
}

/* NULL: it names a filter that is not set. */
static const char *filled(Arena *a, const DashAsk *ask, const Piece *p)
{
    Str s = str_begin(a);
    size_t at = 0;

    for (int i = 0; i < p->nparam; i++) {
        const DashSet *set = set_of(ask, p->param[i].name);
        if (!set || !set->literal) return NULL;
        str_add_n(&s, p->text + at, (size_t)p->param[i].pos - at);
        str_add(&s, set->literal);
        at = (size_t)p->param[i].pos + strlen(p->param[i].name);
    }
    str_add(&s, p->text + at);
    return str_show(&s);
}

const char *dash_filter(Work *w, const DashAsk *ask, const Card *c)
{
    const char **text = ARENA_ARRAY(w->cx.a, const char *, c->npiece + 1);
    int n = 0;

    for (int i = 0; i < c->npiece; i++) {
        const char *one = filled(w->cx.a, ask, &c->piece[i]);
        if (one) text[n++] = one;
    }
    return n ? expr_join(w->cx.a, text, n) : NULL;
}

const DashSet *dash_period(const DashAsk *ask, const Card *c)
{
    const DashSet *s = c->period ? set_of(ask, c->period->key) : NULL;

    return s && s->literal ? s : NULL;
}

bool dash_before(Work *w, const DashAsk *ask, const Card *c, const char **filter, int64_t *from, int64_t *to)
{
    const DashSet *s = dash_period(ask, c);
    DashAsk then = *ask;

    if (!s || !c->compare) return false;
    go_back(s, c->compare, from, to);
    then.set = ARENA_ARRAY(w->cx.a, DashSet, ask->n + 1);
    for (int i = 0; i < ask->n; i++) {
        then.set[i] = ask->set[i];
        if (&ask->set[i] == s) then.set[i].literal = period_text(w->cx.a, *from, *to);
    }
    *filter = dash_filter(w, &then, c);
    return true;
}
