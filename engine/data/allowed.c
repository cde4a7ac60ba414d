/*
 * allowed.c — what this person may do with a record, for whoever draws its page: rights on each field,
 * actions and buttons that are offered now, moves with what is in their way.
 */
#include "data/allowed.h"
#include "data/perm.h"
#include "data/pool.h"
#include "data/press.h"
#include "data/why.h"

static const Act acts[] = { ACT_READ, ACT_UPDATE, ACT_DELETE };

static const char *right_name(Work *w, const Record *r, const Field *f)
{
    switch (perm_field(w, r->form, f, r)) {
    case RIGHT_FULL: return f->computed || f->system ? "readonly" : "full";
    case RIGHT_READONLY: return "readonly";
    case RIGHT_MASKED: return "masked";
    case RIGHT_HIDDEN: break;
    }
    return NULL;
}

/* Buttons on this record. */
static void offered(Work *w, const Record *r, void (*show)(Work *, const Press *, Json *),
    Json *out)
{
    Press *press;
    int n = press_list(w, r->form, &press);

    for (int i = 0; i < n; i++)
        if (press_mine(w, &press[i], r) && press_offered(w, &press[i], r)) show(w, &press[i], out);
}

static void json_name_of(Work *w, const Press *a, Json *out)
{
    (void)w;
    json_text(out, a->name);
}

static void json_button(Work *w, const Press *a, Json *out)
{
    json_map(out);
    json_key(out, "name");
    json_text(out, a->name);
    json_key(out, "label");
    json_text(out, label_show(a->label, w->cx.lang, a->name));
    json_map_end(out);
}

bool allowed_json(Work *w, const Record *r, Json *out)
{
    json_map(out);
    json_key(out, "fields");
    json_map(out);
    for (int i = r->form->nsystem; i < r->form->nfield; i++) {
        if (field_is_bare(r->form->field[i])) continue;
        const char *right = right_name(w, r, r->form->field[i]);
        if (!right) continue;
        json_name(out, r->form->field[i]->key);
        json_text(out, right);
    }
    json_map_end(out);
    json_key(out, "actions");
    json_list(out);
    for (int i = 0; i < LEN(acts); i++)
        if (perm_on(w, acts[i], r)) json_text(out, act_name[acts[i]]);
    offered(w, r, json_name_of, out);
    PoolOffer pool = pool_offer(w, r);
    if (pool.claim) json_text(out, "claim");
    if (pool.release) json_text(out, "release");
    json_list_end(out);
    json_key(out, "buttons");
    json_list(out);
    offered(w, r, json_button, out);
    json_list_end(out);
    bool ok = !w->cx.err && why_moves_json(w, r, NULL, out);
    json_map_end(out);
    return ok;
}
