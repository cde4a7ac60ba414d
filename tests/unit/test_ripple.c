/* links: data */
/* ripple: lookups, formulas and rollups elsewhere keep step inside the write. */
#include "workshop.h"

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
    assert_string_equal(sql("SELECT group_concat(cost) FROM call__lines"), "400,1000");
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

RUN(cmocka_unit_test_setup_teardown(formulas_through_rows_and_several_links_follow, begin_calls,
        end_calls),
    SHOP(a_lookup_follows_its_source_without_a_trace),
    SHOP(rollups_follow_every_change_of_their_records),
    SHOP(formulas_through_links_and_rows_are_in_step))
