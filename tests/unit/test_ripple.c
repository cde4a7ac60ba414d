/* links: data */
/* ripple: lookups, formulas and rollups elsewhere keep step inside the write. */
#include "workshop.h"
#include "data/pending.h"
#include "data/recompute.h"

static int64_t job_of(int64_t client, const char *more)
{
    return made("job", arena_printf(w->cx.a, "{\"client\":%lld%s}", (long long)client, more));
}

static void a_lookup_follows_its_source_without_a_trace(void **st)
{
    (void)st;
    as("cleo");
    int64_t c = made("client", "{\"name\":\"Ann\",\"tier\":\"b\"}");
    int64_t j = job_of(c, "");
    OK(change("client", c, "{\"tier\":\"a\"}"));
    assert_string_equal(value("job", j, "tier"), "a");
    assert_string_equal(value("job", j, "version"), "1");
    assert_string_equal(sql("SELECT count(*) FROM _history WHERE form = 'job'"), "1");
}

static void rollups_follow_every_change_of_their_records(void **st)
{
    (void)st;
    as("cleo");
    int64_t a = made("client", "{\"name\":\"Ann\"}"), b = made("client", "{\"name\":\"Bob\"}");
    assert_string_equal(value("client", a, "jobs"), "0");
    int64_t j = job_of(a, ",\"hours\":2,\"mechanic\":\"cleo\"");
    job_of(a, "");
    assert_string_equal(value("client", a, "jobs"), "2");
    assert_string_equal(value("client", a, "spent"), "0.00");
    OK(move(j, "start", NULL));
    OK(move(j, "finish", "{\"faults\":[\"tyre\"]}"));
    assert_string_equal(value("client", a, "spent"), "120.00");
    as_app();
    OK(change("job", j, arena_printf(w->cx.a, "{\"client\":%lld}", (long long)b)));
    assert_string_equal(value("client", a, "spent"), "0.00");
    assert_string_equal(value("client", b, "spent"), "120.00");
    assert_string_equal(value("client", a, "version"), "1");
    OK(save_delete(w, form("job"), j, 0));
    assert_string_equal(value("client", b, "jobs"), "0");
    assert_string_equal(value("client", b, "spent"), "0.00");
    OK(save_restore(w, form("job"), j, &saved));
    assert_string_equal(value("client", b, "spent"), "120.00");
}

static void formulas_through_links_and_rows_are_in_step(void **st)
{
    (void)st;
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\",\"price\":40}");
    int64_t j = made("job", arena_printf(w->cx.a, "{\"parts\":[{\"part\":%lld,\"count\":3}]}",
        (long long)p));
    assert_string_equal(value("job", j, "dear"), "true");
    assert_string_equal(sql("SELECT sum FROM job__parts"), "12000");
    OK(change("part", p, "{\"price\":1}"));
    assert_string_equal(value("job", j, "total"), "120.00");
    const char *row = sql("SELECT id FROM job__parts");
    OK(change("job", j, arena_printf(w->cx.a, "{\"parts\":[{\"id\":%s,\"price\":1}]}", row)));
    assert_string_equal(value("job", j, "total"), "3.00");
    assert_string_equal(value("job", j, "dear"), "false");
}

static int begin_calls(void **st)
{
    shop_more = "form: call\ntitle: \"{what}\"\nfields:\n"
        "  what: {type: text}\n  job: {type: link, to: job}\n  rate: {type: number}\n"
        "  lines:\n    type: subform\n    fields:\n"
        "      part: {type: link, to: part, on_delete: cascade}\n"
        "      count: {type: number, default: 1}\n"
        "      cost: {type: lookup, via: part, field: price}\n"
        "      rated: {type: formula, of: number, formula: \"count * record.rate\"}\n"
        "      tier: {type: formula, of: text, formula: \"record.tier\"}\n"
        "  listed: {type: formula, of: money, formula: \"sum(lines.cost)\"}\n"
        "  tier: {type: formula, of: text, formula: \"job.client.tier\"}\n"
        "  pieces: {type: formula, of: number, formula: \"sum(job.parts.count)\"}\n"
        "  client: {type: formula, of: text, formula: \"job.client.name\"}\n"
        "permissions:\n  chief: {read: all, create: true, update: all}\n";
    return shop_begin(st);
}

static int end_calls(void **st)
{
    shop_more = NULL;
    return shop_end(st);
}

static void formulas_through_rows_and_several_links_follow(void **st)
{
    (void)st;
    as("cleo");
    int64_t a = made("part", "{\"name\":\"Chain\",\"price\":4}");
    int64_t b = made("part", "{\"name\":\"Tube\",\"price\":3}");
    int64_t c = made("client", "{\"name\":\"Ann\",\"tier\":\"b\"}");
    int64_t j = made("job", arena_printf(w->cx.a, "{\"client\":%lld,"
        "\"parts\":[{\"part\":%lld,\"count\":2}]}", (long long)c, (long long)a));
    int64_t k = made("call", arena_printf(w->cx.a, "{\"job\":%lld,\"rate\":5,\"lines\":"
        "[{\"part\":%lld},{\"part\":%lld,\"count\":2}]}", (long long)j, (long long)a,
        (long long)b));
    assert_string_equal(value("call", k, "listed"), "7.00");
    assert_string_equal(value("call", k, "pieces"), "2");
    assert_string_equal(value("call", k, "client"), "Ann");
    assert_string_equal(sql("SELECT group_concat(rated || tier) FROM call__lines"), "5b,10b");
    OK(change("part", b, "{\"price\":10}"));
    assert_string_equal(value("call", k, "listed"), "14.00");
    assert_string_equal(sql("SELECT group_concat(replace(CAST(cost AS text), '.', '')) FROM call__lines"), "400,1000");
    OK(change("client", c, "{\"name\":\"Bea\",\"tier\":\"a\"}"));
    assert_string_equal(value("call", k, "client"), "Bea");
    assert_string_equal(sql("SELECT group_concat(rated || tier) FROM call__lines"), "5a,10a");
    OK(change("call", k, "{\"rate\":1}"));
    assert_string_equal(sql("SELECT group_concat(rated || tier) FROM call__lines"), "1a,2a");
    OK(change("job", j, arena_printf(w->cx.a, "{\"parts\":[{\"id\":%s,\"count\":9}]}",
        sql("SELECT id FROM job__parts"))));
    assert_string_equal(value("call", k, "pieces"), "9");
    assert_string_equal(value("call", k, "version"), "2");
}

typedef struct Many { int64_t client; int n; } Many;

static bool many_jobs(Work *u, void *arg)
{
    const Many *m = arg;
    const char *json = arena_printf(u->cx.a, "{\"client\":%lld}", (long long)m->client);
    for (int i = 0; i < m->n; i++)
        if (!save_record(u, &(SaveAsk){ .form = form("job"), .body = body(json) }, &saved))
            return false;
    return true;
}

/* As a request that comes now: what was known of pending fields is asked anew. */
static bool pending(const char *f, const char *field)
{
    w->pending = NULL;
    return pending_field(w, form_field(form(f), field));
}

static void many_readers_follow_in_portions_and_are_not_final_until_then(void **st)
{
    (void)st;
    int64_t done, total;
    as_app();
    int64_t c = made("client", "{\"name\":\"Ann\",\"tier\":\"b\"}");
    OK(work_write(w, many_jobs, &(Many){ c, 1300 }));
    OK(change("client", c, "{\"tier\":\"a\"}"));
    assert_string_equal(sql("SELECT count(*) FROM job WHERE tier = 'a'"), "0");
    assert_true(pending("job", "tier"));
    assert_false(pending("job", "total"));
    assert_false(pending("client", "spent"));
    w->pending = NULL;
    assert_true(pending_progress(w, form("job"), &done, &total));
    assert_true(done == 0 && total == 1300);
    tick_run(w, w->now);
    assert_string_equal(sql("SELECT count(*) FROM job WHERE tier = 'a'"), "300");
    w->pending = NULL;
    assert_true(pending_progress(w, form("job"), &done, &total));
    assert_true(done == 300 && total == 1300);
    OK(change("client", c, "{\"tier\":\"b\"}"));                /* begins anew */
    for (int i = 0; i < 5; i++) tick_run(w, w->now);
    assert_string_equal(sql("SELECT count(*) FROM job WHERE tier = 'a'"), "0");
    assert_false(pending("job", "tier"));
    assert_string_equal(sql("SELECT count(*) FROM _timer WHERE rule = 'ripple:'"), "1");
    tick_run(w, w->now);
    assert_string_equal(sql("SELECT count(*) FROM _timer WHERE rule = 'ripple:'"), "0");
}

static void one_write_computes_a_thousand_records_elsewhere_and_no_more(void **st)
{
    (void)st;
    as_app();
    int64_t c = made("client", "{\"name\":\"Ann\",\"tier\":\"b\"}");
    OK(work_write(w, many_jobs, &(Many){ c, 1000 }));
    OK(change("client", c, "{\"tier\":\"a\"}"));
    assert_string_equal(sql("SELECT count(*) FROM job WHERE tier = 'a'"), "1000");
    assert_false(pending("job", "tier"));
}

static char drifts[400];

static void note_drift(void *ctx, const Drift *d)
{
    (void)ctx;
    size_t n = strlen(drifts);
    snprintf(drifts + n, sizeof drifts - n, "%s.%s %s→%s;", d->form->key, d->field->key,
        d->stored, d->computed);
}

static bool spoil(Work *u, void *arg)
{
    static const char *const wrong[] = { "UPDATE client SET jobs = 7", "UPDATE job SET tier = 'a'",
        "UPDATE job__parts SET sum = sum / 120", "UPDATE job SET total = 3 * total / 40" };
    (void)arg;
    for (int i = 0; i < LEN(wrong); i++) {
        Sql q = sql_begin(u->cx.a, db_dialect(u->db));
        sql_add_n(&q, wrong[i], strlen(wrong[i]));
        if (!db_run(&u->cx, u->db, &q, NULL)) return false;
    }
    return true;
}

static void what_is_stored_is_proved_and_repaired(void **st)
{
    (void)st;
    Recomputed sum;
    as_app();
    int64_t p = made("part", "{\"name\":\"Chain\",\"price\":40}");
    int64_t c = made("client", "{\"name\":\"Ann\",\"tier\":\"b\"}");
    job_of(c, arena_printf(w->cx.a, ",\"parts\":[{\"part\":%lld,\"count\":3}]", (long long)p));
    RecomputeAsk ask = { .drift = note_drift };
    *drifts = '\0';
    OK(recompute(w, &ask, &sum));
    assert_true(sum.records == 2 && sum.drifts == 0);
    OK(work_write(w, spoil, NULL));
    OK(recompute(w, &ask, &sum));
    assert_string_equal(drifts, "client.jobs 7→1;job.tier a→b;job.sum 1.00→120.00;"
        "job.total 9.00→120.00;");
    assert_true(sum.drifts == 4);
    ask.repair = true;
    OK(recompute(w, &ask, &sum));
    OK(recompute(w, &(RecomputeAsk){ 0 }, &sum));
    assert_true(sum.drifts == 0);
    assert_string_equal(sql("SELECT sum FROM job__parts"), "12000");
}

RUN(SHOP(many_readers_follow_in_portions_and_are_not_final_until_then),
    SHOP(one_write_computes_a_thousand_records_elsewhere_and_no_more),
    SHOP(what_is_stored_is_proved_and_repaired),
    cmocka_unit_test_setup_teardown(formulas_through_rows_and_several_links_follow, begin_calls,
        end_calls),
    SHOP(a_lookup_follows_its_source_without_a_trace),
    SHOP(rollups_follow_every_change_of_their_records),
    SHOP(formulas_through_links_and_rows_are_in_step))
