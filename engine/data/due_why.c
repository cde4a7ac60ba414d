/*
 * due_why.c — nothing is kept for it: the row of _timer knows when it began, how far it is and how
 * long time stood still; the rest is counted again.
 */
#include "data/due_why.h"
#include "data/approval_due.h"
#include "data/dues.h"
#include "data/wait_due.h"
#include "base/i18n.h"

#include <string.h>

static const struct { const char *what, *text; } words[] = {
    { "warn", "those it waits for are warned" }, { "due", "those it waits for are told" },
    { "remind", "those it waits for are reminded" }, { "escalate", "others are told" },
    { "reassign", "it goes to another" }, { "approve", "that counts as approved" },
    { "reject", "that counts as rejected" }, { "move", "it moves on by itself" },
    { "do", "steps run" },
};

static const char *last_part(const DueThing *d)
{
    const char *dot = strrchr(d->rule, '.');
    return dot ? dot + 1 : d->rule;
}

/* By the beginning of its rule. */
static const char *kind_of(const DueThing *d)
{
    return str_starts(d->rule, APPROVAL_DUE) ? "approval" : str_starts(d->rule, WAIT_DUE) ? "wait"
        : "stage";
}

static const char *name_of(Work *w, const Record *r, const DueThing *d)
{
    const char *key = last_part(d), *lang = w->cx.lang;
    const Transition *t = r->workflow ? workflow_transition(r->workflow, key) : NULL;

    if (str_starts(d->rule, WAIT_DUE) && t && t->wait) return form_label(t->wait->create->form, lang);
    if (str_starts(d->rule, APPROVAL_DUE) && t) return label_show(&t->label, lang, key);
    return r->stage ? label_show(&r->stage->label, lang, key) : key;
}

static bool by_calendar(const Due *d)
{
    return !val_is_blank(d->within) && (d->within.unit == UNIT_BD || d->within.unit == UNIT_BH);
}

/* ---- as JSON ---- */
static void put_moment(Json *out, const char *key, int64_t at)
{
    char text[32];

    json_name(out, key);
    if (!at || at == WHEN_NEVER) {
        json_null(out);
        return;
    }
    datetime_show(text, sizeof text, at);
    json_text(out, text);
}

static void put_rule(Work *w, const Due *d, Json *out)
{
    const Calendar *c = due_calendar(w, d);

    json_key(out, "within");
    json_text(out, val_is_blank(d->within) ? NULL : val_show(w->cx.a, d->within));
    json_key(out, "by");
    json_text(out, d->due ? expr_text(d->due) : NULL);
    json_key(out, "calendar");
    json_text(out, by_calendar(d) ? c->name : NULL);
    json_key(out, "time_zone");
    json_text(out, zone_name(calendar_zone(c, w->app->zone)));
    json_key(out, "pause");
    json_text(out, d->pause ? expr_text(d->pause) : NULL);
}

static void put_one(Work *w, const Record *r, const DueThing *d, const DuePlan *p, Json *out)
{
    json_map(out);
    json_key(out, "of");
    json_text(out, kind_of(d));
    json_key(out, "name");
    json_text(out, last_part(d));
    json_key(out, "label");
    json_text(out, name_of(w, r, d));
    put_rule(w, d->due, out);
    put_moment(out, "since", p->since);
    put_moment(out, "due", p->state.due);
    json_key(out, "late");
    json_bool(out, p->state.late);
    put_moment(out, "paused_since", p->state.since_pause);
    json_key(out, "paused_seconds");
    json_int(out, p->state.paused);
    json_key(out, "steps");
    json_list(out);
    for (int i = 0; i < p->nstep; i++) {
        json_map(out);
        json_key(out, "what");
        json_text(out, p->step[i].what);
        put_moment(out, "at", p->step[i].at);
        json_key(out, "over");
        json_bool(out, p->step[i].over);
        json_map_end(out);
    }
    json_list_end(out);
    json_map_end(out);
}

bool due_why_json(Work *w, const Record *r, Json *out)
{
    DueThing *d;
    DuePlan p;
    bool found;
    int n;

    if (!dues_of(w, r, &d, &n)) return false;
    json_key(out, "due");
    json_list(out);
    for (int i = 0; i < n; i++) {
        if (!due_plan(w, &d[i], &p, &found)) return false;
        if (found) put_one(w, r, &d[i], &p, out);
    }
    json_list_end(out);
    return true;
}

/* ---- for people ---- */
static const char *moment(Work *w, int64_t at)
{
    char text[40], *t;

    if (!at || at == WHEN_NEVER) return "–";
    datetime_show_local(text, sizeof text, at, w->who.zone ? w->who.zone : w->app->zone);
    if ((t = strchr(text, 'T'))) *t = ' ';
    return arena_dup(w->cx.a, text);
}

static const char *counted(Work *w, const char *name, const Due *d, const DuePlan *p)
{
    Arena *a = w->cx.a;
    const char *lang = w->cx.lang, *due = moment(w, p->state.due);

    if (d->due && !p->state.due)
        return arena_printf(a, i18n_text(lang, "%s is not due: `%s` is blank"), name,
            expr_text(d->due));
    if (d->due)
        return arena_printf(a, i18n_text(lang, "%s is due %s: that is `%s`"), name, due,
            expr_text(d->due));
    if (by_calendar(d))
        return arena_printf(a, i18n_text(lang, "%s is due %s: %s by the calendar %s since %s"), name,
            due, val_show(a, d->within), due_calendar(w, d)->name, moment(w, p->since));
    return arena_printf(a, i18n_text(lang, "%s is due %s: %s since %s"), name, due,
        val_show(a, d->within), moment(w, p->since));
}

static const char *step_line(Work *w, const DueStep *s)
{
    const char *text = s->what;

    for (int i = 0; i < LEN(words); i++)
        if (str_eq(words[i].what, s->what)) text = i18n_text(w->cx.lang, words[i].text);
    return s->over ? arena_printf(w->cx.a, i18n_text(w->cx.lang, "%s: %s (over)"),
            moment(w, s->at), text)
        : arena_printf(w->cx.a, "%s: %s", moment(w, s->at), text);
}

bool due_why_lines(Work *w, const Record *r, const char ***line, int *n)
{
    const char **out = NULL;
    int count, cap = 0;
    DueThing *d;
    DuePlan p;
    bool found;

    *n = 0;
    if (!dues_of(w, r, &d, &count)) return false;
    for (int i = 0; i < count; i++) {
        if (!due_plan(w, &d[i], &p, &found)) return false;
        if (!found) continue;
        ARENA_PUSH(w->cx.a, out, *n, cap, counted(w, name_of(w, r, &d[i]), d[i].due, &p));
        if (p.state.since_pause)
            ARENA_PUSH(w->cx.a, out, *n, cap, arena_printf(w->cx.a, i18n_text(w->cx.lang,
                "The time stands still since %s"), moment(w, p.state.since_pause)));
        if (p.state.paused)
            ARENA_PUSH(w->cx.a, out, *n, cap, arena_printf(w->cx.a, i18n_text(w->cx.lang,
                "The time stood still for %s so far"),
                val_show(w->cx.a, duration_of(p.state.paused))));
        for (int k = 0; k < p.nstep; k++)
            ARENA_PUSH(w->cx.a, out, *n, cap, step_line(w, &p.step[k]));
    }
    *line = out;
    return true;
}
