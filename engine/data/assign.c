/*
 * assign.c — rule by rule: does it fit, who is there, who is left out, whose turn is it.
 *
 * All of it is read inside the write, so two writers never count the same. What was decided is
 * said in every language of the app, for who asks may read another one than who writes.
 */
#include "data/assign.h"
#include "data/assign_in.h"
#include "data/away.h"
#include "data/explain.h"
#include "data/rotate.h"
#include "data/save.h"
#include "base/i18n.h"
#include "base/sys.h"

/* ---- whom a round leaves out ---- */

MUST static bool amount(Work *w, const Value *v, const Record *user, const Record *r,
    int64_t otherwise, int64_t *out)
{
    Eval env = record_eval(w, user, NULL);
    Val got = v->val;

    *out = otherwise;
    if (!v->given) return true;
    env.self = r;
    if (v->expr && !expr_eval(v->expr, &env, &got)) return false;
    if (val_is_number(got)) *out = (int64_t)val_number(got);
    return true;
}

static Tally *tally(Work *w, const Round *x)
{
    Tally *of = ARENA_ARRAY(w->cx.a, Tally, x->n + 1);

    for (int i = 0; i < x->n; i++) of[i].user = x->who[i].id;
    return of;
}

MUST static bool count(Work *w, Round *x, const Record *r, bool day, bool open)
{
    Tally *of = tally(w, x);

    if (day && !handing_today(w, x->a->field, "assigned", NULL, of, x->n)) return false;
    for (int i = 0; day && i < x->n; i++) x->who[i].today = of[i].n;
    if (open && !handing_held(w, x->a->field, x->a->open, record_id(r), of, x->n)) return false;
    for (int i = 0; open && i < x->n; i++) x->who[i].open = of[i].n;
    return true;
}

MUST static bool judge(Work *w, Round *x, Candidate *c, const Record *r)
{
    int64_t day = x->cap_day, open = x->cap_open;

    if (day < 0 && !amount(w, &x->rule->cap_day, c->user, r, -1, &day)) return false;
    if (open < 0 && !amount(w, &x->rule->cap_open, c->user, r, -1, &open)) return false;
    if (!x->rule->table && !x->rule->nmember
        && !amount(w, &x->rule->weight, c->user, r, 1, &c->weight)) return false;
    if (away_on(c->user, local_day(w->now, w->app->zone))) c->left = LEFT_AWAY;
    else if (day >= 0 && c->today >= day) c->left = LEFT_DAY, c->cap = day;
    else if (open >= 0 && c->open >= open) c->left = LEFT_OPEN, c->cap = open;
    else if (c->weight <= 0) c->left = LEFT_NO_TURN;
    return true;
}

MUST static bool leave_out(Work *w, Round *x, const Record *r)
{
    bool day = x->cap_day >= 0 || x->rule->cap_day.given;
    bool open = x->cap_open >= 0 || x->rule->cap_open.given || x->by == ASSIGN_LEAST_OPEN;

    if (!count(w, x, r, day, open)) return false;
    for (int i = 0; i < x->n; i++)
        if (!judge(w, x, &x->who[i], r)) return false;
    return true;
}

/* ---- whose it is ---- */

/* Those with the fewest take turns. */
static int64_t fewest(const Round *x)
{
    int64_t least = INT64_MAX;

    for (int i = 0; i < x->n; i++)
        if (!x->who[i].left && x->who[i].open < least) least = x->who[i].open;
    return least;
}

/* Drawn by weight, each draw by itself: nobody can know whose the next one is. */
static const Candidate *drawn(const Round *x)
{
    uint64_t sum = 0, ball;

    for (int i = 0; i < x->n; i++) if (!x->who[i].left) sum += (uint64_t)x->who[i].weight;
    if (!sum) return NULL;
    do sys_random(&ball, sizeof ball); while (ball >= UINT64_MAX - UINT64_MAX % sum);
    ball %= sum;
    for (int i = 0; i < x->n; i++) {
        if (x->who[i].left) continue;
        if (ball < (uint64_t)x->who[i].weight) return &x->who[i];
        ball -= (uint64_t)x->who[i].weight;
    }
    return NULL;
}

MUST static bool choose(Work *w, const Round *x, const Candidate **out)
{
    int64_t least = x->by == ASSIGN_LEAST_OPEN ? fewest(x) : INT64_MAX;
    Rotate t = { .key = arena_printf(w->cx.a, "assign/%s", x->key), .chosen = -1,
        .name = ARENA_ARRAY(w->cx.a, const char *, x->n + 1),
        .weight = ARENA_ARRAY(w->cx.a, double, x->n + 1) };
    const Candidate **who = ARENA_ARRAY(w->cx.a, const Candidate *, x->n + 1);

    if (x->by == ASSIGN_RANDOM) {
        *out = drawn(x);
        return true;
    }
    for (int i = 0; i < x->n; i++) {
        const Candidate *c = &x->who[i];
        if (c->left || (x->by == ASSIGN_LEAST_OPEN && c->open > least)) continue;
        t.name[t.n] = arena_printf(w->cx.a, "user:%lld", (long long)c->id);
        t.weight[t.n] = x->by == ASSIGN_ROUND_ROBIN ? (double)c->weight : 1;
        who[t.n++] = c;
    }
    *out = t.n ? who[0] : NULL;
    if (t.n < 2 && x->by != ASSIGN_ROUND_ROBIN) return true;
    if (!t.n || x->by == ASSIGN_FIRST) return true;
    if (!work_write(w, rotate_unit, &t)) return false;
    *out = t.chosen < 0 ? NULL : who[t.chosen];
    return true;
}

/* ---- what is said ---- */

static void say_left(Str *s, const char *lang, const Round *x)
{
    bool any = false;

    for (int i = 0; i < x->n; i++) {
        const Candidate *c = &x->who[i];
        if (!c->left) continue;
        str_add(s, any ? ", " : i18n_text(lang, "; left out: "));
        any = true;
        if (c->left == LEFT_AWAY) str_printf(s, i18n_text(lang, "%s (away)"), c->name);
        if (c->left == LEFT_DAY)
            str_printf(s, i18n_text(lang, "%s (%lld today, the cap is %lld)"), c->name,
                (long long)c->today, (long long)c->cap);
        if (c->left == LEFT_OPEN)
            str_printf(s, i18n_text(lang, "%s (%lld open, the cap is %lld)"), c->name,
                (long long)c->open, (long long)c->cap);
        if (c->left == LEFT_NO_TURN) str_printf(s, i18n_text(lang, "%s (weight 0)"), c->name);
    }
}

static void say_names(Str *s, const Round *x)
{
    bool any = false;

    for (int i = 0; i < x->n; i++) {
        if (x->who[i].left) continue;
        if (any) str_add(s, ", ");
        any = true;
        str_add(s, x->who[i].name);
        if ((x->by == ASSIGN_ROUND_ROBIN || x->by == ASSIGN_RANDOM) && x->who[i].weight != 1)
            str_printf(s, " × %lld", (long long)x->who[i].weight);
    }
}

static const char *said(Work *w, const char *lang, const Round *x, const Candidate *c, bool open)
{
    static const char *const how[] = { "next in turn of", "with the fewest open ones of",
        "the first of", "drawn from" };
    Str s = str_begin(w->cx.a);
    const char *name = label_show(&x->label, lang, x->rule->key);

    if (!open) {
        str_printf(&s, i18n_text(lang, "rule “%s” fits, but it is outside the hours of %s"), name,
            x->rule->hours->name);
        return str_show(&s);
    }
    if (!c) {
        str_printf(&s, i18n_text(lang, "rule “%s” fits, but nobody is free"), name);
    } else {
        str_printf(&s, i18n_text(lang, "rule “%s”: %s, %s "), name, c->name,
            i18n_text(lang, how[x->by]));
        say_names(&s, x);
    }
    say_left(&s, lang, x);
    return str_show(&s);
}

typedef struct Decision { const Round *x; const Candidate *c; bool open; } Decision;

static const char *decision_text(Work *w, const char *lang, const void *what)
{
    const Decision *d = what;

    return said(w, lang, d->x, d->c, d->open);
}

static const char *nobody_text(Work *w, const char *lang, const void *what)
{
    const Candidate *c = what;

    if (!c) return i18n_text(lang, "no rule found anybody");
    return arena_printf(w->cx.a,
        i18n_text(lang, "no rule found anybody: it goes to %s, who is next for the rest"), c->name);
}

static const char *given_text(Work *w, const char *lang, const void *what)
{
    return arena_printf(w->cx.a, i18n_text(lang, "%s was given with it"), (const char *)what);
}

/* ---- in order ---- */

MUST static bool try_rule(Work *w, const Assign *a, const AssignRule *rule, const Record *r,
    const Candidate **out, const char **name)
{
    Eval env = record_eval(w, r, NULL);
    bool open = !rule->hours
        || calendar_next_work(rule->hours, w->app->zone, w->now) == w->now;
    Round *x;
    int n;

    *out = NULL;
    if (rule->if_ && !expr_true(rule->if_, &env)) return !w->cx.err;
    if (!assign_rounds(w, a, rule, r, &x, &n)) return false;
    for (int i = 0; i < n && !*out; i++) {
        if (open && (!leave_out(w, &x[i], r) || !choose(w, &x[i], out))) return false;
        if (!x[i].n && !rule->table && open) continue;         /* it is about nobody here */
        if (!explain_tell(w, r, "assign", decision_text, &(Decision){ &x[i], *out, open })) return false;
        *name = label_show(&x[i].label, w->app->language[0], x[i].rule->key);
    }
    return true;
}

MUST static bool otherwise(Work *w, const Assign *a, const Record *r, const Candidate **out)
{
    AssignRule rest = { .key = "else", .among = a->other };
    Round *x;
    int n;

    *out = NULL;
    if (a->other.n
        && (!assign_rounds(w, a, &rest, r, &x, &n) || !leave_out(w, x, r) || !choose(w, x, out)))
        return false;
    return explain_tell(w, r, "assign", nobody_text, *out);
}

bool assign_choose(Work *w, const Assign *a, const Record *r, int64_t *user, Handing *handing)
{
    const Candidate *c = NULL;
    const char *name = NULL;

    for (int i = 0; i < a->nrule && !c; i++)
        if (!try_rule(w, a, &a->rule[i], r, &c, &name)) return false;
    if (!c && !otherwise(w, a, r, &c)) return false;
    *user = c ? c->id : 0;
    *handing = (Handing){ .kind = c ? "assigned" : NULL, .field = a->field, .rule = name,
        .text = a->label_text, .texts = a->texts, .ntext = a->ntext };
    return true;
}

bool assign_new(Work *w, Record *r, Handing *handing)
{
    const Assign *a = r->form->assign;
    Val now = a ? record_get(r, a->field) : val_blank();
    int64_t user;

    *handing = (Handing){ 0 };
    if (!a) return true;
    if (now.kind == VAL_REC)
        return explain_tell(w, r, "assign", given_text, record_title_of(w, app_form(w->app, "user"), now.i));
    if (!assign_choose(w, a, r, &user, handing)) return false;
    record_set(r, a->field, val_rec(user));
    return true;
}

bool assign_step(Work *w, const Assign *a, const Record *r)
{
    Node *body = node_map(w->cx.a);
    Handing handing;
    int64_t user;
    Saved saved;

    if (!assign_choose(w, a, r, &user, &handing)) return false;
    if (!user) return true;
    node_put_int(w->cx.a, body, a->field->key, user);
    return save_record(w, &(SaveAsk){ .form = r->form, .id = record_id(r), .body = body,
        .handing = &handing }, &saved);
}
