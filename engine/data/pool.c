/*
 * pool.c — claims and returns: what may be refused is asked inside the write, so that caps hold
 * and one of two who claim at once is told by whom it was claimed.
 */
#include "data/pool.h"
#include "data/explain.h"
#include "data/perm.h"
#include "data/record_row.h"
#include "base/i18n.h"

static bool holds(Work *w, const Expr *e, const Record *r)
{
    Eval env = record_eval(w, r, NULL);

    return e && expr_true(e, &env);
}

static bool takes(Work *w, const Pool *p, const Record *r)
{
    return !p->when || holds(w, p->when, r);
}

static const Pool *pool_of(const Record *r)
{
    Val v = r->val[SYS_POOL];

    return v.kind == VAL_TEXT ? form_pool(r->form, v.t) : NULL;
}

const Pool *pool_for(Work *w, const Record *r)
{
    for (int i = 0; i < r->form->npool; i++)
        if (takes(w, &r->form->pool[i], r)) return &r->form->pool[i];
    return NULL;
}

const Pool *pool_kept(Work *w, const Record *r)
{
    const Pool *p = pool_of(r);

    return p && takes(w, p, r) ? p : pool_for(w, r);
}

bool pool_claims(Work *w, const Pool *p, const Record *r)
{
    if (!w->who.id) return false;
    return w->who.admin || pool_admin(w, p, r) || holds(w, p->member, r);
}

bool pool_admin(Work *w, const Pool *p, const Record *r)
{
    return w->who.admin || w->as_app || holds(w, p->admin, r);
}

bool pool_sees(Work *w, const Pool *p)
{
    const Form *f = app_form(w->app, p->form);
    Record *r = record_new(w, f);

    return perm_all(w, f) || pool_claims(w, p, r);
}

/* ---- how many ---- */

MUST static bool cap_of(Work *w, const Value *v, const Record *r, int64_t user, int64_t *cap)
{
    Record *person;
    Val got = v->val;

    *cap = -1;
    if (!v->given) return true;
    if (!record_load(w, app_form(w->app, "user"), user, false, &person)) return false;
    if (v->expr && person) {
        Eval env = record_eval(w, person, NULL);
        env.self = r;
        if (!expr_eval(v->expr, &env, &got)) return false;
    }
    if (val_is_number(got)) *cap = (int64_t)val_number(got);
    return true;
}

static const char *person_name(Work *w, int64_t id)
{
    return record_title_of(w, app_form(w->app, "user"), id);
}

static const char *moment(Work *w, int64_t at)
{
    char text[32];

    datetime_show_local(text, sizeof text, at, w->who.zone ? w->who.zone : w->app->zone);
    text[10] = ' ';
    return arena_dup(w->cx.a, text);
}

bool pool_room(Work *w, const Pool *p, const Record *r, int64_t user)
{
    const Form *f = r->form;
    Tally of = { .user = user };
    int64_t cap;

    if (!cap_of(w, &p->hold, r, user, &cap)) return false;
    if (cap < 0 || !handing_held(w, f->owner, p->open, record_id(r), &of, 1)) return !w->cx.err;
    if (of.n >= cap)
        cx_issue(&w->cx, at_field(f->owner->key), "hold", "%s has %lld, and %lld are the most",
            person_name(w, user), (long long)of.n, (long long)cap);
    return true;
}

MUST static bool in_day(Work *w, const Pool *p, const Record *r)
{
    const Form *f = r->form;
    Tally of = { .user = w->who.id };
    int64_t cap;

    if (!cap_of(w, &p->per_day, r, w->who.id, &cap)) return false;
    if (cap < 0 || !handing_today(w, f->owner, "claimed", p->key, &of, 1)) return !w->cx.err;
    int64_t again = local_midnight(local_day(w->now, w->app->zone) + 1, w->app->zone);
    if (of.n >= cap)
        cx_issue(&w->cx, at_field(f->owner->key), "per_day",
            "claimed today: %lld, and %lld are the most; possible again from %s", (long long)of.n,
            (long long)cap, moment(w, again));
    return true;
}

/* The last row of the record's hands, but for `user` (0: of anybody): how it left them. */
MUST static bool last_row(Work *w, const Record *r, int64_t user, Val v[4], bool *found)
{
    Sql q = sql_begin(w->cx.a, db_dialect(w->db));

    sql_add(&q, "SELECT \"at\", \"user\", \"kind\", \"pool\" FROM \"_assigned\" WHERE \"form\" = ");
    sql_bind(&q, val_text(r->form->key));
    sql_add(&q, " AND \"record\" = ");
    sql_bind(&q, val_int(record_id(r)));
    if (user) {
        sql_add(&q, " AND \"kind\" IN ('released', 'recycled') AND \"from\" = ");
        sql_bind(&q, val_int(user));
    }
    sql_add(&q, " ORDER BY \"id\" DESC LIMIT 1");
    return db_one(&w->cx, w->db, &q, v, 4, found);
}

MUST static bool cooled(Work *w, const Pool *p, const Record *r)
{
    bool found;
    Val v[4];

    if (val_is_blank(p->cool_down)) return true;
    if (!last_row(w, r, w->who.id, v, &found)) return false;
    if (!found) return true;
    int64_t until = when_add(db_typed(v[0], VAL_DATETIME, 0).i, p->cool_down,
        app_calendar(w->app, NULL), w->app->zone);
    if (w->now < until)
        cx_issue(&w->cx, at_field(r->form->owner->key), "cool_down",
            "you had it before; you may claim it again from %s", moment(w, until));
    return true;
}

/* ---- claim ---- */

static bool missing(Work *w)
{
    return w->cx.err ? false : cx_fail(&w->cx, E_MISSING, "there is no such record");
}

/* Who could see it until a moment ago hears who was quicker. */
MUST static bool too_late(Work *w, const Record *r)
{
    const Pool *p;
    bool found;
    Val v[4];

    if (!last_row(w, r, 0, v, &found)) return false;
    p = found && v[3].kind == VAL_TEXT ? form_pool(r->form, v[3].t) : NULL;
    int64_t who = found && v[1].kind == VAL_INT ? v[1].i : 0;
    bool readable = perm_on(w, ACT_READ, r);
    if (w->cx.err) return false;
    if (!who || !p || !pool_claims(w, p, r) || !str_eq(v[2].t, "claimed"))
        return readable ? cx_fail(&w->cx, E_CONFLICT, "it is in no pool") : missing(w);
    if (who == w->who.id) return cx_fail(&w->cx, E_CONFLICT, "you have it already");
    return cx_fail(&w->cx, E_CONFLICT, "%s has claimed it, at %s", person_name(w, who),
        moment(w, db_typed(v[0], VAL_DATETIME, 0).i));
}

typedef struct Hands {
    const Form *f; int64_t id; const char *pool, *reason; Saved *out;
} Hands;

typedef struct Line { const char *who, *reason; const Pool *pool; } Line;

static const char *claim_text(Work *w, const char *lang, const void *what)
{
    const Line *l = what;

    return arena_printf(w->cx.a, i18n_text(lang, "claimed by %s from “%s”"), l->who,
        label_show(&l->pool->label, lang, l->pool->key));
}

static const char *release_text(Work *w, const char *lang, const void *what)
{
    const Line *l = what;
    const char *pool = label_show(&l->pool->label, lang, l->pool->key);

    return l->reason
        ? arena_printf(w->cx.a, i18n_text(lang, "put into “%s” by %s: %s"), pool, l->who,
            l->reason)
        : arena_printf(w->cx.a, i18n_text(lang, "put into “%s” by %s"), pool, l->who);
}

MUST static bool hand(Work *w, const Record *r, Val owner, const Handing *h, Saved *out)
{
    Node *body = node_map(w->cx.a);
    AsSaved saved = work_as_app(w, w->rule);

    if (owner.kind == VAL_REC) node_put_int(w->cx.a, body, r->form->owner->key, owner.i);
    else node_put(w->cx.a, body, r->form->owner->key, node_new_null(w->cx.a));
    bool ok = save_record(w, &(SaveAsk){ .form = r->form, .id = record_id(r), .body = body,
        .handing = h }, out);
    work_as_back(w, saved);
    return ok;
}

static bool claim_unit(Work *w, void *arg)
{
    const Hands *x = arg;
    const Pool *p;
    Record *r;

    if (!record_load(w, x->f, x->id, false, &r)) return false;
    if (!r) return missing(w);
    p = pool_of(r);
    if (!p) return too_late(w, r);
    if (!perm_on(w, ACT_READ, r)) return missing(w);
    if (!pool_claims(w, p, r))
        return cx_fail(&w->cx, E_DENIED, "“%s” is handed out by its admins",
            label_show(&p->label, w->cx.lang, p->key));
    if (!cooled(w, p, r) || !in_day(w, p, r) || !pool_room(w, p, r, w->who.id)
        || !cx_check(&w->cx)) return false;
    Handing h = { .kind = "claimed", .field = x->f->owner, .rule = p->key };
    return explain_tell(w, r, "pool", claim_text, &(Line){ person_name(w, w->who.id), NULL, p })
        && hand(w, r, val_rec(w->who.id), &h, x->out);
}

static bool may_pool(Work *w, const Form *f)
{
    return f->npool || cx_fail(&w->cx, E_MISSING, "the form %s has no pools", f->key);
}

bool pool_claim(Work *w, const Form *f, int64_t id, Saved *out)
{
    Hands x = { .f = f, .id = id, .out = out };

    return may_pool(w, f) && work_write_turn(w, arena_printf(w->cx.a, "claim %s", f->key),
        claim_unit, &x);
}

/* ---- return ---- */

/* Who may change the owner may clear it; an owner may always give up, an admin of the pool move it
   on. */
static bool may_release(Work *w, const Record *r)
{
    const Form *f = r->form;
    Val owner = record_get(r, f->owner);
    const Pool *p = pool_of(r);

    if (owner.kind != VAL_REC) return p && pool_admin(w, p, r);
    if (owner.i == w->who.id || w->as_app) return true;
    return perm_on(w, ACT_UPDATE, r) && perm_field(w, f, f->owner, r) == RIGHT_FULL;
}

MUST static bool into(Work *w, const Record *r, const char *key, const Pool **out)
{
    const char *owner = r->form->owner->key;

    *out = key ? form_pool(r->form, key) : pool_for(w, r);
    if (w->cx.err) return false;
    if (key && !*out) return cx_fail(&w->cx, E_MISSING, "there is no pool %s", key);
    if (!*out || (!takes(w, *out, r)))
        cx_issue(&w->cx, at_field(owner), "no_pool", *out ? "does not belong into that pool"
            : "no pool takes it");
    return cx_check(&w->cx);
}

static bool release_unit(Work *w, void *arg)
{
    const Hands *x = arg;
    const Pool *p;
    Record *r;

    if (!record_load(w, x->f, x->id, false, &r)) return false;
    if (!r || !perm_on(w, ACT_READ, r)) return missing(w);
    if (!may_release(w, r))
        return w->cx.err ? false
            : cx_fail(&w->cx, E_DENIED, "only its owner or who may change it puts it back");
    if (!into(w, r, x->pool, &p)) return false;
    Handing h = { .kind = val_is_blank(record_get(r, x->f->owner)) ? "pooled" : "released",
        .field = x->f->owner, .rule = p->key, .reason = x->reason, .pool = p->key };
    return explain_tell(w, r, "pool", release_text,
            &(Line){ person_name(w, w->who.id), x->reason, p })
        && hand(w, r, val_blank(), &h, x->out);
}

bool pool_release(Work *w, const Form *f, int64_t id, const char *pool, const char *reason,
    Saved *out)
{
    Hands x = { f, id, pool, reason && *reason ? reason : NULL, out };

    return may_pool(w, f) && work_write(w, release_unit, &x);
}

PoolOffer pool_offer(Work *w, const Record *r)
{
    const Pool *p = r->form->npool ? pool_of(r) : NULL;

    if (!r->form->npool) return (PoolOffer){ 0 };
    if (p) return (PoolOffer){ .claim = pool_claims(w, p, r), .pool = p };
    p = val_is_blank(record_get(r, r->form->owner)) ? NULL : pool_for(w, r);
    return (PoolOffer){ .release = p && may_release(w, r), .pool = p };
}
