/* links: data */
/* save: the one write path, from a body to rows, with every refusal it knows. */
#include "workshop.h"

static void a_record_becomes_a_row_with_defaults_and_a_number(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\",\"mobile\":\"138 1234 5678\"}");
    assert_string_equal(sql("SELECT tier FROM client"), "b");
    assert_string_equal(value("client", c, "keeper"),
        sql("SELECT id FROM \"user\" WHERE login = 'mia'"));
    assert_string_equal(sql("SELECT mobile FROM client"), "+8613812345678");
    assert_string_equal(sql("SELECT mobile__shown FROM client"), "138 1234 5678");
    assert_string_equal(sql("SELECT name__key FROM client"), "ann");
    int64_t j = made("job", arena_printf(w->cx.a,
        "{\"client\":%lld,\"faults\":[\"gear\",\"brake\"],"
        "\"hours\":1.5}", (long long)c));
    assert_true(saved.created);
    assert_int_equal(record_version(saved.record), 1);
    assert_string_equal(value("job", j, "number"), "J202603-001");
    assert_string_equal(value("job", j, "tier"), "b");
    assert_string_equal(value("job", j, "total"), "90.00");
    assert_string_equal(sql("SELECT group_concat(value) FROM (SELECT value FROM job__faults "
        "ORDER BY position) x"), "gear,brake");
    assert_string_equal(value("job", j, "stage"), "intake");
    assert_string_equal(sql("SELECT urgent FROM job"), "0");
}

static void all_issues_are_told_at_once(void **st)
{
    (void)st;
    as("mia");
    NO(E_INPUT, make("client", "{\"nam\":\"x\",\"mobile\":\"no\",\"tier\":{\"a\":1},"
        "\"jobs\":3,\"id\":5}"));
    assert_true(issue_on("nam"));
    assert_true(issue_on("mobile"));
    assert_true(issue_on("tier"));
    assert_true(issue_on("jobs"));
    assert_true(issue_on("id"));
    NO(E_INPUT, make("client", "{\"tier\":\"z\",\"email\":null}"));
    assert_true(issue_on("name"));
    assert_true(issue_on("tier"));
    NO(E_INPUT, make("client", "{\"name\":\"A name of more than twenty letters\"}"));
    assert_true(issue_on("name"));
    assert_string_equal(sql("SELECT count(*) FROM client"), "0");
}

static void hidden_readonly_and_unknown_fields_are_refused(void **st)
{
    (void)st;
    as("mia");
    NO(E_DENIED, make("client", "{\"name\":\"Ann\",\"secret\":\"x\"}"));
    NO(E_DENIED, make("client", "{\"name\":\"Ann\",\"bonus\":1}"));
    NO(E_DENIED, make("job", "{\"fixed\":9}"));
    int64_t j = made("job", "{}");
    assert_string_equal(value("job", j, "fixed"), "7");
    NO(E_DENIED, change("job", j, "{\"fixed\":9}"));
    OK(change("job", j, "{\"fixed\":7,\"note\":\"same value\"}"));
    as("cleo");
    made("client", "{\"name\":\"Ann\",\"secret\":\"x\",\"bonus\":1.5}");
}

static void visible_decides_about_required(void **st)
{
    (void)st;
    as("mia");
    int64_t j = made("job", "{\"urgent\":false}");
    NO(E_INPUT, change("job", j, "{\"urgent\":true}"));
    assert_true(issue_on("pickup"));
    OK(change("job", j, "{\"urgent\":true,\"pickup\":\"2026-03-05\"}"));
    OK(change("job", j, "{\"urgent\":false}"));
    assert_string_equal(value("job", j, "pickup"), "2026-03-05");
    NO(E_INPUT, change("job", j, "{\"hours\":50}"));
    assert_true(issue_on("hours"));
}

static void who_may_not_read_gets_nothing(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    int64_t j = made("job", "{\"note\":\"mine\"}");
    as("max");
    NO(E_MISSING, change("client", c, "{\"name\":\"Bob\"}"));
    NO(E_MISSING, save_delete(w, form("client"), c, 0));
    NO(E_MISSING, move(j, "start", NULL));
    NO(E_INPUT, make("job", arena_printf(w->cx.a, "{\"client\":%lld}", (long long)c)));
    assert_true(issue_on("client"));
    as("gus");
    NO(E_DENIED, change("job", j, "{\"note\":\"guest\"}"));
    NO(E_DENIED, make("job", "{}"));
    NO(E_DENIED, save_delete(w, form("job"), j, 0));
    NO(E_DENIED, move(j, "start", NULL));
}

static void own_may_be_handed_over_but_a_condition_may_not_be_left(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    int64_t j = made("job", "{}");
    OK(change("client", c, "{\"keeper\":\"max\"}"));
    NO(E_DENIED, change("job", j, "{\"mechanic\":\"max\"}"));
    as("max");
    OK(change("client", c, "{\"tier\":\"a\"}"));
}

static void fields_merge_and_a_stale_version_is_refused(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    OK(change("client", c, "{\"tier\":\"a\"}"));
    assert_int_equal(record_version(saved.record), 2);
    NO(E_STALE, save_record(w, &(SaveAsk){ .form = form("client"), .id = c, .version = 1,
        .body = body("{\"name\":\"Bea\"}") }, &saved));
    cx_clear(&w->cx);
    OK(save_record(w, &(SaveAsk){ .form = form("client"), .id = c, .version = 2,
        .body = body("{\"name\":\"Bea\"}") }, &saved));
    assert_string_equal(value("client", c, "tier"), "a");
    OK(change("client", c, "{\"name\":\"Bea\"}"));
    assert_int_equal(record_version(saved.record), 3);
    NO(E_INPUT, change("client", c, "{\"name\":null,\"id\":0}"));
    assert_true(issue_on("id"));
}

static void taken_values_are_told_without_saying_whose(void **st)
{
    (void)st;
    as("mia");
    made("client", "{\"name\":\"Ann\",\"mobile\":\"13812345678\"}");
    as("max");
    NO(E_INPUT, make("client", "{\"name\":\"Bob\",\"mobile\":\"+86 138-1234-5678\"}"));
    assert_true(issue_on("mobile"));
    assert_string_equal(w->cx.issue[0].text, "is already taken");
    int64_t c = made("client", "{\"name\":\"Bob\"}");
    const char *one = arena_printf(w->cx.a, "{\"client\":%lld,\"frame\":\"F1\"}", (long long)c);
    made("job", one);
    NO(E_INPUT, make("job", one));
    assert_true(issue_on("frame"));
    made("job", "{\"frame\":\"F1\"}");
}

static void duplicates_block_or_warn(void **st)
{
    (void)st;
    as("mia");
    made("client", "{\"name\":\"Ann\",\"email\":\"ann@example.com\"}");
    as("max");
    NO(E_INPUT, make("client", "{\"name\":\"Bob\",\"email\":\"ANN@example.com\"}"));
    assert_true(issue_on("email"));
    assert_string_equal(w->cx.issue[0].text, "exists already, held by Mia");
    NO(E_INPUT, make("client", "{\"name\":\"ANN\"}"));
    assert_string_equal(w->cx.issue[0].code, "duplicate_warning");
    cx_clear(&w->cx);
    OK(save_record(w, &(SaveAsk){ .form = form("client"), .body = body("{\"name\":\"ANN\"}"),
        .force_warned = true }, &saved));
    assert_int_equal(saved.nwarning, 1);
}

static void rows_come_change_and_go(void **st)
{
    (void)st;
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\",\"price\":\"20.50\"}");
    int64_t q = made("part", "{\"name\":\"Tube\",\"price\":5}");
    int64_t j = made("job", arena_printf(w->cx.a,
        "{\"parts\":[{\"part\":%lld},{\"part\":{\"id\":%lld},\"count\":2}]}", (long long)p,
        (long long)q));
    assert_string_equal(value("job", j, "total"), "30.50");
    assert_string_equal(sql("SELECT group_concat(replace(CAST(price AS text), '.', '')) FROM job__parts"), "2050,500");
    const char *second = sql("SELECT max(id) FROM job__parts");
    OK(change("job", j, arena_printf(w->cx.a, "{\"parts\":[{\"id\":%s,\"count\":3},"
        "{\"part\":{\"by\":{\"name\":\"chain\"}},\"price\":1}]}", second)));
    assert_string_equal(value("job", j, "total"), "16.00");
    assert_string_equal(sql("SELECT group_concat(count || 'x' || replace(CAST(price AS text), '.', '')) "
        "FROM (SELECT * FROM job__parts ORDER BY position) x"), "3x500,1x100");
    assert_string_equal(sql_of("SELECT position FROM job__parts WHERE id = ",
        atoll(second)), "1");
    NO(E_INPUT, change("job", j, "{\"parts\":[{\"count\":0},{\"id\":99},{},{}]}"));
    assert_true(issue_on("parts.1.id"));
    NO(E_INPUT, change("job", j, "{\"parts\":[{\"count\":0},{},{},{}]}"));
    assert_true(issue_on("parts.0.part"));
    assert_true(issue_on("parts.0.count"));
    assert_true(issue_on("parts"));
    OK(change("job", j, "{\"parts\":[]}"));
    assert_string_equal(sql("SELECT count(*) FROM job__parts"), "0");
    assert_string_equal(value("job", j, "total"), "0.00");
}

static void the_bin_restricts_clears_cascades_and_gives_back(void **st)
{
    (void)st;
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\"}");
    int64_t fits = made("part", arena_printf(w->cx.a, "{\"name\":\"Pin\",\"fits\":%lld}",
        (long long)p));
    int64_t of = made("part", arena_printf(w->cx.a, "{\"name\":\"Box\",\"of\":%lld}",
        (long long)p));
    int64_t j = made("job", arena_printf(w->cx.a, "{\"parts\":[{\"part\":%lld}]}",
        (long long)p));
    NO(E_CONFLICT, save_delete(w, form("part"), p, 0));
    assert_non_null(strstr(w->cx.text, "job: 1"));
    OK((cx_clear(&w->cx), save_delete(w, form("job"), j, 0)));
    NO(E_STALE, save_delete(w, form("part"), p, 9));
    cx_clear(&w->cx);
    OK(save_delete(w, form("part"), p, 0));
    assert_string_equal(value("part", fits, "fits"), "");
    assert_string_not_equal(value("part", of, "deleted_at"), "");
    NO(E_MISSING, change("part", p, "{\"name\":\"x\"}"));
    NO(E_CONFLICT, save_restore(w, form("part"), of, &saved));
    NO(E_CONFLICT, save_restore(w, form("job"), j, &saved));
    cx_clear(&w->cx);
    int64_t again = made("part", "{\"name\":\"CHAIN\"}");
    NO(E_CONFLICT, save_restore(w, form("part"), p, &saved));
    assert_true(issue_on("name"));
    cx_clear(&w->cx);
    OK(save_delete(w, form("part"), again, 0));
    OK(save_restore(w, form("part"), p, &saved));
    OK(save_restore(w, form("part"), of, &saved));
    assert_string_equal(value("part", of, "deleted_at"), "");
    NO(E_CONFLICT, save_restore(w, form("part"), of, &saved));
}

static void the_same_request_twice_is_done_once(void **st)
{
    (void)st;
    as("mia");
    SaveAsk ask = { .form = form("client"), .body = body("{\"name\":\"Ann\"}"),
        .idempotency = "k1" };
    OK(save_record(w, &ask, &saved));
    int64_t first = saved.id;
    OK(save_record(w, &ask, &saved));
    assert_int_equal(saved.id, first);
    assert_true(saved.created);
    assert_string_equal(sql("SELECT count(*) FROM client"), "1");
    ask.body = body("{\"name\":\"Bob\"}");
    NO(E_INPUT, save_record(w, &ask, &saved));
    sys_clock_set(MONDAY + 86401);
    cx_clear(&w->cx);
    OK(save_record(w, &ask, &saved));
    assert_int_not_equal(saved.id, first);
    as("max");
    ask.body = body("{\"name\":\"Cat\"}");
    OK(save_record(w, &ask, &saved));
}

static void a_batch_is_all_or_nothing(void **st)
{
    (void)st;
    as("mia");
    SaveAsk ask[] = {
        { .form = form("client"), .body = body("{\"name\":\"Ann\"}") },
        { .form = form("client"), .body = body("{\"name\":\"\"}") },
    };
    Saved out[2];
    NO(E_INPUT, save_batch(w, ask, 2, out));
    assert_true(issue_on("1.name"));
    assert_string_equal(sql("SELECT count(*) FROM client"), "0");
    ask[1].body = body("{\"name\":\"Bob\"}");
    cx_clear(&w->cx);
    OK(save_batch(w, ask, 2, out));
    assert_int_equal(out[1].id, out[0].id + 1);
    OK(save_upsert(w, form("client"), form_field(form("client"), "mobile"), "13900000000",
        body("{\"name\":\"Cat\"}"), &saved));
    assert_true(saved.created);
    OK(save_upsert(w, form("client"), form_field(form("client"), "mobile"), "139 0000 0000",
        body("{\"tier\":\"a\"}"), &saved));
    assert_false(saved.created);
    assert_string_equal(sql("SELECT name || tier FROM client WHERE mobile LIKE '+86139%'"),
        "Cata");
}

static int begin_rules(void **st)
{
    (void)st;
    open_shop("on('part.after_update', function(p) update('part', p.id, "
        "{ price = (p.price or 0) + 1 }) end)\n"
        "on('client.before_save', function(c)\n"
        "  if c.name == 'Bad' then fail('name', 'no such name') end\n"
        "  if c.name == 'Worse' then fail('go away') end\n"
        "  if c.name == 'Broken' then error('oops') end\n"
        "  c.secret = 'of ' .. c.name\nend)\n"
        "on('job.before_transition.start', function(j) j.note = 'started' end)\n"
        "on('job.entered.work', function(j) create('part', { name = 'for ' .. j.number }) end)\n"
        "on('job.before_delete', function(j) if j.note == 'keep' then fail('kept') end end)\n");
    return 0;
}

static void rules_set_and_refuse_and_cannot_loop(void **st)
{
    (void)st;
    as("mia");
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    assert_string_equal(value("client", c, "secret"), "of Ann");
    NO(E_INPUT, make("client", "{\"name\":\"Bad\"}"));
    assert_true(issue_on("name"));
    NO(E_INPUT, make("client", "{\"name\":\"Worse\"}"));
    NO(E_RULE, make("client", "{\"name\":\"Broken\"}"));
    assert_string_equal(sql("SELECT count(*) FROM client"), "1");
    as("cleo");
    int64_t p = made("part", "{\"name\":\"Chain\"}");
    NO(E_RULE, change("part", p, "{\"price\":1}"));
    assert_string_equal(value("part", p, "price"), "");
    assert_string_equal(value("part", p, "version"), "1");
    int64_t j = made("job", arena_printf(w->cx.a, "{\"client\":%lld,\"mechanic\":\"cleo\"}",
        (long long)c));
    OK(move(j, "start", NULL));
    assert_string_equal(value("job", j, "note"), "started");
    assert_string_equal(sql("SELECT name FROM part WHERE name <> 'Chain'"), "for J202603-001");
    OK(change("job", j, "{\"note\":\"keep\"}"));
    NO(E_INPUT, save_delete(w, form("job"), j, 0));
    assert_string_equal(value("job", j, "deleted_at"), "");
}

RUN(cmocka_unit_test_setup_teardown(rules_set_and_refuse_and_cannot_loop, begin_rules, shop_end),
    SHOP(a_record_becomes_a_row_with_defaults_and_a_number),
    SHOP(all_issues_are_told_at_once),
    SHOP(hidden_readonly_and_unknown_fields_are_refused),
    SHOP(visible_decides_about_required),
    SHOP(who_may_not_read_gets_nothing),
    SHOP(own_may_be_handed_over_but_a_condition_may_not_be_left),
    SHOP(fields_merge_and_a_stale_version_is_refused),
    SHOP(taken_values_are_told_without_saying_whose),
    SHOP(duplicates_block_or_warn),
    SHOP(rows_come_change_and_go),
    SHOP(the_bin_restricts_clears_cascades_and_gives_back),
    SHOP(the_same_request_twice_is_done_once),
    SHOP(a_batch_is_all_or_nothing))
