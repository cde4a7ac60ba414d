/*
 * calendar_page.c — a calendar view: a month or a week of days, what stands on them, links to
 * the days around.
 *
 * Each event carries what a move to another day would change, so that a drop is one update; the
 * server judges it. Without script its menu leads to the form.
 */
#include "http/calendar_days.h"
#include "http/undo.h"
#include "base/i18n.h"
#include "data/filter_build.h"
#include "data/record_row.h"

static const char *const months[] = { "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December" };
static const char *const weekdays[] = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" };

static const char *month_text(Arena *a, int64_t day)
{
    Ymd d = day_split(day);

    return arena_printf(a, "%04d-%02d", d.year, d.month);
}

static const char *link_to(Arena *a, const Cal *c, bool week, int64_t day)
{
    ListLook x = *c->look;

    x.week = week ? date_text(a, day) : NULL;
    x.month = week ? NULL : month_text(a, day);
    return list_url(a, &x, NULL);
}

static void add_ways(Work *w, Node *page, const Cal *c)
{
    Arena *a = w->cx.a;
    Ymd d = day_split(c->at);
    int64_t before = c->week ? c->at - 7 : day_add_months(c->at, -1);
    int64_t after = c->week ? c->at + 7 : day_add_months(c->at, 1);
    bool here = c->today >= c->at && c->today < after;

    node_put_text(a, page, "month", i18n_text(w->cx.lang, months[d.month - 1]));
    node_put_int(a, page, "year", d.year);
    node_put_bool(a, page, "is_week", c->week);
    node_put_text(a, page, "first_day", date_text(a, c->day[0].day));
    node_put_text(a, page, "last_day", date_text(a, c->day[c->n - 1].day));
    node_put_text(a, page, "before_href", link_to(a, c, c->week, before));
    node_put_text(a, page, "after_href", link_to(a, c, c->week, after));
    node_put_text(a, page, "today_href", link_to(a, c, c->week, c->today));
    node_put_text(a, page, "month_href", link_to(a, c, false, c->week ? c->at + 3 : c->at));
    node_put_text(a, page, "week_href", link_to(a, c, true, here ? c->today : c->at));
    Node *names = node_put(a, page, "weekdays", node_list(a));
    for (int i = 0; i < 7; i++)
        node_add(a, names, node_new_text(a,
            i18n_text(w->cx.lang, weekdays[day_weekday(c->day[i].day) - 1])));
}

/* The calendar's own filter too, where this person may say it. */
static const char *view_filter(Work *w, const Cal *c)
{
    const Expr *e = c->look->view->filter;
    const ExprRead *read;
    int n = e ? expr_reads(e, &read) : 0;

    for (int i = 0; i < n; i++) {
        const Form *f = read[i].form->form;
        if (!f || !read[i].name->field || !perm_may(w, f, ACT_READ)
            || !perm_filterable(w, f, read[i].name->field)) return NULL;
    }
    return e ? expr_text(e) : NULL;
}

static const char *day_list(Work *w, const Cal *c, int64_t day)
{
    Arena *a = w->cx.a;
    const View *table = list_table(c->look->form);
    const char *own = view_filter(w, c), *filter = calendar_filter(w, c, day, day);

    if (!table) return NULL;
    ListLook x = { .form = c->look->form, .view_key = table->key, .q = c->look->q,
        .filter = own ? arena_printf(a, "(%s) and %s", own, filter) : filter };
    return list_url(a, &x, NULL);
}

/* May this person put it on another day? */
static bool is_movable(Work *w, const Cal *c, const Record *r)
{
    return !c->date->computed && !c->date->system && perm_on(w, ACT_UPDATE, r)
        && page_right(w, r, c->date) == RIGHT_FULL && !c->date->readonly.on;
}

static void add_color(Work *w, const Cal *c, Node *one, const Record *r)
{
    const Field *f = c->look->view->color;
    Val v = f ? record_get(r, f) : val_blank();
    bool seen = f && page_right(w, r, f) < RIGHT_MASKED;
    bool stage = f && f->name.index == SYS_STAGE && f->system;
    const Option *o = seen && v.kind == VAL_TEXT && !stage ? field_option(f, v.t) : NULL;

    node_put_text(w->cx.a, one, "color", o ? o->color : NULL);
    node_put_text(w->cx.a, one, "status", seen && stage && r->stage ? r->stage->status : NULL);
    node_put_text(w->cx.a, one, "kind", !seen ? NULL : o
        ? label_show(&o->label, w->cx.lang, o->value) : stage && r->stage
        ? label_show(&r->stage->label, w->cx.lang, r->stage->key) : NULL);
}

static const char *title_of(Work *w, const Cal *c, const Record *r)
{
    const Field *f = c->look->view->title;
    const Node *value = f ? page_value(w, r, f) : NULL;
    const char *text = node_text(node_find(value, "text"));

    return text && *text ? text : record_title(w, r);
}

static void add_event(Work *w, const Cal *c, Node *events, const CalEvent *e, int64_t day)
{
    Arena *a = w->cx.a;
    Node *one = node_add(a, events, node_map(a));
    Val at = record_get(e->r, c->date), end = c->end ? record_get(e->r, c->end) : val_blank();
    const char *text = page_value_text(w, c->date, at);
    bool shifts = c->end && !c->end->computed && page_right(w, e->r, c->end) == RIGHT_FULL;

    node_put_int(a, one, "id", record_id(e->r));
    node_put_int(a, one, "version", record_version(e->r));
    node_put_text(a, one, "title", title_of(w, c, e->r));
    node_put_text(a, one, "href", page_href(a, e->r->form, record_id(e->r)));
    node_put_text(a, one, "edit_href", arena_printf(a, "%s/edit#f-%s",
        page_href(a, e->r->form, record_id(e->r)), c->date->key));
    node_put_text(a, one, "at", text);
    node_put_text(a, one, "time", c->moment && day == e->from ? utf8_sub(a, text, 11, 5) : NULL);
    node_put_text(a, one, "until", shifts && !val_is_blank(end)
        ? page_value_text(w, c->end, end) : NULL);
    node_put_bool(a, one, "goes_on", day > e->from);
    node_put_bool(a, one, "movable", is_movable(w, c, e->r));
    add_color(w, c, one, e->r);
}

static const char *rest_text(Work *w, const Cal *c, int64_t rest)
{
    if (c->unsure && rest > 90) return page_say(w, "+90 and more");
    return page_say(w, "+%lld more", (long long)rest);
}

static void add_days(Work *w, Node *page, const Cal *c)
{
    Arena *a = w->cx.a;
    Node *weeks = node_put(a, page, "weeks", node_list(a)), *days = NULL;
    int month = day_split(c->at).month;
    bool may = perm_may(w, c->look->form, ACT_CREATE) && !c->date->computed;

    for (int i = 0; i < c->n; i++) {
        const CalDay *d = &c->day[i];
        if (i % 7 == 0) {
            Node *week = node_add(a, weeks, node_map(a));
            days = node_put(a, week, "days", node_list(a));
        }
        Node *one = node_add(a, days, node_map(a)), *events;
        const char *date = date_text(a, d->day);
        Ymd split = day_split(d->day);
        node_put_text(a, one, "date", date);
        node_put_int(a, one, "number", split.day);
        node_put_text(a, one, "weekday",
            i18n_text(w->cx.lang, weekdays[day_weekday(d->day) - 1]));
        node_put_bool(a, one, "today", d->day == c->today);
        node_put_bool(a, one, "other", !c->week && split.month != month);
        node_put_text(a, one, "new_href", !may ? NULL : page_url(a,
            arena_printf(a, "/f/%s/new", c->look->form->key), c->date->key,
            c->moment ? arena_printf(a, "%sT09:00", date) : date, NULL));
        node_put_text(a, one, "more_text", d->rest ? rest_text(w, c, d->rest) : NULL);
        node_put_text(a, one, "more_href", d->rest ? day_list(w, c, d->day) : NULL);
        events = node_put(a, one, "events", node_list(a));
        for (int k = 0; k < d->n; k++) add_event(w, c, events, &d->event[k], d->day);
    }
}

bool calendar_show(Work *w, const Request *q, Response *r, const ListLook *x)
{
    Arena *a = w->cx.a;
    Node *page = page_begin(w, q, form_label(x->form, w->cx.lang));
    Cal c;

    calendar_days(w, x, &c);
    list_frame(w, page, x);
    undo_delete(w, q, page, x->form);
    add_ways(w, page, &c);
    node_put_text(a, page, "date_key", c.date->key);
    node_put_text(a, page, "end_key", c.end ? c.end->key : NULL);
    node_put_text(a, page, "date_label", field_label(c.date, w->cx.lang));
    node_put_text(a, page, "moved_to", "{day}");         /* the script fills it in */
    /* What was typed is looked at alone first: a mistake is then told as it was typed. */
    bool ok = true;
    if (!perm_filterable(w, x->form, c.date))
        node_put_text(a, page, "view_note",
            page_say(w, "You may not see the field %s.", field_label(c.date, w->cx.lang)));
    else ok = (!x->filter || filter_check(w, x->form, x->filter)) && calendar_fill(w, &c);
    if (!ok && !list_refused(w, page)) return false;
    add_days(w, page, &c);
    if (w->cx.err) return false;
    page_end(w, q, r, "calendar", page);
    if (!ok) r->status = 422;
    return true;
}
