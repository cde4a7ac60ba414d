/* links: data */
/* moves: who may, what must be filled, what a stage locks, what follows. */
#include "workshop.h"
#include "data/move.h"
#include "data/notice.h"
#include "data/allowed.h"
#include "data/why.h"

static int64_t a_job(const char *json)
{
    int64_t c = made("client", "{\"name\":\"Ann\"}");
    Node *b = body(json);
    node_put_int(w->cx.a, b, "client", c);
    OK(save_record(w, &(SaveAsk){ .form = form("job"), .body = b }, &saved));
    return saved.id;
}

static void a_move_needs_its_people_and_its_fields(void **st)
{
    (void)st;
    as("mia");
    int64_t j = made("job", "{}");
    NO(E_INPUT, move(j, "start", NULL));
    assert_true(issue_on("client"));
    NO(E_DENIED, move(j, "scrap", NULL));
    NO(E_INPUT, move(j, "finish", NULL));
    assert_true(issue_on("stage"));
    NO(E_INPUT, move(j, "nothing", NULL));
    assert_true(issue_on("stage"));
    NO(E_DENIED, move(j, "forget", NULL));
    as("cleo");
    OK(move(j, "scrap", NULL));
    assert_string_equal(value("job", j, "stage"), "gone");
}

static void guard_and_required_are_told_together(void **st)
{
    (void)st;
    as("mia");
    int64_t j = a_job("{}");
    OK(move(j, "start", NULL));
    NO(E_INPUT, move(j, "finish", NULL));
    assert_true(issue_on("stage"));
    assert_true(issue_on("faults"));
    assert_string_equal(w->cx.issue[0].text, "Nothing was done");
    OK(move(j, "finish", "{\"hours\":2,\"faults\":[\"gear\"]}"));
    assert_string_equal(value("job", j, "total"), "120.00");
    assert_string_equal(value("job", j, "note"), "done by Mia");
    assert_string_equal(sql("SELECT text || kind FROM _message"), "Done J202603-001notify");
    assert_string_equal(sql("SELECT group_concat(coalesce(\"from\", '-') || '>' || \"to\" || "
        "coalesce(transition, '')) FROM stage_history"),
        "->intake,intake>workstart,work>readyfinish");
}

static void a_stage_in_the_body_is_a_move(void **st)
{
    (void)st;
    as("mia");
    int64_t j = a_job("{}");
    OK(change("job", j, "{\"stage\":\"intake\",\"note\":\"x\"}"));
    NO(E_INPUT, change("job", j, "{\"stage\":\"ready\"}"));
    assert_true(issue_on("stage"));
    NO(E_INPUT, change("job", j, "{\"stage\":\"moon\"}"));
    OK(change("job", j, "{\"stage\":\"work\",\"hours\":1}"));
    assert_string_equal(value("job", j, "stage"), "work");
    assert_string_equal(value("job", j, "hours"), "1.0");
    OK(make("job", arena_printf(w->cx.a, "{\"client\":%s,\"stage\":\"work\"}",
        value("job", j, "client"))));
    assert_true(saved.created);
    assert_string_equal(value("job", saved.id, "stage"), "work");
    NO(E_INPUT, make("job", "{\"stage\":\"work\"}"));
    assert_string_equal(sql("SELECT count(*) FROM job"), "2");
    NO(E_INPUT, change("client", 1, "{\"stage\":\"x\"}"));
}

static void stages_lock_what_they_say(void **st)
{
    (void)st;
    as("cleo");
    int64_t j = a_job("{\"mechanic\":\"cleo\"}");
    OK(change("job", j, "{\"urgent\":false,\"frame\":\"A\"}"));
    OK(move(j, "start", NULL));
    NO(E_DENIED, change("job", j, "{\"frame\":\"B\"}"));
    OK(change("job", j, "{\"hours\":3}"));
    NO(E_DENIED, move(j, "finish", "{\"frame\":\"B\",\"faults\":[\"gear\"]}"));
    OK(move(j, "finish", "{\"hours\":4,\"faults\":[\"gear\"]}"));
    NO(E_DENIED, change("job", j, "{\"hours\":5}"));
    as_app();
    OK(change("job", j, "{\"hours\":5}"));
}

static void offers_say_what_is_missing(void **st)
{
    (void)st;
    as("mia");
    int64_t j = made("job", "{}");
    MoveOffer *o;
    Record *r;
    int n;
    OK(query_one(w, form("job"), j, &r));
    OK(move_offers(w, r, &o, &n));
    assert_int_equal(n, 2);
    assert_string_equal(o[0].transition->key, "start");
    assert_true(o[0].allowed);
    assert_int_equal(o[0].nmissing, 1);
    assert_false(o[1].allowed);
    assert_non_null(o[1].why);
    Str s = str_begin(w->cx.a);
    Json out = json_begin(&s);
    OK(allowed_json(w, r, &out));
    Node *n1 = body(str_show(&s));
    assert_string_equal(node_text(node_find(node_find(n1, "fields"), "total")), "readonly");
    assert_string_equal(node_text(node_find(node_find(n1, "fields"), "note")), "full");
    assert_int_equal(node_find(n1, "transitions")->n, 2);
    assert_non_null(strstr(why_text(w, form("job"), j, NULL), "start"));
}

RUN(SHOP(a_move_needs_its_people_and_its_fields),
    SHOP(guard_and_required_are_told_together),
    SHOP(a_stage_in_the_body_is_a_move),
    SHOP(stages_lock_what_they_say),
    SHOP(offers_say_what_is_missing))
