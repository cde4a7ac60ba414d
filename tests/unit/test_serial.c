/* links: data */
/* serial: numbers without gap or repeat, also when many write at once. */
#include "workshop.h"

#include <pthread.h>

static void a_refused_write_gives_its_number_back(void **st)
{
    (void)st;
    as("mia");
    made("job", "{}");
    NO(E_INPUT, make("job", "{\"hours\":70}"));
    NO(E_INPUT, make("job", "{\"urgent\":true}"));
    int64_t j = made("job", "{}");
    assert_string_equal(value("job", j, "number"), "J202603-002");
}

static void the_count_starts_anew_with_the_month_of_the_app(void **st)
{
    (void)st;
    as("mia");
    made("job", "{}");
    sys_clock_set(MONDAY + 30 * 86400 - 9 * 3600 - 1);       /* 31 March 23:59:59 there */
    int64_t j = made("job", "{}");
    assert_string_equal(value("job", j, "number"), "J202603-002");
    sys_clock_set(MONDAY + 30 * 86400 - 9 * 3600);           /* 1 April 00:00 there */
    j = made("job", "{}");
    assert_string_equal(value("job", j, "number"), "J202604-001");
}

static void *write_many(void *arg)
{
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    Work *mine = engine_take(shop, &c, NULL);
    int *refused = arg;

    auth_become_app(mine, "test");
    for (int i = 0; i < 50; i++) {
        const char *json = i % 5 ? "{}" : "{\"hours\":70}";
        Saved out;
        cx_clear(&mine->cx);
        Node *b = json_parse(&mine->cx, json, strlen(json));
        SaveAsk ask = { .form = app_form(mine->app, "job"), .body = b };
        if (!save_record(mine, &ask, &out)) ++*refused;
    }
    engine_give(mine);
    arena_free(a);
    return NULL;
}

static void writers_at_once_never_share_or_skip_a_number(void **st)
{
    (void)st;
    pthread_t other;
    int refused[2] = { 0, 0 };
    cx_clear(&w->cx);
    engine_give(w);
    assert_int_equal(pthread_create(&other, NULL, write_many, &refused[0]), 0);
    write_many(&refused[1]);
    pthread_join(other, NULL);
    Arena *a = arena_new();
    Cx c = cx_begin(a, NULL);
    w = engine_take(shop, &c, "en");
    assert_int_equal(refused[0] + refused[1], 20);
    assert_string_equal(sql("SELECT count(DISTINCT number) FROM job"), "80");
    assert_string_equal(sql("SELECT max(number) FROM job"), "J202603-080");
    arena_free(a);
}

RUN(SHOP(a_refused_write_gives_its_number_back),
    SHOP(the_count_starts_anew_with_the_month_of_the_app),
    SHOP(writers_at_once_never_share_or_skip_a_number))
