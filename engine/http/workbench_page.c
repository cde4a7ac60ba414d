/*
 * workbench_page.c — what is due for this person, what is new, what they worked on last.
 *
 * Everything is bounded and made of definitions: follow-ups come from the forms' reminders
 * (whose `at` reads a date of the record), tiles from forms with an owner. Counts stop at 99.
 */
#include "http/handlers.h"
#include "http/message_list.h"
#include "base/i18n.h"
#include "data/recent.h"

#include <stdlib.h>

enum { FEW = 8, DUE_EACH = 6, DUE_SHOWN = 16, COUNTED = 100, A_WEEK = 7 };

typedef struct DueRow { int64_t at; bool day; const Record *r; const Field *field; } DueRow;
typedef struct DueList { DueRow *due; int n, cap; } DueList;

static const char *greeting(Work *w)
{
    char text[40];
    datetime_show_local(text, sizeof text, w->now, page_zone(w));
    int hour = atoi(text + 11);
    const char *name = w->who.name ? w->who.name : "";

    if (hour < 11) return page_say(w, "Good morning, %s", name);
    if (hour < 18) return page_say(w, "Good day, %s", name);
    return page_say(w, "Good evening, %s", name);
}

static const char *today_text(Work *w)
{
    static const char *const names[] = { "Monday", "Tuesday", "Wednesday", "Thursday", "Friday",
        "Saturday", "Sunday" };
    int64_t day = local_day(w->now, page_zone(w));
    char text[32];

    date_show(text, sizeof text, day);
    return page_say(w, "%s, %s", i18n_text(w->cx.lang, names[day_weekday(day) - 1]), text);
}

/* ---- tiles ---- */
MUST static bool add_tile(Work *w, Node *tiles, const Form *f)
{
    Arena *a = w->cx.a;
    bool list = f->owner->name.type.kind == T_LIST;
    const char *mine = arena_printf(a, list ? "%s contains me()" : "%s = me()", f->owner->key);
    const char *filter = !f->staged ? mine
        : arena_printf(a, "%s and stage.status = 'open'", mine);
    ListAsk ask = { .form = f, .filter = filter, .limit = COUNTED };
    List found;

    if (!perm_filterable(w, f, f->owner)) return true;
    if (!query_list(w, &ask, &found)) return false;
    if (!found.n) return true;
    Node *tile = node_add(a, tiles, node_map(a));
    node_put_text(a, tile, "count",
        found.next ? "99+" : arena_printf(a, "%d", found.n));
    node_put_text(a, tile, "label", page_say(w, f->staged ? "%s, mine and open" : "%s, mine",
        form_label(f, w->cx.lang)));
    const View *all = NULL;
    for (int i = 0; i < f->nview; i++)
        if (f->view[i].type == VIEW_TABLE && !f->view[i].filter) all = &f->view[i];
    node_put_text(a, tile, "href", page_url(a, arena_printf(a, "/f/%s", f->key), "view",
        all ? all->key : NULL, "filter", filter, NULL));
    return true;
}

MUST static bool add_tiles(Work *w, Node *page)
{
    Node *tiles = node_put(w->cx.a, page, "tiles", node_list(w->cx.a));

    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        if (f->builtin || !f->owner || f->owner->computed) continue;
        if (!perm_may(w, f, ACT_READ)) continue;
        if (!add_tile(w, tiles, f)) return false;
    }
    return true;
}

/* ---- what is due ---- */
/* The date of the record itself that the reminder waits for. */
static const Field *date_of(const Form *f, const Reminder *rem)
{
    const ExprRead *read;
    int n = rem->nat ? expr_reads(rem->at[0], &read) : 0;

    for (int i = 0; i < n; i++) {
        const Field *x = read[i].name->field;
        if (read[i].npath || read[i].other || read[i].form != &f->names || !x) continue;
        if (x->name.type.kind == T_DATE || x->name.type.kind == T_DATETIME) return x;
    }
    return NULL;
}

/* A field with one user. */
static const Field *addressee(const Reminder *rem)
{
    for (int i = 0; i < rem->to.n; i++) {
        const Who *who = &rem->to.who[i];
        const Type *t = who->kind == WHO_FIELD ? &who->field->name.type : NULL;
        const Form *of = t && t->kind == T_RECORD && t->form ? t->form->form : NULL;
        if (of && str_eq(of->key, "user")) return who->field;
    }
    return NULL;
}

static void add_due(Work *w, DueList *list, const Record *r, const Field *f)
{
    Val v = record_get(r, f);
    bool day = v.kind == VAL_DATE;
    DueRow due = { day ? local_midnight(v.i, page_zone(w)) : v.i, day, r, f };

    for (int i = 0; i < list->n; i++)
        if (list->due[i].r->form == r->form
                && record_id(list->due[i].r) == record_id(r)) return;
    ARENA_PUSH(w->cx.a, list->due, list->n, list->cap, due);
}

/* The last ones that were missed, and the next ones to come. */
MUST static bool collect_part(Work *w, DueList *list, const Form *f, const Reminder *rem,
    const char *when, const char *sort, const Field *date)
{
    Str s = str_begin(w->cx.a);
    List found;

    str_printf(&s, "%s = me() and %s", addressee(rem)->key, when);
    if (rem->if_) str_printf(&s, " and (%s)", expr_text(rem->if_));
    ListAsk ask = { .form = f, .filter = str_show(&s), .sort = sort, .limit = DUE_EACH };
    if (!query_list(w, &ask, &found)) {
        if (w->cx.err != E_INPUT && w->cx.err != E_DENIED) return false;
        cx_clear(&w->cx);                     /* its condition is not one that filters know */
        return true;
    }
    for (int i = 0; i < found.n; i++) add_due(w, list, found.record[i], date);
    return true;
}

MUST static bool collect(Work *w, DueList *list, const Form *f, const Reminder *rem)
{
    Arena *a = w->cx.a;
    const Field *date = date_of(f, rem), *to = addressee(rem);

    if (!date || !to || !perm_filterable(w, f, date) || !perm_filterable(w, f, to)) return true;
    const char *now = date->name.type.kind == T_DATE ? "today()" : "now()", *key = date->key;
    return collect_part(w, list, f, rem,
            arena_printf(a, "%s >= %s and %s < %s + %d", key, now, key, now, A_WEEK), key, date)
        && collect_part(w, list, f, rem,
            arena_printf(a, "%s < %s and %s >= %s - 30", key, now, key, now),
            arena_printf(a, "-%s", key), date);
}

static int by_time(const void *a, const void *b)
{
    const DueRow *x = a, *y = b;
    return (x->at > y->at) - (x->at < y->at);
}

/* Half of what is shown may be missed already: the latest of it. */
static int first_shown(const DueList *list, int64_t today)
{
    int missed = 0;

    while (missed < list->n && list->due[missed].at < today) missed++;
    if (list->n <= DUE_SHOWN || missed <= DUE_SHOWN / 2) return 0;
    int from = missed - DUE_SHOWN / 2, last = list->n - DUE_SHOWN;
    return from < last ? from : last;
}

MUST static bool add_upcoming(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    DueList list = { 0 };
    Node *out = node_put(a, page, "upcoming", node_list(a));
    int64_t today = local_midnight(local_day(w->now, page_zone(w)), page_zone(w));

    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        if (!perm_may(w, f, ACT_READ)) continue;
        for (int k = 0; k < f->nreminder; k++)
            if (!collect(w, &list, f, &f->reminder[k])) return false;
    }
    if (list.n) qsort(list.due, (size_t)list.n, sizeof *list.due, by_time);
    int from = first_shown(&list, today);
    for (int i = from; i < list.n && i < from + DUE_SHOWN; i++) {
        const DueRow *d = &list.due[i];
        Node *one = node_add(a, out, node_map(a));
        node_put_text(a, one, "title", record_title(w, d->r));
        node_put_text(a, one, "href", page_href(a, d->r->form, record_id(d->r)));
        node_put_text(a, one, "text", form_label(d->r->form, w->cx.lang));
        node_put_text(a, one, "when", d->day
            ? page_day(w, local_day(d->at, page_zone(w))) : page_moment(w, d->at));
        node_put_bool(a, one, "late", d->day ? d->at < today : d->at < w->now);
    }
    return true;
}

/* ---- the rest ---- */
MUST static bool add_recent(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "recent", node_list(a));
    Recent *recent;
    int n;

    if (!recent_list(w, FEW, &recent, &n)) return false;
    for (int i = 0; i < n; i++) {
        Record *r;
        if (!query_one(w, recent[i].form, recent[i].id, &r)) {
            if (w->cx.err != E_MISSING && w->cx.err != E_DENIED) return false;
            cx_clear(&w->cx);
            continue;
        }
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "title", record_title(w, r));
        node_put_text(a, one, "href", page_href(a, r->form, record_id(r)));
        node_put_text(a, one, "form", form_label(r->form, w->cx.lang));
        node_put_text(a, one, "when", page_moment(w, recent[i].at));
    }
    return true;
}

static void add_create(Work *w, Node *page)
{
    Arena *a = w->cx.a;
    Node *list = node_put(a, page, "create", node_list(a));

    for (int i = 0; i < w->app->nform; i++) {
        const Form *f = w->app->form[i];
        if (f->builtin || !perm_may(w, f, ACT_CREATE)) continue;
        Node *one = node_add(a, list, node_map(a));
        node_put_text(a, one, "label", form_label(f, w->cx.lang));
        node_put_text(a, one, "href", arena_printf(a, "/f/%s/new", f->key));
    }
}

/* An app without forms of its own: who may make some is told where. */
static bool is_bare(const Work *w)
{
    for (int i = 0; i < w->app->nform; i++)
        if (!w->app->form[i]->builtin) return false;
    return true;
}

bool page_workbench(Work *w, const Request *q, Response *r)
{
    Message *m;
    int n;
    Node *page = page_begin(w, q, i18n_text(w->cx.lang, "Workbench"));

    node_put_text(w->cx.a, page, "hello", greeting(w));
    node_put_text(w->cx.a, page, "today", today_text(w));
    if (!add_tiles(w, page) || !add_upcoming(w, page) || !add_recent(w, page)
        || !notice_list(w, false, 0, FEW, &m, &n)) return false;
    node_put(w->cx.a, page, "messages", message_list(w, m, n));
    add_create(w, page);
    node_put_bool(w->cx.a, page, "begin", w->who.admin && is_bare(w));
    return page_end(w, q, r, "workbench", page);
}
