/*
 * cmd_recompute.c — recompute: proves that computed fields are what they should be, or makes
 * them so.
 */
#include "main/cmd.h"
#include "main/ops.h"
#include "data/pending.h"
#include "data/recompute.h"

#include <stdio.h>
#include <unistd.h>

typedef struct Report { Cmd *c; Json *json; const Form *form; Recomputed sum; } Report;

static void drift(void *ctx, const Drift *d)
{
    Report *r = ctx;
    const char *row = d->row ? arena_printf(r->c->a, "[%lld]", (long long)d->row) : "";
    if (!r->json) {
        printf("%s %lld %s%s%s%s: stored %s, computed %s\n", d->form->key, (long long)d->id,
            d->row ? d->field->form->in->key : "", row, d->row ? "." : "", d->field->key,
            *d->stored ? d->stored : "–", *d->computed ? d->computed : "–");
        return;
    }
    json_map(r->json);
    json_key(r->json, "form"); json_text(r->json, d->form->key);
    json_key(r->json, "id"); json_int(r->json, d->id);
    if (d->row) { json_key(r->json, "row"); json_int(r->json, d->row); }
    json_key(r->json, "field"); json_text(r->json, d->field->key);
    json_key(r->json, "stored"); json_text(r->json, d->stored);
    json_key(r->json, "computed"); json_text(r->json, d->computed);
    json_map_end(r->json);
}

static void progress(void *ctx, int64_t done, int64_t total)
{
    (void)ctx;
    if (isatty(STDERR_FILENO) && total)
        fprintf(stderr, "\r%lld of %lld%s", (long long)done, (long long)total,
            done >= total ? "\n" : "");
}

/* While a change is still being followed, differences say nothing. */
static bool settled(Work *w)
{
    int64_t done, total;
    if (!pending_progress(w, NULL, &done, &total)) return true;
    return cx_fail(&w->cx, E_BUSY, "a change is still being followed: %lld of %lld records are "
        "done; check again in a moment", (long long)done, (long long)total);
}

static bool check(Work *w, void *arg)
{
    Report *r = arg;
    Str s = str_begin(r->c->a);
    Json j = json_begin(&s);
    RecomputeAsk ask = { .drift = drift, .progress = progress, .ctx = r };
    if (r->c->narg && !(ask.form = cmd_form(w, r->c->arg[0]))) return false;
    if (!settled(w)) return false;
    if (r->c->json) {
        r->json = &j;
        json_map(&j);
        json_key(&j, "drifts");
        json_list(&j);
    }
    if (!recompute(w, &ask, &r->sum)) return false;
    if (!r->json) {
        printf("%lld records checked, %lld values differ\n", (long long)r->sum.records,
            (long long)r->sum.drifts);
        return true;
    }
    json_list_end(&j);
    json_key(&j, "records"); json_int(&j, r->sum.records);
    json_map_end(&j);
    printf("%s\n", str_show(&s));
    return true;
}

static int look(Cmd *c)
{
    Engine *e;
    Report r = { .c = c };
    if (!cmd_open(c, true, &e)) return cmd_failed(c);
    bool ok = cmd_with(c, e, check, &r);
    engine_close(e);
    return !ok ? cmd_failed(c) : r.sum.drifts ? EXIT_ISSUES : EXIT_DONE;
}

int run_recompute(Cmd *c)
{
    if (cmd_flag(c, "check")) return look(c);
    Node *args = node_map(c->a), *out;
    if (c->narg) node_put_text(c->a, args, "form", c->arg[0]);
    if (!ops_call(c, "recompute", args, &out)) return cmd_failed(c);
    int64_t records = 0, drifts = 0;
    (void)node_int(node_find(out, "records"), &records);
    (void)node_int(node_find(out, "drifts"), &drifts);
    if (c->json) printf("{\"records\": %lld, \"drifts\": %lld}\n", (long long)records,
        (long long)drifts);
    else printf("%lld records, %lld values were put right\n", (long long)records,
        (long long)drifts);
    return EXIT_DONE;
}
